import { describe, expect, it } from 'vitest';
import { wayEnd } from '../../../../src/core/evidence/aggregator-words.ts';

const body = (words: string): string => `error trying to reach service: ${words}\n`;
const URL = 'https://10.42.0.20:10250/apis/metrics.k8s.io/v1beta1';
const condition = (words: string): string =>
  `failing or missing response from ${URL}: Get "${URL}": ${words}`;
/** Kubernetes before 1.18 quoted no URL; before 1.15 it said "no response". */
const oldCondition = (words: string): string =>
  `no response from https://10.43.0.33:443: Get https://10.43.0.33:443: ${words}`;

describe.each([
  ['proxied request', body],
  ['condition', condition],
  ['condition of an old version', oldCondition],
])('%s', (_where, say) => {
  it.each([
    ['proxyconnect tcp: dial tcp 10.0.0.5:3128: connect: connection refused', '10.0.0.5:3128'],
    ['proxyconnect tcp: dial tcp: lookup proxy.corp on 10.0.0.2:53: no such host', 'proxy.corp'],
    ['proxyconnect tcp: tls: first record does not look like a TLS handshake', null],
    ['socks connect tcp 127.0.0.1:1080->10.42.0.20:10250: dial tcp: refused', '127.0.0.1:1080'],
    ['Forbidden', null],
    ['Bad Gateway', null],
    ['Proxy Authentication Required', null],
  ])('%s: a proxy', (words, proxy) => {
    expect(wayEnd(say(words))).toMatchObject({ kind: 'http-proxy', proxy });
  });

  it.each([
    [
      'proxy error from 127.0.0.1:9345 while dialing 10.42.0.20:10250, code 502: 502 Bad Gateway',
      '127.0.0.1:9345',
    ],
    [
      'proxy error from 127.0.0.1:6443 while dialing 10.42.0.20:10250, code 503: 503 Service Unavailable',
      '127.0.0.1:6443',
    ],
    [
      'proxy error from /run/konnectivity.sock while dialing 10.42.0.20:10250, code 500: 500 Internal Server Error',
      '/run/konnectivity.sock',
    ],
  ])('%s: a tunnel', (words, proxy) => {
    expect(wayEnd(say(words))).toMatchObject({ kind: 'tunnel', proxy, target: '10.42.0.20:10250' });
  });

  it.each([
    ['No agent available', 'no-agent'],
    [
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing dial unix /run/k0s/konnectivity-server/konnectivity-server.sock: connect: no such file or directory"',
      'no-tunnel-server',
    ],
    [
      'dialing proxy "/etc/srv/kubernetes/konnectivity-server/konnectivity-server.socket" failed: dial unix /x: connect: connection refused',
      'no-tunnel-server',
    ],
    ['dial timeout, backstop', 'tunnel-dial'],
    ['http2: client connection lost', 'lost'],
    ['EOF', 'eof'],
  ] as const)('%s: %s', (words, kind) => {
    expect(wayEnd(say(words))?.kind).toBe(kind);
  });

  it.each([
    ['dial tcp 10.42.0.20:10250: i/o timeout', 'timeout'],
    ['dial tcp 10.42.0.20:10250: connect: connection timed out', 'timeout'],
    ['dial tcp 10.42.0.20:10250: connect: connection refused', 'refused'],
    ['dial tcp 10.42.0.20:10250: connect: no route to host', 'no-route'],
    ['dial tcp 10.42.0.20:10250: connect: network is unreachable', 'unreachable'],
  ] as const)('%s: dialled directly, %s', (words, end) => {
    expect(wayEnd(say(words))).toMatchObject({ kind: 'direct', target: '10.42.0.20:10250', end });
  });

  it.each([
    'context deadline exceeded',
    'net/http: TLS handshake timeout',
    'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    'x509: certificate signed by unknown authority',
  ])('%s says nothing of the way', (words) => {
    expect(wayEnd(say(words))).toBeNull();
  });
});

it('takes a reason phrase for a proxy only where it is quoted as an error of the request', () => {
  expect(wayEnd('service unavailable\n')).toBeNull();
  expect(wayEnd('Forbidden')).toBeNull();
  expect(
    wayEnd('nodes.metrics.k8s.io is forbidden: User "jane" cannot list resource "nodes"'),
  ).toBeNull();
});

it('stays quick on hostile text', () => {
  const started = performance.now();
  wayEnd(`failing or missing response from ${'x: '.repeat(200_000)}`);
  wayEnd(`proxyconnect tcp: dial tcp ${':'.repeat(200_000)}`);
  // Milliseconds, against minutes for a pattern that backtracks.
  expect(performance.now() - started).toBeLessThan(10_000);
});
