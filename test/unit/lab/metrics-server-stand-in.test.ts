import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { parseFlags } from '../../lab/support/images/metrics-server/flags.ts';
import { goDialError, goVerifyError } from '../../lab/support/images/metrics-server/go-errors.ts';
import { parseResourceMetrics } from '../../lab/support/images/metrics-server/prometheus-text.ts';
import { selfSignedForLocalhost } from '../../lab/support/images/metrics-server/self-signed.ts';
import { createStorage } from '../../lab/support/images/metrics-server/storage.ts';

const NOW = new Date('2026-11-22T15:00:00Z');

/** As kubelet 1.20.2 answers GET /metrics/resource, shortened. */
function kubeletText(atMs: number, nodeCpuSeconds: number): string {
  return `# HELP node_cpu_usage_seconds_total [ALPHA] Cumulative cpu time consumed by the node in core-seconds
# TYPE node_cpu_usage_seconds_total counter
node_cpu_usage_seconds_total ${nodeCpuSeconds} ${atMs}
node_memory_working_set_bytes 2.839498752e+09 ${atMs}
container_cpu_usage_seconds_total{container="echo",namespace="default",pod="echo-1"} 1.5 ${atMs}
container_memory_working_set_bytes{container="echo",namespace="default",pod="echo-1"} 1048576 ${atMs}
scrape_error 0
`;
}

describe('the metrics-server stand-in', () => {
  it('serves a node only after two measurements, with the use between them', () => {
    const storage = createStorage();
    const round = (atMs: number, cpu: number) =>
      storage.store(new Map([['prod01', parseResourceMetrics(kubeletText(atMs, cpu))]]));

    round(10_000, 100);
    expect(storage.ready()).toBe(false);
    round(10_000, 100);
    expect(storage.ready()).toBe(false);
    round(20_000, 105);

    expect(storage.nodes()).toMatchObject([
      {
        metadata: { name: 'prod01' },
        window: '10.000s',
        usage: { cpu: '500000000n', memory: '2772948Ki' },
      },
    ]);
    expect(storage.pods()).toMatchObject([
      {
        metadata: { namespace: 'default', name: 'echo-1' },
        containers: [{ name: 'echo', usage: { memory: '1024Ki' } }],
      },
    ]);
  });

  it('forgets a node that did not answer the last round', () => {
    const storage = createStorage();
    for (const at of [10_000, 20_000]) {
      storage.store(new Map([['prod01', parseResourceMetrics(kubeletText(at, at))]]));
    }

    storage.store(new Map());

    expect(storage.nodes()).toEqual([]);
  });

  it('makes itself a certificate that names only localhost', () => {
    const { cert } = selfSignedForLocalhost(NOW);
    const parsed = new X509Certificate(cert);

    expect(parsed.subject).toBe(`CN=localhost@${NOW.getTime() / 1000}`);
    expect(parsed.subjectAltName).toBe('DNS:localhost');
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(new Date(parsed.validFrom)).toEqual(NOW);
  });

  it.each([
    [
      'DNS:prod02',
      "x509: cannot validate certificate for 192.168.77.2 because it doesn't contain any IP SANs",
    ],
    [
      'DNS:prod02, IP Address:10.0.0.5',
      'x509: certificate is valid for 10.0.0.5, not 192.168.77.2',
    ],
    ['IP Address:192.168.77.2', 'x509: certificate signed by unknown authority'],
  ])('judges a certificate for %s in Go’s order: name, then chain', (subjectaltname, words) => {
    expect(
      goVerifyError(
        '192.168.77.2',
        certificate({ subjectaltname }),
        'SELF_SIGNED_CERT_IN_CHAIN',
        NOW,
      ),
    ).toBe(`tls: failed to verify certificate: ${words}`);
  });

  it('looks at the dates before the name', () => {
    const expired = certificate({ subjectaltname: 'DNS:x', valid_to: 'Nov 21 15:00:00 2026 GMT' });

    expect(goVerifyError('192.168.77.2', expired, null, NOW)).toBe(
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: ' +
        'current time 2026-11-22T15:00:00Z is after 2026-11-21T15:00:00Z',
    );
  });

  it.each([
    ['ECONNREFUSED', 'dial tcp 192.168.77.2:10250: connect: connection refused'],
    ['EHOSTUNREACH', 'dial tcp 192.168.77.2:10250: connect: no route to host'],
    ['ETIMEDOUT', 'dial tcp 192.168.77.2:10250: i/o timeout'],
  ])('says %s as Go does', (code, words) => {
    const error = Object.assign(new Error('socket'), { code });

    expect(goDialError(error, '192.168.77.2', 10_250)).toBe(words);
  });

  it('refuses a flag that the real program does not know', () => {
    expect(() => parseFlags(['--no-such-flag'])).toThrow('unknown flag: --no-such-flag');
    expect(() => parseFlags(['--metric-resolution=5s'])).toThrow(
      'metric-resolution should be a time duration at least 10s, but value 5s provided',
    );
  });

  function certificate(fields: Partial<PeerCertificate>): PeerCertificate {
    return {
      subject: { CN: 'prod02' },
      valid_from: 'Nov  1 00:00:00 2026 GMT',
      valid_to: 'Nov  1 00:00:00 2027 GMT',
      ...fields,
    } as PeerCertificate;
  }
});
