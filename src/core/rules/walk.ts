import {
  allOf,
  type Chain,
  type Hook,
  matchesDevice,
  type PacketState,
  type Rule,
  type RulePacket,
  type Trilean,
  type Verdict,
  WHOLE_MARK,
} from './rule-set.ts';

/** Where a packet may end: at a rule, or at a base chain's policy (`rule` null). */
export interface End {
  readonly kind: 'drop' | 'reject' | 'elsewhere';
  readonly chain: Chain;
  readonly rule: Rule | null;
  readonly hook: Hook;
}

/**
 * What the rules do with a packet at a sequence of hooks.
 * - `passes`: no rule ends it. `ends`: whatever the undecided matches are, it ends at the one rule in `ends`.
 * - `unsure`: it may end at each of `ends`, or pass.
 */
export interface Fate {
  readonly verdict: 'passes' | 'ends' | 'unsure';
  readonly ends: readonly End[];
}

/** One station of a packet's way through a host. */
export interface Step {
  readonly hook: Hook;
  readonly packet: RulePacket;
}

const FRESH: PacketState = { tracked: 'new', mark: 0, markKnown: WHOLE_MARK };
/** Rule evaluations of one walk; a filter that needs more is not decided. */
const MAX_EVALUATIONS = 200_000;
/** The kernel's own limit (NFT_JUMP_STACK_SIZE). */
const MAX_DEPTH = 16;

/** Walks a packet's steps through the chains: all base chains of a hook by priority, and each may end it. */
export function walk(chains: readonly Chain[], steps: readonly Step[]): Fate {
  const walker = createWalker(chains);
  let states: readonly PacketState[] = [FRESH];
  let sure = true;
  const ends: End[] = [];
  for (const step of steps) {
    for (const base of basesOf(chains, step)) {
      const next: PacketState[] = [];
      for (const state of states) {
        const passed = walker.base(base, step, state);
        next.push(...passed.through);
        ends.push(...passed.ends);
        if (!passed.sure) sure = false;
      }
      if (next.length === 0) {
        return { verdict: sure && isOne(ends) ? 'ends' : 'unsure', ends: unique(ends) };
      }
      states = distinct(next);
      if (states.length > MAX_STATES) return { verdict: 'unsure', ends: unique(ends) };
    }
  }
  return ends.length === 0 && sure
    ? { verdict: 'passes', ends: [] }
    : { verdict: 'unsure', ends: unique(ends) };
}

const MAX_STATES = 64;

function basesOf(chains: readonly Chain[], { hook, packet }: Step): readonly Chain[] {
  return chains
    .filter(
      ({ base, family }) =>
        base !== null &&
        base.hook === hook &&
        base.type !== 'nat' &&
        (family === packet.family || family === 'inet' || family === 'netdev') &&
        (base.device === null || matchesDevice(packet.iif, base.device) !== 'no'),
    )
    .toSorted((a, b) => (a.base?.priority ?? 0) - (b.base?.priority ?? 0));
}

/** What comes out of a chain. */
interface Passed {
  /** States in which the packet goes on behind the chain. */
  readonly through: readonly PacketState[];
  readonly ends: readonly End[];
  /** False when a part of the way is not in the rules: another program, a chain that was not listed. */
  readonly sure: boolean;
}

interface Run {
  /** States that fell off the chain's end or returned. */
  readonly fell: PacketState[];
  readonly accepted: PacketState[];
  readonly ends: End[];
  sure: boolean;
}

interface Place {
  readonly step: Step;
  readonly depth: number;
}

function createWalker(chains: readonly Chain[]): {
  base(chain: Chain, step: Step, state: PacketState): Passed;
} {
  const byName = new Map(chains.map((chain) => [keyOf(chain, chain.name), chain]));
  let budget = MAX_EVALUATIONS;

  function runChain(chain: Chain, state: PacketState, place: Place): Run {
    const run: Run = { fell: [], accepted: [], ends: [], sure: true };
    let states: PacketState[] = [state];
    for (const rule of chain.rules) {
      const left: PacketState[] = [];
      for (const each of states) {
        budget -= 1;
        if (budget < 0 || place.depth > MAX_DEPTH) return { ...run, fell: states, sure: false };
        left.push(...applyRule(run, { chain, rule, place }, each));
      }
      states = [...distinct(left)];
      if (states.length === 0) break;
    }
    run.fell.push(...states);
    return run;
  }

  /** The states in which the packet goes on to the next rule. */
  function applyRule(
    run: Run,
    at: { readonly chain: Chain; readonly rule: Rule; readonly place: Place },
    state: PacketState,
  ): readonly PacketState[] {
    const hit = matchAll(at.rule, at.place.step.packet, state);
    if (hit === 'no') return [state];
    const after = applyVerdict(run, { ...at, verdict: at.rule.verdict }, state);
    return hit === 'yes' ? after : [state, ...after];
  }

  function applyVerdict(
    run: Run,
    at: {
      readonly chain: Chain;
      readonly rule: Rule;
      readonly place: Place;
      readonly verdict: Verdict;
    },
    state: PacketState,
  ): readonly PacketState[] {
    const { verdict, chain, rule, place } = at;
    switch (verdict.kind) {
      case 'accept':
        run.accepted.push(state);
        return [];
      case 'drop':
      case 'reject':
      case 'elsewhere':
        run.ends.push({ kind: verdict.kind, chain, rule, hook: place.step.hook });
        if (verdict.kind === 'elsewhere') run.sure = false;
        return [];
      case 'return':
        run.fell.push(state);
        return [];
      case 'continue':
        return [state];
      case 'mark':
        return [verdict.apply(state)];
      case 'jump':
      case 'goto':
        return descend(run, { ...at, target: verdict.target, kind: verdict.kind }, state);
      case 'map':
        return chooseFrom(run, at, verdict.choose(place.step.packet, state), state);
    }
  }

  function descend(
    run: Run,
    at: {
      readonly chain: Chain;
      readonly place: Place;
      readonly target: string;
      readonly kind: 'jump' | 'goto';
    },
    state: PacketState,
  ): readonly PacketState[] {
    const target = byName.get(keyOf(at.chain, at.target));
    if (target === undefined) {
      run.sure = false;
      return [state];
    }
    const { step, depth } = at.place;
    const inner = runChain(target, state, { step, depth: depth + 1 });
    run.accepted.push(...inner.accepted);
    run.ends.push(...inner.ends);
    if (!inner.sure) run.sure = false;
    if (at.kind === 'jump') return inner.fell;
    // After a goto the packet does not come back here, but to whoever jumped to this chain.
    run.fell.push(...inner.fell);
    return [];
  }

  function chooseFrom(
    run: Run,
    at: { readonly chain: Chain; readonly rule: Rule; readonly place: Place },
    choice: ReturnType<Extract<Verdict, { kind: 'map' }>['choose']>,
    state: PacketState,
  ): readonly PacketState[] {
    if (choice.sure) {
      return choice.verdict === null
        ? [state]
        : applyVerdict(run, { ...at, verdict: choice.verdict }, state);
    }
    return [
      state,
      ...choice.verdicts.flatMap((verdict) => applyVerdict(run, { ...at, verdict }, state)),
    ];
  }

  return {
    base(chain, step, state) {
      const run = runChain(chain, state, { step, depth: 0 });
      // Which device an ingress chain hangs on is not always listed.
      const unplaced = chain.base?.hook === 'ingress' && chain.base.device === null;
      const sure = run.sure && !unplaced;
      if (chain.base?.policy !== 'drop' || run.fell.length === 0) {
        const through = [...run.accepted, ...run.fell, ...(unplaced ? [state] : [])];
        return { through, ends: run.ends, sure };
      }
      const end: End = { kind: 'drop', chain, rule: null, hook: step.hook };
      return { through: run.accepted, ends: [...run.ends, end], sure };
    },
  };
}

function matchAll(rule: Rule, packet: RulePacket, state: PacketState): Trilean {
  const seen: Trilean[] = [];
  for (const match of rule.matches) {
    const one = match(packet, state);
    if (one === 'no') return 'no';
    seen.push(one);
  }
  return allOf(seen);
}

function keyOf({ backend, family, table }: Chain, name: string): string {
  return [backend, family, table, name].join('\n');
}

function distinct(states: readonly PacketState[]): readonly PacketState[] {
  if (states.length < 2) return states;
  const byKey = new Map(
    states.map((state) => [`${state.tracked} ${state.mark} ${state.markKnown}`, state]),
  );
  return [...byKey.values()];
}

function unique(ends: readonly End[]): readonly End[] {
  const byKey = new Map(
    ends.map((end) => [`${keyOf(end.chain, end.chain.name)}\n${end.rule?.place ?? ''}`, end]),
  );
  return [...byKey.values()];
}

function isOne(ends: readonly End[]): boolean {
  return unique(ends).length === 1;
}
