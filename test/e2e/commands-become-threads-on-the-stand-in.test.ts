import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/clients/embedded-redis.ts';
import { loadAllConfig } from '../../src/config/load-config.ts';
import { createLogger } from '../../src/logger.ts';
import { RUN_AGAIN_ACTION } from '../../src/renderers/slack-buttons.ts';
import { startAll } from '../../src/roles/all.ts';
import type { RunningRole } from '../../src/roles/service.ts';
import { healthyWorld } from '../sim/healthy-world.ts';
import {
  type StandInCluster,
  startStandInCluster,
} from '../support/api-server/stand-in-cluster.ts';
import { type SlackStandIn, startSlackStandIn } from '../support/slack-stand-in/slack-stand-in.ts';
import { shown } from '../support/slack-stand-in/workspace.ts';
import { decidedVerdict } from '../support/slack-verdict.ts';

const CHANNEL = 'C0OPS';

let slack: SlackStandIn;
let redis: EmbeddedRedis;
let cluster: StandInCluster;
let role: RunningRole;
let folder: string;

beforeAll(async () => {
  slack = await startSlackStandIn();
  redis = await startEmbeddedRedis();
  cluster = await startStandInCluster(healthyWorld({ nowMs: Date.now() }), { timeScale: 0.2 });
  folder = await mkdtemp(join(tmpdir(), 'metrics-diag-e2e-'));
  const configPath = join(folder, 'config.yaml');
  await writeFile(configPath, cluster.configYaml());
  const config = loadAllConfig({
    configPath,
    env: {
      REDIS_URL: redis.url,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      HTTP_PORT: '0',
      LOG_LEVEL: 'fatal',
    },
  });
  role = await startAll(config, createLogger({ level: 'fatal', role: 'all' }));
});
afterAll(async () => {
  await role?.close();
  await cluster?.stop();
  await redis?.stop();
  await slack?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Clicks "Run again" under the newest verdict. */
const runAgain = () =>
  decidedVerdict(slack, {
    channel: CHANNEL,
    wait: 'final',
    ask: () =>
      slack.clickButton({
        user: 'U0MAYA',
        channel: CHANNEL,
        ts: slack.roots(CHANNEL).at(-1)?.ts ?? '',
        actionId: RUN_AGAIN_ACTION,
      }),
  });

it('calls a healthy cluster healthy, and posts no fixes', async () => {
  const root = await decidedVerdict(slack, {
    channel: CHANNEL,
    wait: 'final',
    ask: async () => {
      const reaction = await slack.typeCommand({ user: 'U0LIN', channel: CHANNEL, text: 'prod' });
      // On a busy machine the words may be that storing takes long; the thread comes all the same.
      expect(reaction.inTime).toBe(true);
    },
  });

  expect(shown(root).text).toContain('prod: Metrics API healthy.');
  expect(JSON.stringify(slack.thread(CHANNEL, root.ts).map((each) => shown(each)))).not.toContain(
    'firewall-cmd',
  );
});

it('finds the filter after a click on "Run again", and health again once it is gone', async () => {
  await cluster.setFaults(
    [{ kind: 'overlay-blocked', scope: { into: ['prod01'] }, at: 'host', action: 'drop' }],
    600_000,
  );
  const broken = await runAgain();
  const thread = await slack.until('the fixes', () => {
    const all = slack
      .thread(CHANNEL, broken.ts)
      .map((each) => shown(each).text)
      .join('\n');
    return all.includes('how to mend it') && all;
  });

  expect(shown(broken).text).toContain('prod: Metrics API broken.');
  expect(JSON.stringify(shown(broken).blocks)).toContain('run again by Maya');
  expect(thread).toContain('confirmed overlay-port-blocked');
  expect(thread).toContain('Allow 8472/udp');

  await cluster.setFaults([]);
  expect(shown(await runAgain()).text).toContain('prod: Metrics API healthy.');
  expect(
    cluster.objects('pods').filter(({ metadata }) => metadata.namespace === 'metrics-diag'),
  ).toEqual([]);
  expect(slack.complaints).toEqual([]);
});
