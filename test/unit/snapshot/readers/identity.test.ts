import { expect, it } from 'vitest';
import type { ApiAnswer, ClusterClient } from '../../../../src/clients/cluster-client.ts';
import { frontProxyTrust } from '../../../../src/snapshot/readers/front-proxy.ts';
import {
  readKubeletServingRequests,
  servingRequest,
} from '../../../../src/snapshot/readers/kubelet-serving-requests.ts';
import { readNodeHeartbeats } from '../../../../src/snapshot/readers/node-heartbeats.ts';
import { readPodMetrics } from '../../../../src/snapshot/readers/pod-metrics.ts';
import type { ReadContext } from '../../../../src/snapshot/readers/reads.ts';
import { readRequester } from '../../../../src/snapshot/readers/requester.ts';
import { createCa } from '../../../support/pki.ts';
import { literalCluster } from '../literal-cluster.ts';

function contextOf(client: ClusterClient): ReadContext {
  return {
    client,
    signal: new AbortController().signal,
    deadlineAt: performance.now() + 1_000,
  };
}

/** A client that gives one answer to every GET. */
function answering(
  status: number,
  json: unknown,
  headers: Record<string, string> = {},
): ClusterClient {
  const answer: ApiAnswer = {
    kind: 'answered',
    status,
    text: JSON.stringify(json),
    json,
    headers,
    ms: 1,
    complete: true,
  };
  return { ...literalCluster({}), get: async () => answer, write: async () => answer };
}

const request = (fields: Record<string, unknown>, status: unknown = {}): unknown => ({
  metadata: { name: 'csr-x', creationTimestamp: '2026-11-22T13:00:00Z' },
  spec: {
    signerName: 'kubernetes.io/kubelet-serving',
    username: 'system:node:worker-4',
    ...fields,
  },
  status,
});

it.each([
  ['pending', {}],
  ['approved', { conditions: [{ type: 'Approved' }] }],
  ['issued', { conditions: [{ type: 'Approved' }], certificate: 'LS0t' }],
  ['denied', { conditions: [{ type: 'Denied' }] }],
  ['failed', { conditions: [{ type: 'Approved' }, { type: 'Failed' }] }],
] as const)('reads a kubelet serving request that is %s', (state, status) => {
  expect(servingRequest(request({}, status))).toEqual({
    name: 'csr-x',
    node: 'worker-4',
    createdAt: '2026-11-22T13:00:00Z',
    state,
  });
});

it('leaves requests of other signers out, where the field selector is not obeyed', async () => {
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  const items = [request({}), request({ signerName: 'kubernetes.io/kube-apiserver-client' })];
  const client: ClusterClient = {
    ...literalCluster({}),
    list: async () => ({ kind: 'listed', items, resourceVersion: '9', truncated: false, ms: 1 }),
  };
  const read = await readKubeletServingRequests(contextOf(client));
  expect(read).toMatchObject({ state: 'known', source: `GET ${path}` });
  expect(read.state === 'known' ? read.value : []).toHaveLength(1);
});

it("reads the front proxy's CA by name and dates, and no client CA", () => {
  const ca = createCa({ commonName: 'front-proxy-ca' });
  const trust = frontProxyTrust({
    'client-ca-file': createCa({ commonName: 'kubernetes' }).certPem,
    'requestheader-client-ca-file': `${ca.certPem}-----BEGIN CERTIFICATE-----\ngarbage\n-----END CERTIFICATE-----\n`,
    'requestheader-allowed-names': '["front-proxy-client"]',
  });
  expect(trust.allowedNames).toEqual(['front-proxy-client']);
  expect(trust.cas).toMatchObject([{ subject: 'CN=front-proxy-ca' }]);
  expect(Date.parse(trust.cas[0]?.notAfter ?? '')).toBeGreaterThan(Date.now());
  expect(JSON.stringify(trust)).not.toContain('kubernetes');
});

it('reads a ConfigMap without the keys of the front proxy as such', () => {
  expect(frontProxyTrust({ 'client-ca-file': 'x' })).toEqual({ cas: [], allowedNames: [] });
  expect(frontProxyTrust({ 'requestheader-allowed-names': 'not JSON' }).allowedNames).toEqual([]);
});

it("reads heartbeats beside the API server's clock", async () => {
  const lease = {
    metadata: { name: 'prod01' },
    spec: { renewTime: '2026-11-22T14:02:55.000000Z', leaseDurationSeconds: 40 },
  };
  const client = answering(200, { items: [lease] }, { date: 'Sun, 22 Nov 2026 14:03:00 GMT' });
  expect(await readNodeHeartbeats(contextOf(client))).toMatchObject({
    value: {
      serverDate: '2026-11-22T14:03:00.000Z',
      leases: [{ node: 'prod01', renewTime: '2026-11-22T14:02:55.000000Z', durationSeconds: 40 }],
    },
  });
});

it.each([
  ['heartbeats', readNodeHeartbeats],
  ['pod metrics', (context: ReadContext) => readPodMetrics(context, 'kube-system')],
  ['requester', readRequester],
] as const)('takes a refusal of %s for a missing fact', async (_, read) => {
  const context = contextOf(answering(403, { kind: 'Status' }));
  expect(await read(context)).toMatchObject({ state: 'missing', reason: 'forbidden' });
});

it('reads who we are, also when a mapping left the name empty', async () => {
  const client = answering(201, { status: { userInfo: { groups: ['system:authenticated'] } } });
  expect(await readRequester(contextOf(client))).toMatchObject({
    value: { username: '', groups: ['system:authenticated'] },
  });
});
