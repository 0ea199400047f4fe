import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { Credentials, Identity, TlsMaterial } from './cluster-identity.ts';

/**
 * Pooled connections, one pool per API server address and kind: `short` reads share a few connections; `urgent`
 * requests (what everything else waits for, and writes) have some of their own, since behind a slow API server they
 * would queue for longer than they may take; `slow` ones (aggregated requests, logs, watches), which may hang for
 * their whole deadline, never stand in the way of either. HTTP/2 is off: one dead HTTP/2 connection would hang every read at once.
 */
export interface ConnectionPools {
  dispatcher(target: PoolTarget, identity: Identity): Dispatcher;
  close(): Promise<void>;
}

export interface PoolTarget {
  /** `https://host:port`. */
  readonly origin: string;
  /** Name that the certificate is verified against; null: the address itself. */
  readonly servername: string | null;
  readonly kind: 'short' | 'urgent' | 'slow';
}

/** Below this a packet lost twice (SYN retransmits at 1 s and 3 s) would look like a dead server. */
const CONNECT_TIMEOUT_MS = 3_000;
const CONNECTIONS = { short: 6, urgent: 8, slow: 64 } as const;
/** Under the idle limits of the load balancers in use (AWS 60 s), above the pauses within a run. */
const KEEP_ALIVE_MS = 20_000;
/** Node's own 250 ms gives up on healthy servers over a slow VPN. */
const ADDRESS_FAMILY_ATTEMPT_MS = 1_000;

export function connectionPools(credentials: Pick<Credentials, 'proxyUrl'>): ConnectionPools {
  const pools = new Map<string, Dispatcher>();
  return {
    dispatcher(target, identity) {
      const key = [target.origin, target.servername ?? '', target.kind, identity.tlsKey].join(' ');
      const existing = pools.get(key);
      if (existing !== undefined) return existing;
      const created = create(target, identity.tls, credentials.proxyUrl);
      pools.set(key, created);
      return created;
    },
    async close() {
      const all = [...pools.values()];
      pools.clear();
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
}

function create(target: PoolTarget, tls: TlsMaterial, proxyUrl: string | null): Dispatcher {
  const connect = {
    ...tls,
    ...(target.servername === null ? {} : { servername: target.servername }),
    timeout: CONNECT_TIMEOUT_MS,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_FAMILY_ATTEMPT_MS,
    keepAliveInitialDelay: 30_000, // as client-go does
  };
  const options = {
    connections: CONNECTIONS[target.kind],
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    pipelining: 1,
  };
  if (proxyUrl === null) return new Agent({ ...options, connect });
  return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: connect });
}
