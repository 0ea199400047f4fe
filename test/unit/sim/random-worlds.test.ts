import { expect, it, vi } from 'vitest';
import { drawWorld, worldOf } from '../../sim/worlds/draw-world.ts';
import { createRandom } from '../../sim/worlds/random.ts';
import { markWorld } from '../../support/worlds/mark-world.ts';
import { isAlarm, scoreOf } from '../../support/worlds/score.ts';

/** Some 100 ms of work each, which a busy machine may stretch. */
vi.setConfig({ testTimeout: 600_000 });

/** The same seeds each time; `npm run bench -- worlds` draws thousands. */
const SEEDS = Array.from({ length: 10 }, (_, i) => 5_000 + i);
const SMALL = { largest: 6 };

it('draws the same world for the same seed', () => {
  const draw = (seed: number): string => JSON.stringify(worldOf(drawWorld(seed)));

  expect(draw(7)).toBe(draw(7));
  expect(draw(7)).not.toBe(draw(8));
  const random = createRandom(1);
  expect(random.some([1, 2, 3], 2)).toHaveLength(2);
});

it('draws no two faults of one kind, which might contradict each other', () => {
  const drawn = Array.from({ length: 400 }, (_, seed) => drawWorld(seed, SMALL));
  const kinds = drawn.map(({ faults }) => faults.map(({ fault }) => fault.kind));

  expect(kinds.filter(({ length }) => length === 2).length).toBeGreaterThan(20);
  for (const pair of kinds) expect(new Set(pair).size).toBe(pair.length);
});

it('finds the fault of drawn worlds and promises nothing that is not so', async () => {
  const marks = [];
  for (const seed of SEEDS) marks.push(await markWorld(drawWorld(seed, SMALL), { rivals: 'none' }));
  const score = scoreOf(marks);

  expect(score.seeds.confirmedButWrong).toEqual([]);
  // Undecidable worlds are among them: nobody looked for rivals.
  expect(score.top1).toBeGreaterThan(0.7);
  expect(score.confirmed).toBeGreaterThan(0.6);
});

it('finds nothing in drawn worlds that are healthy, whatever lies about', async () => {
  const marks = [];
  for (const seed of SEEDS) {
    marks.push(await markWorld(drawWorld(seed, { ...SMALL, faults: 0 }), { rivals: 'none' }));
  }

  expect(marks.filter(isAlarm)).toEqual([]);
  expect(marks.filter(({ verdict }) => verdict === 'healthy').length).toBeGreaterThan(2);
});

it('takes a world for undecidable when another fault leaves the same evidence', async () => {
  const drawn = drawWorld(5_001, { largest: 2, faults: 1 });
  const kubelets = [...drawn.base.nodes].filter(({ registered }) => registered);
  const node = kubelets[0]?.name ?? '';
  const fault = { kind: 'kubelet', state: 'stats-error', nodes: [node] } as const;
  const places = { nodes: [node], others: [], servers: [] } as const;
  const seen = (denied: readonly string[]) =>
    markWorld(
      {
        ...drawn,
        faults: [{ fault, places }],
        circumstances: { ...drawn.circumstances, denied, healsAfterMs: null },
      },
      { rivals: 'all' },
    );

  expect((await seen([])).rival).toBeNull();
  // Without its log metrics-server's complaint is not read, and other complaints leave the same gap.
  expect((await seen(['pods/log', 'pods:create'])).rival).not.toBeNull();
});
