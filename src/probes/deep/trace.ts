import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { parseAddress } from '../../core/rules/addresses.ts';
import type { PlannedFlow } from '../plan.ts';
import { runTool } from './run-tool.ts';

/** One packet that the kernel saw end. */
export interface Traced {
  /** Index of the flow that it belongs to. */
  readonly flow: number;
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** The rule as nft words it, without its counter; null for the chain's policy. */
  readonly text: string | null;
}

export interface Trace {
  /** Takes everything back. */
  stop(): Promise<{ readonly events: readonly Traced[]; readonly problem: string | null }>;
}

/** A few packets of a burst are enough; each passes dozens of rules. */
const PACKETS_PER_SECOND = 2;
/** Before conntrack (-200) and raw (-300): the whole way is seen. */
const PRIORITY = -350;
const MAX_TRACE_BYTES = 4 * 1_024 * 1_024;
const SETTLE_MS = 300;
const TOOL_ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/**
 * Lets the kernel tell by which rules a few packets of each flow pass (`meta nftrace`). The table that marks them
 * belongs to the process that makes it (`flags owner`, Linux 5.12): it is gone with it, however it ends.
 */
export async function startTrace(flows: readonly PlannedFlow[]): Promise<Trace> {
  const table = `metrics_diag_${process.pid}`;
  const monitor = spawn('nft', ['monitor', 'trace'], { env: TOOL_ENV });
  const owner = spawn('nft', ['-i'], { env: TOOL_ENV });
  const seen = collect(monitor);
  const said = collect(owner);
  const ended = new Promise<void>((resolve) => owner.once('close', () => resolve()));
  for (const child of [monitor, owner]) {
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
  }
  owner.stdin.write(commandsFor(table, flows));
  await pause(SETTLE_MS);
  return {
    async stop() {
      await pause(SETTLE_MS);
      monitor.kill('SIGKILL');
      owner.stdin.end();
      const gone = await Promise.race([ended.then(() => true), pause(SETTLE_MS).then(() => false)]);
      if (!gone) owner.kill('SIGKILL');
      await ended;
      const problem = /error/i.exec(said.errors())
        ? `tracing: ${said.errors().trim().split('\n')[0]?.slice(0, 120) ?? 'refused'}`
        : null;
      return {
        events: readTrace(seen.text(), flows, table),
        problem: problem ?? (await leftOver(table)),
      };
    },
  };
}

/** Names come from the cluster's objects: only what is an address or a number goes into a command. */
function commandsFor(table: string, flows: readonly PlannedFlow[]): string {
  const lines = flows.flatMap((flow, index): readonly string[] => {
    const match = matchFor(flow);
    if (match === null) return [];
    const hook = flow.leg === 'out' ? 'output' : 'prerouting';
    return [
      `add chain inet ${table} f${index} { type filter hook ${hook} priority ${PRIORITY}; }`,
      `add rule inet ${table} f${index} ${match} limit rate ${PACKETS_PER_SECOND}/second meta nftrace set 1`,
    ];
  });
  return [`add table inet ${table} { flags owner; }`, ...lines, ''].join('\n');
}

function matchFor({ destination, protocol, port, sources, leg }: PlannedFlow): string | null {
  const family = (address: string): string | null => {
    const parsed = parseAddress(address);
    return parsed === null ? null : parsed.bits === 32 ? 'ip' : 'ip6';
  };
  const to = family(destination);
  if (to === null) return null;
  const known = leg === 'out' ? [] : sources.filter((source) => family(source) === to);
  const from = known.length === 0 ? '' : `${to} saddr { ${known.join(', ')} } `;
  const what = protocol === 'ipip' ? 'meta l4proto 4' : `${protocol} dport ${Number(port ?? 0)}`;
  return `${from}${to} daddr ${destination} ${what}`;
}

/**
 * Reads `nft monitor trace`. Which flow a packet is of say its own header's words: the id changes on the way where
 * a bridge hands packets over (br_netfilter).
 */
export function readTrace(
  text: string,
  flows: readonly PlannedFlow[],
  own: string,
): readonly Traced[] {
  const ids = new Map<string, number>();
  const events: Traced[] = [];
  for (const line of text.split('\n')) {
    const parsed =
      /^trace id (\w+) (\S+) (\S+) (\S+) (packet:|rule|unknown rule|policy) (.*)$/.exec(
        line.trim(),
      );
    if (parsed === null) continue;
    const [, id = '', family = '', table = '', chain = '', kind, rest = ''] = parsed;
    if (kind === 'packet:') {
      const flow = flows.findIndex((each) => isPacketOf(each, rest));
      if (flow >= 0) ids.set(id, flow);
      continue;
    }
    const flow = ids.get(id);
    const dropped = kind === 'policy' ? /^drop\b/.test(rest) : rest.endsWith('(verdict drop)');
    if (flow === undefined || !dropped || table === own) continue;
    events.push({ flow, family, table, chain, text: kind === 'policy' ? null : wordsOf(rest) });
  }
  return events;
}

function isPacketOf(
  { leg, sources, destination, protocol, port }: PlannedFlow,
  header: string,
): boolean {
  const word = (name: string): string | undefined =>
    new RegExp(`\\b${name} (\\S+)`).exec(header)?.[1];
  const from = word('ip6? saddr');
  const ports = protocol === 'ipip' ? undefined : word(`${protocol} dport`);
  return (
    word('ip6? daddr') === destination &&
    (leg === 'out' || sources.length === 0 || (from !== undefined && sources.includes(from))) &&
    (protocol === 'ipip'
      ? /\bip protocol (?:ipencap|4|ipip)\b/.test(header)
      : ports === String(port))
  );
}

/** A rule's words without what changes from one listing to the next. */
export function wordsOf(text: string): string {
  return text
    .replace(/ ?\(verdict \w+\)$/, '')
    .replace(/counter packets \d+ bytes \d+ ?/, '')
    .trim();
}

async function leftOver(table: string): Promise<string | null> {
  const listed = await runTool('nft', ['list', 'table', 'inet', table]);
  if (listed.state === 'missing') return null;
  const deleted = await runTool('nft', ['delete', 'table', 'inet', table]);
  return deleted.state === 'known'
    ? null
    : `tracing: table inet ${table} stayed behind; nft delete table inet ${table}`;
}

function collect(child: ChildProcessWithoutNullStreams): {
  text(): string;
  errors(): string;
} {
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (out.length < MAX_TRACE_BYTES) out += chunk.toString('latin1');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (errors.length < MAX_TRACE_BYTES) errors += chunk.toString('latin1');
  });
  return { text: () => out, errors: () => errors };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
