import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { startEmbeddedRedis } from '../../../src/clients/embedded-redis.ts';
import { loadAllConfig } from '../../../src/config/load-config.ts';
import { createLogger } from '../../../src/logger.ts';
import { startAll } from '../../../src/roles/all.ts';
import { applyFaults } from '../../sim/faults.ts';
import { healthyWorld } from '../../sim/healthy-world.ts';
import { startStandInCluster } from '../api-server/stand-in-cluster.ts';
import { type SlackStandIn, startSlackStandIn } from '../slack-stand-in/slack-stand-in.ts';
import { shown } from '../slack-stand-in/workspace.ts';
import { tellThread } from './tell-thread.ts';

export interface DemoOptions {
  /** Ends after the verdict instead of waiting for Ctrl-C. */
  readonly once: boolean;
  readonly isTty: boolean;
  readonly write: (text: string) => void;
}

const CHANNEL = 'C0OPS';
const VERDICT_WITHIN_MS = 60_000;
/** The thread is complete when nothing came for this long after the verdict. */
const QUIET_MS = 2_000;
/** Tried first, so that the address is the same each time. */
const PAGE_PORT = 4747;
/** A timer that is late by more than this time tells of a busy process. */
const LOOK_MS = 100;
const MAX_LOOKS = 30;
/** Closing what hangs is given up after this. */
const CLOSE_MS = 5_000;

/** Runs the demo. @returns the exit code: 0 when the verdict came within a minute */
export async function runDemo({ once, isTty, write }: DemoOptions): Promise<number> {
  const ends: (() => Promise<void>)[] = [];
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => resolve('interrupted'));
    }
  });
  try {
    const slack = await startEverything(ends, once);
    write(
      `A Slack of this machine's own: ${slack.url}\nA cluster whose three API servers share one Metrics Server on prod01, and a filter there that drops the overlay.\n\nLin types /metrics-diag prod in #ops\n\n`,
    );
    const stopTelling = tellThread(slack, { channel: CHANNEL, isTty, write });
    ends.push(async () => stopTelling());
    await calm();
    await slack.typeCommand({ user: 'U0LIN', channel: CHANNEL, text: 'prod' });
    const end = await Promise.race([verdictIn(slack), interrupted]);
    if (end === 'none') {
      write(`\nNo verdict came within ${VERDICT_WITHIN_MS / 1_000} s.\n`);
      return 1;
    }
    if (slack.complaints.length > 0) {
      write(`\nSlack would have complained:\n${slack.complaints.join('\n')}\n`);
      return 1;
    }
    if (!once && end !== 'interrupted') {
      write(
        `\nSee it at ${slack.url} and type there: /metrics-diag prod, or /metrics-diag staging (healthy), or /metrics-diag help.\nCtrl-C ends the demo and leaves nothing behind.\n`,
      );
      await interrupted;
    }
    return 0;
  } finally {
    await closeAll(ends);
  }
}

async function startEverything(
  ends: (() => Promise<void>)[],
  once: boolean,
): Promise<SlackStandIn> {
  // Read while nobody waits: loading it takes a second of this one process's time.
  await import('@kubernetes/client-node');
  const folder = await mkdtemp(join(tmpdir(), 'metrics-diag-demo-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const slack = await slackOnUsualPort(once);
  ends.push(() => slack.close());
  const redis = await startEmbeddedRedis();
  ends.push(() => redis.stop());

  const broken = applyFaults(healthyWorld({ nowMs: Date.now() }), [
    { kind: 'overlay-blocked', scope: { into: ['prod01'] }, at: 'host', action: 'drop' },
  ]);
  const sound = healthyWorld({
    name: 'staging',
    nodeNamePrefix: 'stage',
    cni: 'calico',
    nowMs: Date.now(),
  });
  const clusters = await Promise.all([
    startStandInCluster(broken, { clusterName: 'prod' }),
    startStandInCluster(sound, { clusterName: 'staging' }),
  ]);
  ends.push(...clusters.map((cluster) => () => cluster.stop()));

  const configPath = join(folder, 'metrics-diag.yaml');
  await writeFile(
    configPath,
    stringify({
      clusters: clusters.flatMap((cluster) => {
        const { clusters: parsed } = parse(cluster.configYaml()) as { clusters: unknown[] };
        return parsed;
      }),
      slack: { defaultClusterByChannel: { [CHANNEL]: 'prod' } },
    }),
  );
  const config = loadAllConfig({
    configPath,
    env: {
      REDIS_URL: redis.url,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      HTTP_PORT: '0',
      LOG_LEVEL: process.env['DEMO_LOG_LEVEL'] ?? 'fatal',
    },
  });
  const role = await startAll(config, createLogger({ level: config.bot.logLevel, role: 'all' }));
  ends.push(() => role.close());
  return slack;
}

/** The usual port if it is free, so that an open page finds the next demo again. */
async function slackOnUsualPort(once: boolean): Promise<SlackStandIn> {
  if (once) return startSlackStandIn();
  try {
    return await startSlackStandIn({ port: PAGE_PORT });
  } catch {
    return startSlackStandIn();
  }
}

/** Waits until what was started leaves this process time to answer: all roles share it here. */
async function calm(): Promise<void> {
  for (let i = 0; i < MAX_LOOKS; i += 1) {
    const startedAt = performance.now();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (performance.now() - startedAt < 2 * LOOK_MS) return;
  }
}

/** Waits for the verdict and for the thread to be complete. */
async function verdictIn(slack: SlackStandIn): Promise<'verdict' | 'none'> {
  const endsAt = Date.now() + VERDICT_WITHIN_MS;
  let seen = '';
  let quietSince = Date.now();
  while (Date.now() < endsAt) {
    const [root] = slack.roots(CHANNEL);
    const state = slack.messages.map(({ ts, revisions }) => `${ts}/${revisions.length}`).join();
    if (state !== seen) {
      seen = state;
      quietSince = Date.now();
    }
    const hasVerdict =
      root !== undefined && /: (?:Metrics API|degraded|inconclusive)/u.test(shown(root).text);
    if (hasVerdict && Date.now() - quietSince > QUIET_MS) return 'verdict';
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return 'none';
}

async function closeAll(ends: readonly (() => Promise<void>)[]): Promise<void> {
  for (const end of ends.toReversed()) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([end().catch(() => undefined), late]);
    clearTimeout(timer);
  }
}
