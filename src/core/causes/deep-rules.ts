import type { DeepFlow, NamedRule, RuleProof } from '../evidence/deep-results.ts';
import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { Fix } from '../fixes/fix.ts';
import { ownerFirst, pastRule, type RuleOpening } from '../fixes/past-rule.ts';
import { count } from '../report/words.ts';
import type { FilterOwner } from '../rules/owner.ts';
import type { Claim, Judgement } from './define-cause.ts';

/** A rule that has packets of a failing path, as deep mode found it on a node. */
export interface RuleFinding {
  readonly node: string;
  readonly flow: DeepFlow;
  readonly rule: NamedRule;
  readonly proof: RuleProof;
  readonly packets: number | null;
}

/** The kernel itself said that such packets end there. */
export function isSeen({ proof }: RuleFinding): boolean {
  return proof === 'traced' || proof === 'counted';
}

/** Rules that have packets of these flows; empty where deep mode was not asked for. A guess among several is no finding. */
export function rulesAgainst(
  { deep }: Pick<Facts, 'deep'>,
  isOurs: (flow: DeepFlow) => boolean,
): readonly RuleFinding[] {
  return valueOr(deep, []).flatMap(({ node, flows }) =>
    flows.filter(isOurs).flatMap((flow) =>
      flow.by
        .filter(({ proof }) => proof !== 'possible')
        .slice(0, 1)
        .map((by) => ({ node, flow, ...by })),
    ),
  );
}

/**
 * A judgement with the rules that deep mode found: named, with the owner's own way to mend it first. A rule that was
 * seen to swallow the packets proves the filter; one that was only read in the listing leaves a suspicion one.
 */
export function withRules(
  judgement: Judgement,
  rules: readonly RuleFinding[],
  opening: RuleOpening | null,
): Judgement {
  if (judgement.kind !== 'confirmed' && judgement.kind !== 'suspected') return judgement;
  const found = distinct(rules);
  if (found.length === 0) return judgement;
  const proven =
    judgement.kind === 'suspected' && found.some((each) => isSeen(each) && isHosts(each));
  const { settle, ...rest } = judgement;
  return {
    ...rest,
    kind: proven ? 'confirmed' : judgement.kind,
    headline: `${judgement.headline}${ruleSentence(found)}`,
    because: [...ruleClaims(found), ...judgement.because],
    fixes: fixesFor(judgement.fixes, found, opening),
    ...(proven || settle === undefined ? {} : { settle }),
  };
}

/** A rule of the CNI's may be a policy at work: that is another cause's to say. */
function isHosts({ rule }: RuleFinding): boolean {
  return !POLICY_ENGINES.has(rule.owner);
}

const POLICY_ENGINES: ReadonlySet<FilterOwner> = new Set(['calico', 'cilium', 'kube-router']);

/** The fixes with the owner's variant first, behind one that steps past a plain rule. */
export function fixesFor(
  fixes: readonly Fix[],
  rules: readonly RuleFinding[],
  opening: RuleOpening | null,
): readonly Fix[] {
  const past =
    opening === null
      ? []
      : rules.flatMap(({ node, rule }) => pastRule({ node, rule, opening }) ?? []);
  return [
    ...past,
    ...fixes.map((fix) =>
      ownerFirst(
        fix,
        rules.filter(({ node }) => fix.where.includes(node)).map(({ rule }) => rule.owner),
      ),
    ),
  ];
}

/** The same rule has the packets of many paths: each is told once, with the most that it took. */
export function distinct(rules: readonly RuleFinding[]): readonly RuleFinding[] {
  const best = new Map<string, RuleFinding>();
  for (const each of rules) {
    const { backend, family, table, chain, place, text } = each.rule;
    const key = [each.node, backend, family, table, chain, place, text].join('\n');
    const before = best.get(key);
    if (before === undefined || rank(each) < rank(before)) best.set(key, each);
  }
  return [...best.values()].toSorted((a, b) => rank(a) - rank(b) || (a.node < b.node ? -1 : 1));
}

function rank({ proof }: RuleFinding): number {
  return ['traced', 'counted', 'listed', 'possible'].indexOf(proof);
}

const SHOWN_RULES = 4;

/** Each rule with what proves it. */
export function ruleClaims(rules: readonly RuleFinding[]): readonly Claim[] {
  return distinct(rules)
    .slice(0, SHOWN_RULES)
    .map((each) => ({
      text: `on ${each.node} ${ruleWords(each.rule)} ${proofWords(each)}`,
      evidence: each.flow.id,
    }));
}

function ruleSentence(rules: readonly RuleFinding[]): string {
  const [first, second] = distinct(rules);
  if (first === undefined) return '';
  const certain = isSeen(first) ? 'It is' : 'By the listed rules it is';
  const more = second === undefined ? '' : `, and ${count(rules.length - 1, 'more rule')}`;
  return ` ${certain} ${ruleWords(first.rule, false)} on ${first.node}${more}.`;
}

const OWNER_WORDS: Partial<Record<FilterOwner, string>> = {
  iptables: 'plain iptables',
  nftables: 'plain nftables',
  calico: 'Calico',
  cilium: 'Cilium',
  docker: 'Docker',
  flannel: 'flannel',
};

/** `ufw's policy of chain INPUT`, `rule 3 of chain INPUT (plain iptables): -A INPUT …`. */
export function ruleWords(rule: NamedRule, withText = true): string {
  const { chain, table, family, place, text, owner, backend } = rule;
  const who = `${OWNER_WORDS[owner] ?? owner}${backend === 'iptables-legacy' ? ', legacy' : ''}`;
  const where = `chain ${chain} in table ${family} ${table}`;
  if (place === 'policy') return `the policy of ${where} (${who}, ${text.replace('policy ', '')})`;
  const which =
    place === '' ? 'a rule' : place.startsWith('handle') ? `the rule with ${place}` : place;
  return `${which} of ${where} (${who})${withText && text !== '' ? `, "${text}",` : ''}`;
}

function proofWords({ proof, packets, rule, flow }: RuleFinding): string {
  const did = rule.does === 'reject' ? 'rejected' : 'dropped';
  switch (proof) {
    case 'traced':
      return `${did} such packets before the kernel's own trace (${count(packets ?? 0, 'packet')} followed)`;
    case 'counted':
      return `${did} them: its counter rose by ${packets ?? 0} while ${flow.aimed} of ${flow.from.node} alone came`;
    case 'listed':
    case 'possible':
      return `is where the rules, read for such a packet, end; it counts nothing`;
  }
}
