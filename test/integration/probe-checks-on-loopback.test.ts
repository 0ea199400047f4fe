import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { askListener } from '../../src/probes/ask-listener.ts';
import { httpsGet } from '../../src/probes/checks/https-get.ts';
import { runCheck } from '../../src/probes/checks/run-check.ts';
import { tcpConnect } from '../../src/probes/checks/tcp-connect.ts';
import { ANSWER_BYTES, QUESTION_BYTES, tcpFull } from '../../src/probes/checks/tcp-full.ts';
import { tlsHandshake } from '../../src/probes/checks/tls-handshake.ts';
import { sendBursts } from '../../src/probes/checks/udp-burst.ts';
import { openListener } from '../../src/probes/listener-server.ts';
import type { BurstPlan, ListenerAnswer, PlannedCheck } from '../../src/probes/plan.ts';
import { createCa } from '../support/pki.ts';

const HOST = '127.0.0.1';
const TIMEOUT_MS = 2_000;
/** What the silence of a peer costs a test. */
const SHORT_MS = 300;
/** kube-apiserver's own, built with Go 1.26. */
const API_SERVER_CLIENT_HELLO_BYTES = 1_540;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const ca = createCa({ commonName: 'rke2-server-ca' });
const leaf = ca.issue({
  commonName: 'prod01',
  dnsNames: ['prod01', 'localhost'],
  ipAddresses: ['192.168.77.1'],
  usages: ['server'],
});

/** Keeps this process from everything, as a node without CPU time to spare does. */
function starve(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('on a starved node', () => {
  it('an answer that came while the process could not run is no silence', async () => {
    const plain = await listen(createServer());
    const tls = await listen(createTlsServer({ cert: leaf.certPem, key: leaf.keyPem }));

    const connected = tcpConnect(HOST, plain, SHORT_MS);
    const shaken = tlsHandshake(HOST, tls, SHORT_MS);
    for (let turn = 0; turn < 4; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      starve(2 * SHORT_MS);
    }

    expect(await connected).toMatchObject({ kind: 'open' });
    expect(await shaken).toMatchObject({ state: 'answered', answer: { outcome: 'open' } });
  });
});

describe('tcp-connect', () => {
  it('is open where something listens', async () => {
    expect(await tcpConnect(HOST, await listen(createServer()), TIMEOUT_MS)).toMatchObject({
      kind: 'open',
    });
  });

  it('is refused, with the errno, where nothing listens', async () => {
    expect(await tcpConnect(HOST, await closedPort(), TIMEOUT_MS)).toMatchObject({
      kind: 'refused',
      errno: 'ECONNREFUSED',
    });
  });

  it('is unreachable, with the errno, where the kernel has no route', async () => {
    // 0.0.0.0/8 beyond the first address, and class E, are refused by the kernel itself.
    const outcome = await tcpConnect('255.255.255.255', 9, TIMEOUT_MS);
    expect(outcome).toMatchObject({
      kind: 'unreachable',
      errno: expect.stringMatching(/^E(NETUNREACH|ACCES)$/),
    });
  });
});

const nothingAgain = (): Promise<number> => Promise.resolve(0);

describe('tcp-full', () => {
  const results = (): Promise<ListenerAnswer> =>
    Promise.resolve({ checks: [], received: [], tcpInCsumErrors: 0 });

  it('pushes 8 KiB out and 16 KiB back through our own listener', async () => {
    const port = await closedPort();
    const listener = await openListener(port, 'run-1', { results, again: nothingAgain });
    closers.push(() => listener.close());
    expect(await tcpFull(HOST, port, TIMEOUT_MS)).toMatchObject({
      state: 'answered',
      answer: {
        outcome: 'open',
        detail: `sent ${QUESTION_BYTES} bytes, confirmed; received ${ANSWER_BYTES} of ${ANSWER_BYTES}`,
      },
    });
  });

  it('is stalled, not confirmed, when the peer never has the whole question', async () => {
    const port = await listen(createServer((socket) => socket.pause()));
    expect(await tcpFull(HOST, port, SHORT_MS)).toMatchObject({
      state: 'answered',
      answer: { outcome: 'stalled', detail: expect.stringContaining('not confirmed') },
    });
  });

  it('is stalled, confirmed, when the long answer does not come', async () => {
    const port = await listen(
      createServer((socket) => socket.once('data', () => socket.write('+'))),
    );
    expect(await tcpFull(HOST, port, SHORT_MS)).toMatchObject({
      state: 'answered',
      answer: { outcome: 'stalled', detail: expect.stringContaining('confirmed; received 0 of') },
    });
  });

  it('is closed when the peer hangs up', async () => {
    const port = await listen(createServer((socket) => socket.end()));
    expect(await tcpFull(HOST, port, TIMEOUT_MS)).toMatchObject({ answer: { outcome: 'closed' } });
  });

  it('is refused where nothing listens', async () => {
    expect(await tcpFull(HOST, await closedPort(), TIMEOUT_MS)).toMatchObject({
      answer: { outcome: 'refused', errno: 'ECONNREFUSED' },
    });
  });
});

describe('tls-handshake', () => {
  const serve = { key: leaf.keyPem, cert: leaf.certPem };

  it('sends a ClientHello as large as the API server does and reads the certificate without judging it', async () => {
    const port = await listen(createTlsServer({ ...serve, ALPNProtocols: ['h2', 'http/1.1'] }));
    const result = await tlsHandshake(HOST, port, TIMEOUT_MS);
    expect(result).toMatchObject({
      state: 'answered',
      answer: {
        outcome: 'open',
        peer: {
          subject: 'CN=prod01',
          issuer: 'CN=rke2-server-ca',
          dnsNames: ['prod01', 'localhost'],
          ipAddresses: ['192.168.77.1'],
          fingerprint: leaf.fingerprintSha256.replaceAll(':', '').toLowerCase(),
          selfSigned: false,
        },
      },
    });
    if (result.state !== 'answered') throw new Error(result.detail);
    expect(result.answer.sizeBytes).toBeGreaterThanOrEqual(API_SERVER_CLIENT_HELLO_BYTES);
    expect(result.answer.peer?.notAfter).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('sends the whole ClientHello before it waits', async () => {
    let received = 0;
    const port = await listen(
      createServer((socket) => {
        socket.on('data', (chunk) => {
          received += chunk.length;
        });
      }),
    );
    const result = await tlsHandshake(HOST, port, SHORT_MS);
    expect(result).toMatchObject({ answer: { outcome: 'stalled', sizeBytes: received } });
    expect(received).toBeGreaterThanOrEqual(API_SERVER_CLIENT_HELLO_BYTES);
  });

  it('is a TLS error where the peer speaks something else', async () => {
    const port = await listen(
      createServer((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n')),
    );
    expect(await tlsHandshake(HOST, port, TIMEOUT_MS)).toMatchObject({
      answer: { outcome: expect.stringMatching(/^(tls-error|closed)$/) },
    });
  });

  it('is closed where the peer hangs up in the middle', async () => {
    const port = await listen(
      createServer((socket) => socket.once('data', () => socket.destroy())),
    );
    expect(await tlsHandshake(HOST, port, TIMEOUT_MS)).toMatchObject({
      answer: { outcome: 'closed' },
    });
  });

  it('is refused where nothing listens', async () => {
    expect(await tlsHandshake(HOST, await closedPort(), TIMEOUT_MS)).toMatchObject({
      answer: { outcome: 'refused', peer: null },
    });
  });
});

describe('https-get', () => {
  it('takes any status for an answer and keeps the first words', async () => {
    const server = createHttpsServer(
      { key: leaf.keyPem, cert: leaf.certPem },
      (request, response) => {
        response.writeHead(403).end(`forbidden: ${request.url ?? ''}`);
      },
    );
    const port = await listen(server as unknown as Server);
    expect(
      await httpsGet({ host: HOST, port, path: '/livez', timeoutMs: TIMEOUT_MS }),
    ).toMatchObject({
      answer: {
        outcome: 'open',
        status: 403,
        detail: expect.stringContaining('forbidden: /livez'),
        peer: { subject: 'CN=prod01' },
      },
    });
  });

  it('is stalled where the answer never comes', async () => {
    const port = await listen(
      createHttpsServer({ key: leaf.keyPem, cert: leaf.certPem }) as unknown as Server,
    );
    expect(await httpsGet({ host: HOST, port, path: '/livez', timeoutMs: SHORT_MS })).toMatchObject(
      {
        answer: { outcome: 'stalled', status: null },
      },
    );
  });
});

describe('a listener that has not bound its port yet', () => {
  const check = (port: number, kind: 'listener' | 'kubelet'): PlannedCheck => ({
    id: 'tcp',
    from: { kind: 'node', node: 'prod01' },
    to: { kind, node: 'prod02', address: HOST, port, name: kind },
    layer: 'overlay',
    check: 'tcp',
    timeoutMs: TIMEOUT_MS,
    path: null,
    sizeBytes: null,
  });
  const bindLater = (port: number): void => {
    const server = createServer();
    const timer = setTimeout(() => server.listen(port, HOST), 300);
    closers.push(() => {
      clearTimeout(timer);
      server.close();
    });
  };

  it('is asked again', async () => {
    const port = await closedPort();
    bindLater(port);
    const result = await runCheck(check(port, 'listener'));
    expect(result).toMatchObject({ state: 'answered', answer: { outcome: 'open' } });
  });

  it('is refused where it never does; nothing else is asked twice', async () => {
    const never = await runCheck(check(await closedPort(), 'listener'));
    expect(never).toMatchObject({ answer: { outcome: 'refused', errno: 'ECONNREFUSED' } });
    const port = await closedPort();
    bindLater(port);
    expect(await runCheck(check(port, 'kubelet'))).toMatchObject({
      answer: { outcome: 'refused' },
    });
  });
});

describe('listener', () => {
  it('counts the datagrams of its own run by sender and round, and tells them to who asks', async () => {
    const port = await closedPort();
    const listener = await openListener(port, 'run-1', {
      results: () =>
        Promise.resolve({ checks: [], received: listener.sink.counts(), tcpInCsumErrors: 2 }),
      again: nothingAgain,
    });
    closers.push(() => listener.close());
    const plan = (senderTag: number): BurstPlan => ({
      startAt: Date.now(),
      firstRound: 100,
      rounds: 1,
      periodMs: 400,
      burstMs: 100,
      datagrams: 50,
      senderTag,
      tags: {},
      sends: [{ round: 100, toNode: 'prod01', address: HOST, port }],
    });

    const [sends] = await Promise.all([
      sendBursts(plan(1), 'run-1'),
      sendBursts(plan(2), 'run-1'),
      sendBursts(plan(3), 'another-run'),
    ]);

    expect(sends).toMatchObject([{ round: 100, sent: 50 }]);
    // A datagram that was sent is not yet one that was read.
    await expect
      .poll(() => listener.sink.counts().reduce((sum, row) => sum + row.datagrams, 0))
      .toBe(100);
    const answer = await askListener(HOST, port, TIMEOUT_MS);
    expect(answer).toMatchObject({ state: 'raw', wire: { t: 2 } });
    const { u } = (answer as { wire: { u: number[][] } }).wire;
    expect(u.map((row) => row.slice(0, 3)).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))).toEqual([
      [1, 100, 50],
      [2, 100, 50],
    ]);
  });

  it('answers nothing to a stranger', async () => {
    const port = await closedPort();
    const listener = await openListener(port, 'run-1', {
      results: () => Promise.reject(new Error('not asked')),
      again: nothingAgain,
    });
    closers.push(() => listener.close());
    const result = await httpsGet({ host: HOST, port, path: '/', timeoutMs: SHORT_MS });
    expect(result).toMatchObject({ answer: { outcome: 'closed' } });
  });

  it('is missing, with the errno, where it does not run', async () => {
    expect(await askListener(HOST, await closedPort(), TIMEOUT_MS)).toMatchObject({
      state: 'missing',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
