import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { healthyWorld } from '../sim/healthy-world.ts';
import {
  type StandInCluster,
  startStandInCluster,
} from '../support/api-server/stand-in-cluster.ts';
import { configFile, type RoleProcess, startRole } from '../support/roles/role-process.ts';
import { shown } from '../support/roles/shown.ts';
import { type SlackStandIn, startSlackStandIn } from '../support/slack-stand-in/slack-stand-in.ts';
import { decidedVerdict } from '../support/slack-verdict.ts';

let cluster: StandInCluster;
let slack: SlackStandIn;
let role: RoleProcess;

beforeAll(async () => {
  cluster = await startStandInCluster(healthyWorld());
  slack = await startSlackStandIn();
  role = await startRole('all', {
    METRICS_DIAG_CONFIG: configFile(cluster.configYaml()),
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    // The embedded Redis keeps its data under the home folder.
    HOME: mkdtempSync(join(tmpdir(), 'metrics-diag-home-')),
  });
});
afterAll(async () => {
  await role?.stop();
  await slack?.close();
  await cluster?.stop();
});

/** How often `prod` was asked about so far: once, save on a machine that leaves the program no time to look. */
let asked = 0;
const verdictFor = (user: string) =>
  decidedVerdict(slack, {
    channel: 'C0OPS',
    wait: 'first',
    ask: async () => {
      asked += 1;
      const ack = await slack.typeCommand({ user, channel: 'C0OPS', text: 'prod' });
      expect(ack.text ?? '').not.toContain('did not respond');
    },
  });

it('answers with the founding incident in the thread, and with healthy once it is mended', async () => {
  await cluster.setFaults(
    [{ kind: 'overlay-blocked', scope: { into: ['prod01'] }, at: 'host', action: 'drop' }],
    60_000,
  );

  const root = await verdictFor('U0LIN');

  expect(shown(root)).toContain('broken');
  expect(shown(root)).toContain('prod01');
  expect(shown(root)).toContain('8472/udp');
  const thread = await slack.until('the whole thread', () => {
    const text = slack.thread('C0OPS', root.ts).map(shown).join('\n');
    return text.includes('192.168.77.2') && text;
  });
  expect(thread).toContain('1 of 3');
  expect(thread).toContain('overlay-port-blocked');
  expect(slack.roots('C0OPS')).toHaveLength(asked);

  await cluster.setFaults([]);
  expect(shown(await verdictFor('U0MAYA'))).toContain('healthy');
  expect(slack.complaints).toEqual([]);
});

it('leaves no probe Pod behind', async () => {
  await slack.until(
    'no probe Pod left',
    () => cluster.objects('pods').every(({ metadata }) => metadata.namespace !== 'metrics-diag'),
    60_000,
  );
});

it('says how it is: alive, ready, and what it counted', async () => {
  const get = async (path: string) => {
    const response = await fetch(`${role.httpUrl}${path}`);
    return { status: response.status, text: await response.text() };
  };
  expect(await get('/livez')).toMatchObject({ status: 200 });
  // A busy machine may have cost it the connection to Slack for a moment, or a look into the queues.
  await expect
    .poll(() => get('/readyz'))
    .toMatchObject({ status: 200, text: 'redis: ok\nslack: ok\n' });
  await expect
    .poll(async () => (await get('/metrics')).text)
    .toMatch(/metrics_diag_queue_jobs\{queue="runs.prod",state="waiting"\} 0/);
  const { text } = await get('/metrics');
  expect(text).toMatch(/metrics_diag_runs_total\{verdict="broken",trigger="slash-command"\} 1/);
  expect(text).toContain(`metrics_diag_stage_duration_seconds_count{stage="verdict"} ${asked}\n`);
  expect(text).toMatch(/metrics_diag_probe_pods_total\{outcome="ok"\} [1-9]/);
  expect(text).toMatch(
    /metrics_diag_slack_calls_total\{method="chat.postMessage",outcome="ok"\} [1-9]/,
  );
});

it('writes no secret into its log, and ends cleanly', async () => {
  expect(await role.stop()).toBe(0);
  expect(role.log()).not.toContain(slack.botToken);
  expect(role.log()).not.toContain(slack.appToken);
  expect(role.log()).not.toContain(cluster.token);
  expect(role.log()).toContain('"msg":"verdict"');
});
