import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCa } from '../support/pki.ts';
import { type AlertBench, alertOf, groupOf, openAlertBench } from '../support/runs/alert-bench.ts';

const folder = mkdtempSync(join(tmpdir(), 'metrics-diag-tls-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const serverCa = createCa({ commonName: 'servers' });
const clientCa = createCa({ commonName: 'clients' });
const own = serverCa.issue({ commonName: 'bot', ipAddresses: ['127.0.0.1'], usages: ['server'] });
const alertmanager = clientCa.issue({ commonName: 'alertmanager', usages: ['client'] });
const stranger = createCa({ commonName: 'others' }).issue({
  commonName: 'alertmanager',
  usages: ['client'],
});

let bench: AlertBench;
beforeAll(async () => {
  bench = await openAlertBench({
    token: null,
    alerts: {
      tls: {
        port: 0,
        host: '127.0.0.1',
        certFile: file('tls.crt', own.certPem),
        keyFile: file('tls.key', own.keyPem),
        clientCaFile: file('ca.crt', clientCa.certPem),
      },
    },
  });
}, 60_000);
afterAll(async () => {
  await bench?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The status, or how the connection ended. */
function post(client: { readonly certPem: string; readonly keyPem: string } | null) {
  return new Promise<number | string>((resolve) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: bench.tlsPort,
        path: '/webhooks/alertmanager',
        method: 'POST',
        ca: serverCa.certPem,
        agent: false,
        ...(client === null ? {} : { cert: client.certPem, key: client.keyPem }),
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.on('error', (error) => resolve(error.message));
    sent.end(JSON.stringify(groupOf([alertOf('KubeletDown')])));
  });
}

it('lets in whom the client CA vouches for, without a token, and nobody else', async () => {
  expect(await post(null)).toMatch(/certificate|ECONNRESET|socket hang up/u);
  expect(await post(stranger)).toMatch(/certificate|unknown ca|ECONNRESET|socket hang up/iu);
  expect(bench.outcomes).toEqual([]);
  expect(await post(alertmanager)).toBe(200);
  expect(bench.outcomes).toEqual(['opened']);
});

it('takes nothing without TLS where no token is set, whatever is claimed', async () => {
  expect(await bench.post(groupOf([alertOf('KubeletDown')]))).toMatchObject({
    status: 403,
    text: expect.stringContaining('alerts.tls'),
  });
});
