import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer, ClusterClient } from '../clients/cluster-client.ts';
import type { ApiServerOverride } from './readers/api-servers.ts';

/** The API server that the reads go to. */
export interface ChosenServer {
  readonly client: ClusterClient;
  /** Said in the report when the usual address failed. */
  readonly note: string | null;
}

/** A healthy server answers `/version` in one round trip; after this long the others are asked beside it. */
const HEAD_START_MS = 400;
const LIMIT_MS = 1_500;

/**
 * The usual address, unless it fails and another known API server answers. With no others known nothing is
 * asked and nothing is waited for.
 */
export async function chooseServer(
  usual: ClusterClient,
  others: readonly ApiServerOverride[],
  signal: AbortSignal,
): Promise<ChosenServer> {
  const candidates = others.filter(({ url }) => url.replace(/\/+$/, '') !== usual.server);
  if (candidates.length === 0) return { client: usual, note: null };
  const first = version(usual, signal);
  const quick = await Promise.race([first, sleep(HEAD_START_MS, null)]);
  if (quick !== null && serves(quick)) return { client: usual, note: null };

  const asked = candidates.map(({ url, tlsServerName }) => {
    const client = usual.at(url, tlsServerName === undefined ? {} : { tlsServerName });
    return { client, answer: version(client, signal) };
  });
  const winner = await Promise.any(
    [{ client: usual, answer: first }, ...asked].map(async ({ client, answer }) => {
      if (serves(await answer)) return client;
      throw new Error('does not serve');
    }),
  ).catch(() => null);
  if (winner === null)
    return { client: usual, note: `No API server answers: ${reason(await first)}.` };
  if (winner === usual) return { client: usual, note: null };
  const why = quick === null ? `no answer in ${HEAD_START_MS} ms` : reason(quick);
  return {
    client: winner,
    note: `The usual address ${usual.server} failed (${why}); read from ${winner.server} instead.`,
  };
}

function version(client: ClusterClient, signal: AbortSignal): Promise<ApiAnswer> {
  return client.get('/version', { timeoutMs: LIMIT_MS, signal });
}

/** 401 and 403 are answers, too: another address would say the same. */
function serves(answer: ApiAnswer): boolean {
  return answer.kind === 'answered' && answer.complete && answer.status < 500;
}

function reason(answer: ApiAnswer): string {
  return answer.kind === 'failed' ? (answer.errno ?? answer.message) : `HTTP ${answer.status}`;
}
