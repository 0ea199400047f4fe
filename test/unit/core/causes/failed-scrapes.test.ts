import { describe, expect, it } from 'vitest';
import type { AnyCause } from '../../../../src/core/causes/any-cause.ts';
import { causes } from '../../../../src/core/causes/index.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import { evidence, withSnapshot } from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { withLog } from './provider-world.ts';
import { complaining, complainingOfAll, old, type Spelling } from './scrape-world.ts';

const URL = 'Get "https://{ip}:10250/metrics/resource": ';

/** Words that decide alone, as metrics-server, Go's net, tls and x509 packages and the kubelet spell them. */
const DECISIVE: readonly (readonly [id: string, words: string])[] = [
  [
    'kubelet-dns-lookup',
    'Get "https://{node}:10250/stats/summary?only_cpu_and_memory=true": dial tcp: lookup {node} on 10.96.0.10:53: no such host',
  ],
  [
    'kubelet-wrong-port',
    'Get "https://{ip}:10255/metrics/resource": dial tcp {ip}:10255: connect: connection refused',
  ],
  [
    'kubelet-wrong-port',
    'Get "https://{ip}:10255/metrics/resource": http: server gave HTTP response to HTTPS client',
  ],
  ['kubelet-wrong-port', 'Get http://{ip}:10255/stats/summary/: dial tcp {ip}:10255: i/o timeout'],
  ['kubelet-unauthorized', 'request failed, status: "401 Unauthorized"'],
  ['kubelet-unauthorized', 'request failed - "401 Unauthorized", response: "Unauthorized"'],
  [
    'kubelet-unauthorized',
    'request failed - "403 Forbidden", response: "Forbidden (user=system:anonymous, verb=get, resource=nodes, subresource=stats)"',
  ],
  [
    'kubelet-forbidden',
    'request failed - "403 Forbidden", response: "Forbidden (user=system:serviceaccount:kube-system:metrics-server, verb=get, resource=nodes, subresource=stats)"',
  ],
  ['kubelet-stats-error', 'request failed, status: "500 Internal Server Error"'],
  ['kubelet-stats-error', 'failed parsing metrics: expected label name, got "INVALID"'],
  [
    'kubelet-tls-expired',
    `${URL}tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-22T14:02:51Z is after 2026-11-01T00:00:00Z`,
  ],
  [
    'kubelet-tls-untrusted',
    `${URL}x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate "kubernetes")`,
  ],
  [
    'kubelet-tls-no-ip-san',
    `${URL}x509: certificate relies on legacy Common Name field, use SANs instead`,
  ],
];

function causeOf(id: string): AnyCause {
  const cause = causes.find((each) => each.id === id);
  if (cause === undefined) throw new Error(`there is no cause ${id}`);
  return cause;
}

const SPELLED: readonly Spelling[] = ['0.3', '0.4', '0.7', 'json'];

describe.each(DECISIVE)('%s from "%s"', (id, words) => {
  it.each(SPELLED)('is confirmed in the spelling of %s, and nothing else is', (spelling) => {
    const report = buildReport(complaining(['prod02'], words, spelling));
    expect(report).toMatchObject({
      verdict: 'degraded',
      causes: [{ id, verdict: 'confirmed', where: { nodes: ['prod02'] } }],
      unexplained: [],
    });
    expect(report.causes).toHaveLength(1);
  });

  it('accounts for the whole outage when it is all nodes', () => {
    expect(buildReport(complainingOfAll(words))).toMatchObject({
      verdict: 'broken',
      causes: [{ id, verdict: 'confirmed' }],
      unexplained: [],
    });
  });

  it('is ruled out when the node has metrics by now', () => {
    const healed = withSnapshot(complaining(['prod02'], words), {
      nodeMetrics: evidence().snapshot.nodeMetrics,
    });
    expect(judgeOne(causeOf(id), healed).kind).toBe('ruled-out');
    expect(buildReport(healed).verdict).toBe('healthy');
  });

  it('is ruled out when the complaint is old, and when there is none', () => {
    expect(judgeOne(causeOf(id), old(complaining(['prod02'], words))).kind).toBe('ruled-out');
    expect(judgeOne(causeOf(id), withLog(complaining(['prod02'], words), [])).kind).toBe(
      'ruled-out',
    );
  });

  it('is only suspected when nobody can say whether the node lacks metrics', () => {
    const blind = withSnapshot(complaining(['prod02'], words), {
      nodeMetrics: missing('failed', 'no API server answered'),
    });
    expect(judgeOne(causeOf(id), blind).kind).toBe('suspected');
  });

  it('is unknown without the log', () => {
    const mute = withSnapshot(complaining(['prod02'], words), {
      providerLogs: missing('timed-out', 'no log in 1.5 s'),
    });
    expect(judgeOne(causeOf(id), mute).kind).toBe('unknown');
  });
});

it('reads each node of a joined line on its own', () => {
  const joined =
    'E1122 14:02:51.000000       1 manager.go:111] unable to fully collect metrics: [unable to fully scrape metrics from source kubelet_summary:prod02: unable to fetch metrics from Kubelet prod02 (prod02): Get https://prod02:10250/stats/summary/: dial tcp: lookup prod02 on 10.96.0.10:53: no such host, unable to fully scrape metrics from source kubelet_summary:prod03: unable to fetch metrics from Kubelet prod03 (192.168.77.3): request failed - "401 Unauthorized", response: "Unauthorized"]';
  const e = withLog(withSnapshot(evidence(), { nodeMetrics: known(['prod01'], 'GET') }), [joined]);
  expect(buildReport(e).causes.map(({ id, where }) => [id, where.nodes])).toEqual([
    ['kubelet-dns-lookup', ['prod02']],
    ['kubelet-unauthorized', ['prod03']],
  ]);
});

it('takes two faults of two nodes for two causes, and both together for the outage', () => {
  const both = complainingOfAll('request failed, status: "500 Internal Server Error"');
  const logs = both.snapshot.providerLogs;
  if (logs.state === 'missing') throw new Error('the builder has logs');
  const lines = (logs.value[0]?.lines ?? []).map((line) =>
    line.includes('prod03') ? line.replace('500 Internal Server Error', '401 Unauthorized') : line,
  );
  expect(buildReport(withLog(both, lines))).toMatchObject({
    verdict: 'broken',
    causes: [
      { id: 'kubelet-stats-error', verdict: 'confirmed' },
      { id: 'kubelet-unauthorized', verdict: 'confirmed' },
    ],
    unexplained: [],
  });
});

it('does not blame the API outage on one node of three', () => {
  const one = withSnapshot(
    complainingOfAll('request failed, status: "500 Internal Server Error"'),
    {},
  );
  const logs = one.snapshot.providerLogs;
  const lines = logs.state === 'known' ? (logs.value[0]?.lines ?? []) : [];
  const report = buildReport(withLog(one, lines.slice(0, 1)));
  expect(report.unexplained.join(' ')).toContain('cannot serve');
});
