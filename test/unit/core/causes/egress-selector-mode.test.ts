import { describe, expect, it } from 'vitest';
import { egressSelectorMode } from '../../../../src/core/causes/egress-selector-mode.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  evidence,
  foundingIncident,
  withApiServer,
  withReach,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { allServersSay, withCondition } from './provider-world.ts';

const refusal = (target = '10.42.0.20:10250', proxy = '127.0.0.1:9345'): string =>
  `error trying to reach service: proxy error from ${proxy} while dialing ${target}, code 502: 502 Bad Gateway\n`;

function startedWith(e: Evidence, ...args: readonly string[]): Evidence {
  const { nodes } = e.snapshot;
  if (nodes.state === 'missing') throw new Error('the builder has nodes');
  return withSnapshot(e, {
    nodes: known(
      nodes.value.map((node) => ({
        ...node,
        annotations: {
          ...node.annotations,
          'rke2.io/node-args': JSON.stringify(['server', ...args]),
        },
      })),
      'GET',
    ),
  });
}

describe('egress-selector-mode', () => {
  it('is confirmed when the tunnel refuses a pod that its own host reaches', () => {
    const report = buildReport(
      startedWith(allServersSay(evidence(), 503, refusal()), '--egress-selector-mode', 'pod'),
    );
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [
        {
          id: 'egress-selector-mode',
          verdict: 'confirmed',
          headline: expect.stringContaining('egress-selector-mode pod'),
        },
      ],
      unexplained: [],
    });
    expect(report.causes).toHaveLength(1);
    expect(JSON.stringify(report.causes[0]?.fixes)).toContain('egress-selector-mode: agent');
  });

  it('is ruled out by a host that does not reach the pod: the tunnel only reports it', () => {
    const e = withApiServer(
      withApiServer(foundingIncident(), 'prod02', { body: refusal() }),
      'prod03',
      { body: refusal() },
    );
    expect(judgeOne(egressSelectorMode, e)).toMatchObject({
      kind: 'ruled-out',
      because: expect.stringContaining('does not reach metrics-server either'),
    });
    expect(buildReport(e).causes).toMatchObject([{ id: 'overlay-port-blocked' }]);
  });

  it('is suspected without probes, and says how to tell', () => {
    const e = withReach(allServersSay(evidence(), 503, refusal()), () => true, null);
    expect(judgeOne(egressSelectorMode, e)).toMatchObject({
      kind: 'suspected',
      settle: expect.stringContaining('curl -k --max-time 5 https://10.42.0.20:10250/livez'),
    });
  });

  it('takes the words of the shared condition for those who only repeat that it is False', () => {
    const e = withCondition(
      allServersSay(evidence(), 503, 'service unavailable\n'),
      'failing or missing response from https://10.42.0.20:10250/apis/metrics.k8s.io/v1beta1: Get "https://10.42.0.20:10250/apis/metrics.k8s.io/v1beta1": proxy error from 127.0.0.1:9345 while dialing 10.42.0.20:10250, code 500: 500 Internal Server Error',
    );
    expect(judgeOne(egressSelectorMode, e).kind).toBe('confirmed');
  });

  it('tells an address outside of the share of its node, which mode pod does not know', () => {
    const base = startedWith(
      allServersSay(evidence(), 503, refusal('10.42.119.20:10250')),
      '--egress-selector-mode',
      'pod',
    );
    const { providerPods } = base.snapshot;
    if (providerPods.state === 'missing') throw new Error('the builder has pods');
    const moved = withSnapshot(base, {
      providerPods: known(
        providerPods.value.map((pod) => ({ ...pod, podIps: ['10.42.119.20'] })),
        'GET',
      ),
    });
    const reached = {
      ...moved,
      probes: {
        ...moved.probes,
        reach: moved.probes.reach.map((r) =>
          r.to.kind === 'provider' ? { ...r, to: { ...r.to, address: '10.42.119.20' } } : r,
        ),
      },
    };
    expect(JSON.stringify(judgeOne(egressSelectorMode, reached))).toContain(
      'outside of 10.42.0.0/24',
    );
  });

  it('says nothing of an address that is not in service any more, nor of a tunnel elsewhere', () => {
    for (const body of [
      refusal('10.42.0.99:10250'),
      refusal('10.42.0.20:10250', '/run/konnectivity.sock'),
    ]) {
      expect(judgeOne(egressSelectorMode, allServersSay(evidence(), 503, body)).kind).toBe(
        'ruled-out',
      );
    }
  });

  it('is ruled out on a healthy cluster, whatever the mode', () => {
    const e = startedWith(evidence(), '--egress-selector-mode', 'pod');
    expect(judgeOne(egressSelectorMode, e).kind).toBe('ruled-out');
  });
});
