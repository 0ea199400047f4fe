import { startSlackBot } from '../../test/support/slack-bot.ts';
import { startSlackStandIn } from '../../test/support/slack-stand-in/slack-stand-in.ts';

/** An alert storm's worth of people: 50 commands/s for 20 s, acknowledged with p99 <= 300 ms. */
const PER_SECOND = 50;
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 20);
const LIMIT_P99_MS = 300;
const CLUSTERS = 10;

/** Times from the command to its acknowledgement over Socket Mode, with a real Redis; ten clusters, so that most join a run. */
export async function benchSlackAck(): Promise<object> {
  const names = Array.from({ length: CLUSTERS }, (_, i) => `cluster${i}`);
  const slack = await startSlackStandIn();
  const bot = await startSlackBot(slack, {
    clusters: names.map((name) => ({
      name,
      aliases: [],
      allow: { users: [], userGroups: [], channels: [] },
    })),
  });
  try {
    const total = PER_SECOND * SECONDS;
    const startedAt = performance.now();
    const reactions = await Promise.all(
      Array.from({ length: total }, async (_, i) => {
        const due = startedAt + (i * 1_000) / PER_SECOND;
        await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
        return slack.typeCommand({
          user: i % 2 === 0 ? 'U0LIN' : 'U0MAYA',
          channel: 'C0OPS',
          text: names[i % CLUSTERS] ?? '',
        });
      }),
    );
    const times = reactions.map(({ ms }) => ms).toSorted((a, b) => a - b);
    const at = (share: number): number =>
      Math.round(times[Math.ceil(times.length * share) - 1] ?? 0);
    return {
      bench: 'slack-ack',
      commands: total,
      perSecond: PER_SECOND,
      late: reactions.filter(({ inTime }) => !inTime).length,
      errors: reactions.filter(({ text }) => text?.includes('Redis') === true).length,
      threads: slack.roots('C0OPS').length,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
      maxMs: Math.round(times.at(-1) ?? 0),
      limitP99Ms: LIMIT_P99_MS,
      complaints: slack.complaints.slice(0, 3),
    };
  } finally {
    await bot.close();
    await slack.close();
  }
}
