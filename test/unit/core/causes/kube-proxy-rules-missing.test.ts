import { describe, expect, it } from 'vitest';
import { kubeProxyRulesMissing } from '../../../../src/core/causes/kube-proxy-rules-missing.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  evidence,
  foundingIncident,
  withApiServer,
  withProbes,
  withReach,
} from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { withProviderPod } from './provider-world.ts';

const VIA_SERVICE = 'error trying to reach service: dial tcp 10.43.10.20:443: i/o timeout\n';
const fails = { outcome: 'http-error', status: 503, body: VIA_SERVICE, nodes: [] } as const;

describe('kube-proxy-rules-missing', () => {
  it('is confirmed when the Service is dialled in vain and the pod is within reach', () => {
    const report = buildReport(withApiServer(evidence(), 'prod02', fails, 1));
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [
        { id: 'kube-proxy-rules-missing', verdict: 'confirmed', where: { nodes: ['prod02'] } },
      ],
      unexplained: [],
    });
    expect(report.causes).toHaveLength(1);
  });

  it('is only suspected where some connections of that pair die as well', () => {
    const sound = withApiServer(evidence(), 'prod02', fails, 1);
    const lossy = withReach(
      sound,
      ({ from, to, check }) =>
        from.node === 'prod02' &&
        to.node === 'prod01' &&
        to.kind === 'listener' &&
        check === 'tcp-full',
      'timeout',
    );
    const thinned = withProbes(sound, {
      bursts: sound.probes.bursts.map((burst) =>
        burst.from === 'prod02' && burst.to === 'prod01'
          ? { ...burst, receivedByListener: known(burst.sent / 2, 'listener') }
          : burst,
      ),
    });
    expect(judgeOne(kubeProxyRulesMissing, sound).kind).toBe('confirmed');
    expect(judgeOne(kubeProxyRulesMissing, lossy).kind).toBe('suspected');
    expect(judgeOne(kubeProxyRulesMissing, thinned).kind).toBe('suspected');
  });

  it('is suspected without probes', () => {
    const e = withReach(withApiServer(evidence(), 'prod02', fails, 1), () => true, null);
    expect(judgeOne(kubeProxyRulesMissing, e)).toMatchObject({
      kind: 'suspected',
      settle: expect.stringContaining('https://10.43.10.20:443/livez'),
    });
  });

  it('is ruled out when the node does not reach the pod either: that is the network', () => {
    const e = withApiServer(foundingIncident(), 'prod02', { body: VIA_SERVICE });
    expect(judgeOne(kubeProxyRulesMissing, e).kind).toBe('ruled-out');
    expect(buildReport(e).causes).toMatchObject([{ id: 'overlay-port-blocked' }]);
  });

  it('is ruled out when the pod itself is dialled, or no pod is ready', () => {
    const direct = withApiServer(evidence(), 'prod02', {
      ...fails,
      body: 'error trying to reach service: dial tcp 10.42.0.20:10250: i/o timeout\n',
    });
    expect(judgeOne(kubeProxyRulesMissing, direct).kind).toBe('ruled-out');
    const idle = withApiServer(withProviderPod({}), 'prod02', fails);
    expect(judgeOne(kubeProxyRulesMissing, idle).kind).toBe('ruled-out');
  });

  it('is ruled out on a healthy cluster', () => {
    expect(judgeOne(kubeProxyRulesMissing, evidence()).kind).toBe('ruled-out');
  });
});
