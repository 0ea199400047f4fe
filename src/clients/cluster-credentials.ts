import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { isIPv6 } from 'node:net';
import { dirname, isAbsolute, resolve as resolvePath } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { UserError } from '../errors.ts';
import type { ClusterAccess } from './cluster-access.ts';

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

/** Service-account files of a pod. Source: kubernetes.io/docs, "Accessing the Kubernetes API from a Pod". */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Projected tokens are renewed at 80 % of at least 10 minutes; client-go reads the file again every minute. */
const REFRESH_MS = 60_000;

/** @throws UserError when the access names something that is not there. */
export async function loadCredentials(access: ClusterAccess): Promise<Credentials> {
  switch (access.kind) {
    case 'kubeconfig':
      return fromKubeconfig(access.path, access.context);
    case 'in-cluster':
      return fromFiles({
        server: inClusterServer(),
        caFile: `${SERVICE_ACCOUNT}/ca.crt`,
        tokenFile: `${SERVICE_ACCOUNT}/token`,
      });
    case 'server':
      return fromFiles(access);
  }
}

function inClusterServer(): string {
  // The kubelet puts these two into every container; they are the cluster's words, not our configuration.
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (host === undefined || host === '') {
    throw new UserError(
      'not-in-cluster',
      'This process does not run in a pod (KUBERNETES_SERVICE_HOST is not set); give the cluster a kubeconfig or a server address.',
    );
  }
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port ?? '443'}`;
}

async function fromFiles(access: {
  readonly server: string;
  readonly caFile?: string;
  readonly tokenFile?: string;
  readonly tlsServerName?: string;
}): Promise<Credentials> {
  const server = checkedServer(access.server);
  const load = async (): Promise<Identity> => {
    const ca = access.caFile === undefined ? undefined : await readNamed(access.caFile, 'CA file');
    const token =
      access.tokenFile === undefined ? undefined : await readNamed(access.tokenFile, 'token file');
    return identity(
      token === undefined ? {} : { authorization: `Bearer ${token.trim()}` },
      ca === undefined ? {} : { ca },
    );
  };
  return refreshed({ server, tlsServerName: access.tlsServerName ?? null, proxyUrl: null }, load);
}

async function readNamed(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new UserError(
      'credential-file-unreadable',
      `The ${what} ${path} cannot be read: ${code(cause)}.`,
    );
  }
}

async function fromKubeconfig(
  path: string | undefined,
  context: string | undefined,
): Promise<Credentials> {
  // Loaded only here: it costs 0.75 s and 130 MB, and workers inside a cluster never need it.
  const { KubeConfig } = await import('@kubernetes/client-node');
  let config = await loadKubeconfig(KubeConfig, path);
  const wanted = context ?? config.getCurrentContext();
  const selected = config.getContextObject(wanted);
  if (selected === null) {
    const names = config.getContexts().map(({ name }) => name);
    throw new UserError(
      'kubeconfig-context-unknown',
      `The kubeconfig has no context "${wanted ?? ''}"; it has: ${names.join(', ') || 'none'}.`,
    );
  }
  config.setCurrentContext(wanted);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new UserError(
      'kubeconfig-context-unknown',
      `Context "${wanted}" of the kubeconfig names a cluster that the file does not define.`,
    );
  }
  describeClusterToPlugins(config, path);
  if (cluster.server.startsWith('http:')) {
    Object.assign(cluster, { skipTLSVerify: true }); // no TLS to verify; the loader refuses plain http otherwise
  }
  const load = async (): Promise<Identity> => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      headers[name.toLowerCase()] = String(value).trim(); // token files end in a newline, headers may not
    }
    if (typeof options.auth === 'string') {
      headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    }
    return identity(headers, {
      ...material('ca', options.ca),
      ...material('cert', options.cert),
      ...material('key', options.key),
      ...(cluster.skipTLSVerify ? { rejectUnauthorized: false as const } : {}),
    });
  };
  const described = {
    server: checkedServer(cluster.server),
    tlsServerName: cluster.tlsServerName ?? null,
    proxyUrl: cluster.proxyUrl ?? null,
  };
  return refreshed(described, load, async () => {
    // A plugin's token is cached inside the loaded config until it expires; a 401 says that it is no good.
    config = await loadKubeconfig(KubeConfig, path);
    config.setCurrentContext(wanted);
    describeClusterToPlugins(config, path);
  });
}

async function loadKubeconfig(
  Config: new () => KubeConfig,
  path: string | undefined,
): Promise<KubeConfig> {
  const config = new Config();
  try {
    if (path === undefined) config.loadFromDefault();
    else config.loadFromFile(path);
  } catch (cause) {
    throw new UserError(
      'kubeconfig-unreadable',
      `The kubeconfig ${path ?? '(default)'} cannot be read: ${code(cause)}.`,
    );
  }
  // The loader's last resort is http://localhost:8080, which is nobody's cluster.
  if (path === undefined && config.getCurrentCluster()?.server === 'http://localhost:8080') {
    throw new UserError(
      'kubeconfig-missing',
      'No kubeconfig was found (KUBECONFIG, ~/.kube/config); name one for this cluster.',
    );
  }
  return config;
}

interface ExecSettings {
  command?: string;
  apiVersion?: string;
  provideClusterInfo?: boolean;
  env?: { name: string; value: string }[] | null;
}

/**
 * Credential plugins expect `KUBERNETES_EXEC_INFO`, and a relative command is relative to the kubeconfig;
 * the loader does neither. Source: kubernetes.io/docs, "client-go credential plugins".
 */
function describeClusterToPlugins(config: KubeConfig, path: string | undefined): void {
  const user = config.getCurrentUser();
  const exec = user?.exec as ExecSettings | null | undefined;
  if (exec === null || exec === undefined) return;
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
    spec: { interactive: false },
  };
  exec.env = [
    ...(exec.env ?? []).filter(({ name }) => name !== 'KUBERNETES_EXEC_INFO'),
    { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) },
  ];
  const { command } = exec;
  if (
    path !== undefined &&
    command !== undefined &&
    command.includes('/') &&
    !isAbsolute(command)
  ) {
    exec.command = resolvePath(dirname(path), command);
  }
}

function refreshed(
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

function identity(headers: Record<string, string>, tls: TlsMaterial): Identity {
  const hash = createHash('sha256');
  for (const part of [tls.ca, tls.cert, tls.key]) hash.update(part ?? '').update('|');
  return { headers, tls, tlsKey: hash.digest('hex').slice(0, 16) };
}

function material(name: 'ca' | 'cert' | 'key', value: unknown): TlsMaterial {
  return typeof value === 'string' || Buffer.isBuffer(value) ? { [name]: value } : {};
}

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

function checkedServer(server: string): string {
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
function code(cause: unknown): string {
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.name : 'unknown';
}
