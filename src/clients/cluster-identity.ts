import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';

/** What goes into the TLS handshake. `rejectUnauthorized: false` only where the kubeconfig itself says `insecure-skip-tls-verify`. */
export interface TlsMaterial {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  readonly rejectUnauthorized?: false;
}

export interface Identity {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
  /** Changes when the TLS material does, so that old connections are not used with a new certificate. */
  readonly tlsKey: string;
}

/** Who we are at one cluster, kept fresh. */
export interface Credentials {
  /** Base URL without a trailing slash; may have a path (Rancher). */
  readonly server: string;
  readonly tlsServerName: string | null;
  /** `proxy-url` of the kubeconfig. `HTTPS_PROXY` and its like are never used for API servers. */
  readonly proxyUrl: string | null;
  current(): Promise<Identity>;
  /** Forget what is cached; called when the API server answered 401. */
  invalidate(): void;
}

/** Projected tokens are renewed at 80 % of at least 10 minutes; client-go reads the file again every minute. */
const REFRESH_MS = 60_000;

/** Keeps what `load` makes for a minute, and once for all who ask at the same time. `reset` runs before a load that follows a 401. */
export function refreshed(
  described: Pick<Credentials, 'server' | 'tlsServerName' | 'proxyUrl'>,
  load: () => Promise<Identity>,
  reset: () => Promise<void> = async () => {},
): Credentials {
  let cached: { readonly at: number; readonly identity: Promise<Identity> } | null = null;
  let stale = false;
  return {
    ...described,
    current() {
      if (cached === null || Date.now() - cached.at > REFRESH_MS) {
        const again = stale;
        stale = false;
        const pending = (again ? reset() : Promise.resolve()).then(load);
        cached = { at: Date.now(), identity: pending };
        pending.catch(() => {
          cached = null; // the next request tries again
        });
      }
      return cached.identity;
    },
    invalidate() {
      cached = null;
      stale = true;
    },
  };
}

/** Headers and TLS material with their key. */
export function identity(headers: Record<string, string>, tls: TlsMaterial): Identity {
  const hash = createHash('sha256');
  for (const part of [tls.ca, tls.cert, tls.key]) hash.update(part ?? '').update('|');
  return { headers, tls, tlsKey: hash.digest('hex').slice(0, 16) };
}

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @throws UserError unless `server` is https, or http on loopback */
export function checkedServer(server: string): string {
  let url: URL;
  try {
    url = new URL(server);
  } catch {
    throw new UserError('server-address-invalid', `"${server}" is not a URL of an API server.`);
  }
  const plainAllowed = url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname);
  if (url.protocol !== 'https:' && !plainAllowed) {
    throw new UserError(
      'server-address-invalid',
      `API server ${url.origin} is not https; plain http is only used to a loopback address.`,
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Errno or class only: messages of plugins and parsers may quote what they read. */
export function errorCode(cause: unknown): string {
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.name : 'unknown';
}
