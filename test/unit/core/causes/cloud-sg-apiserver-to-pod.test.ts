import { describe, expect, it } from 'vitest';
import { cloudSgApiserverToPod } from '../../../../src/core/causes/cloud-sg-apiserver-to-pod.ts';
import { controlplaneNotOnPodNetwork } from '../../../../src/core/causes/controlplane-not-on-pod-network.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  type EvidenceShape,
  evidence,
  withReach,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { foreignControlPlane, reach } from './foreign-control-plane.ts';
import { judgeOne } from './judge.ts';

const TIMEOUT = reach('dial tcp 10.42.0.20:10250: i/o timeout');
const VERSIONS = { eks: 'v1.31.2-eks-7f9249a', gke: 'v1.31.2-gke.1384000' };

function cloud(
  platform: keyof typeof VERSIONS,
  body = TIMEOUT,
  shape: EvidenceShape = { cni: 'native' },
): Evidence {
  return foreignControlPlane(body, shape, (node) => ({
    ...node,
    kubeletVersion: VERSIONS[platform],
  }));
}

describe('cloud-sg-apiserver-to-pod', () => {
  it.each(['eks', 'gke'] as const)('is suspected on %s, first and alone', (platform) => {
    const report = buildReport(cloud(platform));
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [{ id: 'cloud-sg-apiserver-to-pod', verdict: 'suspected' }],
      unexplained: [],
    });
    expect(report.causes).toHaveLength(1);
    expect(report.causes[0]?.settle).toContain(platform === 'eks' ? 'aws ec2' : 'gcloud');
  });

  it('leaves an overlay on EKS to the control plane that is no part of it', () => {
    const e = cloud('eks', TIMEOUT, { cni: 'calico' });
    expect(judgeOne(cloudSgApiserverToPod, e).kind).toBe('ruled-out');
    expect(judgeOne(controlplaneNotOnPodNetwork, e).kind).toBe('suspected');
  });

  it('is not said of a refusal, of a certificate, nor of nodes that fail as well', () => {
    for (const words of [
      'dial tcp 10.42.0.20:10250: connect: connection refused',
      'x509: certificate signed by unknown authority',
      'No agent available',
    ]) {
      expect(judgeOne(cloudSgApiserverToPod, cloud('gke', reach(words))).kind).toBe('ruled-out');
    }
    const dead = withReach(
      cloud('gke'),
      (r) => r.to.kind === 'provider' && r.from.node !== r.to.node,
      'timeout',
    );
    expect(judgeOne(cloudSgApiserverToPod, dead).kind).toBe('ruled-out');
  });

  it('is not said where no metrics-server pod is ready to be dialled, nor of a 404', () => {
    const plain = cloud('eks', 'service unavailable\n');
    expect(judgeOne(cloudSgApiserverToPod, plain).kind).toBe('suspected');
    const { providerPods, apiServers } = plain.snapshot;
    if (providerPods.state === 'missing' || apiServers.state === 'missing')
      throw new Error('the builder has both');
    const unready = providerPods.value.map((pod) => ({ ...pod, ready: false }));
    for (const pods of [unready, []]) {
      const e = withSnapshot(plain, { providerPods: known(pods, 'GET pods') });
      expect(judgeOne(cloudSgApiserverToPod, e).kind).toBe('ruled-out');
    }
    const absent = apiServers.value.map((view) =>
      view.metricsApi.state === 'known'
        ? { ...view, metricsApi: known({ ...view.metricsApi.value, status: 404 }, 'GET') }
        : view,
    );
    const e = withSnapshot(plain, { apiServers: known(absent, 'GET') });
    expect(judgeOne(cloudSgApiserverToPod, e).kind).toBe('ruled-out');
  });

  it('is ruled out on clusters of one’s own', () => {
    expect(judgeOne(cloudSgApiserverToPod, foreignControlPlane(TIMEOUT)).kind).toBe('ruled-out');
    expect(judgeOne(cloudSgApiserverToPod, evidence()).kind).toBe('ruled-out');
  });
});
