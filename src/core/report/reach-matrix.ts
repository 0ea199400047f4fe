import type { Report } from './report.ts';

/** State of one ordered pair of nodes in one layer. `mixed`: some checks work, some do not. */
export type CellState = 'open' | 'dead' | 'mixed' | 'untested';

/** One cell: what the checks of this pair came to, and which failed. */
export interface MatrixCell {
  readonly from: string;
  readonly to: string;
  readonly state: CellState;
  /** Checks that failed, e.g. `tcp timeout`. */
  readonly failed: readonly string[];
}

/** Node × node reachability of one layer; rows send, columns receive. */
export interface ReachMatrix {
  readonly layer: 'overlay' | 'underlay';
  readonly nodes: readonly string[];
  readonly cells: readonly MatrixCell[];
}

/** Builds both matrices from a report's reach list. A cell judges all checks between the pair, not one. */
export function reachMatrices(report: Pick<Report, 'reach'>): readonly ReachMatrix[] {
  const nodes = [...new Set(report.reach.flatMap(({ from, to }) => [from, to]))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  return (['overlay', 'underlay'] as const).map((layer) => {
    const rows = byPair(report.reach.filter((row) => row.layer === layer));
    return {
      layer,
      nodes,
      cells: nodes.flatMap((from) =>
        nodes.filter((to) => to !== from).map((to) => cell(rows.get(pairKey(from, to)), from, to)),
      ),
    };
  });
}

const pairKey = (from: string, to: string): string => JSON.stringify([from, to]);

/** The checks of each pair: looked up, since a matrix has as many cells as there are pairs. */
function byPair(rows: Report['reach']): ReadonlyMap<string, Report['reach'][number][]> {
  const pairs = new Map<string, Report['reach'][number][]>();
  for (const row of rows) {
    const key = pairKey(row.from, row.to);
    const own = pairs.get(key);
    if (own === undefined) pairs.set(key, [row]);
    else own.push(row);
  }
  return pairs;
}

function cell(rows: Report['reach'] | undefined, from: string, to: string): MatrixCell {
  const own = (rows ?? []).filter(({ outcome }) => outcome !== 'missing');
  const failed = own.filter(({ outcome }) => outcome !== 'open' && outcome !== 'partial');
  const state =
    own.length === 0
      ? 'untested'
      : failed.length === 0
        ? 'open'
        : failed.length === own.length
          ? 'dead'
          : 'mixed';
  return {
    from,
    to,
    state,
    failed: [...new Set(failed.map(({ check, outcome }) => `${check} ${outcome}`))],
  };
}

/** The matrix in one sentence each layer, for alt text and for readers who cannot see the picture. */
export function matrixInWords(matrices: readonly ReachMatrix[]): string {
  return matrices
    .map(({ layer, cells }) => {
      const tested = cells.filter(({ state }) => state !== 'untested');
      const dead = tested.filter(({ state }) => state === 'dead');
      const mixed = tested.filter(({ state }) => state === 'mixed');
      if (tested.length === 0) return `${capital(layer)}: not tested.`;
      if (dead.length + mixed.length === 0)
        return `${capital(layer)}: all ${tested.length} node pairs work.`;
      const name = ({ from, to }: MatrixCell): string => `${from} to ${to}`;
      const parts = [
        ...(dead.length > 0
          ? [`${dead.length} of ${tested.length} node pairs dead (${list(dead.map(name))})`]
          : []),
        ...(mixed.length > 0
          ? [
              `${mixed.length} partly (${list(mixed.map((one) => `${name(one)}: ${one.failed.join(', ')}`))})`,
            ]
          : []),
      ];
      return `${capital(layer)}: ${parts.join('; ')}.`;
    })
    .join(' ');
}

/** Alt texts are cut by Slack; a dozen names say enough. */
const NAMES_IN_WORDS = 12;

function list(names: readonly string[]): string {
  return names.length > NAMES_IN_WORDS
    ? `${names.slice(0, NAMES_IN_WORDS).join(', ')} and ${names.length - NAMES_IN_WORDS} more`
    : names.join(', ');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
