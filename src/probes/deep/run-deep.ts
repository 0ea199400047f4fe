import { connect } from 'node:net';
import type { NamedRule } from '../../core/evidence/deep-results.ts';
import { known, type Missing, missing, type Observed } from '../../core/evidence/observed.ts';
import { ownerOf } from '../../core/rules/owner.ts';
import { type Counted, endingCounters, keyOf } from '../../core/rules/risen.ts';
import type { Chain, Rule } from '../../core/rules/rule-set.ts';
import { tcpConnect } from '../checks/tcp-connect.ts';
import { burstsEnd, untilClock } from '../checks/udp-burst.ts';
import { AGAIN_QUESTION, TRIES_AT_ONCE } from '../listener-server.ts';
import type { DeepAnswer, DeepPlan, PlannedTry, PodPlan } from '../plan.ts';
import { runNodePlan } from '../run-probe.ts';
import type { EncodableAnswer } from '../wire.ts';
import { readConntrack, readOverlayState } from './overlay-state.ts';
import { type RuleReading, readRules } from './read-rules.ts';
import { runTool } from './run-tool.ts';
import { startTrace, type Traced, wordsOf } from './trace.ts';
import { packetsOf, walkFlow } from './walk-flows.ts';

/** A SYN and its first repetition, one second later (RFC 6298). */
const TRY_TIMEOUT_MS = 2_400;
/** Counters of the last packets are there by then. */
const AFTER_TRAFFIC_MS = 150;
/** Before traffic: one more reading, so that the quiet window ends where the busy one begins. */
const BEFORE_TRAFFIC_MS = 150;
const WRITE_MARGIN_MS = 400;

/** Runs a deep Pod's plan: the node Pod's part, with the rules watched around it. */
export async function runDeepPlan(plan: PodPlan): Promise<EncodableAnswer> {
  const deadline = Date.now() + plan.deadlineMs - WRITE_MARGIN_MS;
  const base = runNodePlan(plan);
  const { deep } = plan;
  if (deep === undefined) return base;
  const late = untilClock(deadline).then(
    (): Missing => missing('timed-out', 'the deep probe ran out of time'),
  );
  const watched = watch(plan, deep).catch(
    (error: unknown): Missing =>
      missing('failed', error instanceof Error ? error.message : 'the deep probe failed'),
  );
  return { ...(await base), deep: await Promise.race([watched, late]) };
}

async function watch(plan: PodPlan, deep: DeepPlan): Promise<Observed<DeepAnswer>> {
  const families = new Set(
    deep.flows.map(({ destination }) =>
      destination.includes(':') ? ('ip6' as const) : ('ip' as const),
    ),
  );
  families.add('ip');
  const conntrackBefore = readConntrack();
  const [first, state, packets] = await Promise.all([
    readRules(families),
    readOverlayState(plan),
    Promise.all(deep.flows.map(packetsOf)),
  ]);
  const trace = deep.trace ? await startTrace(deep.flows) : null;
  const trafficAt = plan.bursts?.startAt ?? deep.triesAt;
  await untilClock(trafficAt - BEFORE_TRAFFIC_MS - costOf(first, plan));
  const quiet = await readRules(families);
  if (plan.bursts !== null) await untilClock(burstsEnd(plan.bursts) + AFTER_TRAFFIC_MS);
  const burst = plan.bursts === null ? quiet : await readRules(families);
  await untilClock(deep.triesAt);
  const attempts = await Promise.all(deep.tries.map((each) => again(each, plan)));
  if (deep.tries.length === 0) await untilClock(deep.triesAt + TRY_TIMEOUT_MS);
  await untilClock(Date.now() + AFTER_TRAFFIC_MS);
  const last = await readRules(families);
  const traced = (await trace?.stop()) ?? { events: [], problem: null };
  const conntrackAfter = readConntrack();
  const table = ruleTable();
  const flows = deep.flows.map((flow, index) => {
    const fate = walkFlow(last.chains, flow.leg, packets[index] ?? []);
    const unread = last.missing.length > 0;
    const ends = fate.ends.flatMap(({ kind, chain, rule }) =>
      kind === 'elsewhere' ? [] : [table.add(chain, rule)],
    );
    return {
      index,
      fate: fate.verdict === 'passes' && unread ? ('unread' as const) : fate.verdict,
      ends: [...new Set(ends)].slice(0, MAX_ENDS),
      traced: tracedRules(traced.events, index, last.chains, table),
    };
  });
  const risen = risenRules([first, quiet, burst, last], table);
  return known(
    {
      ...state,
      rules: await table.named(),
      counting: table.counting(),
      flows,
      risen,
      windowsMs: {
        quiet: quiet.at - first.at,
        bursts: burst.at - quiet.at,
        tries: last.at - burst.at,
      },
      attempts,
      conntrack:
        conntrackAfter === null
          ? null
          : {
              count: conntrackAfter.count,
              max: conntrackAfter.max,
              drops: Math.max(0, conntrackAfter.refused - (conntrackBefore?.refused ?? 0)),
            },
      missing: [
        ...new Set([
          ...state.missing,
          ...last.missing,
          ...(traced.problem === null ? [] : [traced.problem]),
        ]),
      ],
    },
    plan.node,
  );
}

/** Rules that a flow may end at; Calico's dispatch chains could name hundreds. */
const MAX_ENDS = 4;

/** How long a reading takes here. */
function costOf(first: RuleReading, plan: PodPlan): number {
  const began = plan.bursts?.startAt ?? plan.deep?.triesAt ?? 0;
  return Math.max(0, Math.min(2 * (Date.now() - first.at), began - Date.now()));
}

/** The connections of one try: by this host, or by its listener. @returns how many were begun */
async function again(planned: PlannedTry, { ownListener }: PodPlan): Promise<number> {
  if (planned.by === 'host') {
    const { address, port } = planned;
    const tries = Array.from({ length: TRIES_AT_ONCE }, () =>
      tcpConnect(address, port, TRY_TIMEOUT_MS).then(
        () => 1,
        () => 0,
      ),
    );
    return (await Promise.all(tries)).reduce<number>((sum, one) => sum + one, 0);
  }
  return ownListener === null ? 0 : askAgain(ownListener, planned.index);
}

/** Asks the node's own listener to run a planned check again, several times at once. */
function askAgain(
  listener: { readonly address: string; readonly port: number },
  index: number,
): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ host: listener.address, port: listener.port });
    const give = (count: number): void => {
      socket.destroy();
      resolve(count);
    };
    let text = '';
    socket.setTimeout(2 * TRY_TIMEOUT_MS, () => give(0));
    socket.once('error', () => give(0));
    socket.once('connect', () => socket.write(`${AGAIN_QUESTION}${index}\n`));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.once('end', () => give(/^\d+$/.test(text) ? Number(text) : 0));
  });
}

interface RuleTable {
  /** `words`: as a trace told them, for a rule that no listing matches. */
  add(chain: Chain, rule: Rule | null, words?: string): number;
  /** Indices of those that have a counter. */
  counting(): readonly number[];
  /** With their words: of nftables' rules by another look. */
  named(): Promise<readonly NamedRule[]>;
}

function ruleTable(): RuleTable {
  const rows: Listed[] = [];
  const byKey = new Map<string, number>();
  return {
    add(chain, rule, words) {
      const key = `${keyOf(chain, rule)}\n${words ?? ''}`;
      const seen = byKey.get(key);
      if (seen !== undefined) return seen;
      byKey.set(key, rows.length);
      rows.push({ chain, rule, words: words ?? null });
      return rows.length - 1;
    },
    counting: () =>
      rows.flatMap(({ chain, rule, words }, index) => {
        const packets = rule === null ? chain.base?.packets : rule.packets;
        return words === null && packets !== null && packets !== undefined ? [index] : [];
      }),
    named: () => Promise.all(rows.map(nameRule)),
  };
}

interface Listed {
  readonly chain: Chain;
  readonly rule: Rule | null;
  readonly words: string | null;
}

const MAX_TEXT_CHARS = 200;

async function nameRule({ chain, rule, words }: Listed): Promise<NamedRule> {
  return {
    backend: chain.backend,
    family: chain.family,
    table: chain.table,
    chain: chain.name,
    place: rule?.place ?? (words === null ? 'policy' : ''),
    text: (words ?? (await wordsOfRule(chain, rule))).slice(0, MAX_TEXT_CHARS),
    owner: ownerOf(chain, rule),
    does: rule?.verdict.kind === 'reject' || /\breject\b/.test(words ?? '') ? 'reject' : 'drop',
  };
}

function wordsOfRule(chain: Chain, rule: Rule | null): string | Promise<string> {
  if (rule === null) return `policy ${chain.base?.policy ?? 'drop'}`;
  return chain.backend === 'nft' ? nftWords(chain, rule) : rule.text;
}

/** The line that `nft -a list chain` shows for a handle. */
async function nftWords({ family, table, name }: Chain, rule: Rule): Promise<string> {
  const listed = await runTool('nft', ['-a', 'list', 'chain', family, table, name]);
  if (listed.state === 'missing') return '';
  const line = listed.text.split('\n').find((each) => each.endsWith(`# ${rule.place}`));
  return wordsOf(line?.replace(/ # handle \d+$/, '') ?? '');
}

const MAX_RISEN = 8;

/** Rules whose counters rose, and those that the walks named, risen or not. */
function risenRules(
  [first, quiet, burst, last]: readonly [RuleReading, RuleReading, RuleReading, RuleReading],
  table: RuleTable,
): DeepAnswer['risen'] {
  const [a, b, c, d] = [first, quiet, burst, last].map(({ chains }) => endingCounters(chains));
  const step = (
    from: ReadonlyMap<string, Counted> | undefined,
    to: ReadonlyMap<string, Counted> | undefined,
    key: string,
  ): number => Math.max(0, (to?.get(key)?.packets ?? 0) - (from?.get(key)?.packets ?? 0));
  return [...(d ?? new Map<string, Counted>())]
    .map(([key, counted]) => ({
      counted,
      quiet: step(a, b, key),
      bursts: step(b, c, key),
      tries: step(c, d, key),
    }))
    .filter(({ bursts, tries }) => bursts + tries > 0)
    .toSorted((x, y) => y.bursts + y.tries - (x.bursts + x.tries))
    .slice(0, MAX_RISEN)
    .map(({ counted: { chain, rule }, ...rose }) => ({ rule: table.add(chain, rule), ...rose }));
}

/**
 * The rules at which a trace saw packets of the flow end. nft words most of them without a handle: then the rule is
 * found by being the only one of its chain that could have ended them, else it goes by the trace's words.
 */
function tracedRules(
  events: readonly Traced[],
  flow: number,
  chains: readonly Chain[],
  table: RuleTable,
): DeepAnswer['flows'][number]['traced'] {
  const counts = new Map<number, number>();
  for (const event of events.filter((each) => each.flow === flow)) {
    const chain = chains.find(
      (each) =>
        each.backend !== 'iptables-legacy' &&
        each.family === event.family &&
        each.table === event.table &&
        each.name === event.chain,
    );
    if (chain === undefined) continue;
    const handle = /^(handle \d+)\b/.exec(event.text ?? '')?.[1];
    const enders = chain.rules.filter(
      ({ verdict, place }) =>
        (verdict.kind === 'drop' || verdict.kind === 'reject') &&
        (handle === undefined || chain.backend !== 'nft' || place === handle),
    );
    const [only] = enders;
    const index =
      event.text === null
        ? table.add(chain, null)
        : only !== undefined && enders.length === 1
          ? table.add(chain, only)
          : table.add(chain, null, event.text);
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  return [...counts].map(([rule, packets]) => ({ rule, packets }));
}
