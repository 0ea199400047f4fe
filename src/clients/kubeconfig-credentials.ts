import type { RequestOptions } from 'node:https';
import { dirname, isAbsolute, resolve as resolvePath } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { UserError } from '../errors.ts';
import {
  type Credentials,
  checkedServer,
  errorCode,
  type Identity,
  identity,
  refreshed,
  type TlsMaterial,
} from './cluster-identity.ts';

/** Credentials of a kubeconfig's context: files, inline data, tokens, basic auth, credential plugins. */
export async function fromKubeconfig(
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
      `The kubeconfig ${path ?? '(default)'} cannot be read: ${errorCode(cause)}.`,
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

function material(name: 'ca' | 'cert' | 'key', value: unknown): TlsMaterial {
  return typeof value === 'string' || Buffer.isBuffer(value) ? { [name]: value } : {};
}
