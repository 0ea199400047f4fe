import { describe, expect, it } from 'vitest';
import { kubeletTlsNoIpSan } from '../../../../src/core/causes/kubelet-tls-no-ip-san.ts';
import { kubeletTlsUntrusted } from '../../../../src/core/causes/kubelet-tls-untrusted.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import type { PeerCertificate } from '../../../../src/core/evidence/probe-results.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import { answer, evidence, withReach, withSnapshot } from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { withLog, withProviderPod } from './provider-world.ts';

const scrape = (node: string, ip: string, words: string): string =>
  `E1122 14:02:01.000000       1 scraper.go:149] "Failed to scrape node" err="Get \\"https://${ip}:10250/metrics/resource\\": ${words}" node="${node}"`;
const noSan = (ip: string): string =>
  `x509: cannot validate certificate for ${ip} because it doesn't contain any IP SANs`;
const untrusted = 'x509: certificate signed by unknown authority';

const certificate = (ipAddresses: readonly string[]): PeerCertificate => ({
  subject: 'CN=prod02',
  issuer: 'CN=rke2-server-ca',
  dnsNames: ['prod02'],
  ipAddresses,
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2027-01-01T00:00:00Z',
  fingerprint: 'ab',
  selfSigned: false,
});

function hurt(words: string): Evidence {
  return withLog(withSnapshot(evidence(), { nodeMetrics: known(['prod01', 'prod03'], 'GET') }), [
    scrape('prod02', '192.168.77.2', words),
  ]);
}

describe.each([
  ['kubelet-tls-no-ip-san', kubeletTlsNoIpSan, noSan('192.168.77.2')],
  [
    'kubelet-tls-no-ip-san',
    kubeletTlsNoIpSan,
    'x509: certificate is valid for 127.0.0.1, not 192.168.77.2',
  ],
  ['kubelet-tls-untrusted', kubeletTlsUntrusted, untrusted],
] as const)('%s', (id, cause, words) => {
  it('is confirmed when the node also lacks metrics now', () => {
    const report = buildReport(hurt(words));
    expect(report).toMatchObject({
      verdict: 'degraded',
      causes: [{ id, verdict: 'confirmed', where: { nodes: ['prod02'] } }],
      unexplained: [],
    });
  });
  it('is ruled out when the line is old and the node has metrics', () => {
    expect(
      judgeOne(cause, withLog(evidence(), [scrape('prod02', '192.168.77.2', words)])).kind,
    ).toBe('ruled-out');
  });
  it('is ruled out when metrics-server does not verify', () => {
    const base = hurt(words);
    const pods = base.snapshot.providerPods;
    if (pods.state === 'missing') throw new Error('the builder has pods');
    const lax = pods.value.map((pod) => ({
      ...pod,
      containers: pod.containers.map((one) => ({
        ...one,
        args: [...one.args, '--kubelet-insecure-tls'],
      })),
    }));
    expect(judgeOne(cause, withSnapshot(base, { providerPods: known(lax, 'GET') })).kind).toBe(
      'ruled-out',
    );
  });
  it('is only suspected when nobody can say whether the node lacks metrics', () => {
    expect(
      judgeOne(
        cause,
        withSnapshot(hurt(words), { nodeMetrics: missing('failed', 'no API server answered') }),
      ).kind,
    ).toBe('suspected');
  });
  it('accounts for the whole outage when every scrape fails and the pod never gets Ready', () => {
    const lines = ['prod01', 'prod02', 'prod03'].map((node, at) =>
      scrape(node, `192.168.77.${at + 1}`, words.replace('192.168.77.2', `192.168.77.${at + 1}`)),
    );
    const down = withSnapshot(withLog(withProviderPod({}), lines), {
      nodeMetrics: missing('failed', 'no API server answered'),
    });
    expect(buildReport(down)).toMatchObject({
      verdict: 'broken',
      causes: [{ id, verdict: 'confirmed' }],
      unexplained: [],
    });
  });
  it('is unknown without the log', () => {
    expect(
      judgeOne(
        cause,
        withSnapshot(hurt(words), { providerLogs: missing('timed-out', 'no log in 1.5 s') }),
      ).kind,
    ).toBe('unknown');
  });
});

it('holds the two apart', () => {
  expect(judgeOne(kubeletTlsUntrusted, hurt(noSan('192.168.77.2'))).kind).toBe('ruled-out');
  expect(judgeOne(kubeletTlsNoIpSan, hurt(untrusted)).kind).toBe('ruled-out');
});

it('does not take a refused caller for a refused kubelet', () => {
  const line =
    'E1122 14:02:01 authentication.go:73] "Unable to authenticate the request" err="x509: certificate signed by unknown authority"';
  expect(
    judgeOne(
      kubeletTlsUntrusted,
      withLog(withSnapshot(evidence(), { nodeMetrics: known(['prod01'], 'GET') }), [line]),
    ).kind,
  ).toBe('ruled-out');
});

it('lets a probe that saw the right certificate overrule an old line', () => {
  const healed = withReach(
    hurt(noSan('192.168.77.2')),
    (r) => r.to.kind === 'kubelet' && r.check === 'tls' && r.to.node === 'prod02',
    answer('open', { peer: certificate(['192.168.77.2']) }),
  );
  expect(judgeOne(kubeletTlsNoIpSan, healed).kind).toBe('ruled-out');
});

it.each([
  [
    'another complaint followed',
    'E1122 14:02:31.000000',
    'dial tcp 192.168.77.2:10250: connect: connection refused',
  ],
  ['it is five minutes old', null, ''],
])('takes a refusal for a past one when %s', (_, header, words) => {
  const old = scrape('prod02', '192.168.77.2', untrusted).replace(
    'E1122 14:02:01',
    header === null ? 'E1122 13:58:00' : 'E1122 14:02:01',
  );
  const lines =
    header === null
      ? [old]
      : [old, scrape('prod02', '192.168.77.2', words).replace('E1122 14:02:01.000000', header)];
  const e = withLog(
    withSnapshot(evidence(), { nodeMetrics: known(['prod01', 'prod03'], 'GET') }),
    lines,
  );
  expect(judgeOne(kubeletTlsUntrusted, e).kind).toBe('ruled-out');
});
