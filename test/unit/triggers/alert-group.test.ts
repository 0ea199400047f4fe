import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type GroupState, type HeardAlert, hear } from '../../../src/triggers/alert-group.ts';

const minute = (m: number): string => new Date(Date.UTC(2026, 10, 22, 13, m)).toISOString();
const fires = (name: string, since: number): HeardAlert => ({
  fingerprint: name.toLowerCase(),
  name,
  status: 'firing',
  startsAt: minute(since),
  endsAt: null,
});
const ends = (name: string, since: number, end: number): HeardAlert => ({
  ...fires(name, since),
  status: 'resolved',
  endsAt: minute(end),
});

/** Notifications one after the other: minute of arrival, alerts, cut off. */
function hearAll(...said: readonly (readonly [number, readonly HeardAlert[], number?])[]): {
  readonly changes: readonly string[];
  readonly state: GroupState | null;
} {
  let state: GroupState | null = null;
  const changes = said.map(([at, alerts, truncated = 0]) => {
    const heard = hear(state, { alerts, truncated, at: minute(at) });
    state = heard.state;
    return heard.change;
  });
  return { changes, state };
}

it('opens, repeats, grows, resolves, and opens anew', () => {
  const { changes, state } = hearAll(
    [1, [fires('A', 0)]],
    [6, [fires('A', 0)]],
    [11, [fires('A', 0), fires('B', 10)]],
    [16, [ends('A', 0, 14), fires('B', 10)]],
    [21, [ends('A', 0, 14), ends('B', 10, 20)]],
    [31, [fires('A', 30)]],
  );

  expect(changes).toEqual(['opened', 'repeated', 'grown', 'repeated', 'resolved', 'opened']);
  expect(state).toMatchObject({ alertNames: ['A'], firingSince: minute(30), resolvedAt: null });
});

it('says when the group ended, and when that was heard', () => {
  const { state } = hearAll(
    [1, [fires('A', 0), fires('B', 0)]],
    [9, [ends('A', 0, 5), ends('B', 0, 8)]],
  );

  expect(state).toMatchObject({ resolvedAt: minute(8), resolvedSeenAt: minute(9) });
});

it('takes what an HA pair or a lost answer says twice as nothing new', () => {
  const firing = [fires('A', 0)];
  const resolved = [ends('A', 0, 5)];
  expect(hearAll([1, firing], [1, firing], [6, resolved], [6, resolved]).changes).toEqual([
    'opened',
    'repeated',
    'resolved',
    'stale',
  ]);
});

it('opens nothing for a firing that is heard after its end, and after the end alone', () => {
  expect(
    hearAll([1, [fires('A', 0)]], [6, [ends('A', 0, 5)]], [7, [fires('A', 0)]]).changes,
  ).toEqual(['opened', 'resolved', 'stale']);
  expect(hearAll([6, [ends('A', 0, 5)]], [7, [fires('A', 0)]]).changes).toEqual(['stale', 'stale']);
});

it('believes a firing that goes on being told of long after its end', () => {
  // Two Prometheus servers: the one that lost sight of the fault ended the alert of the other.
  const { changes, state } = hearAll(
    [1, [fires('A', 0)]],
    [6, [ends('A', 0, 5)]],
    [30, [fires('A', 0)]],
  );
  expect(changes).toEqual(['opened', 'resolved', 'reopened']);
  expect(state).toMatchObject({ resolvedAt: null, firingSince: minute(0) });
});

it('does not close for the late end of an earlier firing', () => {
  const { changes } = hearAll(
    [1, [fires('A', 0)]],
    [6, [ends('A', 0, 5)]],
    [8, [fires('A', 7)]],
    [9, [ends('A', 0, 5)]],
    [12, [ends('A', 7, 11)]],
  );
  expect(changes).toEqual(['opened', 'resolved', 'opened', 'stale', 'resolved']);
});

it('closes on the end of all that a cut list shows, and opens again for what it did not show', () => {
  const { changes, state } = hearAll(
    [1, [fires('A', 0), fires('B', 0)], 1],
    [6, [ends('A', 0, 5), ends('B', 0, 5)], 1],
    [8, [fires('C', 0)]],
  );
  expect(changes).toEqual(['opened', 'resolved', 'reopened']);
  expect(state).toMatchObject({ alertNames: ['A', 'B', 'C'], firingSince: minute(0) });
});

it('closes a group of which a cut list never showed the end', () => {
  const { changes } = hearAll(
    [1, [fires('B', 0), fires('C', 0)]],
    [4, [fires('A', 3), fires('B', 0)], 1],
    [9, [ends('A', 3, 8), ends('B', 0, 8)], 1],
  );
  expect(changes).toEqual(['opened', 'grown', 'resolved']);
});

it('ends the same whatever the order, and however often each is heard', () => {
  const story = [
    [fires('A', 0)],
    [fires('A', 0), fires('B', 2)],
    [ends('A', 0, 4), fires('B', 2)],
    [ends('A', 0, 4), ends('B', 2, 5)],
  ];
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 0, maxLength: 6 }),
      fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
      (extra, order) => {
        // Each at least once, in any order, within the time in which late words come.
        const { changes, state } = hearAll(
          ...[...order, ...extra].map((index): [number, HeardAlert[]] => [6, story[index] ?? []]),
        );
        expect(changes.filter((change) => change === 'opened').length).toBeLessThanOrEqual(1);
        expect(Object.values(state?.alerts ?? {}).filter(({ endsAt }) => endsAt === null)).toEqual(
          [],
        );
        if (state?.firingSince !== null) expect(state?.resolvedAt).not.toBeNull();
      },
    ),
  );
});

it('stays bounded', () => {
  const many = Array.from({ length: 2_000 }, (_, index) => fires(`A${index}`, 0));
  const { state } = hearAll([1, many]);
  expect(Object.keys(state?.alerts ?? {}).length).toBe(500);
  expect(state?.alertNames).toHaveLength(10);
});
