import { expect, it } from 'vitest';
import { readDuration, spellDuration } from '../../../src/renderers/durations.ts';

it.each([
  ['90m', '1 h 30 min'],
  ['6h', '6 h'],
  ['6 hours', '6 h'],
  ['15 min', '15 min'],
  ['1 DAY', '1 d'],
  ['2d', '2 d'],
  ['36 hrs', '1 d 12 h'],
  ['0m', '0 min'],
])('reads %s', (words, spelt) => {
  const ms = readDuration(words);
  expect(ms).not.toBeNull();
  expect(spellDuration(ms ?? Number.NaN)).toBe(spelt);
});

it.each(['', '6', 'h', '6 weeks', '-1h', '1.5h', '6h 30m', '999999h', '6h; rm -rf /', 'every 6h'])(
  'does not read %j',
  (words) => {
    expect(readDuration(words)).toBeNull();
  },
);
