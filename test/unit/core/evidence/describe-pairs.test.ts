import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeNodes, describePairs } from '../../../../src/core/evidence/describe-pairs.ts';
import { type PairDescription } from '../../../../src/core/evidence/pair-candidates.ts';
import { type TriedPair } from '../../../../src/core/evidence/pair-views.ts';
import type { NodeObject } from '../../../../src/core/evidence/snapshot.ts';
import { evidence } from '../../../support/evidence-builder.ts';

/** Four zones, two kernels and the first three nodes as control plane, unless told otherwise. */
function cluster(size: number, change: (index: number) => Partial<NodeObject> = () => ({})) {
  const { nodes } = evidence({ nodes: size, servers: 3, sample: 1 }).snapshot;
  if (nodes.state === 'missing') throw new Error('the builder gives nodes');
  return nodes.value.map((node, index) => ({
    ...node,
    kernel: index % 3 === 0 ? '4.18.0-553' : '5.14.0-427',
    labels: { ...node.labels, 'topology.kubernetes.io/zone': 'abcd'[index % 4] ?? 'a' },
    ...change(index),
  }));
}

type Rule = (from: NodeObject, to: NodeObject) => boolean;

function zoneOf(node: NodeObject): string | undefined {
  return node.labels['topology.kubernetes.io/zone'];
}

function mesh(nodes: readonly NodeObject[], fails: Rule, ordered: boolean): readonly TriedPair[] {
  return nodes.flatMap((from, i) =>
    nodes
      .filter((to, j) => (ordered ? to !== from : j > i))
      .map((to) => ({ from: from.name, to: to.name, fails: fails(from, to) })),
  );
}

function name(nodes: readonly NodeObject[], fails: Rule, ordered = false): PairDescription {
  return describePairs(mesh(nodes, fails, ordered), { nodes }, { ordered });
}

const oldKernel = ({ kernel }: NodeObject): boolean => kernel === '4.18.0-553';

describe('describePairs', () => {
  it.each<[string, string, number, Rule, boolean]>([
    ['one node', 'between prod01 and every other node', 6, (a) => a.name === 'prod01', false],
    ['all into one node', 'into prod01', 5, (_, to) => to.name === 'prod01', true],
    [
      'all between two zones',
      'between zone a and zone b',
      12,
      (a, b) =>
        new Set([zoneOf(a), zoneOf(b)]).size === 2 &&
        [a, b].every((n) => 'ab'.includes(zoneOf(n) ?? '')),
      false,
    ],
    [
      'all nodes of a kernel',
      'between nodes with kernel 4.18.0-553 and every other node',
      12,
      (a, b) => oldKernel(a) || oldKernel(b),
      false,
    ],
    ['senders of a role', 'out of control-plane nodes', 9, (a) => a.controlPlane, true],
    [
      'one way between zones',
      'from zone a to zone b',
      12,
      (a, b) => zoneOf(a) === 'a' && zoneOf(b) === 'b',
      true,
    ],
    [
      'all that crosses zones',
      'between nodes of different zones',
      12,
      (a, b) => zoneOf(a) !== zoneOf(b),
      false,
    ],
    [
      'all inside a zone',
      'between nodes of the same zone',
      12,
      (a, b) => zoneOf(a) === zoneOf(b),
      false,
    ],
    [
      'a zone cut off as a whole, and whole in itself',
      'between zone c and the rest',
      12,
      (a, b) => (zoneOf(a) === 'c') !== (zoneOf(b) === 'c'),
      false,
    ],
    [
      'old kernels in one zone',
      'between nodes with kernel 4.18.0-553 in zone a and every other node',
      60,
      (a, b) => [a, b].some((n) => oldKernel(n) && zoneOf(n) === 'a'),
      false,
    ],
    [
      'single pairs',
      'between prod01 and prod02',
      6,
      (a, b) => a.name === 'prod01' && b.name === 'prod02',
      false,
    ],
    ['everything', 'between all 5 nodes probed', 5, () => true, false],
  ])('names %s', (_what, words, size, fails, ordered) => {
    const turned: Rule = (a, b) => fails(a, b) || (!ordered && fails(b, a));
    expect(name(cluster(size), turned, ordered).words).toBe(words);
  });

  it('does not call a node cut off for one pair, nor a receiver for one sender', () => {
    const nodes = cluster(3);
    const one = describePairs(
      [{ from: 'prod02', to: 'prod01', fails: true }],
      { nodes },
      { ordered: true },
    );
    expect(one.words).toBe('from prod02 to prod01');
    const pair = describePairs(
      [
        { from: 'prod01', to: 'prod02', fails: true },
        { from: 'prod02', to: 'prod03', fails: false },
      ],
      { nodes },
      { ordered: false },
    );
    expect(pair.words).toBe('between prod01 and prod02');
  });

  it('names every trait that fits the same nodes, since nothing decides between them', () => {
    const nodes = cluster(12, (i) => ({
      kernel: i % 4 === 1 ? '4.18.0-553' : '5.14.0-427',
    }));
    const found = name(nodes, (a, b) => oldKernel(a) || oldKernel(b));
    expect([found.words, ...found.also]).toEqual([
      'between zone b and every other node',
      'between nodes with kernel 4.18.0-553 and every other node',
    ]);
  });

  it('prefers the name of a node to a trait that it alone has', () => {
    const nodes = cluster(6, (i) => ({ kernel: i === 4 ? '4.18.0-553' : '5.14.0-427' }));
    expect(name(nodes, (a, b) => oldKernel(a) || oldKernel(b)).words).toBe(
      'between prod05 and every other node',
    );
  });

  it('tells islands apart where no trait does', () => {
    const nodes = cluster(6, () => ({ labels: {}, kernel: '5.14.0-427' }));
    const left = new Set(['prod01', 'prod04', 'prod05']);
    const found = name(nodes, (a, b) => left.has(a.name) !== left.has(b.name));
    expect(found.words).toBe('between {prod01, prod04 and prod05} and {prod02, prod03 and prod06}');
  });

  it('finds the driver of the network card, and a rack', () => {
    const nodes = cluster(8, (i) => ({
      labels: { 'topology.example.com/rack': `r${i % 2}` },
      kernel: '5.14.0-427',
      controlPlane: false,
    }));
    const nodeFacts = evidence({ nodes: 8 }).probes.nodeFacts.map((row, i) => ({
      ...row,
      devices: row.devices.map((device) => ({ ...device, driver: i < 3 ? 'vmxnet3' : 'e1000e' })),
    }));
    const bad = new Set(['prod01', 'prod02', 'prod03']);
    const fails: Rule = (a, b) => bad.has(a.name) || bad.has(b.name);
    const found = describePairs(
      mesh(nodes, fails, false),
      { nodes, nodeFacts },
      { ordered: false },
    );
    expect(found.words).toBe('between nodes with driver vmxnet3 and every other node');
    const rack: Rule = (a, b) =>
      a.labels['topology.example.com/rack'] !== b.labels['topology.example.com/rack'];
    expect(name(nodes, rack).words).toBe('between rack r0 and rack r1');
  });

  it('a pair that worked once is no failing pair', () => {
    const twice = [
      { from: 'prod01', to: 'prod02', fails: true },
      { from: 'prod01', to: 'prod02', fails: false },
    ];
    expect(describePairs(twice, { nodes: [] }, { ordered: true }).kind).toBe('none');
  });

  it('says something true of any matrix, in words and as a predicate', () => {
    fc.assert(
      fc.property(anyMatrix, ({ nodes, tried, ordered }) => {
        const found = describePairs(tried, { nodes }, { ordered });
        const inWords = interpret(found, nodes);
        const untrue = tried.filter(
          ({ from, to, fails }) =>
            found.holds(from, to) !== fails || (inWords !== null && inWords(from, to) !== fails),
        );
        expect(untrue, found.words).toEqual([]);
        expect(found.failed).toBe(tried.filter(({ fails }) => fails).length);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('finds a rule that was made by a trait, however many nodes there are', () => {
    fc.assert(
      fc.property(ruledMatrix, ({ nodes, tried, ordered }) => {
        const found = describePairs(tried, { nodes }, { ordered });
        // So many names, or pairs, nobody reads: a trait must have been found.
        if (tried.filter(({ fails }) => fails).length > 30) expect(found.kind).not.toBe('pairs');
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

describe('describeNodes', () => {
  const nodes = cluster(12);
  const names = (some: (node: NodeObject) => boolean): string[] =>
    nodes.filter(some).map((node) => node.name);

  it('names the trait that exactly the failing nodes have', () => {
    expect(
      describeNodes(
        names(oldKernel),
        names((n) => !oldKernel(n)),
        { nodes },
      ),
    ).toBe('nodes with kernel 4.18.0-553');
    expect(
      describeNodes(
        names((n) => zoneOf(n) === 'b'),
        names((n) => zoneOf(n) !== 'b'),
        { nodes },
      ),
    ).toBe('nodes in zone b');
  });

  it('names none when one of them works, or another fails', () => {
    const [first = '', ...rest] = names(oldKernel);
    const others = names((n) => !oldKernel(n));
    expect(describeNodes(rest, [first, ...others], { nodes })).toBeNull();
    expect(
      describeNodes([first, ...rest, ...others.slice(0, 1)], others.slice(1), { nodes }),
    ).toBeNull();
  });
});

interface Matrix {
  readonly nodes: readonly NodeObject[];
  readonly tried: readonly TriedPair[];
  readonly ordered: boolean;
}

const KERNELS = ['k4', 'k5', 'k6'];

/** Clusters of 3 to 300 nodes with few or many kinds of node, and a sample of their pairs. */
const anyCluster = fc
  .record({
    size: fc.oneof(fc.integer({ min: 3, max: 12 }), fc.integer({ min: 13, max: 300 })),
    zones: fc.integer({ min: 1, max: 4 }),
    kernels: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(),
    ordered: fc.boolean(),
    sample: fc.integer({ min: 20, max: 600 }),
  })
  .map((shape) => {
    const random = lcg(shape.seed);
    const nodes = cluster(shape.size, () => ({
      kernel: KERNELS[Math.floor(random() * shape.kernels)] ?? 'k4',
      labels: { 'topology.kubernetes.io/zone': 'abcd'[Math.floor(random() * shape.zones)] ?? 'a' },
    }));
    const pick = (): number => Math.floor(random() * nodes.length);
    const pairs = Array.from({ length: shape.sample }, () => [pick(), pick()] as const)
      .filter(([a, b]) => (shape.ordered ? a !== b : a < b))
      .map(([a, b]) => ({ from: nodes[a]?.name ?? '', to: nodes[b]?.name ?? '' }));
    const unique = new Map(pairs.map((pair) => [`${pair.from} ${pair.to}`, pair]));
    return { nodes, ordered: shape.ordered, random, pairs: [...unique.values()] };
  });

/** Rules as faults make them, and chance. */
const ruledMatrix: fc.Arbitrary<Matrix> = fc
  .tuple(anyCluster, fc.nat({ max: 5 }))
  .map(([{ nodes, ordered, pairs }, kind]) => {
    const byName = new Map(nodes.map((node) => [node.name, node]));
    const is = (node: NodeObject | undefined): boolean =>
      node !== undefined && (kind % 2 === 0 ? node.kernel === 'k4' : zoneOf(node) === 'a');
    const fails = (from: string, to: string): boolean => {
      const [a, b] = [is(byName.get(from)), is(byName.get(to))];
      switch (kind) {
        case 0:
        case 1:
          return a || b;
        case 2:
        case 3:
          return ordered ? b : a && b;
        default:
          return a !== b;
      }
    };
    return { nodes, ordered, tried: pairs.map((p) => ({ ...p, fails: fails(p.from, p.to) })) };
  });

const chanceMatrix: fc.Arbitrary<Matrix> = fc
  .tuple(anyCluster, fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([{ nodes, ordered, pairs, random }, share]) => ({
    nodes,
    ordered,
    tried: pairs.map((p) => ({ ...p, fails: random() < share })),
  }));

const anyMatrix = fc.oneof(ruledMatrix, chanceMatrix);

/**
 * Reads the words as a person would, apart from the code that wrote them. Null for words that are cut short by a
 * number, or that list pairs and islands.
 */
function interpret(
  { words, kind }: PairDescription,
  nodes: readonly NodeObject[],
): ((from: string, to: string) => boolean) | null {
  if (/ \d+ more/.test(words) || kind === 'groups' || kind === 'pairs') return null;
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const inSet = (set: string) => (node: string) =>
    set.split(/, | and /).some((item) => isOne(item, byName.get(node)));
  const read = (pattern: RegExp): string[] | null => pattern.exec(words)?.slice(1) ?? null;
  if (kind === 'none') return () => false;
  if (/^between all \d+ nodes probed$/.test(words)) return () => true;
  const differ = read(/^between nodes of (different|the same) (zone|kernel|role)s?$/);
  if (differ !== null) {
    const of = (name: string): string | undefined => {
      const node = byName.get(name);
      if (node === undefined) return undefined;
      return { zone: zoneOf(node), kernel: node.kernel, role: `${node.controlPlane}` }[
        differ[1] ?? ''
      ];
    };
    return (a, b) => (of(a) === of(b)) === (differ[0] === 'the same');
  }
  const every = read(/^between (.+) and every other node$/);
  if (every !== null) return (a, b) => inSet(every[0] ?? '')(a) || inSet(every[0] ?? '')(b);
  const rest = read(/^between (.+) and the rest$/);
  if (rest !== null) return (a, b) => inSet(rest[0] ?? '')(a) !== inSet(rest[0] ?? '')(b);
  const into = read(/^into (.+)$/);
  if (into !== null) return (_, b) => inSet(into[0] ?? '')(b);
  const out = read(/^out of (.+)$/);
  if (out !== null) return (a) => inSet(out[0] ?? '')(a);
  const among = read(/^among (.+)$/);
  if (among !== null) return (a, b) => inSet(among[0] ?? '')(a) && inSet(among[0] ?? '')(b);
  const way = read(/^from (.+) to (.+)$/);
  if (way !== null) return (a, b) => inSet(way[0] ?? '')(a) && inSet(way[1] ?? '')(b);
  const two = read(/^between (.+) and (.+)$/);
  if (two === null) throw new Error(`no reader for: ${words}`);
  const [x, y] = [inSet(two[0] ?? ''), inSet(two[1] ?? '')];
  return (a, b) => (x(a) && y(b)) || (x(b) && y(a));
}

function isOne(item: string, node: NodeObject | undefined): boolean {
  if (node === undefined) return false;
  const parts = item.split(/ in (?=zone)| that are /);
  return parts.every((part) => {
    const zone = /^zone (\w+)$/.exec(part)?.[1];
    const kernel = /^nodes with kernel (\S+)$/.exec(part)?.[1];
    const role = /^(control-plane|worker) nodes$/.exec(part)?.[1];
    if (zone !== undefined) return zoneOf(node) === zone;
    if (kernel !== undefined) return node.kernel === kernel;
    if (role !== undefined) return node.controlPlane === (role === 'control-plane');
    if (part.startsWith('192.168.'))
      return node.internalIps[0]?.startsWith(part.slice(0, -4)) === true;
    return node.name === part;
  });
}

/** A small generator of our own: shrinking replays it from its seed. */
function lcg(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
