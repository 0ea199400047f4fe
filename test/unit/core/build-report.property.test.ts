import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/core/evidence/evidence.ts';
import { type MissingReason, missing } from '../../../src/core/evidence/observed.ts';
import type { ReachAnswer } from '../../../src/core/evidence/probe-results.ts';
import type { Snapshot } from '../../../src/core/evidence/snapshot.ts';
import { buildReport } from '../../../src/core/report/build-report.ts';
import {
  answer,
  BURST_SIZE,
  type BurstEnd,
  burst,
  evidence,
} from '../../support/evidence-builder.ts';

const OUTCOMES: readonly ReachAnswer['outcome'][] = [
  'open',
  'refused',
  'timeout',
  'unreachable',
  'too-big',
  'stalled',
  'closed',
  'tls-error',
  'partial',
];
const ENDS: readonly BurstEnd[] = [
  'not-sent',
  'before-receiver',
  'receiver-filter',
  'bad-checksum',
  'no-socket',
  'not-decapsulated',
  'wrong-vtep-mac',
  'after-decapsulation',
  'listener',
];
const REASONS: readonly MissingReason[] = [
  'forbidden',
  'timed-out',
  'absent-api',
  'failed',
  'ambiguous',
];
const API_OUTCOMES = ['ok', 'http-error', 'no-answer', 'hung-body', 'unreachable'] as const;

/** Any mixture of answers, gaps and shapes over a small cluster: far beyond what one fault could make. */
const anyEvidence: fc.Arbitrary<Evidence> = fc
  .record({
    nodes: fc.integer({ min: 1, max: 4 }),
    cni: fc.constantFrom('canal', 'flannel', 'calico', 'cilium', 'calico-ipip', 'native' as const),
    providerHostNetwork: fc.boolean(),
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    gaps: fc.array(fc.nat({ max: 30 }), { maxLength: 10 }),
    unprobed: fc.boolean(),
  })
  .map(({ nodes, cni, providerHostNetwork, seed, gaps, unprobed }) => {
    const base = evidence({ nodes, cni, providerHostNetwork });
    const random = lcg(seed);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const gap = () => missing(pick(REASONS), 'it was not read');
    const fields = Object.keys(base.snapshot).filter(
      (key) => key !== 'takenAt' && key !== 'vantage',
    );
    const lost = new Set(gaps.map((n) => fields[n % fields.length]));
    const snapshot = Object.fromEntries(
      Object.entries(base.snapshot).map(([key, value]) => [key, lost.has(key) ? gap() : value]),
    ) as unknown as Snapshot;
    const servers = snapshot.apiServers;
    return {
      ...base,
      snapshot: {
        ...snapshot,
        apiServers:
          servers.state === 'missing'
            ? servers
            : {
                ...servers,
                value: servers.value.map((view) => ({
                  ...view,
                  metricsApi:
                    random() < 0.2 || view.metricsApi.state === 'missing'
                      ? gap()
                      : {
                          ...view.metricsApi,
                          value: {
                            ...view.metricsApi.value,
                            outcome: pick(API_OUTCOMES),
                            status: pick([200, 401, 403, 404, 500, 503, null]),
                          },
                        },
                })),
              },
      },
      probes: {
        ...base.probes,
        ran: unprobed ? gap() : base.probes.ran,
        reach: unprobed
          ? []
          : base.probes.reach
              .filter(() => random() < 0.9)
              .map((r) => ({
                ...r,
                result:
                  random() < 0.1
                    ? gap()
                    : random() < 0.5
                      ? r.result
                      : ({
                          state: 'known',
                          source: 'x',
                          value: answer(pick(OUTCOMES), { errno: pick([null, 'EHOSTUNREACH']) }),
                        } as const),
              })),
        bursts: base.probes.bursts
          .filter(() => random() < 0.9)
          .map((b) =>
            burst(b.from, b.to, pick(['flannel.1', '']), pick(ENDS), pick([BURST_SIZE, 0, 7])),
          ),
        nodeFacts: base.probes.nodeFacts.filter(() => random() < 0.8),
      },
    };
  });

/** A small generator of numbers, so that one seed stands for one evidence. */
function lcg(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('buildReport on any evidence', () => {
  it('never throws, repeats itself, and keeps its promises', () => {
    fc.assert(
      fc.property(anyEvidence, (e) => {
        const report = buildReport(e);
        expect(JSON.stringify(buildReport(structuredClone(e)))).toBe(JSON.stringify(report));
        expect(report.headline.length).toBeGreaterThan(10);
        if (report.verdict === 'healthy') {
          expect(report.causes).toEqual([]);
          expect(report.unexplained).toEqual([]);
          expect(report.impact.apiServersServing).toBeGreaterThan(0);
        }
        for (const cause of report.causes) {
          expect(cause.headline).toMatch(/[.:)]$/);
          expect(cause.because.length).toBeGreaterThan(0);
          for (const claim of cause.because) expect(claim.evidence).not.toBe('');
          if (cause.verdict === 'suspected') expect(cause.settle).toBeTruthy();
        }
        const told = [...report.causes, ...report.ruledOut, ...report.unknown].map(({ id }) => id);
        expect(new Set(told).size).toBe(told.length);
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('does not depend on the order of what was read', () => {
    fc.assert(
      fc.property(anyEvidence, (e) => {
        const turned: Evidence = {
          ...e,
          probes: {
            ...e.probes,
            reach: e.probes.reach.toReversed(),
            bursts: e.probes.bursts.toReversed(),
          },
        };
        const ids = (x: Evidence) =>
          buildReport(x).causes.map(({ id, verdict, where }) => ({ id, verdict, where }));
        expect(ids(turned)).toEqual(ids(e));
      }),
      { numRuns: 25 },
    );
  }, 30_000);
});
