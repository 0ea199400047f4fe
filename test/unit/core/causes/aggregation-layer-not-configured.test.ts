import { describe, expect, it } from 'vitest';
import { aggregationLayerNotConfigured } from '../../../../src/core/causes/aggregation-layer-not-configured.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  apiServerPod,
  evidence,
  foundingIncident,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { allServersSay, withCondition, withLog } from './provider-world.ts';

const URL = 'https://10.42.0.20:10250/apis/metrics.k8s.io/v1beta1';
const refused = (status = 403): Evidence =>
  withCondition(
    allServersSay(evidence(), 503, 'service unavailable\n'),
    `failing or missing response from ${URL}: bad status from ${URL}: ${status}`,
  );
const UNTOLD =
  "W0508 19:11:14.412984 1 authentication.go:296] Cluster doesn't provide requestheader-client-ca-file in configmap/extension-apiserver-authentication in kube-system, so request-header client certificate authentication won't work.";

/** kube-apiservers of a cluster that was built by hand. */
function withoutFlags(e: Evidence): Evidence {
  return withSnapshot(e, {
    controlPlanePods: known(
      ['prod01', 'prod02', 'prod03'].map((name) =>
        apiServerPod(name, { flags: { 'service-cluster-ip-range': '10.43.0.0/16' } }),
      ),
      'GET pods',
    ),
  });
}
const unseen = (e: Evidence): Evidence => withSnapshot(e, { controlPlanePods: known([], 'GET') });

describe('aggregation-layer-not-configured', () => {
  it.each([401, 403])(
    'is confirmed by a refusal (%i) of a kube-apiserver without the flags',
    (status) => {
      const report = buildReport(withoutFlags(refused(status)));
      expect(report).toMatchObject({
        verdict: 'broken',
        causes: [
          {
            id: 'aggregation-layer-not-configured',
            verdict: 'confirmed',
            where: { nodes: ['prod01', 'prod02', 'prod03'] },
          },
        ],
        unexplained: [],
      });
      expect(JSON.stringify(report.causes[0]?.because)).toContain('--requestheader-client-ca-file');
    },
  );

  it("is confirmed by metrics-server's own word, where kube-apiserver shows no flags", () => {
    const e = withLog(unseen(refused()), [UNTOLD, 'I0508 secure_serving.go:116] Serving securely']);
    expect(judgeOne(aggregationLayerNotConfigured, e).kind).toBe('confirmed');
  });

  it('is not said of a log from before the CA was there', () => {
    const e = withSnapshot(withLog(unseen(refused()), [UNTOLD]), {
      frontProxyTrust: known(
        {
          cas: [{ subject: 'CN=front-proxy-ca', notBefore: '', notAfter: '', fingerprint: 'aa' }],
          allowedNames: [],
        },
        'GET',
      ),
    });
    expect(judgeOne(aggregationLayerNotConfigured, e).kind).toBe('ruled-out');
  });

  it('is confirmed by a ConfigMap without the CA', () => {
    const e = withSnapshot(unseen(refused()), {
      frontProxyTrust: known({ cas: [], allowedNames: [] }, 'GET'),
    });
    expect(judgeOne(aggregationLayerNotConfigured, e).kind).toBe('confirmed');
  });

  it('is only suspected while nobody has been refused yet', () => {
    const e = withoutFlags(allServersSay(evidence(), 503, 'service unavailable\n'));
    expect(judgeOne(aggregationLayerNotConfigured, e)).toMatchObject({
      kind: 'suspected',
      settle: expect.stringContaining('bad status'),
    });
  });

  it('is ruled out by flags that are there: a refusal then is about the certificates', () => {
    expect(judgeOne(aggregationLayerNotConfigured, refused()).kind).toBe('ruled-out');
  });

  it('is ruled out by a dead network, and on a healthy cluster, flags or not', () => {
    expect(judgeOne(aggregationLayerNotConfigured, withoutFlags(foundingIncident())).kind).toBe(
      'ruled-out',
    );
    expect(judgeOne(aggregationLayerNotConfigured, withoutFlags(evidence())).kind).toBe(
      'ruled-out',
    );
    expect(judgeOne(aggregationLayerNotConfigured, evidence()).kind).toBe('ruled-out');
  });

  it('takes a Pod that shows no flags for one that is configured by file', () => {
    const byFile = withSnapshot(refused(), {
      controlPlanePods: known([apiServerPod('prod01', { flags: {} })], 'GET'),
    });
    expect(judgeOne(aggregationLayerNotConfigured, byFile).kind).toBe('ruled-out');
  });
});
