import type { Mark } from './mark-world.ts';

/** What a set of marks says of the program. Shares are of 1, with four digits. */
export interface Score {
  readonly faulty: number;
  /** Of them: nobody could notice the fault, and nothing was said of it. */
  readonly harmless: number;
  readonly decidable: number;
  readonly top1: number;
  readonly top3: number;
  readonly confirmed: number;
  readonly confirmedButWrong: number;
  /** Worlds in which another fault, or none, leaves the same evidence. */
  readonly undecidable: number;
  /** Of those, nothing was confirmed. */
  readonly abstained: number;
  /** Worlds with the right cause confirmed that were looked at for rivals, and those that had one: a promise by luck. */
  readonly audited: number;
  readonly auditedWithRival: number;
  readonly healthy: number;
  readonly falseAlarms: number;
  /** Healthy worlds of which too little was seen to say so. */
  readonly healthyInconclusive: number;
  /** Fault, what was named first instead, how often; decidable worlds only. */
  readonly confusion: Readonly<Record<string, number>>;
  /** Fault, how often, and how often named first: the diagonal. */
  readonly faults: Readonly<Record<string, readonly [worlds: number, first: number]>>;
  /** To look at them again. */
  readonly seeds: {
    readonly confirmedButWrong: readonly number[];
    readonly falseAlarms: readonly number[];
    readonly notFirst: readonly number[];
    readonly notAbstained: readonly number[];
  };
}

/** So many seeds of each kind are kept in a row. */
const MOST_SEEDS = 60;

/** Counts the marks. */
export function scoreOf(marks: readonly Mark[]): Score {
  const faulty = marks.filter(({ kind }) => kind === 'faulty');
  const healthy = marks.filter(({ kind }) => kind === 'healthy');
  const felt = faulty.filter((mark) => !isHarmless(mark));
  const decidable = felt.filter((mark) => !hasRival(mark));
  const undecidable = felt.filter(hasRival);
  const first = decidable.filter(({ rank }) => rank === 1);
  const notAbstained = undecidable.filter(({ confirmed }) => confirmed.length > 0);
  const wrong = faulty.filter(({ confirmedWrong }) => confirmedWrong.length > 0);
  const alarms = healthy.filter(isAlarm);
  const notFirst = decidable.filter(({ rank }) => rank !== 1);
  const audited = felt.filter((mark) => isPromised(mark) && mark.rivalsTried);
  const seeds = (of: readonly Mark[]): readonly number[] =>
    of
      .map(({ seed }) => seed)
      .toSorted((a, b) => a - b)
      .slice(0, MOST_SEEDS);
  return {
    faulty: faulty.length,
    harmless: faulty.length - felt.length,
    decidable: decidable.length,
    top1: share(first.length, decidable.length),
    top3: share(
      decidable.filter(({ rank }) => rank !== null && rank <= 3).length,
      decidable.length,
    ),
    confirmed: share(decidable.filter(isPromised).length, decidable.length),
    confirmedButWrong: wrong.length,
    undecidable: undecidable.length,
    abstained: share(undecidable.length - notAbstained.length, undecidable.length),
    audited: audited.length,
    auditedWithRival: audited.filter(hasRival).length,
    healthy: healthy.length,
    falseAlarms: alarms.length,
    healthyInconclusive: healthy.filter(({ verdict }) => verdict === 'inconclusive').length,
    confusion: tally(
      notFirst.map(
        ({ truth, causes, verdict }) => `${truth.join(' + ')} -> ${causes[0] ?? verdict}`,
      ),
    ),
    faults: diagonal(decidable),
    seeds: {
      confirmedButWrong: seeds(wrong),
      falseAlarms: seeds(alarms),
      notFirst: seeds(notFirst),
      notAbstained: seeds(notAbstained),
    },
  };
}

/** The right cause stands first, and is promised. */
function isPromised({ rank, causes, confirmed }: Mark): boolean {
  return rank === 1 && confirmed.includes(causes[0] ?? '');
}

function isHarmless({ hurts, causes }: Mark): boolean {
  return !hurts && causes.length === 0;
}

function hasRival({ rival }: Mark): boolean {
  return rival !== null;
}

/** A healthy world in which something is named that is not there, or the API is called broken. */
export function isAlarm({ causes, confirmedWrong, confirmed, verdict }: Mark): boolean {
  return (
    causes.length > 0 ||
    confirmedWrong.length > 0 ||
    verdict === 'broken' ||
    (verdict === 'degraded' && confirmed.length === 0)
  );
}

function diagonal(marks: readonly Mark[]): Score['faults'] {
  const ids = [...new Set(marks.flatMap(({ truth }) => truth))].toSorted();
  return Object.fromEntries(
    ids.map((id) => {
      const own = marks.filter(({ truth }) => truth.includes(id));
      return [id, [own.length, own.filter(({ rank }) => rank === 1).length] as const];
    }),
  );
}

function tally(words: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a));
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : Math.round((part / whole) * 10_000) / 10_000;
}
