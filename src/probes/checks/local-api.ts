import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { known, missing, type Observed } from '../../core/evidence/observed.ts';
import type { LocalApiAnswer } from '../plan.ts';
import { errnoOf } from './check-result.ts';

/** Where probe-pod.ts projects the token and the cluster's CA. */
export const LOCAL_API_FOLDER = '/var/run/metrics-diag/api';
const LOCAL_API_PORT = 6_443;
/** A SAN of every kubeadm, RKE2 and k3s serving certificate; 127.0.0.1 is not one of all. */
const SERVER_NAME = 'kubernetes.default.svc';
const METRICS_PATH = '/apis/metrics.k8s.io/v1beta1/nodes';
const MAX_BODY_CHARS = 300;

/**
 * The Metrics API as the API server of this very node answers it, past every load balancer. The token may only
 * read nodes.metrics.k8s.io, and goes only to a server that the cluster's CA vouches for.
 */
export function askLocalApi(
  timeoutMs: number,
  folder: string = LOCAL_API_FOLDER,
): Promise<Observed<LocalApiAnswer>> {
  const credentials = readCredentials(folder);
  if (credentials === null)
    return Promise.resolve(missing('not-attempted', 'no projected token in the probe Pod'));
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const ask = request({
      host: '127.0.0.1',
      port: LOCAL_API_PORT,
      path: METRICS_PATH,
      servername: SERVER_NAME,
      ca: credentials.ca,
      headers: {
        authorization: `Bearer ${credentials.token}`,
        accept: 'application/json',
        host: SERVER_NAME,
      },
      timeout: timeoutMs,
      agent: false,
    });
    const timer = setTimeout(() => fail('timed-out', `no answer in ${timeoutMs} ms`), timeoutMs);
    function fail(reason: 'timed-out' | 'failed', detail: string): void {
      clearTimeout(timer);
      ask.destroy();
      resolve(missing(reason, detail));
    }
    ask.once('error', (error) => fail('failed', errnoOf(error) ?? 'request failed'));
    ask.once('timeout', () => fail('timed-out', `no answer in ${timeoutMs} ms`));
    ask.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body = (body + chunk).slice(0, MAX_BODY_CHARS);
      });
      response.once('error', (error) => fail('failed', errnoOf(error) ?? 'answer broke off'));
      response.once('end', () => {
        clearTimeout(timer);
        const ms = Math.round(performance.now() - startedAt);
        resolve(
          known(
            { status: response.statusCode ?? 0, body: body.trim(), ms },
            `https://127.0.0.1:6443${METRICS_PATH}`,
          ),
        );
      });
    });
    ask.end();
  });
}

function readCredentials(folder: string): { readonly token: string; readonly ca: string } | null {
  try {
    return {
      token: readFileSync(`${folder}/token`, 'utf8').trim(),
      ca: readFileSync(`${folder}/ca.crt`, 'utf8'),
    };
  } catch {
    return null;
  }
}
