import { expect, it } from 'vitest';
import { nearestName } from '../../../src/triggers/nearest-name.ts';

const NAMES = ['prod', 'prod-eu', 'staging', 'qa'];

it.each([
  ['prdo', 'prod'],
  ['Prod1', 'prod'],
  ['stagging', 'staging'],
  ['stag', 'staging'],
  ['prod-us', 'prod-eu'],
  ['qb', 'qa'],
  ['kitchen', null],
  ['', null],
  ['x'.repeat(64), null],
])('%j probably means %j', (typed, expected) => {
  expect(nearestName(typed, NAMES)).toBe(expected);
});
