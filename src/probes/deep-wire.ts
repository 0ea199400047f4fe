import type { DeepDevice, DeepFlow, NamedRule } from '../core/evidence/deep-results.ts';
import { FILTER_OWNERS } from '../core/rules/owner.ts';
import type { DeepAnswer } from './plan.ts';

/** Orders are the wire's codes: append, never reorder. */
export const FATES: readonly DeepFlow['fate'][] = ['passes', 'ends', 'unsure', 'unread'];
export const BACKENDS: readonly NamedRule['backend'][] = ['nft', 'iptables-nft', 'iptables-legacy'];
export const ENDINGS: readonly NamedRule['does'][] = ['drop', 'reject'];

/** `[backend, family, table, chain, place, text, owner, does]`. */
export type WireRule = readonly [number, string, string, string, string, string, number, number];
/** `[name, mac, addresses, driver, offloads that are on, offloads that are off]`. */
export type WireDevice = readonly [
  string,
  string,
  readonly string[],
  string | null,
  readonly string[],
  readonly string[],
];

export interface WireDeep {
  readonly R: readonly WireRule[];
  /** `[flow, fate, ends, traced rules, traced packets]`. */
  readonly f: readonly (readonly [
    number,
    number,
    readonly number[],
    readonly number[],
    readonly number[],
  ])[];
  /** `[rule, quiet, bursts, tries]`. */
  readonly r: readonly (readonly [number, number, number, number])[];
  /** Rules that count. */
  readonly k: readonly number[];
  readonly w: readonly [number, number, number];
  readonly a: readonly number[];
  readonly o: WireDevice | null;
  readonly u: WireDevice | null;
  /** `[peer, tabled, device, via, mac, state, vtep]`. */
  readonly p: readonly (readonly [
    number,
    0 | 1,
    string | null,
    string | null,
    string | null,
    string | null,
    string | null,
  ])[];
  /** `[priority, from, table]`. */
  readonly i: readonly (readonly [number, string, string])[];
  readonly d: string | null;
  readonly c: readonly [number, number, number] | null;
  /** `[forwarding, rpFilter]`, -1 where unread. */
  readonly s: readonly [number, number];
  readonly m: readonly string[];
}

/** The compact shape of a deep answer. */
export function deepToWire(answer: DeepAnswer): WireDeep {
  const { conntrack } = answer;
  return {
    R: answer.rules.map((rule) => [
      BACKENDS.indexOf(rule.backend),
      rule.family,
      rule.table,
      rule.chain,
      rule.place,
      rule.text,
      FILTER_OWNERS.indexOf(rule.owner),
      ENDINGS.indexOf(rule.does),
    ]),
    f: answer.flows.map(({ index, fate, ends, traced }) => [
      index,
      FATES.indexOf(fate),
      ends,
      traced.map(({ rule }) => rule),
      traced.map(({ packets }) => packets),
    ]),
    r: answer.risen.map(({ rule, quiet, bursts, tries }) => [rule, quiet, bursts, tries]),
    k: answer.counting,
    w: [answer.windowsMs.quiet, answer.windowsMs.bursts, answer.windowsMs.tries],
    a: answer.attempts,
    o: answer.overlay === null ? null : deviceToWire(answer.overlay),
    u: answer.underlay === null ? null : deviceToWire(answer.underlay),
    p: answer.peers.map(({ index, tabled, route, neighbour, vtep }) => [
      index,
      tabled ? 1 : 0,
      route?.device ?? null,
      route?.via ?? null,
      neighbour?.mac ?? null,
      neighbour?.state ?? null,
      vtep,
    ]),
    i: answer.routingRules.map(({ priority, from, table }) => [priority, from, table]),
    d: answer.ownPodDevice,
    c: conntrack === null ? null : [conntrack.count, conntrack.max, conntrack.drops],
    s: [answer.forwarding === null ? -1 : Number(answer.forwarding), answer.rpFilter ?? -1],
    m: answer.missing,
  };
}

function deviceToWire({ name, mac, addresses, driver, offloads }: DeepDevice): WireDevice {
  const named = (on: boolean): readonly string[] =>
    Object.entries(offloads).flatMap(([feature, state]) => (state === on ? [feature] : []));
  return [name, mac, addresses, driver, named(true), named(false)];
}
