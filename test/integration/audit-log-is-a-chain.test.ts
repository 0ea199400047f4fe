import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/clients/embedded-redis.ts';
import { connectProducer, disconnect, waitUntilReady } from '../../src/clients/redis.ts';
import { runCli } from '../../src/roles/cli.ts';
import {
  type AuditAction,
  type AuditEntry,
  checkChain,
  createAuditLog,
} from '../../src/runs/audit-log.ts';
import { CLUSTERS, startSlackBot } from '../support/slack-bot.ts';
import { startSlackStandIn } from '../support/slack-stand-in/slack-stand-in.ts';

let redis: EmbeddedRedis;
let connections: ReturnType<typeof connectProducer>[];

beforeAll(async () => {
  redis = await startEmbeddedRedis();
  connections = [0, 1, 2].map(() => connectProducer(redis.url, () => undefined));
  for (const connection of connections) await waitUntilReady(connection, 5_000);
});
beforeEach(async () => {
  await connections[0]?.flushall();
});
afterAll(async () => {
  for (const connection of connections ?? []) disconnect(connection);
  await redis?.stop();
});

const action = (n: number): AuditAction => ({
  actor: { kind: 'person', id: 'U0LIN', name: 'Lin' },
  action: 'run-requested',
  cluster: 'prod',
  runId: `r${n}`,
  detail: { door: 'slash-command', place: `C${n}` },
});

/** The entries that three replicas wrote at the same time. */
async function written(count: number): Promise<AuditEntry[]> {
  const logs = connections.map((connection) => createAuditLog(connection));
  const pick = (i: number) => logs[i % logs.length] ?? createAuditLog(connections[0] as never);
  await Promise.all(Array.from({ length: count }, (_, i) => pick(i).append(action(i))));
  const entries: AuditEntry[] = [];
  for await (const entry of pick(0).entries()) entries.push(entry as AuditEntry);
  return entries;
}

it('is one unbroken chain, whoever appended when', async () => {
  const entries = await written(30);

  expect(await checkChain(entries)).toEqual({ intact: true, entries: 30 });
  expect(new Set(entries.map(({ runId }) => runId)).size).toBe(30);
});

it('holds who asked for what and who was turned away', async () => {
  const slack = await startSlackStandIn();
  const bot = await startSlackBot(slack, {
    clusters: [
      ...CLUSTERS,
      { name: 'vault', aliases: [], allow: { users: ['U0MAYA'], userGroups: [], channels: [] } },
    ],
  });
  try {
    await slack.typeCommand({ user: 'U0LIN', channel: 'C0OPS', text: 'prod' });
    await slack.typeCommand({ user: 'U0LIN', channel: 'C0OPS', text: 'vault' });
    await slack.typeCommand({ user: 'U0LIN', channel: 'C0OPS', text: 'help' });
    const out: string[] = [];
    const terminal = { out: (text: string) => out.push(text), err: () => 0, isTty: false };
    const env = { REDIS_URL: bot.redis.url };
    expect(await runCli(['audit', 'export'], { ...terminal, env })).toBe(0);
    const entries = out.map((line) => JSON.parse(line) as AuditEntry);

    expect(entries).toMatchObject([
      { action: 'diagnose', cluster: 'prod', actor: { kind: 'person', id: 'U0LIN' } },
      { action: 'diagnose-refused', cluster: 'vault', detail: { door: 'slash-command' } },
    ]);
    expect(await runCli(['audit', 'verify'], { ...terminal, env })).toBe(0);
    expect(out.at(-1)).toBe('The audit log is intact: 2 entries.\n');
  } finally {
    await bot.close();
    await slack.close();
  }
});

it.each<[string, (entries: AuditEntry[]) => unknown[], string]>([
  [
    'a changed word',
    (e) => e.with(2, { ...(e[2] as AuditEntry), cluster: 'staging' }),
    'Line 3 was changed.',
  ],
  ['a lost line', (e) => e.toSpliced(2, 1), 'Line 3 carries number 4'],
  ['a line that was moved', (e) => [e[1], e[0], ...e.slice(2)], 'Line 1 carries number 2'],
  [
    'a line that somebody added, numbered as if it belonged there',
    (e) => [...e, { ...e[0], seq: 6 }],
    'Line 6 does not follow',
  ],
  ['something else', (e) => [...e, { hello: 1 }], 'Line 6 is no audit entry.'],
])('finds %s', async (_, tamper, words) => {
  const check = await checkChain(tamper(await written(5)));

  expect(check).toMatchObject({ intact: false });
  expect('why' in check && check.why).toContain(words);
});
