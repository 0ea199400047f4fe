import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { UserError } from '../errors.ts';
import type { ClusterAccess } from './cluster-access.ts';
import {
  type Credentials,
  checkedServer,
  errorCode,
  type Identity,
  identity,
  refreshed,
} from './cluster-identity.ts';
import { fromKubeconfig } from './kubeconfig-credentials.ts';

/** Service-account files of a pod. Source: kubernetes.io/docs, "Accessing the Kubernetes API from a Pod". */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
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
      `The ${what} ${path} cannot be read: ${errorCode(cause)}.`,
    );
  }
}
