import { APISERVICES_KEY, METRICS_APISERVICE } from './availability.ts';
import type { ControlPlane } from './requests.ts';
import type { Resource } from './resources.ts';
import { type Answer, json } from './status.ts';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** `/api`, `/apis`, and the lists of kinds below them; null for any other path. */
export function discovery(
  plane: ControlPlane,
  node: string,
  path: string,
  accept: string,
): Answer | null {
  const parts = path.split('/').filter((part) => part !== '');
  const resources = plane.resources();
  if (path === '/api') {
    return json(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] });
  }
  if (parts[0] === 'api' && parts.length === 2 && parts[1] === 'v1') {
    return resourceList(
      'v1',
      resources.filter(({ group }) => group === ''),
    );
  }
  if (parts[0] !== 'apis') return null;
  if (parts.length === 1) {
    return accept.includes('g=apidiscovery.k8s.io') && plane.world().apiProfile === '1.32'
      ? aggregatedDiscovery(plane, node)
      : json(200, {
          kind: 'APIGroupList',
          apiVersion: 'v1',
          groups: [...groupVersions(resources)].map(([name, versions]) => groupOf(name, versions)),
        });
  }
  const group = parts[1] ?? '';
  const inGroup = resources.filter((each) => each.group === group);
  if (inGroup.length === 0 || group === '') return null;
  if (parts.length === 2) {
    return json(200, {
      kind: 'APIGroup',
      apiVersion: 'v1',
      ...groupOf(group, groupVersions(resources).get(group) ?? []),
    });
  }
  const version = parts[2] ?? '';
  const served = inGroup.filter(({ versions }) => versions.includes(version));
  return parts.length === 3 && served.length > 0
    ? resourceList(`${group}/${version}`, served)
    : null;
}

function groupVersions(resources: readonly Resource[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { group, versions } of resources) {
    if (group === '') continue;
    groups.set(group, [...new Set([...(groups.get(group) ?? []), ...versions])]);
  }
  return groups;
}

function groupOf(name: string, versions: readonly string[]): Readonly<Record<string, unknown>> {
  const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: all, preferredVersion: all[0] };
}

function resourceList(groupVersion: string, resources: readonly Resource[]): Answer {
  return json(200, {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: resources.map(({ plural, kind, namespaced }) => ({
      name: plural,
      singularName: kind.toLowerCase(),
      namespaced,
      kind,
      verbs: VERBS,
    })),
  });
}

/** Aggregated discovery: `freshness` is Stale on a server whose own check fails (docs/recorded-answers.md, side effects). */
function aggregatedDiscovery(plane: ControlPlane, node: string): Answer {
  const metricsPresent = plane.store.get(APISERVICES_KEY, null, METRICS_APISERVICE) !== null;
  const groups = [...groupVersions(plane.resources())].map(([name, versions]) => ({
    metadata: { name, creationTimestamp: null },
    versions: versions.map((version) => ({ version, freshness: 'Current', resources: [] })),
  }));
  const freshness = plane.availability.gauge(node).value === 1 ? 'Stale' : 'Current';
  return {
    ...json(200, {
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      metadata: {},
      items: [
        ...groups,
        ...(metricsPresent
          ? [
              {
                metadata: { name: 'metrics.k8s.io', creationTimestamp: null },
                versions: [{ version: 'v1beta1', freshness, resources: [] }],
              },
            ]
          : []),
      ],
    }),
    contentType: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  };
}
