/**
 * Runs inside the lab's ops namespace: a Slack stand-in, a Redis, and the packaged bot and worker as processes of
 * their own. Takes one JSON line for each wish on its standard input and answers each with one JSON line.
 *
 * Usage: node --import tsx program.ts CONFIG_FILE HOME_FOLDER
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { startEmbeddedRedis } from '../../../../src/clients/embedded-redis.ts';
import { startRole } from '../../../support/roles/role-process.ts';
import { shown } from '../../../support/roles/shown.ts';
import { startSlackStandIn } from '../../../support/slack-stand-in/slack-stand-in.ts';
import type { Message } from '../../../support/slack-stand-in/workspace.ts';
import type { ThreadRun, ThreadWish } from './types.ts';

const CHANNEL = 'C0OPS';
const VERDICT =
  /Metrics API broken|Metrics API healthy|: degraded\.|inconclusive|no verdict|failed/;
/** The first thing found about the cluster: the checklist's line about the API servers, with a number. */
const FINDING = /\d+ of \d+ (?:serves?|API servers)/;
const VERDICT_LIMIT_MS = 90_000;

const [config = '', home = ''] = process.argv.slice(2);
// Slack's own limits are for a workspace with people in it; twenty runs in a row are a bench.
const slack = await startSlackStandIn({ rateLimits: false });
const redis = await startEmbeddedRedis();
const common = { METRICS_DIAG_CONFIG: config, REDIS_URL: redis.url, HOME: home };
const bot = await startRole('bot', {
  ...common,
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_APP_TOKEN: slack.appToken,
  SLACK_API_URL: slack.apiUrl,
});
const startWorker = () => startRole('worker', common);
let worker = await startWorker();

const firstMatch = (messages: readonly Message[], words: RegExp, since: number): number | null => {
  const hits = messages.flatMap(({ revisions }) =>
    revisions
      .filter(
        ({ at, text, blocks }) => at >= since && words.test(`${text}\n${JSON.stringify(blocks)}`),
      )
      .map(({ at }) => at),
  );
  return hits.length === 0 ? null : Math.min(...hits) - since;
};

async function typeAndWait(cluster: string): Promise<ThreadRun> {
  const before = slack.roots(CHANNEL).length;
  const since = Date.now();
  const ack = await slack.typeCommand({ user: 'U0LIN', channel: CHANNEL, text: cluster });
  const root = await slack.until(
    'a verdict',
    () => {
      const last = slack.roots(CHANNEL).slice(before).at(-1);
      return last !== undefined && VERDICT.test(last.revisions.at(-1)?.text ?? '')
        ? last
        : undefined;
    },
    VERDICT_LIMIT_MS,
  );
  const verdictMs = firstMatch([root], VERDICT, since) ?? Number.NaN;
  // The replies follow the root; give the last of them a moment.
  await new Promise((resolve) => setTimeout(resolve, REPLIES_MS));
  const thread = slack.thread(CHANNEL, root.ts);
  return {
    ackMs: Math.round(ack.ms),
    verdictMs,
    firstFindingMs: firstMatch([root, ...thread], FINDING, since),
    root: shown(root),
    thread: thread.map(shown),
    roots: slack.roots(CHANNEL).length - before,
    complaints: [...slack.complaints],
    rssBytes: residentBytes(worker.child.pid),
  };
}

const REPLIES_MS = 1_500;

/** VmRSS of a process (proc(5)). */
function residentBytes(pid: number | undefined): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1_024;
}

async function killInMidRun(cluster: string, afterMs: number): Promise<ThreadRun> {
  const waiting = typeAndWait(cluster);
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  worker.kill();
  worker = await startWorker();
  return waiting;
}

process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const wish = JSON.parse(line) as ThreadWish;
  if (wish.kind === 'quit') break;
  const run =
    wish.kind === 'run' ? typeAndWait(wish.cluster) : killInMidRun(wish.cluster, wish.afterMs);
  const answer = await run.catch((error: unknown) => ({
    error: `${String(error)}\n${worker.log().slice(-2_000)}`,
  }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await worker.stop();
await bot.stop();
await redis.stop();
await slack.close();
process.exit(0);
