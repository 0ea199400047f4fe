import { expect, it } from 'vitest';
import { DAYS, instantOf, localTime } from '../../../src/config/local-time.ts';
import { quietAt } from '../../../src/config/quiet-windows.ts';

const at = (iso: string): number => Date.parse(iso);
const NIGHT = { days: [...DAYS], from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
const until = (windows: Parameters<typeof quietAt>[0], iso: string, cluster = 'prod') => {
  const quiet = quietAt(windows, cluster, at(iso));
  return quiet === null ? null : new Date(quiet.untilMs).toISOString();
};
const nights = (hours: Partial<typeof NIGHT> & { clusters?: string[] } = {}) => ({
  maintenance: [],
  quietHours: [{ ...NIGHT, ...hours }],
});

it('reads clocks of other zones, with their summer time', () => {
  expect(localTime(at('2026-07-01T22:30:15Z'), 'Europe/Berlin')).toMatchObject({
    day: 'thu',
    minutes: 30,
    restMs: 15_000,
  });
  expect(localTime(at('2026-12-01T22:30:00Z'), 'Asia/Kolkata')).toMatchObject({
    day: 'wed',
    minutes: 240,
  });
});

it('finds the instant of a local time, on both sides of a change of clocks', () => {
  const berlin = (text: string) => new Date(instantOf(text, 'Europe/Berlin') ?? 0).toISOString();
  expect(berlin('2026-12-01T22:00')).toBe('2026-12-01T21:00:00.000Z');
  expect(berlin('2026-07-01T22:00')).toBe('2026-07-01T20:00:00.000Z');
  // Clocks go back on 25 October at 3:00.
  expect(berlin('2026-10-25T12:00')).toBe('2026-10-25T11:00:00.000Z');
  expect(berlin('2026-10-24T23:00')).toBe('2026-10-24T21:00:00.000Z');
  expect(berlin('2026-12-01T22:00Z')).toBe('2026-12-01T22:00:00.000Z');
  expect(berlin('2026-12-01T22:00-05:00')).toBe('2026-12-02T03:00:00.000Z');
  expect(instantOf('tomorrow', 'UTC')).toBeNull();
});

it('holds quiet hours over midnight', () => {
  expect(until(nights(), '2026-11-23T20:59:00Z')).toBeNull();
  expect(until(nights(), '2026-11-23T21:00:00Z')).toBe('2026-11-24T06:00:00.000Z');
  expect(until(nights(), '2026-11-24T05:59:59.5Z')).toBe('2026-11-24T06:00:00.000Z');
  expect(until(nights(), '2026-11-24T06:00:00Z')).toBeNull();
});

it('counts the day on which the quiet begins', () => {
  const fridays = nights({ days: ['fri'] });
  expect(until(fridays, '2026-11-27T22:00:00Z')).toBe('2026-11-28T06:00:00.000Z');
  expect(until(fridays, '2026-11-28T05:00:00Z')).toBe('2026-11-28T06:00:00.000Z');
  expect(until(fridays, '2026-11-28T22:00:00Z')).toBeNull();
  expect(until(fridays, '2026-11-27T05:00:00Z')).toBeNull();
});

it('ends at the time on the wall in a night in which clocks change', () => {
  // 28 March 2027, 2:00 becomes 3:00 in Berlin: the night is an hour shorter.
  expect(until(nights(), '2027-03-27T21:30:00Z')).toBe('2027-03-28T05:00:00.000Z');
  // 25 October 2026, 3:00 becomes 2:00.
  expect(until(nights(), '2026-10-24T20:30:00Z')).toBe('2026-10-25T06:00:00.000Z');
  // An end that clocks skip: what is said is at least in the future, and the quiet ends with the skip.
  const skipped = nights({ to: '02:30' });
  expect(at(until(skipped, '2027-03-28T00:59:30Z') ?? '')).toBeGreaterThan(
    at('2027-03-28T00:59:30Z'),
  );
  expect(until(skipped, '2027-03-28T01:00:00Z')).toBeNull();
});

it('names the end of windows that follow on one another', () => {
  const weekend = {
    maintenance: [
      { from: '2026-11-28T00:00', to: '2026-11-28T12:00', timeZone: 'UTC', reason: 'upgrade' },
    ],
    quietHours: [
      { days: ['sat' as const], from: '12:00', to: '00:00', timeZone: 'UTC' },
      { days: ['sun' as const], from: '00:00', to: '00:00', timeZone: 'UTC' },
    ],
  };
  const quiet = quietAt(weekend, 'prod', at('2026-11-28T01:00:00Z'));
  expect(quiet).toEqual({
    kind: 'maintenance',
    reason: 'upgrade',
    untilMs: at('2026-11-30T00:00:00Z'),
  });
});

it('is of the clusters that are named', () => {
  const windows = nights({ clusters: ['test'] });
  expect(until(windows, '2026-11-23T23:00:00Z', 'test')).not.toBeNull();
  expect(until(windows, '2026-11-23T23:00:00Z', 'prod')).toBeNull();
});
