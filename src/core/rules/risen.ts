import type { Chain, Rule } from './rule-set.ts';

/** A rule (or a policy, `rule` null) that ends packets and counts them. */
export interface Counted {
  readonly chain: Chain;
  readonly rule: Rule | null;
  readonly packets: number;
}

/** Everything that can end a packet and has a counter, by a key that is the same in the next reading. */
export function endingCounters(chains: readonly Chain[]): ReadonlyMap<string, Counted> {
  const found = new Map<string, Counted>();
  for (const chain of chains) {
    if (chain.base?.policy === 'drop' && chain.base.packets !== null) {
      found.set(keyOf(chain, null), { chain, rule: null, packets: chain.base.packets });
    }
    for (const rule of chain.rules) {
      if (rule.packets === null || !endsPackets(rule)) continue;
      found.set(keyOf(chain, rule), { chain, rule, packets: rule.packets });
    }
  }
  return found;
}

function endsPackets({ verdict }: Rule): boolean {
  return verdict.kind === 'drop' || verdict.kind === 'reject';
}

/** The same rule in two readings: by handle, or by number and text where rules have no handle. */
export function keyOf(chain: Chain, rule: Rule | null): string {
  const place = rule === null ? 'policy' : `${rule.place} ${rule.text}`;
  return [chain.backend, chain.family, chain.table, chain.name, place].join('\n');
}
