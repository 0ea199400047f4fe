import { known, missing, type Observed } from '../../core/evidence/observed.ts';
import type { NodeObject } from '../../core/evidence/snapshot.ts';
import { readEndpoints } from './endpoints.ts';
import { type ReadContext, within } from './reads.ts';

/** An API server to ask on its own. */
export interface ApiServerTarget {
  readonly name: string | null;
  /** `https://host:port`. */
  readonly url: string;
  readonly tlsServerName: string | null;
}

/** An API server given by the cluster's configuration instead of found (SSH tunnels, stand-ins). */
export interface ApiServerOverride {
  readonly name: string;
  readonly url: string;
  readonly tlsServerName?: string | undefined;
}

/** Where kubeadm, RKE2, k3s and most others serve, for control-plane nodes that no endpoint names. */
const API_SERVER_PORT = 6443;
/** More control-plane nodes than any etcd quorum uses in practice. */
const MAX_API_SERVERS = 9;

/**
 * Finds every API server: the override; else the endpoints of `default/kubernetes`, which each API server
 * writes for itself; else the control-plane nodes.
 */
export async function findApiServers(
  context: ReadContext,
  nodes: Promise<Observed<readonly NodeObject[]>>,
  override: readonly ApiServerOverride[],
): Promise<Observed<readonly ApiServerTarget[]>> {
  if (override.length > 0) {
    return known(
      override.map(({ name, url, tlsServerName }) => ({
        name,
        url,
        tlsServerName: tlsServerName ?? null,
      })),
      'the configuration of this cluster',
    );
  }
  const endpoints = await readEndpoints(context, 'default', 'kubernetes');
  if (endpoints.state === 'known' && (endpoints.value?.addresses.length ?? 0) > 0) {
    const urls = (endpoints.value?.addresses ?? []).map(({ ip, ports }) => {
      const port = ports.find(({ name }) => name === 'https') ?? ports[0];
      return serverUrl(ip, port?.port ?? API_SERVER_PORT);
    });
    return known(targets(urls), endpoints.source);
  }
  const listed = await within(context, 'the nodes', nodes);
  const controlPlane =
    listed.state === 'known' ? listed.value.filter((node) => node.controlPlane) : [];
  const urls = controlPlane
    .flatMap(({ internalIps }) => internalIps.slice(0, 1))
    .map((ip) => serverUrl(ip, API_SERVER_PORT));
  if (urls.length > 0)
    return known(targets(urls), 'InternalIP of the control-plane nodes, port 6443');
  if (endpoints.state === 'missing') return endpoints;
  return missing(
    'failed',
    'neither endpoints of default/kubernetes nor control-plane nodes were found',
  );
}

function targets(urls: readonly string[]): readonly ApiServerTarget[] {
  return [...new Set(urls)]
    .slice(0, MAX_API_SERVERS)
    .map((url) => ({ name: null, url, tlsServerName: null }));
}

function serverUrl(ip: string, port: number): string {
  return `https://${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}

/** The node whose InternalIP the API server listens at, else its address. */
export function apiServerName(target: ApiServerTarget, nodes: readonly NodeObject[]): string {
  if (target.name !== null) return target.name;
  const host = new URL(target.url).hostname.replace(/^\[|\]$/g, '');
  const node = nodes.find(({ internalIps, externalIps }) =>
    [...internalIps, ...externalIps].includes(host),
  );
  return node?.name ?? addressOf(target.url);
}

/** `host:port` of a URL. */
export function addressOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '443' : port}`;
}
