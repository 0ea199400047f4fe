import { expect, it } from 'vitest';
import { type PermissionRule, SNAPSHOT_PERMISSIONS } from '../../../src/snapshot/permissions.ts';
import { readSnapshot } from '../../../src/snapshot/read-snapshot.ts';
import { KUBEADM_OLD, PROMETHEUS_ADAPTER, RKE2_CANAL } from './clusters.ts';
import { literalCluster } from './literal-cluster.ts';

interface Asked {
  readonly url: string;
  readonly group: string | null;
  readonly resource: string;
  readonly name: string | null;
}

/** `/api/v1/namespaces/ns/pods/p/log` → group '', resource `pods/log`, name `p`. */
function asked(line: string): Asked {
  const url = (line.split(' ')[1] ?? '').split('?')[0] ?? '';
  const match =
    /^\/(?:api|apis\/([^/]+))\/[^/]+(?:\/namespaces\/[^/]+)?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
      url,
    );
  const namespace = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(url);
  if (namespace !== null)
    return { url, group: '', resource: 'namespaces', name: namespace[1] ?? null };
  if (match === null) return { url, group: null, resource: '', name: null };
  const [, group = '', resource = '', name, sub] = match;
  return {
    url,
    group,
    resource: sub === undefined ? resource : `${resource}/${sub}`,
    name: name ?? null,
  };
}

function allows(rule: PermissionRule, request: Asked): boolean {
  if (request.group === null) return rule.nonResourceURLs?.includes(request.url) === true;
  return (
    rule.apiGroups?.includes(request.group) === true &&
    rule.resources?.includes(request.resource) === true &&
    rule.verbs.includes(request.name === null ? 'list' : 'get') &&
    (rule.resourceNames === undefined || rule.resourceNames.includes(request.name ?? ''))
  );
}

async function requests(): Promise<readonly Asked[]> {
  const clusters = [RKE2_CANAL, KUBEADM_OLD, PROMETHEUS_ADAPTER, {}].map((routes) =>
    literalCluster(routes),
  );
  for (const cluster of clusters) {
    await readSnapshot(cluster, {
      signal: new AbortController().signal,
      firstLookMs: 250,
      readsMs: 1_000,
      settleMs: 250,
    }).first;
  }
  return clusters.flatMap((cluster) => cluster.requests.map(asked));
}

it('names a rule for every request that a snapshot makes, and no rule that none of them uses', async () => {
  const all = await requests();

  const refused = all.filter(
    (request) => !SNAPSHOT_PERMISSIONS.some((rule) => allows(rule, request)),
  );
  expect(refused).toEqual([]);
  const unused = SNAPSHOT_PERMISSIONS.filter(
    (rule) => !all.some((request) => allows(rule, request)),
  );
  expect(unused).toEqual([]);
});

it('never asks for secrets, for anything in a container, or to change anything', () => {
  const words = JSON.stringify(SNAPSHOT_PERMISSIONS.map(({ why: _why, ...rule }) => rule));
  expect(words).not.toMatch(
    /secrets|exec|proxy|attach|portforward|"\*"|create|update|patch|delete/,
  );
});
