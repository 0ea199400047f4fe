import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readStatements } from '../../../../src/core/words/read-statements.ts';
import { STATEMENT_KINDS, type Statement } from '../../../../src/core/words/statement.ts';

const WORDS = new URL('../../../../src/core/words/', import.meta.url);

function read(text: string): readonly Statement[] {
  return readStatements(text).statements;
}

function find(text: string, kind: Statement['kind']): Statement | undefined {
  return read(text).find((statement) => statement.kind === kind);
}

describe('statements', () => {
  it('name the connection, its far end and the node', () => {
    const line =
      'E1 scraper.go:149] "Failed to scrape node" err="Get \\"https://10.1.4.12:10250/metrics/resource\\": dial tcp 10.1.4.12:10250: i/o timeout" node="node-c"';
    expect(find(line, 'timed-out')).toMatchObject({
      leg: 'metrics-server-to-kubelet',
      host: '10.1.4.12',
      port: 10_250,
      node: 'node-c',
      value: 'dial',
      verbatim: true,
      stance: 'stated',
      line: 1,
    });
  });

  it.each([
    [
      'Get "https://10.43.9.9:443/apis/metrics.k8s.io/v1beta1": context deadline exceeded',
      'api-server-to-metrics-server',
    ],
    [
      'Get "https://10.43.0.1:443/api/v1/nodes": dial tcp 10.43.0.1:443: i/o timeout',
      'metrics-server-to-api-server',
    ],
    ['Failed to pull image "a/metrics-server:1": dial tcp 1.2.3.4:443: i/o timeout', 'to-registry'],
    [
      'failed to scrape node: Get "https://x.x.x.x:10250/metrics/resource": context deadline exceeded',
      'metrics-server-to-kubelet',
    ],
  ])('tells whose time-out it is: %s', (text, leg) => {
    expect(find(text, 'timed-out')?.leg).toBe(leg);
  });

  it('keep x509 errors of the three connections apart', () => {
    const x509 = 'x509: certificate signed by unknown authority';
    expect(find(`Unable to authenticate the request: ${x509}`, 'x509-unknown-authority')?.leg).toBe(
      'caller-to-metrics-server',
    );
    expect(find(`error trying to reach service: ${x509}`, 'x509-unknown-authority')?.leg).toBe(
      'api-server-to-metrics-server',
    );
    expect(
      find(`Get "https://n1:10250/metrics/resource": ${x509}`, 'x509-unknown-authority')?.leg,
    ).toBe('metrics-server-to-kubelet');
    expect(find(x509, 'x509-unknown-authority')?.leg).toBeNull();
  });

  it.each([
    ['It is not a NetworkPolicy: a default-deny policy was ruled out.', 'policy-denies', 'denied'],
    ['Could it be a network policy that blocks it?', 'policy-denies', 'supposed'],
    [
      'Last year we had x509: certificate signed by unknown authority on 10250.',
      'x509-unknown-authority',
      'past',
    ],
    ['A default-deny network policy was rolled out yesterday.', 'policy-denies', 'stated'],
    [
      '以前报过 certificate signed by unknown authority,已经解决了',
      'x509-unknown-authority',
      'past',
    ],
  ] as const)('know how a thing is meant: %s', (text, kind, stance) => {
    expect(find(text, kind)?.stance).toBe(stance);
  });

  it('take redacted addresses for what they are', () => {
    for (const address of ['x.x.x.x', '<ip>', '***', '[REDACTED]']) {
      const found = find(
        `Get "https://${address}:10250/metrics/resource": dial tcp ${address}:10250: i/o timeout`,
        'timed-out',
      );
      expect(found?.host, address).toBeNull();
      expect(found?.leg, address).toBe('metrics-server-to-kubelet');
    }
  });

  it('read a line that a terminal wrapped, and not a remark below a log line into it', () => {
    const wrapped = `E1018 07:21:59 scraper.go:149] "Failed to scrape node" err="Get \\"https://192.168.4.21:10250/metrics/resource\\": x509: certificate signed\nby unknown authority" node="worker-a"`;
    expect(find(wrapped, 'x509-unknown-authority')?.node).toBe('worker-a');
    const remark = `E1018 07:21:59 scraper.go:149] "Failed to scrape node" err="i/o timeout" node="a"\nthe firewall on the node is not the cause of it`;
    expect(read(remark).every(({ kind }) => kind !== 'firewall-active')).toBe(true);
  });

  it('tell a pod of metrics-server from others', () => {
    expect(
      find('elasticsearch-data-0 was OOMKilled; metrics-server is fine', 'oom-killed'),
    ).toBeUndefined();
    expect(find('metrics-server-67c5d4f8bd-77x2k was OOMKilled', 'oom-killed')).toBeDefined();
  });

  it('know the chatter of a load balancer', () => {
    const text = 'http: TLS handshake error from 10.0.3.4:41234: EOF';
    expect(read(text).map(({ kind }) => kind)).toEqual(['chatter']);
  });

  it('read opposite halves of a sentence apart', () => {
    const kinds = read(
      'ping between pods on different nodes works, but curl between them times out',
    ).map(({ kind }) => kind);
    expect(kinds).toContain('ping-works');
    expect(kinds).toContain('tcp-fails');
    expect(kinds).not.toContain('ping-fails');
  });

  it('never quote more than a line can hold', () => {
    for (const { quote } of read(`x509: ${'a'.repeat(5_000)} i/o timeout metrics-server`)) {
      expect(quote.length).toBeLessThan(200);
    }
  });

  it('read a taint of the control plane as no pod, so the event may be of metrics-server', () => {
    const event = 'Warning  FailedScheduling  2m  default-scheduler  0/3 nodes are available:';
    expect(
      find(
        `${event} 3 untolerated taint {node-role.kubernetes.io/control-plane: }`,
        'failed-scheduling',
      ),
    ).toMatchObject({ verbatim: true });
    expect(find(`${event} pod/web-7d4b9c6f5-9z8xq`, 'failed-scheduling')).toBeUndefined();
  });

  it.each([
    ['kubectl get pods -A | grep metrics shows nothing', true],
    ['I do not see metrics-server in kube-system', true],
    ['集群里没有 metrics-server', true],
    ['$ kubectl get pods -A | grep metrics\n$ kubectl top nodes', true],
    ['No resources found in kube-system namespace. (kubectl get deploy metrics-server)', true],
    ['there are no metrics-server errors', false],
    ['metrics-server is missing a flag', false],
    ['没有 metrics-server 的日志', false],
    ['$ kubectl get pods -A | grep metrics', false],
    [
      '$ kubectl get pods -A | grep metrics\nkube-system metrics-server-7b4f8b595-7lkwt 1/1 Running',
      false,
    ],
  ])('hear that metrics-server is not there: %s', (text, heard) => {
    expect(find(text, 'provider-not-found') !== undefined).toBe(heard);
  });

  it.each([
    ['防火墙没有放行节点之间的 10250,采集其他节点超时', true],
    ['kubelet 的 10250 被拦了', true],
    ['apiserver 访问 10.42.0.20:10250 超时,跨节点的 pod 不通', false],
    ['metrics-server pod 的 10250 不通', false],
  ])('keep the kubelet port apart from the same port of the pod: %s', (text, heard) => {
    expect(find(text, 'kubelet-port-closed') !== undefined).toBe(heard);
  });
});

describe('rules', () => {
  it('rest on statements that something reads', () => {
    const readers = readdirSync(WORDS, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/^rules|statement\.ts$|common\.ts$/.test(name))
      .map((name) => readFileSync(new URL(name, WORDS), 'utf8'))
      .join('\n');
    expect(Object.keys(STATEMENT_KINDS).filter((kind) => !readers.includes(kind))).toEqual([]);
  });
});
