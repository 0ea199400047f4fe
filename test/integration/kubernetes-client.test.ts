import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiAnswer, ClusterClient } from '../../src/clients/cluster-client.ts';
import { createClusterClient } from '../../src/clients/kubernetes.ts';
import { createCa } from '../support/pki.ts';

/** The client against a real TLS server on loopback that misbehaves in one way at a time. */

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const ca = createCa({ commonName: 'test-ca' });
const TOKEN = 'sekrit-token-0123456789';
let folder: string;
let closers: (() => Promise<void> | void)[] = [];

interface Started {
  readonly url: string;
  readonly connections: () => number;
  readonly server: Server;
}

async function start(
  handler: Handler,
  names: { readonly dnsNames?: readonly string[]; readonly ipAddresses?: readonly string[] } = {
    ipAddresses: ['127.0.0.1'],
  },
): Promise<Started> {
  const { certPem, keyPem } = ca.issue({ commonName: 'kube-apiserver', ...names });
  const clientCa = ca.certPem;
  const server = createServer(
    { cert: certPem, key: keyPem, ca: clientCa, requestCert: true, rejectUnauthorized: false },
    handler,
  );
  let connections = 0;
  server.on('secureConnection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, connections: () => connections, server };
}

async function connect(
  server: string,
  extra: { readonly tlsServerName?: string } = {},
): Promise<ClusterClient> {
  const client = await createClusterClient({
    kind: 'server',
    server,
    caFile: join(folder, 'ca.crt'),
    tokenFile: join(folder, 'token'),
    ...extra,
  });
  closers.unshift(() => client.close());
  return client;
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubernetes-client-'));
  writeFileSync(join(folder, 'ca.crt'), ca.certPem);
  writeFileSync(join(folder, 'token'), `${TOKEN}\n`);
});
afterEach(async () => {
  for (const close of closers) await close();
  closers = [];
});
afterAll(() => rm(folder, { recursive: true }));

describe('connections', () => {
  it('serves 100 requests over at most 6 connections', async () => {
    const { url, connections } = await start((_request, response) => json(response, 200, {}));
    const client = await connect(url);

    for (let batch = 0; batch < 10; batch += 1) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => client.get('/version', { timeoutMs: 30_000 })),
      );
      expect(new Set(answers.map((answer) => answer.kind))).toEqual(new Set(['answered']));
    }
    expect(connections()).toBeLessThanOrEqual(6);
  });

  it('keeps urgent reads and writes from queueing behind others of a slow API server', async () => {
    const { url } = await start((request, response) => {
      const answer = (): void => json(response, 200, {});
      if (request.url === '/slow') setTimeout(answer, 1_000);
      else answer();
    });
    const client = await connect(url);
    const order: string[] = [];
    const told = (name: string) => async (answer: Promise<ApiAnswer>) => {
      const { kind } = await answer;
      order.push(`${name} ${kind}`);
    };
    const slow = Array.from({ length: 18 }, () =>
      told('slow')(client.get('/slow', { timeoutMs: 30_000 })),
    );
    const behind = told('behind')(client.get('/version', { timeoutMs: 30_000 }));
    const urgent = told('urgent')(client.get('/version', { urgent: true, timeoutMs: 30_000 }));
    const write = told('write')(client.write('POST', '/api/v1/namespaces/x/pods', {}));
    await Promise.all([...slow, behind, urgent, write]);

    expect(order.slice(0, 2).toSorted()).toEqual(['urgent answered', 'write answered']);
    expect(order.indexOf('behind answered')).toBeGreaterThan(7);
  });

  it('keeps ordinary reads going while aggregated requests and logs hang', async () => {
    const { url } = await start((request, response) => {
      if (request.url === '/version') json(response, 200, {});
    });
    const client = await connect(url);
    const hung = Array.from({ length: 6 }, (_, n) => [
      client.get('/apis/metrics.k8s.io/v1beta1/nodes', { timeoutMs: 3_000 }),
      client.get(`/api/v1/namespaces/x/pods/p${n}/log?tailLines=1`, { timeoutMs: 3_000 }),
    ]).flat();

    // Less than they hang: behind one of them it would fail.
    const answer = await client.get('/version', { timeoutMs: 2_300 });

    expect(answer).toMatchObject({ kind: 'answered', status: 200 });
    expect(await Promise.all(hung)).toContainEqual(
      expect.objectContaining({ kind: 'failed', stage: 'response', timedOut: true }),
    );
  });

  it('takes another connection when one leads to an API server that hangs', async () => {
    const hanging = new Set<unknown>();
    const { url } = await start((request, response) => {
      if (hanging.size === 0) hanging.add(request.socket);
      if (!hanging.has(request.socket)) json(response, 200, {});
    });
    const client = await connect(url);

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => client.get('/api/v1/nodes', { timeoutMs: 15_000 })),
    );

    expect(answers.filter((answer) => answer.kind !== 'answered')).toEqual([]);
  });

  it('leaves an answer that is merely slow its time', async () => {
    const seen: unknown[] = [];
    const { url } = await start((request, response) => {
      seen.push(request.url);
      // The second try is never answered.
      if (seen.length === 1) setTimeout(() => json(response, 200, {}), 1_700);
    });
    const client = await connect(url);

    expect(await client.get('/slow', { timeoutMs: 15_000 })).toMatchObject({ status: 200 });
    expect(seen).toHaveLength(2);
  });

  it('reads the token file anew for a request after a 401', async () => {
    const seen: string[] = [];
    const { url } = await start((request, response) => {
      seen.push(request.headers.authorization ?? '');
      json(response, seen.length === 1 ? 401 : 200, {});
    });
    const tokenFile = join(folder, 'rotating');
    writeFileSync(tokenFile, 'old\n');
    const client = await createClusterClient({
      kind: 'server',
      server: url,
      caFile: join(folder, 'ca.crt'),
      tokenFile,
    });
    closers.unshift(() => client.close());

    await client.get('/version');
    writeFileSync(tokenFile, 'new\n');
    await client.get('/version');

    expect(seen).toEqual(['Bearer old', 'Bearer new']);
  });
});

describe('TLS', () => {
  it('verifies an API server under kubernetes.default.svc when its certificate lacks the address', async () => {
    const usual = await start((_request, response) => json(response, 200, { which: 'usual' }));
    const other = await start((_request, response) => json(response, 200, { which: 'other' }), {
      dnsNames: ['kubernetes.default.svc'],
    });
    const client = await connect(usual.url);

    const answer = await client.at(other.url).get('/version');

    expect(answer).toMatchObject({ kind: 'answered', json: { which: 'other' } });
  });

  it('refuses a certificate of the cluster CA for another name', async () => {
    let reached = false;
    const usual = await start((_request, response) => json(response, 200, {}));
    const wrong = await start(
      () => {
        reached = true;
      },
      { dnsNames: ['evil.example'] },
    );
    const client = await connect(usual.url);

    const answer = await client.at(wrong.url).get('/version');

    expect(answer).toMatchObject({
      kind: 'failed',
      stage: 'connect',
      errno: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    expect(reached).toBe(false);
  });

  it('refuses a certificate of another CA, and sends it no token', async () => {
    const foreign = createCa({ commonName: 'foreign' }).issue({
      commonName: 'x',
      ipAddresses: ['127.0.0.1'],
    });
    let reached = false;
    const server = createServer({ cert: foreign.certPem, key: foreign.keyPem }, () => {
      reached = true;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      server.close();
    });
    const client = await connect(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);

    const answer = await client.get('/version');

    expect(answer).toMatchObject({ kind: 'failed', stage: 'connect', timedOut: false });
    expect(answer.kind === 'failed' && answer.errno).toMatch(/UNABLE_TO_|SELF_SIGNED/);
    expect(reached).toBe(false);
  });

  it('keeps to the name that the configuration gives for one API server', async () => {
    const usual = await start((_request, response) => json(response, 200, {}));
    const tunnel = await start((_request, response) => json(response, 200, {}), {
      dnsNames: ['prod02.example'],
    });
    const client = await connect(usual.url);

    expect(await client.at(tunnel.url, { tlsServerName: 'prod02.example' }).get('/')).toMatchObject(
      { status: 200 },
    );
    expect(await client.at(tunnel.url, { tlsServerName: 'prod03.example' }).get('/')).toMatchObject(
      {
        errno: 'ERR_TLS_CERT_ALTNAME_INVALID',
      },
    );
  });
});

describe('a kubeconfig', () => {
  it('gives CA, client certificate and context', async () => {
    const { url } = await start((request, response) => {
      const { subject } = (request.socket as import('node:tls').TLSSocket).getPeerCertificate();
      json(response, 200, { user: subject.CN });
    });
    const admin = ca.issue({ commonName: 'admin', usages: ['client'] });
    writeFileSync(join(folder, 'admin.crt'), admin.certPem);
    writeFileSync(join(folder, 'admin.key'), admin.keyPem);
    const path = writeKubeconfig(url, {
      'client-certificate': 'admin.crt',
      'client-key': 'admin.key',
    });

    const client = await createClusterClient({ kind: 'kubeconfig', path, context: 'prod' });
    closers.unshift(() => client.close());

    expect(await client.get('/whoami')).toMatchObject({ json: { user: 'admin' } });
    await expect(
      createClusterClient({ kind: 'kubeconfig', path, context: 'nope' }),
    ).rejects.toMatchObject({
      code: 'kubeconfig-context-unknown',
      message: 'The kubeconfig has no context "nope"; it has: prod.',
    });
  });

  it('goes through its proxy-url, and keeps a path in the server address', async () => {
    const seen: string[] = [];
    const { url } = await start((request, response) => {
      seen.push(request.url ?? '');
      json(response, 200, {});
    });
    let tunnels = 0;
    const proxy = createHttpServer().on('connect', (request, socket) => {
      tunnels += 1;
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const upstream = connectTcp({ host, port: Number(port) }, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      proxy.close();
    });
    const path = writeKubeconfig(
      `${url}/k8s/clusters/c-1`,
      { token: TOKEN },
      { 'proxy-url': `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` },
    );
    const client = await createClusterClient({ kind: 'kubeconfig', path });
    closers.unshift(() => client.close());

    expect(await client.get('/version')).toMatchObject({ kind: 'answered', status: 200 });
    expect(seen).toEqual(['/k8s/clusters/c-1/version']);
    expect(tunnels).toBe(1);
  });

  it('runs its credential plugin once for many requests, and again after a 401', async () => {
    const seen: string[] = [];
    const { url } = await start((request, response) => {
      seen.push(request.headers.authorization ?? '');
      json(response, seen.length <= 5 ? 200 : 401, {});
    });
    const plugin = join(folder, 'plugin.sh');
    const calls = join(folder, 'plugin-calls');
    writeFileSync(calls, '');
    writeFileSync(
      plugin,
      `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >> ${calls}\nn=$(wc -l < ${calls})\necho '{"kind":"ExecCredential","status":{"token":"t'$n'"}}'\n`,
      { mode: 0o700 },
    );
    const path = writeKubeconfig(url, {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: './plugin.sh',
        interactiveMode: 'Never',
      },
    });
    const client = await createClusterClient({ kind: 'kubeconfig', path });
    closers.unshift(() => client.close());

    await Promise.all(Array.from({ length: 5 }, () => client.get('/version')));
    await client.get('/version');
    await client.get('/version');

    expect(seen).toEqual(
      ['t1', 't1', 't1', 't1', 't1', 't1', 't2'].map((token) => `Bearer ${token}`),
    );
    expect(readFileSync(calls, 'utf8')).toContain('"apiVersion":"client.authentication.k8s.io/v1"');
  });

  it('says nothing of what a failing plugin printed', async () => {
    const { url } = await start((_request, response) => json(response, 200, {}));
    const path = writeKubeconfig(url, {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: 'sh',
        args: ['-c', 'echo SECRET >&2; exit 1'],
      },
    });
    const client = await createClusterClient({ kind: 'kubeconfig', path });
    closers.unshift(() => client.close());

    const answer = await client.get('/version');

    expect(answer).toMatchObject({ kind: 'failed', stage: 'connect' });
    expect(JSON.stringify(answer)).not.toContain('SECRET');
  });

  function writeKubeconfig(server: string, user: unknown, cluster: object = {}): string {
    const path = join(folder, 'config');
    writeFileSync(
      path,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'prod',
        clusters: [
          { name: 'c', cluster: { server, 'certificate-authority': 'ca.crt', ...cluster } },
        ],
        users: [{ name: 'u', user }],
        contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u' } }],
      }),
    );
    return path;
  }
});

describe('answers', () => {
  it('keeps the status line and the bytes that came before a body stalled', async () => {
    const { url } = await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"items":[');
    });
    const client = await connect(url);
    const stages: unknown[] = [];

    const answer = await client.get('/x', {
      timeoutMs: 1_500,
      onStage: (stage, status) => stages.push([stage, status]),
    });

    expect(answer).toMatchObject({
      kind: 'answered',
      status: 200,
      complete: false,
      text: '{"items":[',
      json: undefined,
    });
    expect(stages).toEqual([
      ['sent', undefined],
      ['headers', 200],
    ]);
  });

  it.each([
    {
      what: 'a 403 Status',
      status: 403,
      type: 'application/json',
      text: '{"kind":"Status","code":403}',
      json: { kind: 'Status', code: 403 },
    },
    {
      what: "the aggregator's plain 503",
      status: 503,
      type: 'text/plain',
      text: 'error trying to reach service: dial tcp 10.42.0.20:10250: i/o timeout\n',
      json: undefined,
    },
    {
      what: 'an HTML page of a proxy',
      status: 502,
      type: 'text/html',
      text: '<html>Bad Gateway</html>',
      json: undefined,
    },
    { what: 'broken JSON', status: 200, type: 'application/json', text: '{"a":', json: undefined },
  ])('hands over $what word for word', async ({ status, type, text, json: parsed }) => {
    const { url } = await start((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(text);
    });
    const client = await connect(url);

    const answer = await client.get('/x');

    expect(answer).toMatchObject({ kind: 'answered', status, text, complete: true });
    expect(answer.kind === 'answered' && answer.json).toEqual(parsed);
  });

  it('cuts a body at maxBytes', async () => {
    const { url } = await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(4_000_000));
    });
    const client = await connect(url);

    const answer = await client.get('/metrics', { maxBytes: 100_000 });

    expect(answer).toMatchObject({ kind: 'answered', complete: false });
    expect(answer.kind === 'answered' && answer.text.length).toBeLessThan(400_000);
  });

  it.each([
    {
      what: 'no answer',
      url: async () => (await start(() => undefined)).url,
      expected: { stage: 'response', timedOut: true },
    },
    {
      what: 'a closed port',
      url: async () => 'https://127.0.0.1:1',
      expected: { stage: 'connect', timedOut: false, errno: 'ECONNREFUSED' },
    },
    {
      what: 'a connection that breaks',
      url: async () => (await start((request) => request.socket.destroy())).url,
      expected: { stage: 'response', timedOut: false },
    },
  ])('tells $what apart from the rest, without a secret', async ({ url, expected }) => {
    const client = await connect(await url());

    const answer = await client.get('/x', { timeoutMs: 1_500 });

    expect(answer).toMatchObject({ kind: 'failed', ...expected });
    expect(JSON.stringify(answer)).not.toContain(TOKEN);
  });

  it('repeats a read that the API server was too busy for, and no write', async () => {
    const seen: string[] = [];
    const { url } = await start((request, response) => {
      seen.push(request.method ?? '');
      response.writeHead(seen.length === 2 ? 200 : 429, { 'retry-after': '0' }).end();
    });
    const client = await connect(url);

    expect(await client.get('/x')).toMatchObject({ status: 200 });
    expect(await client.write('POST', '/x', {})).toMatchObject({ status: 429 });
    expect(seen).toEqual(['GET', 'GET', 'POST']);
  });

  it('ends at once when the signal aborts', async () => {
    const { url } = await start(() => undefined);
    const client = await connect(url);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);

    const answer = await client.get('/x', { timeoutMs: 60_000, signal: abort.signal });

    expect(answer).toMatchObject({ kind: 'failed', timedOut: false, message: 'cancelled' });
    expect(answer.ms).toBeLessThan(30_000);
  });

  it('writes with the content type of each method', async () => {
    const seen: unknown[] = [];
    const { url } = await start((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        seen.push([request.method, request.headers['content-type'], body]);
        json(response, 201, {});
      });
    });
    const client = await connect(url);

    await client.write('POST', '/a', { x: 1 });
    await client.write('PATCH', '/a', { x: 2 });
    await client.write('DELETE', '/a');

    expect(seen).toEqual([
      ['POST', 'application/json', '{"x":1}'],
      ['PATCH', 'application/merge-patch+json', '{"x":2}'],
      ['DELETE', undefined, ''],
    ]);
  });
});

describe('lists', () => {
  const page = (request: IncomingMessage): URLSearchParams =>
    new URL(request.url ?? '', 'http://x').searchParams;

  it('follows continue tokens, unpacks gzip, and stops at maxItems', async () => {
    const { url } = await start((request, response) => {
      const start = Number(page(request).get('continue') ?? 0);
      const limit = Number(page(request).get('limit'));
      const items = Array.from({ length: Math.min(limit, 1_200 - start) }, (_, n) => ({
        n: start + n,
      }));
      const next = start + items.length;
      const body = {
        metadata: { resourceVersion: '77', ...(next < 1_200 ? { continue: String(next) } : {}) },
        items,
      };
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync(JSON.stringify(body)));
    });
    const client = await connect(url);

    expect(await client.list('/api/v1/pods')).toMatchObject({
      kind: 'listed',
      resourceVersion: '77',
      truncated: false,
      items: { length: 1_200, 1199: { n: 1_199 } },
    });
    expect(await client.list('/api/v1/pods', { maxItems: 600 })).toMatchObject({
      truncated: true,
      items: { length: 600 },
    });
  });

  it('starts again once when a continue token has expired', async () => {
    let expired = 0;
    const { url } = await start((request, response) => {
      const token = page(request).get('continue');
      if (token === 'one') {
        expired += 1;
        json(response, 410, { kind: 'Status', code: 410, reason: 'Expired' });
      } else
        json(response, 200, {
          metadata: expired === 0 ? { continue: 'one' } : {},
          items: [{ a: 1 }],
        });
    });
    const client = await connect(url);

    expect(await client.list('/api/v1/pods')).toMatchObject({
      kind: 'listed',
      items: [{ a: 1 }],
      truncated: false,
    });
  });

  it('keeps the pages before one that never comes, marked as cut', async () => {
    const { url } = await start((request, response) => {
      if (page(request).get('continue') === null)
        json(response, 200, { metadata: { continue: 'x' }, items: [{}, {}] });
    });
    const client = await connect(url);

    expect(await client.list('/api/v1/pods', { timeoutMs: 1_500 })).toMatchObject({
      items: [{}, {}],
      truncated: true,
    });
  });
});

describe('watches', () => {
  const event = (type: string, name: string, resourceVersion: string): string =>
    `${JSON.stringify({ type, object: { metadata: { name, resourceVersion } } })}\n`;

  it('reconnects from the last resource version, over broken connections and cut lines', async () => {
    const versions: (string | null)[] = [];
    const { url } = await start((request, response) => {
      versions.push(new URL(request.url ?? '', 'http://x').searchParams.get('resourceVersion'));
      response.writeHead(200, { 'content-type': 'application/json' });
      if (versions.length === 1) {
        const line = event('ADDED', 'ä', '5');
        const bytes = Buffer.from(line);
        response.write(bytes.subarray(0, 40));
        setTimeout(() => {
          response.write(bytes.subarray(40));
          response.write(event('BOOKMARK', '', '8'));
          setTimeout(() => request.socket.destroy(), 50);
        }, 50);
      } else response.write(event('MODIFIED', 'b', '9'));
    });
    const client = await connect(url);
    const abort = new AbortController();
    const seen: unknown[] = [];
    const watching = client.watch('/api/v1/pods', {
      resourceVersion: '3',
      signal: abort.signal,
      onEvent: ({ type, object }) => {
        seen.push([type, (object as { metadata: { name: string } }).metadata.name]);
        if (type === 'MODIFIED') abort.abort();
      },
    });

    await watching;

    expect(seen).toEqual([
      ['ADDED', 'ä'],
      ['MODIFIED', 'b'],
    ]);
    expect(versions).toEqual(['3', '8']);
  });

  it('starts from now after 410, and ends with an ERROR event when it is forbidden', async () => {
    const versions: (string | null)[] = [];
    const { url } = await start((request, response) => {
      versions.push(new URL(request.url ?? '', 'http://x').searchParams.get('resourceVersion'));
      if (versions.length === 1) {
        response
          .writeHead(200)
          .end(`${JSON.stringify({ type: 'ERROR', object: { code: 410 } })}\n`);
      } else json(response, 403, { kind: 'Status', code: 403 });
    });
    const client = await connect(url);
    const seen: unknown[] = [];

    await client.watch('/api/v1/pods', {
      resourceVersion: '3',
      signal: AbortSignal.timeout(5_000),
      onEvent: (received) => seen.push(received),
    });

    expect(versions).toEqual(['3', null]);
    expect(seen).toEqual([{ type: 'ERROR', object: { kind: 'Status', code: 403 } }]);
  });

  it('comes back after the API server was away', async () => {
    const first = await start((_request, response) => {
      response.writeHead(200);
      response.write(event('ADDED', 'a', '1'));
    });
    const client = await connect(first.url);
    const abort = new AbortController();
    const seen: string[] = [];
    const watching = client.watch('/api/v1/pods', {
      signal: abort.signal,
      onEvent: ({ type }) => {
        seen.push(type);
      },
    });
    await expect.poll(() => seen.length).toBe(1);
    first.server.closeAllConnections();
    await expect.poll(() => seen.length).toBe(2);
    abort.abort();
    await Promise.race([
      watching,
      sleep(30_000).then(() => Promise.reject(new Error('watch goes on'))),
    ]);
  });
});
