import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '../sim/scenarios.ts';
import { ask, watch } from '../support/api-server/raw-client.ts';
import {
  type StandInCluster,
  startStandInCluster,
} from '../support/api-server/stand-in-cluster.ts';

const PODS = '/api/v1/namespaces/metrics-diag/pods';

let cluster: StandInCluster;

beforeAll(async () => {
  cluster = await startStandInCluster(scenario('healthy'), {
    bookmarkEveryMs: 50,
    podStartMs: 5,
    podStopMs: 30,
  });
});

afterAll(() => cluster.stop());

interface ListBody {
  readonly kind: string;
  readonly metadata: {
    readonly continue?: string;
    readonly remainingItemCount?: number;
    readonly resourceVersion: string;
  };
  readonly items: readonly {
    readonly kind?: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
  }[];
}

async function list(path: string): Promise<ListBody> {
  const { status, json } = await ask(cluster, path);
  expect(status).toBe(200);
  return json as ListBody;
}

function names({ items }: ListBody): string[] {
  return items.map(({ metadata }) => metadata.name);
}

describe('lists', () => {
  it('page by limit and continue, and say how many are left', async () => {
    const first = await list('/api/v1/pods?limit=4');
    expect(first.kind).toBe('PodList');
    expect(first.items[0]?.kind).toBeUndefined();
    expect(first.metadata.remainingItemCount).toBeGreaterThan(0);
    const all = [...names(first)];
    let token = first.metadata.continue;
    while (token !== undefined) {
      const page = await list(`/api/v1/pods?limit=4&continue=${token}`);
      expect(page.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
      all.push(...names(page));
      token = page.metadata.continue;
    }
    expect(all).toEqual(names(await list('/api/v1/pods')));
  });

  it.each([
    [
      '/api/v1/pods?fieldSelector=spec.nodeName%3Dprod03',
      ['kube-apiserver-prod03', 'rke2-canal-apxt', 'web-6b7f9c5d8-z5t3v'],
    ],
    ['/api/v1/nodes?fieldSelector=metadata.name%3Dprod02', ['prod02']],
    [
      '/api/v1/nodes?labelSelector=node-role.kubernetes.io/control-plane',
      ['prod01', 'prod02', 'prod03'],
    ],
    ['/api/v1/nodes?labelSelector=!node-role.kubernetes.io/control-plane', []],
    [
      '/api/v1/pods?labelSelector=k8s-app%20in%20(kube-dns)',
      ['rke2-coredns-rke2-coredns-5896cccb79-4hw8d', 'rke2-coredns-rke2-coredns-5896cccb79-vrl2z'],
    ],
    ['/api/v1/pods?fieldSelector=status.phase!%3DRunning', []],
    [
      '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices?labelSelector=kubernetes.io/service-name%3Drke2-metrics-server',
      ['rke2-metrics-server-7tqzk'],
    ],
    ['/apis/apiregistration.k8s.io/v1/apiservices', ['v1beta1.metrics.k8s.io']],
  ])('select: %s', async (path, expected) => {
    const found = await list(path);

    expect(names(found).sort()).toEqual([...expected].sort());
  });

  it('answers 400 to a field that cannot be selected by', async () => {
    expect(await ask(cluster, '/api/v1/pods?fieldSelector=spec.volumes%3Dx')).toMatchObject({
      status: 400,
      json: {
        kind: 'Status',
        reason: 'BadRequest',
        message: 'field label not supported: spec.volumes',
      },
    });
  });
});

describe('refusals', () => {
  it('are Status objects for what is missing, and one line for what is not served', async () => {
    expect(await ask(cluster, '/api/v1/namespaces/kube-system/services/nobody')).toMatchObject({
      status: 404,
      json: {
        kind: 'Status',
        reason: 'NotFound',
        message: 'services "nobody" not found',
        code: 404,
      },
    });
    expect(await ask(cluster, '/apis/nobody.example.com/v1/things')).toMatchObject({
      status: 404,
      text: '404 page not found\n',
    });
  });

  it('know the token, and what it may not do', async () => {
    const token = cluster.addToken('jane', [
      'nodes',
      'pods:create',
      'pods/log',
      'nodes.metrics.k8s.io:list',
    ]);

    expect((await ask(cluster, '/api/v1/nodes', { token: 'wrong' })).status).toBe(401);
    expect((await ask(cluster, '/api/v1/nodes', { token: null })).status).toBe(403);
    expect(await ask(cluster, '/api/v1/nodes', { token })).toMatchObject({
      status: 403,
      json: {
        reason: 'Forbidden',
        message:
          'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
      },
    });
    expect((await ask(cluster, '/api/v1/pods', { token })).status).toBe(200);
    expect((await ask(cluster, PODS, { token, method: 'POST', body: pod('a') })).status).toBe(403);
    expect((await ask(cluster, '/apis/metrics.k8s.io/v1beta1/nodes', { token })).status).toBe(403);
    const review = (verb: string): Promise<{ json: unknown }> =>
      ask(cluster, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        token,
        method: 'POST',
        body: {
          spec: { resourceAttributes: { verb, resource: 'pods', namespace: 'metrics-diag' } },
        },
      });
    expect((await review('create')).json).toMatchObject({ status: { allowed: false } });
    expect((await review('list')).json).toMatchObject({ status: { allowed: true } });
  });

  it('lets anybody ask whether it is ready', async () => {
    expect(await ask(cluster, '/readyz', { token: null })).toMatchObject({
      status: 200,
      text: 'ok',
    });
    expect(await ask(cluster, '/version')).toMatchObject({
      json: { gitVersion: 'v1.32.5+rke2r1' },
    });
  });
});

function pod(name: string): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { run: 'x' } },
    spec: { containers: [{ name: 'main', image: 'x' }] },
  };
}

describe('writes', () => {
  it('create, generate names, refuse doubles, and delete', async () => {
    const made = await ask(cluster, PODS, { method: 'POST', body: pod('one') });
    expect(made).toMatchObject({
      status: 201,
      json: { status: { phase: 'Pending' }, metadata: { namespace: 'metrics-diag' } },
    });
    expect(await ask(cluster, PODS, { method: 'POST', body: pod('one') })).toMatchObject({
      status: 409,
      json: { reason: 'AlreadyExists' },
    });
    const generated = await ask(cluster, PODS, {
      method: 'POST',
      body: { metadata: { generateName: 'two-' }, spec: { containers: [] } },
    });
    expect(generated.json).toMatchObject({
      metadata: { name: expect.stringMatching(/^two-[a-z0-9]{5}$/) },
    });
    expect(
      (await ask(cluster, '/api/v1/namespaces/nowhere/pods', { method: 'POST', body: pod('a') }))
        .status,
    ).toBe(404);
    expect((await ask(cluster, `${PODS}/one`, { method: 'DELETE' })).status).toBe(200);
    expect((await ask(cluster, `${PODS}/one`)).status).toBe(404);
  });

  it('merge patches, and refuse one that was made for an older version', async () => {
    const path = '/apis/apps/v1/namespaces/kube-system/deployments/rke2-metrics-server';
    const before = (await ask(cluster, path)).json as { metadata: { resourceVersion: string } };
    const patch = (resourceVersion?: string) =>
      ask(cluster, path, {
        method: 'PATCH',
        contentType: 'application/merge-patch+json',
        body: {
          metadata: {
            annotations: { seen: String(resourceVersion ?? 'no') },
            ...(resourceVersion === undefined ? {} : { resourceVersion }),
          },
        },
      });

    expect((await patch()).json).toMatchObject({
      metadata: { annotations: { seen: 'no' } },
      spec: { replicas: 1 },
    });
    expect(await patch(before.metadata.resourceVersion)).toMatchObject({
      status: 409,
      json: { reason: 'Conflict' },
    });
  });
});

describe('watches', () => {
  it('tell every change in order, for the selector, and send bookmarks', async () => {
    const { metadata } = await list(PODS);
    const events = await watch(
      cluster,
      `${PODS}?watch=1&allowWatchBookmarks=true&labelSelector=run%3Dx&resourceVersion=${metadata.resourceVersion}`,
      {
        until: (seen) =>
          seen.some(({ type }) => type === 'DELETED') && seen.at(-1)?.type === 'BOOKMARK',
        during: async () => {
          await ask(cluster, PODS, {
            method: 'POST',
            body: { ...(pod('other') as object), metadata: { name: 'other' } },
          });
          await ask(cluster, PODS, { method: 'POST', body: pod('watched') });
          await ask(cluster, `${PODS}/watched`, {
            method: 'PATCH',
            contentType: 'application/merge-patch+json',
            body: { metadata: { annotations: { a: 'b' } } },
          });
          await ask(cluster, `${PODS}/watched`, { method: 'DELETE' });
        },
      },
    );

    expect(
      events
        .filter(({ type }) => type !== 'BOOKMARK')
        .map(({ type, object }) => [type, object.metadata.name]),
    ).toEqual([
      ['ADDED', 'watched'],
      ['MODIFIED', 'watched'],
      ['DELETED', 'watched'],
    ]);
    const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  it('begin with what is there when no version is named', async () => {
    const events = await watch(cluster, '/api/v1/nodes?watch=true', {
      until: (seen) => seen.length === 3,
    });

    expect(events.map(({ type, object }) => [type, object.metadata.name])).toEqual([
      ['ADDED', 'prod01'],
      ['ADDED', 'prod02'],
      ['ADDED', 'prod03'],
    ]);
  });
});

it('gives logs by container, and says which containers there are', async () => {
  const logs = '/api/v1/namespaces/kube-system/pods';

  expect(
    (await ask(cluster, `${logs}/rke2-metrics-server-75866c5bb5-x7w2k/log?tailLines=1`)).text,
  ).toContain('Serving securely');
  expect(await ask(cluster, `${logs}/rke2-canal-apxt/log`)).toMatchObject({
    status: 400,
    json: { message: expect.stringContaining('choose one of: [calico-node kube-flannel]') },
  });
  expect(
    (await ask(cluster, `${logs}/rke2-metrics-server-75866c5bb5-x7w2k/log?previous=true`)).status,
  ).toBe(400);
});

it('serves what a 1.20 cluster served, and no more', async () => {
  const old = await startStandInCluster(scenario('healthy', { apiProfile: '1.20' }));
  try {
    expect((await ask(old, '/version')).json).toMatchObject({ gitVersion: 'v1.20.2' });
    expect((await ask(old, '/apis/discovery.k8s.io/v1/endpointslices')).text).toBe(
      '404 page not found\n',
    );
    expect((await ask(old, '/apis/discovery.k8s.io/v1beta1/endpointslices')).status).toBe(200);
    expect((await ask(old, '/apis/autoscaling/v2/horizontalpodautoscalers')).status).toBe(404);
    const v1 = (await ask(old, '/apis/autoscaling/v1/horizontalpodautoscalers')).json;
    expect(JSON.stringify(v1)).toContain('autoscaling.alpha.kubernetes.io/conditions');
    expect(
      (await ask(old, '/api/v1/namespaces/kube-system/endpoints/rke2-metrics-server')).json,
    ).toMatchObject({
      subsets: [{ addresses: [{ ip: '10.42.0.20', nodeName: 'prod01' }] }],
    });
  } finally {
    await old.stop();
  }
});
