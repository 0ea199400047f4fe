import { expect, it } from 'vitest';
import { createRunSlots } from '../../../src/runs/run-slots.ts';

it('gives as many slots as there are, and one back again', () => {
  const slots = createRunSlots(2);
  expect(['a', 'b', 'c'].map((run) => slots.take(run))).toEqual([true, true, false]);
  slots.release('a');
  expect(slots.take('c')).toBe(true);
});

it('keeps the slot of a run that asks again', () => {
  const slots = createRunSlots(1);
  expect([slots.take('a'), slots.take('a'), slots.take('b')]).toEqual([true, true, false]);
});

it('takes back the slot of a run that another replica went on with', () => {
  let now = 0;
  const slots = createRunSlots(1, () => now);
  slots.take('a');
  now = 90_000;
  expect(slots.take('b')).toBe(false);
  now = 90_001;
  expect(slots.take('b')).toBe(true);
});
