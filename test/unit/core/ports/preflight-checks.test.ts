import { expect, it } from 'vitest';
import { factsFrom } from '../../../../src/core/evidence/facts-from.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import { preflightChecks } from '../../../../src/core/ports/preflight-checks.ts';
import { evidence } from '../../../support/evidence-builder.ts';

const facts = factsFrom(evidence());
const clocks = (renewTime: string) =>
  preflightChecks({
    ...facts,
    nodeHeartbeats: known(
      {
        serverDate: '2026-01-01T12:00:00Z',
        leases: [{ node: 'prod01', renewTime, durationSeconds: 40 }],
      },
      'leases',
    ),
  }).find(({ subject }) => subject === 'clocks agree');

it('finds nothing wrong with a healthy cluster', () => {
  const states = preflightChecks(facts).map(({ state }) => state);
  expect(states.filter((state) => state === 'wrong' || state === 'worth-a-look')).toEqual([]);
});

it('sees a clock that is ahead before anything was refused for it', () => {
  expect(clocks('2026-01-01T11:59:58Z')?.state).toBe('ok');
  expect(clocks('2026-01-01T12:05:00Z')).toMatchObject({
    state: 'wrong',
    what: expect.stringContaining('prod01 is 300 s ahead'),
  });
});
