import type { Strength } from './judge-words.ts';
import { isComplaint, type Statement, symptomId } from './statement.ts';

/** One cause that words speak for. */
export interface Spoken {
  readonly id: string;
  readonly strength: Strength;
  /** Statements that it rests on. */
  readonly relied: readonly Statement[];
  /** Statements that follow from it, those relied on included. */
  readonly explains: readonly Statement[];
}

export interface Choice {
  /** Best first. */
  readonly shown: readonly string[];
  /** Fit the words as well as the last one shown, and are not told apart by them. */
  readonly undecided: readonly string[];
  /** Symptom ids that a shown cause accounts for. */
  readonly explained: ReadonlySet<string>;
}

/**
 * Look-alikes that nothing tells apart are shown by the first of these that fits: the commonest reason in public
 * threads, none of which is proof.
 */
const COMMONEST: readonly string[] = [
  'overlay-port-blocked',
  'networkpolicy-denies',
  'duplicate-node-ip',
  'vxlan-checksum-offload',
  'cni-agent-broken',
  'kubelet-tls-untrusted',
  'kubelet-tls-no-ip-san',
  'kubelet-port-blocked',
  'service-port-mismatch',
  'frontproxy-ca',
  'port-conflict-hostnetwork',
  'metrics-server-crashing',
  'mtu-blackhole',
];

/** The smallest set of causes that accounts for the complaints: proven ones stay, the best told suspicions fill the rest. */
export function choose(spoken: readonly Spoken[]): Choice {
  const explained = new Set<string>();
  const shown: string[] = [];
  const take = (one: Spoken): void => {
    shown.push(one.id);
    for (const id of complaintsOf(one.explains)) explained.add(id);
  };
  for (const one of ranked(spoken, 'proves')) take(one);
  const strong = ranked(spoken, 'suggests');
  strong.forEach((one, at) => {
    const own = complaintsOf(one.relied.length > 0 ? one.relied : one.explains);
    const open = own.filter((id) => !explained.has(id));
    const equal = strong
      .slice(0, at)
      .some((other) => shown.includes(other.id) && sameWords(other, one));
    if (open.length > 0 || equal || (own.length === 0 && hasNew(one, explained, shown))) take(one);
  });
  const weak = ranked(spoken, 'fits').filter(({ explains }) =>
    complaintsOf(explains).some((id) => !explained.has(id)),
  );
  const undecided: string[] = [];
  for (const one of weak) {
    if (complaintsOf(one.relied).some((id) => !explained.has(id))) take(one);
    else undecided.push(one.id);
  }
  return { shown, undecided, explained };
}

function ranked(spoken: readonly Spoken[], strength: Strength): readonly Spoken[] {
  const place = ({ id }: Spoken): number => {
    const at = COMMONEST.indexOf(id);
    return at < 0 ? COMMONEST.length : at;
  };
  return spoken
    .filter((one) => one.strength === strength)
    .toSorted(
      (a, b) =>
        kinds(b) - kinds(a) ||
        complaintsOf(b.explains).length - complaintsOf(a.explains).length ||
        place(a) - place(b) ||
        (a.id < b.id ? -1 : 1),
    );
}

/** How many different things were said for it: two that agree tell more than one said twice. */
function kinds({ relied }: Spoken): number {
  return new Set(relied.map(({ kind }) => kind)).size;
}

function sameWords(a: Spoken, b: Spoken): boolean {
  const words = new Set(a.relied);
  return a.relied.length === b.relied.length && b.relied.every((statement) => words.has(statement));
}

/** A cause told by circumstances alone counts while nothing else is shown, or it explains more. */
function hasNew(one: Spoken, explained: ReadonlySet<string>, shown: readonly string[]): boolean {
  return shown.length === 0 || complaintsOf(one.explains).some((id) => !explained.has(id));
}

function complaintsOf(statements: readonly Statement[]): readonly string[] {
  return [...new Set(statements.filter(isComplaint).map(symptomId))];
}
