import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ClusterAccess } from '../clients/cluster-access.ts';
import type { AccessConfig } from './file-schema.ts';

/** `~/.kube/config` as people write it in YAML, where no shell expands it. */
function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}

/** The configured way into a cluster, as the client takes it. */
export function toClusterAccess(access: AccessConfig): ClusterAccess {
  if (access.inCluster === true) return { kind: 'in-cluster' };
  if (access.server !== undefined) {
    const { server, caFile, tokenFile, tlsServerName } = access;
    return {
      kind: 'server',
      server,
      ...(caFile === undefined ? {} : { caFile: expandHome(caFile) }),
      ...(tokenFile === undefined ? {} : { tokenFile: expandHome(tokenFile) }),
      ...(tlsServerName === undefined ? {} : { tlsServerName }),
    };
  }
  return {
    kind: 'kubeconfig',
    ...(access.kubeconfig === undefined ? {} : { path: expandHome(access.kubeconfig) }),
    ...(access.context === undefined ? {} : { context: access.context }),
  };
}
