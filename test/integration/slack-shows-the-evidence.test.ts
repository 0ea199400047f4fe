import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { Evidence } from '../../src/core/evidence/evidence.ts';
import { EVIDENCE_ACTION } from '../../src/renderers/slack-buttons.ts';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';
import { slackScene } from '../support/slack-scene.ts';
import { type Message, shown } from '../support/slack-stand-in/workspace.ts';

const CHANNEL = 'C0OPS';

const { slack, bot } = await slackScene();

const evidenceOf = (runId: string) =>
  ({
    schema: 'metrics-diag/evidence/v1',
    runId,
    snapshot: { logs: ['token=abcdef123456 </script>'] },
    probes: { ran: 'yes' },
  }) as unknown as Evidence;
const evidenceMessages = (root: Message) =>
  slack.thread(CHANNEL, root.ts).filter(({ files }) => files[0]?.name.endsWith('.html'));

async function verdictOf(cluster: string, final: boolean): Promise<readonly [string, Message]> {
  const before = slack.roots(CHANNEL).length;
  await slack.typeCommand({ user: 'U0LIN', channel: CHANNEL, text: cluster });
  const runId = await bot.runId(cluster);
  await bot.verdict(runId, cluster, { ...FOUNDING_REPORT, cluster, final });
  const root = await slack.until('the verdict', () => {
    const found = slack.roots(CHANNEL)[before];
    return found !== undefined && shown(found).text.includes('broken') && found;
  });
  return [runId, root];
}

it('puts report and bundle into the thread once, for the first who clicks, and says for whom', async () => {
  const [runId, root] = await verdictOf('prod', true);
  await bot.evidence.save(runId, evidenceOf(runId));
  const click = { channel: CHANNEL, ts: root.ts, actionId: EVIDENCE_ACTION };
  await Promise.all([
    slack.clickButton({ ...click, user: 'U0LIN' }),
    slack.clickButton({ ...click, user: 'U0MAYA' }),
  ]);
  const [message] = await slack.until('the evidence', () => {
    const found = evidenceMessages(root);
    return found.length > 0 && found;
  });
  await slack.until('the root to say so', () =>
    JSON.stringify(shown(root).blocks).includes('asked for the evidence at'),
  );

  const [html, bundle] = message?.files ?? [];
  expect(html?.name).toBe(`prod-${runId}.html`);
  expect(html?.bytes.toString()).toContain('Metrics API broken');
  expect(bundle?.name).toBe(`prod-${runId}.json.gz`);
  const unpacked = gunzipSync(bundle?.bytes ?? Buffer.alloc(0)).toString();
  expect(JSON.parse(unpacked)).toMatchObject({ runId, snapshot: { logs: [expect.any(String)] } });
  for (const text of [unpacked, html?.bytes.toString() ?? '']) {
    expect(text).toContain('token=[redacted]');
    expect(text).not.toContain('abcdef123456');
  }
  expect(shown(message ?? expect.fail()).text).toMatch(
    /^The evidence of run `r\w+`, for (?:Lin|Maya):/u,
  );
  expect(JSON.stringify(shown(root).blocks)).not.toContain(EVIDENCE_ACTION);
  const told = [...slack.ephemerals('U0LIN'), ...slack.ephemerals('U0MAYA')].map(
    (m) => shown(m).text,
  );
  expect(told).toEqual([expect.stringMatching(/^(?:Lin|Maya) asked for the evidence before you/u)]);

  await bot.verdict(runId, 'prod', FOUNDING_REPORT);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(evidenceMessages(root)).toHaveLength(1);
  expect(slack.complaints).toEqual([]);
});

it('waits for the last answers, and without the evidence shows the report alone', async () => {
  const [runId, root] = await verdictOf('staging', false);
  await slack.clickButton({
    user: 'U0LIN',
    channel: CHANNEL,
    ts: root.ts,
    actionId: EVIDENCE_ACTION,
  });
  await slack.until('a word', () =>
    slack.ephemerals('U0LIN').some((each) => shown(each).text.includes('within 45 s')),
  );
  expect(evidenceMessages(root)).toHaveLength(0);

  await bot.verdict(runId, 'staging', { ...FOUNDING_REPORT, cluster: 'staging', final: true });
  const [message] = await slack.until('the report', () => {
    const found = evidenceMessages(root);
    return found.length > 0 && found;
  });
  expect(message?.files).toHaveLength(1);
  expect(shown(message ?? expect.fail()).text).toContain('no longer kept');
  expect(slack.complaints).toEqual([]);
});
