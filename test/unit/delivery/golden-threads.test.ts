import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/core/report/report.ts';
import { spokenPart } from '../../../src/delivery/spoken-part.ts';
import { type ThreadPart, threadOf } from '../../../src/delivery/thread-messages.ts';
import { messageProblems } from '../../../src/renderers/block-kit-limits.ts';
import type { Asker } from '../../../src/renderers/slack-message.ts';
import { applyFaults, type Fault } from '../../sim/faults.ts';
import { scenario } from '../../sim/scenarios.ts';
import type { World } from '../../sim/world.ts';
import { diagnoseModel } from '../../support/diagnose-model.ts';
import { englishProse } from '../../support/languages/english-prose.ts';
import { readableThread } from '../../support/readable-thread.ts';
import { finishedRun, RUN_ID } from '../../support/runs/finished-run.ts';

/** Replies of one run: more would bury the verdict, and Slack takes some fifty posts and edits a minute. */
const MAX_REPLIES = 6;
const LIN: Asker = { kind: 'person', name: 'Lin', again: false };
const SCHEDULED: Asker = {
  kind: 'schedule',
  name: 'Lin',
  everyMs: 6 * 3_600_000,
  before: 'broken',
};
const ALERT: Asker = {
  kind: 'alert',
  alertNames: ['KubeAggregatedAPIDown', 'KubeAggregatedAPIErrors'],
  firingSince: '2026-11-22T14:02:00.000Z',
  truncated: 0,
  verdictAt: '2026-11-22T14:02:09.000Z',
  resolvedAt: '2026-11-22T14:40:00.000Z',
  lastCheck: {
    state: 'ended',
    runId: 'r3c4b5a6',
    report: {
      verdict: 'healthy',
      headline:
        '3 of 3 API servers answer in 41 ms or less, 3 of 3 nodes report metrics, 122 of 122 paths open.',
    },
    failed: null,
  },
};

function threadFor(report: Report, asker: Asker): readonly ThreadPart[] {
  return threadOf(finishedRun(report), asker);
}

/** The same minute on every machine: a thread tells times. */
function atTwo(world: World): World {
  return { ...world, nowMs: Date.parse('2026-11-22T14:02:02.000Z') };
}

const ALL_DOWN: readonly Fault[] = ['prod01', 'prod02', 'prod03'].map((node) => ({
  kind: 'api-server',
  node,
  state: 'down',
}));

/** Whole runs of the model cluster, from the first read to the thread. `npm run golden` writes the files anew. */
const THREADS = [
  {
    name: 'founding-incident',
    asker: LIN,
    run: () => diagnoseModel(atTwo(scenario('founding-incident')), { runId: RUN_ID }),
  },
  {
    name: 'healthy',
    asker: SCHEDULED,
    run: () => diagnoseModel(atTwo(scenario('healthy')), { runId: RUN_ID }),
  },
  {
    name: 'inconclusive',
    asker: LIN,
    run: () =>
      diagnoseModel(atTwo(scenario('founding-incident')), {
        runId: RUN_ID,
        behaviour: { denied: ['pods:create'] },
      }),
  },
  {
    name: 'cluster-unreachable',
    asker: LIN,
    run: () => diagnoseModel(atTwo(applyFaults(scenario('healthy'), ALL_DOWN)), { runId: RUN_ID }),
  },
  {
    name: 'alert',
    asker: ALERT,
    run: () => diagnoseModel(atTwo(scenario('founding-incident')), { runId: RUN_ID }),
  },
] as const;

describe.each(THREADS)('the thread of a real run: $name', ({ name, asker, run }) => {
  let thread: readonly ThreadPart[] = [];
  beforeAll(async () => {
    thread = threadFor((await run()).final, asker);
  });

  it('reads as the golden file says', async () => {
    // Every new cause makes these lists longer, and would change every file.
    const text = readableThread(thread).replaceAll(/• also (?:`[^`]+`(?:, )?)+/gu, '• also …');
    await expect(text).toMatchFileSnapshot(`../../fixtures/golden/thread-${name}.txt`);
  });

  it('reads in Chinese as the golden file says, with no English prose left', async () => {
    const chinese = thread.map((part) => spokenPart(part, 'zh-CN'));
    const messages = chinese.flatMap((part) => (part.kind === 'message' ? [part.message] : []));

    const text = readableThread(chinese).replaceAll(
      /• 还有 (?:`[^`]+`(?:[,、] ?)?)+/gu,
      '• 还有 …',
    );
    await expect(text).toMatchFileSnapshot(`../../fixtures/golden/zh-CN/thread-${name}.txt`);
    expect(englishProse(readableThread(chinese.filter(({ kind }) => kind === 'message')))).toEqual(
      [],
    );
    expect(messages.flatMap((message) => messageProblems(message))).toEqual([]);
  });

  it('has a root and few replies, all fit to send, and mentions nobody', () => {
    const messages = thread.flatMap((part) => (part.kind === 'message' ? [part.message] : []));
    expect(messages[0]?.key).toBe('root');
    // What closes an alert's thread is the word of another run, its last check.
    const replies = thread
      .slice(1)
      .filter((part) => part.kind === 'file' || part.message.key !== 'closed');
    expect(replies.length).toBeLessThanOrEqual(MAX_REPLIES);
    expect(messages.flatMap((message) => messageProblems(message))).toEqual([]);
    expect(JSON.stringify(messages)).not.toMatch(/<[@!#]|@(?:here|channel|everyone)/u);
  });
});
