import type { NetworkFacts } from '../evidence/facts.ts';
import type { Link } from '../evidence/overlay-links.ts';
import { outcomeOf } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import { allowInbound } from '../fixes/firewall-rule.ts';
import type { Fix } from '../fixes/fix.ts';
import type { PortRow } from './port-row.ts';

/** A machine as the table knows it. */
export interface PortNode {
  readonly name: string;
  readonly server: boolean;
  /** The address that others dial. */
  readonly address: string;
}

export interface Refusal {
  readonly from: string;
  readonly to: string;
  /** In words: `no answer`, `refused`, `unreachable`, `no pod traffic`. */
  readonly how: string;
}

/**
 * - `open`: every path tried got through.
 * - `blocked`: something between the machines keeps it shut; `refusals` says where.
 * - `nobody-listens`: packets cross, and the machine says that nobody serves there: no filter is in the way.
 * - `not-seen`: no path could be tried.
 */
export interface PortVerdict {
  readonly row: PortRow;
  readonly state: 'open' | 'blocked' | 'nobody-listens' | 'not-seen';
  readonly tried: number;
  readonly open: number;
  readonly refusals: readonly Refusal[];
  readonly fixes: readonly Fix[];
}

export interface PortEvidence {
  readonly nodes: readonly PortNode[];
  /** Connections to the ports at the nodes' addresses, from other nodes and from each node itself. */
  readonly dialled: readonly ReachResult[];
  /** What the pod network did between the nodes. */
  readonly links: readonly Link[];
}

/** Each row that is needed in any case, held against what was tried. Rows for pods are judged by the diagnosis. */
export function judgePorts(
  rows: readonly PortRow[],
  evidence: PortEvidence,
): readonly PortVerdict[] {
  return rows
    .filter(({ onlyWhen, from }) => onlyWhen === null && from !== 'pods')
    .map((row) => (row.protocol === 'tcp' ? dialledRow(row, evidence) : carriedRow(row, evidence)));
}

function dialledRow(row: PortRow, evidence: PortEvidence): PortVerdict {
  const byName = new Map(evidence.nodes.map((node) => [node.name, node]));
  const isOf = (role: PortRow['from'], name: string): boolean =>
    byName.has(name) && (role === 'nodes' || byName.get(name)?.server === true);
  const to = (r: ReachResult): boolean =>
    r.to.port !== null &&
    r.to.port >= (row.port ?? 0) &&
    r.to.port <= (row.lastPort ?? row.port ?? 0);
  const all = evidence.dialled.filter((r) => to(r) && isOf(row.to, r.to.node));
  const own = new Map(
    all.flatMap((r) => (r.from.node === r.to.node ? [[placeOf(r), outcomeOf(r)] as const] : [])),
  );
  const seen = all
    .filter((r) => r.from.node !== r.to.node && isOf(row.from, r.from.node))
    .map((r) => ({ r, is: judgePath(r, own.get(placeOf(r)) ?? null) }))
    .filter(({ is }) => is !== 'not-seen');
  const shut = seen.filter(({ is }) => is === 'blocked').map(({ r }) => r);
  const open = seen.filter(({ is }) => is === 'open').length;
  return {
    row,
    state: stateOf({ tried: seen.length, open, shut: shut.length }),
    tried: seen.length,
    open,
    refusals: shut.map((r) => ({ from: r.from.node, to: r.to.node, how: howOf(r) })),
    fixes: fixesFor(row, shut, byName),
  };
}

function placeOf(r: ReachResult): string {
  return `${r.to.node}:${r.to.port}`;
}

/**
 * Silence and routing errors are made on the way. A refusal is the other machine's own where it refuses itself, too;
 * where it serves itself a filter refuses in its name (REJECT).
 */
function judgePath(
  r: ReachResult,
  own: ReturnType<typeof outcomeOf>,
): 'open' | 'blocked' | 'nobody-listens' | 'not-seen' {
  switch (outcomeOf(r)) {
    case null:
      return 'not-seen';
    case 'timeout':
    case 'unreachable':
      return 'blocked';
    case 'refused':
      return own === 'open' ? 'blocked' : own === 'refused' ? 'nobody-listens' : 'not-seen';
    default:
      return 'open';
  }
}

function howOf(r: ReachResult): string {
  const outcome = outcomeOf(r);
  return outcome === 'timeout' ? 'no answer' : (outcome ?? '');
}

function stateOf(count: {
  readonly tried: number;
  readonly open: number;
  readonly shut: number;
}): PortVerdict['state'] {
  if (count.tried === 0) return 'not-seen';
  if (count.shut > 0) return 'blocked';
  return count.open > 0 ? 'open' : 'nobody-listens';
}

/** One rule for all machines that shut out the same senders. */
function fixesFor(
  row: PortRow,
  shut: readonly ReachResult[],
  byName: ReadonlyMap<string, PortNode>,
): readonly Fix[] {
  const sendersOf = (name: string): readonly string[] =>
    [...new Set(shut.filter((r) => r.to.node === name).map((r) => r.from.node))]
      .flatMap((from) => byName.get(from)?.address ?? [])
      .toSorted();
  const groups = new Map<string, { readonly nodes: string[]; readonly from: readonly string[] }>();
  for (const name of new Set(shut.map((r) => r.to.node))) {
    const from = sendersOf(name);
    const group = groups.get(from.join(' ')) ?? { nodes: [], from };
    group.nodes.push(name);
    groups.set(from.join(' '), group);
  }
  return [...groups.values()].map(({ nodes, from }) =>
    allowInbound({
      nodes,
      from,
      protocol: row.protocol,
      port: row.port,
      lastPort: row.lastPort,
      verify: ['Run the preflight again: it tries these paths again.'],
      notes: [`${row.why}: ${row.source}`],
    }),
  );
}

/** What cannot be dialled is seen by what it carries; why it does not is a question for the diagnosis. */
function carriedRow(row: PortRow, { links }: PortEvidence): PortVerdict {
  const seen = links.filter(({ small }) => small !== 'unknown');
  const dead = seen.filter(({ small }) => small === 'dead');
  return {
    row,
    state: stateOf({ tried: seen.length, open: seen.length - dead.length, shut: dead.length }),
    tried: seen.length,
    open: seen.length - dead.length,
    refusals: dead.map(({ nodes: [from, to] }) => ({ from, to, how: 'no pod traffic' })),
    fixes: [],
  };
}

/** The rows with the overlay port that this cluster really has. */
export function withOwnPort(
  rows: readonly PortRow[],
  network: NetworkFacts | null,
): readonly PortRow[] {
  const port = network?.port ?? null;
  if (port === null) return rows;
  return rows.map((row) =>
    row.protocol === 'udp' && row.onlyWhen === null ? { ...row, port } : row,
  );
}
