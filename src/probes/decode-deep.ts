import { z } from 'zod';
import type { DeepDevice } from '../core/evidence/deep-results.ts';
import { FILTER_OWNERS } from '../core/rules/owner.ts';
import { BACKENDS, ENDINGS, FATES } from './deep-wire.ts';
import type { DeepAnswer } from './plan.ts';

/** Untrusted words, cut before they enter evidence. */
const MAX_TEXT_CHARS = 400;

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const text = z.string().transform((value) => value.slice(0, MAX_TEXT_CHARS));
const device = z.tuple([
  text,
  text,
  z.array(text).max(20),
  text.nullable(),
  z.array(text).max(40),
  z.array(text).max(40),
]);

/** What a deep probe leaves beside the rest; see `deep-wire.ts`. */
export const wireDeep = z.object({
  R: z.array(z.tuple([count, text, text, text, text, text, count, count])).max(60),
  f: z
    .array(
      z.tuple([
        count,
        count,
        z.array(count).max(20),
        z.array(count).max(20),
        z.array(count).max(20),
      ]),
    )
    .max(60),
  r: z.array(z.tuple([count, count, count, count])).max(60),
  k: z.array(count).max(60),
  w: z.tuple([count, count, count]),
  a: z.array(count).max(40),
  o: device.nullable(),
  u: device.nullable(),
  p: z
    .array(
      z.tuple([
        count,
        z.union([z.literal(0), z.literal(1)]),
        text.nullable(),
        text.nullable(),
        text.nullable(),
        text.nullable(),
        text.nullable(),
      ]),
    )
    .max(40),
  i: z.array(z.tuple([count, text, text])).max(40),
  d: text.nullable(),
  c: z.tuple([count, count, count]).nullable(),
  s: z.tuple([z.number().int(), z.number().int()]),
  m: z.array(text).max(20),
});

/** Back from the wire; indices that lead nowhere are dropped. */
export function readDeep(wire: z.infer<typeof wireDeep>): DeepAnswer {
  const has = (rule: number): boolean => rule < wire.R.length;
  const [forwarding, rpFilter] = wire.s;
  return {
    rules: wire.R.map(([backend, family, table, chain, place, words, owner, does]) => ({
      backend: BACKENDS[backend] ?? 'nft',
      family,
      table,
      chain,
      place,
      text: words,
      owner: FILTER_OWNERS[owner] ?? 'nftables',
      does: ENDINGS[does] ?? 'drop',
    })),
    flows: wire.f.map(([index, fate, ends, traced, packets]) => ({
      index,
      fate: FATES[fate] ?? 'unread',
      ends: ends.filter(has),
      traced: traced.flatMap((rule, i) => (has(rule) ? [{ rule, packets: packets[i] ?? 0 }] : [])),
    })),
    risen: wire.r.flatMap(([rule, quiet, bursts, tries]) =>
      has(rule) ? [{ rule, quiet, bursts, tries }] : [],
    ),
    counting: wire.k.filter(has),
    windowsMs: { quiet: wire.w[0], bursts: wire.w[1], tries: wire.w[2] },
    attempts: wire.a,
    overlay: wire.o === null ? null : readDevice(wire.o),
    underlay: wire.u === null ? null : readDevice(wire.u),
    peers: wire.p.map(([index, tabled, name, via, mac, state, vtep]) => ({
      index,
      tabled: tabled === 1,
      route: name === null ? null : { device: name, via },
      neighbour: mac === null ? null : { mac, state: state ?? '' },
      vtep,
    })),
    routingRules: wire.i.map(([priority, from, table]) => ({ priority, from, table })),
    ownPodDevice: wire.d,
    conntrack: wire.c === null ? null : { count: wire.c[0], max: wire.c[1], drops: wire.c[2] },
    forwarding: forwarding < 0 ? null : forwarding === 1,
    rpFilter: rpFilter < 0 ? null : rpFilter,
    missing: wire.m,
  };
}

function readDevice([name, mac, addresses, driver, on, off]: z.infer<typeof device>): DeepDevice {
  return {
    name,
    mac,
    addresses,
    driver,
    offloads: Object.fromEntries([
      ...on.map((feature) => [feature, true] as const),
      ...off.map((feature) => [feature, false] as const),
    ]),
  };
}
