import type { Report } from '../core/report/report.ts';
import { type OnlyPaths, pathKey } from '../probes/only-paths.ts';
import { failed, type PairChange, type VerifyChange } from '../renderers/slack-verify.ts';

/** What one *Verify fix* tries again at the most: the ends of so many paths are a small cluster. */
const MAX_PATHS = 400;
/** As many nodes as a run samples. */
const MAX_NODES = 24;

type Row = Report['reach'][number];

/** The paths of a report that failed, and the nodes at their ends; empty where none did. */
export function failingPaths({ reach }: Pick<Report, 'reach'>): OnlyPaths {
  const rows = reach.filter(failed).slice(0, MAX_PATHS);
  const nodes = [...new Set(rows.flatMap(({ from, to }) => [from, to]))].slice(0, MAX_NODES);
  return { nodes, paths: [...new Set(rows.map(({ id }) => pathKey(id)))] };
}

/** Before and after, for what failed before. */
export function compareRuns(before: Report, now: Report): VerifyChange {
  const apiServers = before.apiServers
    .filter(({ outcome }) => outcome !== 'ok')
    .map(({ name, outcome }) => ({
      name,
      before: outcome,
      now: now.apiServers.find((each) => each.name === name)?.outcome ?? null,
    }));
  const pairs = comparePairs(before.reach.filter(failed).slice(0, MAX_PATHS), now.reach);
  const nodesWithoutMetrics = {
    before: before.impact.nodesWithoutMetrics.length,
    now: now.impact.nodesWithoutMetrics.length,
  };
  return {
    apiServers,
    pairs,
    nodesWithoutMetrics,
    mended: mendedOf({ apiServers, pairs, nodesWithoutMetrics }),
  };
}

function comparePairs(rows: readonly Row[], now: readonly Row[]): readonly PairChange[] {
  const outcomes = new Map(now.map(({ id, outcome }) => [pathKey(id), outcome]));
  const pairs = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.layer, row.from, row.to]);
    pairs.set(key, [...(pairs.get(key) ?? []), row]);
  }
  return [...pairs.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { from, to, layer } = first;
    const after = own.map(({ id, check }) => ({ check, outcome: outcomes.get(pathKey(id)) }));
    const tried = after.filter(({ outcome }) => outcome !== undefined && outcome !== 'missing');
    const worksNow = tried.filter(({ outcome }) => outcome === 'open').length;
    const failsNow = tried
      .filter(({ outcome }) => outcome !== 'open')
      .map(({ check, outcome }) => `${check} ${outcome ?? ''}`);
    const counts = { failedBefore: own.length, worksNow, notTried: own.length - tried.length };
    return [{ from, to, layer, ...counts, failsNow: [...new Set(failsNow)] }];
  });
}

function mendedOf(change: Omit<VerifyChange, 'mended'>): VerifyChange['mended'] {
  const { apiServers, pairs, nodesWithoutMetrics: blind } = change;
  const works = [
    ...apiServers.map(({ now }) => now === 'ok'),
    ...pairs.flatMap(({ failedBefore, worksNow }) => [
      ...Array.from({ length: worksNow }, () => true),
      ...Array.from({ length: failedBefore - worksNow }, () => false),
    ]),
    ...(blind.before === 0 ? [] : [blind.now === 0]),
  ];
  if (works.every(Boolean)) return 'all';
  return works.some(Boolean) || blind.now < blind.before ? 'some' : 'none';
}
