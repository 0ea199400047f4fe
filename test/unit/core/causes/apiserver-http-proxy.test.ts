import { describe, expect, it } from 'vitest';
import { apiserverHttpProxy } from '../../../../src/core/causes/apiserver-http-proxy.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  apiServerPod,
  cutOverlayInto,
  evidence,
  foundingIncident,
  pipe,
  withApiServer,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { allServersSay, withCondition } from './provider-world.ts';

const NAMES = ['prod01', 'prod02', 'prod03'];
const PROXIED = { HTTPS_PROXY: 'http://proxy.corp:3128', NO_PROXY: 'localhost,.svc' };
const reach = (words: string): string => `error trying to reach service: ${words}\n`;

function withProxyEnv(e: Evidence, env: Readonly<Record<string, string>>): Evidence {
  return withSnapshot(e, {
    controlPlanePods: known(
      NAMES.map((name) => apiServerPod(name, { proxyEnv: env })),
      'GET pods',
    ),
  });
}

/** Servers that run outside of Pods (k3s). */
const unseen = (e: Evidence): Evidence => withSnapshot(e, { controlPlanePods: known([], 'GET') });

describe('apiserver-http-proxy', () => {
  it.each(['Forbidden', 'proxyconnect tcp: dial tcp 10.0.0.5:3128: connect: no route to host'])(
    'is confirmed by an API server that says %s, and is all that is wrong',
    (words) => {
      const report = buildReport(unseen(allServersSay(evidence(), 503, reach(words))));
      expect(report).toMatchObject({
        verdict: 'broken',
        causes: [{ id: 'apiserver-http-proxy', verdict: 'confirmed', where: { nodes: NAMES } }],
        unexplained: [],
      });
      expect(report.causes).toHaveLength(1);
    },
  );

  it('names only the servers that say so', () => {
    const one = withApiServer(evidence(), 'prod02', {
      outcome: 'http-error',
      status: 503,
      body: reach('Forbidden'),
      nodes: [],
    });
    expect(judgeOne(apiserverHttpProxy, one)).toMatchObject({
      kind: 'confirmed',
      where: { nodes: ['prod02'] },
    });
  });

  it('is confirmed by the shared condition where the servers only repeat that it is False', () => {
    const e = withCondition(
      allServersSay(evidence(), 503, 'service unavailable\n'),
      'failing or missing response from https://10.42.0.20:10250/apis/metrics.k8s.io/v1beta1: Get "https://10.42.0.20:10250/apis/metrics.k8s.io/v1beta1": Forbidden',
    );
    expect(buildReport(e)).toMatchObject({
      causes: [{ id: 'apiserver-http-proxy', verdict: 'confirmed' }],
      unexplained: [],
    });
  });

  it.each([reach('EOF'), reach('net/http: TLS handshake timeout')])(
    'is confirmed by variables that cover the pod, where the node itself gets through (%s)',
    (body) => {
      const report = buildReport(withProxyEnv(allServersSay(evidence(), 503, body), PROXIED));
      expect(report.causes).toMatchObject([
        { id: 'apiserver-http-proxy', verdict: 'confirmed', where: { nodes: NAMES } },
      ]);
      expect(JSON.stringify(report.causes[0]?.because)).toContain(
        'no NO_PROXY entry for 10.42.0.20:10250',
      );
    },
  );

  it('is not said of variables that leave the pod out', () => {
    const e = withProxyEnv(allServersSay(evidence(), 503, reach('EOF')), {
      ...PROXIED,
      NO_PROXY: '10.42.0.0/16',
    });
    expect(judgeOne(apiserverHttpProxy, e).kind).toBe('ruled-out');
  });

  it('is not said of a dead network, whatever the variables: the API server dialled by itself', () => {
    const report = buildReport(withProxyEnv(foundingIncident(), PROXIED));
    expect(report.causes).toMatchObject([{ id: 'overlay-port-blocked', verdict: 'confirmed' }]);
    expect(report.causes).toHaveLength(1);
  });

  it('is not confirmed by variables when the node itself does not get through either', () => {
    const e = pipe(
      evidence(),
      (x) => cutOverlayInto(x, 'prod01'),
      (x) => withProxyEnv(x, PROXIED),
      (x) =>
        withApiServer(x, 'prod02', {
          outcome: 'http-error',
          status: 503,
          body: reach('EOF'),
          nodes: [],
        }),
    );
    expect(judgeOne(apiserverHttpProxy, e).kind).toBe('ruled-out');
  });

  it('is suspected when somebody hangs up although the node gets through, and nobody shows the variables', () => {
    const e = unseen(allServersSay(evidence(), 503, reach('EOF')));
    expect(judgeOne(apiserverHttpProxy, e)).toMatchObject({
      kind: 'suspected',
      settle: expect.stringContaining('/environ'),
    });
  });

  it('is ruled out by a tunnel that refuses, by RBAC and by a pod that does not believe the caller', () => {
    for (const body of [
      reach(
        'proxy error from 127.0.0.1:9345 while dialing 10.42.0.20:10250, code 502: 502 Bad Gateway',
      ),
      'nodes.metrics.k8s.io is forbidden: User "jane" cannot list resource "nodes"',
      'service unavailable\n',
    ]) {
      const e = withCondition(
        withProxyEnv(allServersSay(evidence(), 503, body), {}),
        'failing or missing response from https://10.42.0.20:10250/apis/metrics.k8s.io/v1beta1: bad status from https://10.42.0.20:10250/apis/metrics.k8s.io/v1beta1: 403',
      );
      expect(judgeOne(apiserverHttpProxy, e).kind).toBe('ruled-out');
    }
  });

  it('is ruled out on a healthy cluster, proxy variables or not', () => {
    expect(judgeOne(apiserverHttpProxy, evidence()).kind).toBe('ruled-out');
    expect(buildReport(withProxyEnv(evidence(), PROXIED)).verdict).toBe('healthy');
  });
});
