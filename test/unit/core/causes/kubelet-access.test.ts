import { expect, it } from 'vitest';
import { kubeletCsrPending } from '../../../../src/core/causes/kubelet-csr-pending.ts';
import { kubeletDnsLookup } from '../../../../src/core/causes/kubelet-dns-lookup.ts';
import { kubeletForbidden } from '../../../../src/core/causes/kubelet-forbidden.ts';
import { kubeletTlsExpired } from '../../../../src/core/causes/kubelet-tls-expired.ts';
import { kubeletUnauthorized } from '../../../../src/core/causes/kubelet-unauthorized.ts';
import { kubeletWrongPort } from '../../../../src/core/causes/kubelet-wrong-port.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import type { KubeletServingRequest } from '../../../../src/core/evidence/identity-facts.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import type { ReachResult } from '../../../../src/core/evidence/probe-results.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  answer,
  evidence,
  withProbes,
  withReach,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { complaining, complainingOfAll } from './scrape-world.ts';

const FORBIDDEN = 'request failed, status: "403 Forbidden"';

/** The kubelets answer a caller without a login with this status, as a probe on each node saw. */
function anonymousGets(e: Evidence, status: number): Evidence {
  const asked = e.probes.reach
    .filter((r) => r.to.kind === 'kubelet' && r.check === 'tcp' && r.from.node === r.to.node)
    .map(
      (r): ReachResult => ({
        ...r,
        id: `https ${r.id}`,
        check: 'https',
        result: known(answer('open', { status }), `probe on ${r.from.node}`),
      }),
    );
  return withProbes(e, { reach: [...e.probes.reach, ...asked] });
}

it('confirms kubelet-forbidden where all kubelets answer 403 to the scrape and 401 to nobody', () => {
  expect(buildReport(anonymousGets(complainingOfAll(FORBIDDEN), 401))).toMatchObject({
    verdict: 'broken',
    causes: [{ id: 'kubelet-forbidden', verdict: 'confirmed' }],
    unexplained: [],
  });
});

it('only suspects kubelet-forbidden where the kubelet may have taken metrics-server for nobody', () => {
  const seen = judgeOne(kubeletForbidden, anonymousGets(complainingOfAll(FORBIDDEN), 403));
  expect(seen).toMatchObject({ kind: 'suspected', contradicts: [{}] });
});

it('only suspects kubelet-forbidden where other kubelets grant what one denies', () => {
  expect(judgeOne(kubeletForbidden, complaining(['prod02'], FORBIDDEN)).kind).toBe('suspected');
});

it('holds 401 and 403 apart', () => {
  const e = complainingOfAll(FORBIDDEN);
  expect(judgeOne(kubeletUnauthorized, e).kind).toBe('ruled-out');
  const nobody = complainingOfAll('request failed, status: "401 Unauthorized"');
  expect(judgeOne(kubeletForbidden, nobody).kind).toBe('ruled-out');
});

it("does not take a proxy's 403 for the kubelet's", () => {
  const e = complainingOfAll('Get "https://{ip}:10250/metrics/resource": Forbidden');
  expect(judgeOne(kubeletForbidden, e).kind).toBe('ruled-out');
});

it('grants the account of the Deployment, in a role of its own', () => {
  const judged = judgeOne(kubeletForbidden, complainingOfAll(FORBIDDEN));
  expect(JSON.stringify(judged)).toContain('--serviceaccount=kube-system:rke2-metrics-server');
});

it('only suspects kubelet-dns-lookup when DNS gives no answer at all', () => {
  const e = complainingOfAll(
    'Get "https://{node}:10250/metrics/resource": dial tcp: lookup {node} on 10.43.0.10:53: read udp 10.42.0.20:50123->10.43.0.10:53: i/o timeout',
  );
  expect(judgeOne(kubeletDnsLookup, e)).toMatchObject({ kind: 'suspected' });
});

it('rules kubelet-dns-lookup out when addresses are dialled', () => {
  const e = complainingOfAll(
    'Get "https://{ip}:10250/metrics/resource": dial tcp {ip}:10250: i/o timeout',
  );
  expect(judgeOne(kubeletDnsLookup, e).kind).toBe('ruled-out');
});

it('replaces the address types in their place, and tests the place first', () => {
  const judged = judgeOne(
    kubeletDnsLookup,
    complainingOfAll('dial tcp: lookup {node} on 10.43.0.10:53: no such host'),
  );
  const said = JSON.stringify(judged);
  expect(said).toContain(
    String.raw`\"op\":\"test\",\"path\":\"/spec/template/spec/containers/0/args/1\"`,
  );
  expect(said).toContain('  - --kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname');
});

it('rules kubelet-wrong-port out where the node publishes the port that is asked', () => {
  const words = 'Get "https://{ip}:10255/metrics/resource": dial tcp {ip}:10255: i/o timeout';
  const base = evidence();
  const nodes = base.snapshot.nodes;
  if (nodes.state === 'missing') throw new Error('the builder has nodes');
  const moved = withSnapshot(base, {
    nodes: known(
      nodes.value.map((node) => ({ ...node, kubeletPort: 10255 })),
      nodes.source,
    ),
  });
  expect(judgeOne(kubeletWrongPort, complaining(['prod02'], words, '0.7', moved)).kind).toBe(
    'ruled-out',
  );
  expect(judgeOne(kubeletWrongPort, complaining(['prod02'], words)).kind).toBe('confirmed');
});

const EXPIRED =
  'Get "https://{ip}:10250/metrics/resource": x509: certificate has expired or is not yet valid: current time 2026-11-22T14:02:51Z is after 2026-11-01T00:00:00Z';

it('does not call a kubelet certificate expired that is not valid yet, or that a probe saw valid', () => {
  const early = complaining(['prod02'], EXPIRED.replace('is after', 'is before'));
  expect(judgeOne(kubeletTlsExpired, early).kind).toBe('ruled-out');
  const peer = {
    subject: 'CN=prod02',
    issuer: 'CN=rke2-server-ca',
    dnsNames: [],
    ipAddresses: ['192.168.77.2'],
    notBefore: '2026-11-01T00:00:00Z',
    notAfter: '2027-11-01T00:00:00Z',
    fingerprint: 'ab',
    selfSigned: false,
  };
  const renewed = withReach(
    complaining(['prod02'], EXPIRED),
    (r) => r.to.kind === 'kubelet' && r.to.node === 'prod02',
    answer('open', { peer }),
  );
  expect(judgeOne(kubeletTlsExpired, renewed).kind).toBe('ruled-out');
  expect(judgeOne(kubeletTlsExpired, complaining(['prod02'], EXPIRED)).kind).toBe('confirmed');
});

const NO_CERTIFICATE =
  'Get "https://{ip}:10250/metrics/resource": remote error: tls: internal error';

function withRequests(e: Evidence, requests: readonly Partial<KubeletServingRequest>[]): Evidence {
  return withSnapshot(e, {
    kubeletServingRequests: known(
      requests.map((request, at) => ({
        name: `csr-${at}`,
        node: 'prod02',
        createdAt: `2026-11-22T1${at}:00:00Z`,
        state: 'pending' as const,
        ...request,
      })),
      'GET certificatesigningrequests',
    ),
  });
}

it('confirms kubelet-csr-pending when the newest request of the node waits', () => {
  const e = withRequests(complaining(['prod02'], NO_CERTIFICATE), [{ state: 'denied' }, {}]);
  expect(buildReport(e)).toMatchObject({
    verdict: 'degraded',
    causes: [{ id: 'kubelet-csr-pending', verdict: 'confirmed', where: { nodes: ['prod02'] } }],
    unexplained: [],
  });
  expect(JSON.stringify(judgeOne(kubeletCsrPending, e))).toContain(
    'kubectl certificate approve csr-1',
  );
});

it('does not blame a request that was granted since, nor one of another node', () => {
  const e = complaining(['prod02'], NO_CERTIFICATE);
  expect(judgeOne(kubeletCsrPending, withRequests(e, [{}, { state: 'issued' }])).kind).toBe(
    'ruled-out',
  );
  expect(judgeOne(kubeletCsrPending, withRequests(e, [{ node: 'prod03' }])).kind).toBe('ruled-out');
});

it('takes no notice of a waiting request where scrapes work or end otherwise', () => {
  expect(judgeOne(kubeletCsrPending, withRequests(evidence(), [{}])).kind).toBe('ruled-out');
  const e = complaining(['prod02'], 'Get "https://{ip}:10250/metrics/resource": EOF');
  expect(judgeOne(kubeletCsrPending, withRequests(e, [{}])).kind).toBe('ruled-out');
});

it('only suspects kubelet-csr-pending where requests may not be read', () => {
  expect(judgeOne(kubeletCsrPending, complaining(['prod02'], NO_CERTIFICATE)).kind).toBe(
    'suspected',
  );
});

it('suspects kubelet-dns-lookup, too, when a deadline ends a scrape by name, and not one by address', () => {
  const late = 'Get "https://{node}:10250/metrics/resource": context deadline exceeded';
  expect(judgeOne(kubeletDnsLookup, complainingOfAll(late)).kind).toBe('suspected');
  const byAddress = complainingOfAll(late.replace('{node}', '{ip}'));
  expect(judgeOne(kubeletDnsLookup, byAddress).kind).toBe('ruled-out');
});
