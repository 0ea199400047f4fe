import { describe, expect, it } from 'vitest';
import { apiserviceCaMismatch } from '../../../../src/core/causes/apiservice-ca-mismatch.ts';
import { apiserviceMissing } from '../../../../src/core/causes/apiservice-missing.ts';
import { metricsServerNotInstalled } from '../../../../src/core/causes/metrics-server-not-installed.ts';
import { servicePortMismatch } from '../../../../src/core/causes/service-port-mismatch.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import type { ApiServiceObject, ServiceObject } from '../../../../src/core/evidence/snapshot.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  evidence,
  withApiServer,
  withReach,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { allServersSay } from './provider-world.ts';

function withApiService(e: Evidence, fields: Partial<ApiServiceObject> | null): Evidence {
  const { apiService } = e.snapshot;
  if (apiService.state === 'missing' || apiService.value === null)
    throw new Error('the builder has an APIService');
  return withSnapshot(e, {
    apiService: known(
      fields === null ? null : { ...apiService.value, ...fields },
      apiService.source,
    ),
  });
}

function withService(e: Evidence, fields: Partial<ServiceObject>): Evidence {
  const { service } = e.snapshot;
  if (service.state === 'missing' || service.value === null)
    throw new Error('the builder has a Service');
  return withSnapshot(e, { service: known({ ...service.value, ...fields }, service.source) });
}

const nothingDeployed = {
  deployments: known([], 'GET'),
  providerPods: known([], 'GET'),
  service: known(null, 'GET'),
  endpoints: known(null, 'GET'),
  metricsProviders: known([], 'GET'),
};

describe.each([
  apiserviceMissing,
  apiserviceCaMismatch,
  metricsServerNotInstalled,
  servicePortMismatch,
])('$id', (cause) => {
  it('is ruled out on a healthy cluster', () => {
    expect(judgeOne(cause, evidence()).kind).toBe('ruled-out');
  });
});

describe('apiservice-missing', () => {
  it('is confirmed when metrics-server runs unregistered, and prints the object to apply', () => {
    const report = buildReport(
      allServersSay(withApiService(evidence(), null), 404, '404 page not found\n'),
    );
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [{ id: 'apiservice-missing', verdict: 'confirmed' }],
      unexplained: [],
    });
    expect(JSON.stringify(report.causes[0]?.fixes)).toContain(
      'service: {namespace: kube-system, name: rke2-metrics-server, port: 443}',
    );
  });
  it('is not said when nothing is installed at all', () => {
    const bare = withSnapshot(withApiService(evidence(), null), nothingDeployed);
    expect(judgeOne(apiserviceMissing, bare).kind).toBe('ruled-out');
    expect(judgeOne(metricsServerNotInstalled, bare).kind).toBe('confirmed');
  });
  it('is unknown when the APIService may not be read', () => {
    const blind = withSnapshot(evidence(), {
      apiService: missing('forbidden', 'get apiservices is forbidden'),
    });
    expect(judgeOne(apiserviceMissing, blind).kind).toBe('unknown');
  });
});

describe('metrics-server-not-installed', () => {
  it('names an APIService that an uninstall left behind', () => {
    expect(
      judgeOne(metricsServerNotInstalled, withSnapshot(evidence(), nothingDeployed)),
    ).toMatchObject({ kind: 'confirmed', headline: expect.stringContaining('left behind') });
  });
  it('is suspected without a look at the Deployments, where there is no Service either', () => {
    const blind = withSnapshot(withApiService(evidence(), null), {
      ...nothingDeployed,
      deployments: missing('forbidden', 'not allowed to list deployments'),
    });
    const { service } = evidence().snapshot;
    const scaled = withSnapshot(blind, { service });
    expect(judgeOne(metricsServerNotInstalled, scaled).kind).toBe('unknown');
    expect(judgeOne(metricsServerNotInstalled, blind)).toMatchObject({
      kind: 'suspected',
      settle: expect.stringContaining('get deployments'),
    });
  });
});

describe('service-port-mismatch', () => {
  it('is confirmed when the APIService asks for a port that the Service lacks', () => {
    const broken = withApiService(evidence(), {
      service: { namespace: 'kube-system', name: 'rke2-metrics-server', port: 8443 },
    });
    expect(judgeOne(servicePortMismatch, broken)).toMatchObject({
      kind: 'confirmed',
      headline: expect.stringContaining('8443'),
    });
  });
  it('is confirmed when targetPort names no container port', () => {
    const ports = [{ name: 'https', port: 443, targetPort: 'web', protocol: 'TCP' }];
    expect(judgeOne(servicePortMismatch, withService(evidence(), { ports })).kind).toBe(
      'confirmed',
    );
  });
  it('is confirmed when traffic goes to another port than --secure-port', () => {
    const ports = [{ name: 'https', port: 443, targetPort: 4443, protocol: 'TCP' }];
    const e = withService(evidence(), { ports });
    const { endpoints } = e.snapshot;
    const moved =
      endpoints.state === 'known' && endpoints.value !== null
        ? {
            ...endpoints.value,
            addresses: endpoints.value.addresses.map((one) => ({
              ...one,
              ports: [{ name: 'https', port: 4443 }],
            })),
          }
        : null;
    const judgement = judgeOne(
      servicePortMismatch,
      withSnapshot(e, { endpoints: known(moved, 'GET') }),
    );
    expect(judgement).toMatchObject({
      kind: 'confirmed',
      headline: expect.stringContaining('listens on 10250'),
    });
    expect(JSON.stringify(judgement)).toContain('"value\\":10250');
  });
  it('is not said of a REJECT: refused from other nodes while the ports line up', () => {
    const rejected = withReach(
      evidence(),
      (r) => r.to.kind === 'provider' && r.layer === 'overlay',
      'refused',
    );
    expect(judgeOne(servicePortMismatch, rejected).kind).toBe('ruled-out');
  });
});

describe('apiservice-ca-mismatch', () => {
  const body = 'error trying to reach service: x509: certificate signed by unknown authority\n';
  const strict = withApiService(evidence(), { insecureSkipTlsVerify: false, caBundlePem: 'PEM' });
  it('is confirmed by x509 words from every API server although the condition is True', () => {
    const report = buildReport(allServersSay(strict, 503, body));
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [{ id: 'apiservice-ca-mismatch', verdict: 'confirmed' }],
      unexplained: [],
    });
  });
  it('is only suspected when one API server accepts the certificate', () => {
    const one = withApiServer(strict, 'prod02', {
      outcome: 'http-error',
      status: 503,
      body,
      nodes: [],
    });
    expect(judgeOne(apiserviceCaMismatch, one)).toMatchObject({
      kind: 'suspected',
      contradicts: [{}, {}],
    });
  });
  it('is only suspected when the certificate is not valid yet: that is a clock', () => {
    const early = allServersSay(
      strict,
      503,
      'error trying to reach service: x509: certificate has expired or is not yet valid: current time 2026-11-22T14:00:00Z is before 2026-11-22T15:00:00Z\n',
    );
    expect(judgeOne(apiserviceCaMismatch, early).kind).toBe('suspected');
  });
  it('is ruled out where nobody verifies', () => {
    expect(judgeOne(apiserviceCaMismatch, allServersSay(evidence(), 503, body)).kind).toBe(
      'ruled-out',
    );
  });
});
