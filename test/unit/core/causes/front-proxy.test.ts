import { describe, expect, it } from 'vitest';
import { frontproxyAllowedNames } from '../../../../src/core/causes/frontproxy-allowed-names.ts';
import { frontproxyCa } from '../../../../src/core/causes/frontproxy-ca.ts';
import { frontproxyCertExpired } from '../../../../src/core/causes/frontproxy-cert-expired.ts';
import { causes } from '../../../../src/core/causes/index.ts';
import { requesterIdentityMapping } from '../../../../src/core/causes/requester-identity-mapping.ts';
import { userRbacForbidden } from '../../../../src/core/causes/user-rbac-forbidden.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import { evidence, withSnapshot } from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { allServersSay, withLog } from './provider-world.ts';

const UNAUTHORIZED = '{"kind":"Status","status":"Failure","message":"Unauthorized","code":401}\n';

function refused(words: string, status = 401, body = UNAUTHORIZED): Evidence {
  return withLog(
    withSnapshot(allServersSay(evidence(), status, body), {
      nodeMetrics: missing('failed', 'no API server answered 200'),
    }),
    [
      `E1122 14:02:51.000000       1 authentication.go:73] "Unable to authenticate the request" err="${words}"`,
    ],
  );
}

/** The condition tells of the refusal and every API server answers at once with 503. */
function conditionFalse(words: string): Evidence {
  const message =
    'failing or missing response from https://10.42.0.20:10250/apis/metrics.k8s.io/v1beta1: bad status from https://10.42.0.20:10250/apis/metrics.k8s.io/v1beta1: 401';
  return withSnapshot(refused(words, 503, 'service unavailable\n'), {
    apiServiceLooks: known(
      [
        {
          at: '2026-11-22T14:03:00.000Z',
          resourceVersion: '4711',
          status: 'False',
          reason: 'FailedDiscoveryCheck',
          message,
          lastTransitionTime: '2026-11-22T14:00:00Z',
        },
      ],
      'GET apiservices',
    ),
  });
}

const UNKNOWN =
  'verifying certificate SN=7385935559219004232, SKID=, AKID=9A:A4:90 failed: x509: certificate signed by unknown authority';
const EXPIRED =
  '[x509: certificate has expired or is not yet valid: current time 2026-11-22T14:02:51Z is after 2026-11-01T00:00:00Z, verifying certificate SN=1, SKID=, AKID= failed: x509: certificate signed by unknown authority]';
const NAME =
  '[x509: subject with cn=system:auth-proxy is not in the allowed list, verifying certificate SN=1, SKID=, AKID= failed: x509: certificate signed by unknown authority]';

const CASES = [
  ['frontproxy-ca', frontproxyCa, UNKNOWN],
  [
    'frontproxy-ca',
    frontproxyCa,
    'x509: certificate signed by unknown authority (possibly because of \\"crypto/rsa: verification error\\" while trying to verify candidate authority certificate \\"front-proxy-ca\\")',
  ],
  ['frontproxy-cert-expired', frontproxyCertExpired, EXPIRED],
  ['frontproxy-allowed-names', frontproxyAllowedNames, NAME],
] as const;

describe.each(CASES)('%s', (id, cause, words) => {
  it.each([
    ['a 401 that is passed on', refused(words)],
    ['a condition that tells of it', conditionFalse(words)],
  ])('is confirmed by the words and %s, and nothing else is', (_, e) => {
    const report = buildReport(e);
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [{ id, verdict: 'confirmed' }],
      unexplained: [],
    });
    expect(report.causes).toHaveLength(1);
  });
  it('is ruled out where the API servers are let in: somebody else is refused', () => {
    const logged = refused(words).snapshot.providerLogs;
    const noise = withSnapshot(evidence(), { providerLogs: logged });
    expect(judgeOne(cause, noise).kind).toBe('ruled-out');
    expect(buildReport(noise).verdict).toBe('healthy');
  });
  it('is ruled out without the words, by old ones, and by the words of a scrape', () => {
    expect(judgeOne(cause, withLog(refused(words), [])).kind).toBe('ruled-out');
    const old = `E1122 13:50:00.000000       1 authentication.go:73] "Unable to authenticate the request" err="${words}"`;
    expect(judgeOne(cause, withLog(refused(words), [old])).kind).toBe('ruled-out');
    const scrape = `E1122 14:02:51.000000       1 scraper.go:149] "Failed to scrape node" err="Get \\"https://192.168.77.2:10250/metrics/resource\\": ${words}" node="prod02"`;
    expect(judgeOne(cause, withLog(refused(words), [scrape])).kind).toBe('ruled-out');
  });
  it('is unknown without the log', () => {
    const mute = withSnapshot(refused(words), {
      providerLogs: missing('forbidden', 'no pods/log'),
    });
    expect(judgeOne(cause, mute).kind).toBe('unknown');
  });
});

it('holds the three of the front proxy apart', () => {
  for (const [id, , words] of CASES) {
    const others = causes.filter((each) => each.id.startsWith('frontproxy-') && each.id !== id);
    for (const other of others) expect(judgeOne(other, refused(words)).kind).toBe('ruled-out');
  }
});

it('leaves a certificate that is not valid yet to the clocks, and one without times open', () => {
  const early = EXPIRED.replace('is after', 'is before');
  expect(judgeOne(frontproxyCertExpired, refused(early)).kind).toBe('ruled-out');
  const bare = 'x509: certificate has expired or is not yet valid';
  expect(judgeOne(frontproxyCertExpired, refused(bare)).kind).toBe('suspected');
});

it('reads the spelling before Kubernetes 1.20', () => {
  const line =
    'E1122 14:02:51.000000       1 authentication.go:65] Unable to authenticate the request due to an error: x509: certificate signed by unknown authority';
  expect(judgeOne(frontproxyCa, withLog(refused(UNKNOWN), [line])).kind).toBe('confirmed');
});

it('knows the front proxy that was taken for a user', () => {
  const body =
    'nodes.metrics.k8s.io is forbidden: User "system:auth-proxy" cannot list resource "nodes" in API group "metrics.k8s.io" at the cluster scope\n';
  const e = withLog(refused('', 403, body), []);
  expect(buildReport(e)).toMatchObject({
    verdict: 'broken',
    causes: [{ id: 'frontproxy-allowed-names', verdict: 'confirmed' }],
  });
  const person = withLog(refused('', 403, body.replace('system:auth-proxy', 'jane')), []);
  expect(judgeOne(frontproxyAllowedNames, person).kind).toBe('ruled-out');
});

it('drops the flags that name another CA, in the fix of frontproxy-ca', () => {
  const e = refused(UNKNOWN);
  const { providerPods } = e.snapshot;
  if (providerPods.state === 'missing') throw new Error('the builder has provider pods');
  const told = withSnapshot(e, {
    providerPods: known(
      providerPods.value.map((pod) => ({
        ...pod,
        containers: pod.containers.map((container) => ({
          ...container,
          args: [...container.args, '--requestheader-client-ca-file=/ca.crt'],
        })),
      })),
      'GET pods',
    ),
  });
  expect(JSON.stringify(judgeOne(frontproxyCa, told))).toContain('instead of asking the cluster');
  expect(JSON.stringify(judgeOne(frontproxyCa, e))).not.toContain('instead of asking the cluster');
});

describe('requester-identity-mapping', () => {
  const nobody = withLog(refused(UNKNOWN), []);
  const named = (username: string) => ({
    requester: known({ username, groups: ['system:authenticated'] }, 'POST selfsubjectreviews'),
  });
  const calm = (e: Evidence): Evidence => {
    const { apiServers } = e.snapshot;
    if (apiServers.state === 'missing') throw new Error('the builder has API servers');
    return withSnapshot(e, {
      apiServers: known(
        apiServers.value.map((view) => ({
          ...view,
          unavailableGauge: known(0 as const, 'GET /metrics'),
        })),
        'x',
      ),
    });
  };

  it('is confirmed when the API server says that our name is empty', () => {
    expect(buildReport(withSnapshot(nobody, named('')))).toMatchObject({
      causes: [{ id: 'requester-identity-mapping', verdict: 'confirmed' }],
    });
  });
  it('is suspected when nobody can say, and the front proxy itself is let in', () => {
    expect(judgeOne(requesterIdentityMapping, calm(nobody)).kind).toBe('suspected');
    expect(judgeOne(requesterIdentityMapping, nobody).kind).toBe('ruled-out');
  });
  it('is ruled out when we have a name, and when nobody refuses us', () => {
    expect(judgeOne(requesterIdentityMapping, withSnapshot(calm(nobody), named('jane'))).kind).toBe(
      'ruled-out',
    );
    expect(judgeOne(requesterIdentityMapping, evidence()).kind).toBe('ruled-out');
  });
});

describe('user-rbac-forbidden', () => {
  const words =
    'the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: pods.metrics.k8s.io is forbidden: User "system:serviceaccount:kube-system:horizontal-pod-autoscaler" cannot list resource "pods" in API group "metrics.k8s.io" in the namespace "shop"';
  function autoscalerSays(message: string): Evidence {
    const base = evidence();
    const { hpas } = base.snapshot;
    if (hpas.state === 'missing') throw new Error('the builder has HPAs');
    const [first, ...rest] = hpas.value;
    if (first === undefined) throw new Error('the builder has an HPA');
    const scalingActive = {
      type: 'ScalingActive',
      status: 'False',
      reason: 'FailedGetResourceMetric',
      message,
      lastTransitionTime: '2026-11-22T14:00:00Z',
    };
    return withSnapshot(base, { hpas: known([{ ...first, scalingActive }, ...rest], 'GET hpas') });
  }
  const weMayNot = (e: Evidence): Evidence => {
    const { apiServers } = e.snapshot;
    if (apiServers.state === 'missing') throw new Error('the builder has API servers');
    return withSnapshot(e, {
      apiServers: known(
        apiServers.value.map((view) => ({
          ...view,
          metricsApi: missing('forbidden', 'not allowed to list nodes.metrics.k8s.io'),
        })),
        'x',
      ),
      nodeMetrics: missing('forbidden', 'not allowed to list nodes.metrics.k8s.io'),
    });
  };

  it('is confirmed by what an autoscaler says', () => {
    expect(buildReport(autoscalerSays(words))).toMatchObject({
      verdict: 'degraded',
      causes: [{ id: 'user-rbac-forbidden', verdict: 'confirmed' }],
      unexplained: [],
    });
  });
  it('puts no name into a command that a shell would take apart', () => {
    const hostile = words.replace(/User "[^"]*"/, `User "x'; reboot; '"`);
    const { fixes } = judgeOne(userRbacForbidden, autoscalerSays(hostile)) as { fixes: unknown };
    expect(JSON.stringify(fixes)).not.toContain('reboot');
  });
  it('is ruled out by a 503 in the same place, and on a healthy cluster', () => {
    const other = autoscalerSays(
      'unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)',
    );
    expect(judgeOne(userRbacForbidden, other).kind).toBe('ruled-out');
    expect(judgeOne(userRbacForbidden, evidence()).kind).toBe('ruled-out');
  });
  it('only suspects our own lack of rights, and never calls the cluster broken for it', () => {
    expect(buildReport(weMayNot(evidence()))).toMatchObject({
      verdict: 'inconclusive',
      causes: [{ id: 'user-rbac-forbidden', verdict: 'suspected' }],
    });
  });
  it('takes one API server that lets us ask for proof that the right is there', () => {
    const { apiServers } = evidence().snapshot;
    const denied = weMayNot(evidence()).snapshot.apiServers;
    if (apiServers.state === 'missing' || denied.state === 'missing')
      throw new Error('the builder has API servers');
    const mixed = withSnapshot(evidence(), {
      apiServers: known([...apiServers.value.slice(0, 1), ...denied.value.slice(1)], 'x'),
    });
    expect(judgeOne(userRbacForbidden, mixed).kind).toBe('ruled-out');
  });
});
