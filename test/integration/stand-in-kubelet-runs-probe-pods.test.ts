import { afterEach, beforeEach, expect, it } from 'vitest';
import { decodeAnswer } from '../../src/probes/decode-answer.ts';
import type { PodPlan } from '../../src/probes/plan.ts';
import { probePod } from '../../src/probes/probe-pod.ts';
import { scenario } from '../sim/scenarios.ts';
import { ask, watch } from '../support/api-server/raw-client.ts';
import {
  type StandInCluster,
  startStandInCluster,
} from '../support/api-server/stand-in-cluster.ts';

const PODS = '/api/v1/namespaces/metrics-diag/pods';
const RUN_MS = 60;

let cluster: StandInCluster;

beforeEach(async () => {
  cluster = await startStandInCluster(scenario('founding-incident'), {
    podStartMs: 10,
    podRunMs: RUN_MS,
    podStopMs: 10,
  });
});

afterEach(() => cluster.stop());

const base: PodPlan = {
  v: 1,
  runId: 'run-1',
  wave: 1,
  kind: 'node',
  node: 'prod02',
  nodeAddress: '192.168.77.2',
  batch: 0,
  deadlineMs: 5_000,
  checks: [],
  bursts: null,
  ownListener: null,
  listenPort: null,
  localApi: true,
  nodeFacts: true,
};

const toProvider: PodPlan['checks'][number] = {
  id: 'tcp prod02>metrics-server',
  from: { kind: 'node', node: 'prod02' },
  to: {
    kind: 'provider',
    node: 'prod01',
    address: '10.42.0.20',
    port: 10_250,
    name: 'metrics-server',
  },
  layer: 'overlay',
  check: 'tcp',
  timeoutMs: 4_000,
  path: null,
  sizeBytes: null,
};

function manifest(plan: PodPlan): { readonly metadata: { readonly name: string } } {
  return probePod(
    plan,
    {
      namespace: 'metrics-diag',
      attempt: 1,
      image: 'metrics-diag:test',
      command: ['probe'],
      imagePullPolicy: 'Never',
      imagePullSecrets: [],
      owner: null,
      localApiServiceAccount: null,
    },
    Date.now(),
  );
}

interface PodBody {
  readonly metadata: { readonly name?: string };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly hostIP?: string;
    readonly containerStatuses?: readonly {
      readonly state: {
        readonly terminated?: { readonly exitCode: number; readonly message?: string };
        readonly waiting?: { readonly reason: string };
      };
    }[];
  };
}

async function create(plan: PodPlan): Promise<string> {
  const made = manifest(plan);
  expect((await ask(cluster, PODS, { method: 'POST', body: made })).status).toBe(201);
  return made.metadata.name;
}

async function read(name: string): Promise<PodBody> {
  return (await ask(cluster, `${PODS}/${name}`)).json as PodBody;
}

function terminated(pod: PodBody) {
  return pod.status?.containerStatuses?.[0]?.state.terminated;
}

it('takes a node Pod through its phases and leaves what the model saw as its last message', async () => {
  const events = await watch(cluster, `${PODS}?watch=1`, {
    until: (seen) => (seen.at(-1)?.object as PodBody | undefined)?.status?.phase === 'Succeeded',
    during: async () => {
      await create({ ...base, checks: [toProvider] });
    },
  });

  const pods = events.map(({ object }) => object as PodBody);
  expect(pods.map(({ status }) => status?.phase)).toEqual(['Pending', 'Running', 'Succeeded']);
  expect(pods.at(-1)?.status).toMatchObject({ podIP: '192.168.77.2', hostIP: '192.168.77.2' });
  const message = terminated(pods.at(-1) ?? { metadata: {} })?.message ?? '';
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4_096);
  expect(decodeAnswer(message)).toMatchObject({
    state: 'known',
    value: {
      node: 'prod02',
      checks: [
        { index: 0, result: { state: 'answered', answer: { outcome: 'timeout', ms: 4_000 } } },
      ],
      facts: { state: 'known', value: { udpPorts: expect.arrayContaining([8472]) } },
      listener: { state: 'missing' },
      // Its own API server needs 30 s for the answer.
      localApi: { state: 'missing', reason: 'timed-out' },
    },
  });
});

it('gives a listener an address of its node’s range, keeps it running, and removes it when it is deleted', async () => {
  const name = await create({ ...base, kind: 'listener', listenPort: 19_472, localApi: false });

  await expect
    .poll(() => read(name))
    .toMatchObject({ status: { phase: 'Running', podIP: expect.stringMatching(/^10\.42\.1\./) } });
  await ask(cluster, `${PODS}/${name}`, { method: 'DELETE' });
  await expect.poll(async () => (await ask(cluster, `${PODS}/${name}`)).status).toBe(404);
});

it('carries bursts from every Pod to every listener that runs, and counts them at both ends', async () => {
  const listen = (node: string): PodPlan => ({
    ...base,
    node,
    kind: 'listener',
    listenPort: 19_472,
    localApi: false,
  });
  const listeners = await Promise.all(['prod01', 'prod02'].map((node) => create(listen(node))));
  await expect
    .poll(async () => Promise.all(listeners.map(async (name) => (await read(name)).status?.phase)))
    .toEqual(['Running', 'Running']);
  const addresses = await Promise.all(
    listeners.map(async (name) => (await read(name)).status?.podIP ?? ''),
  );
  const burst = (self: number): PodPlan => ({
    ...base,
    node: `prod0${self + 1}`,
    localApi: false,
    ownListener: { address: addresses[self] ?? '', port: 19_472 },
    bursts: {
      startAt: Date.now() + 1_000,
      firstRound: 100,
      rounds: 1,
      periodMs: 700,
      burstMs: 300,
      datagrams: 300,
      senderTag: self,
      tags: { prod01: 0, prod02: 1 },
      sends: [
        {
          round: 100,
          toNode: `prod0${2 - self}`,
          address: addresses[1 - self] ?? '',
          port: 19_472,
        },
      ],
    },
  });
  const names = await Promise.all([create(burst(0)), create(burst(1))]);
  await expect
    .poll(async () => Promise.all(names.map(async (name) => (await read(name)).status?.phase)))
    .toEqual(['Succeeded', 'Succeeded']);
  const [first, second] = await Promise.all(
    names.map(async (name) => decodeAnswer(terminated(await read(name))?.message ?? '')),
  );

  // prod01's own filter drops what comes in; what it sends arrives.
  expect(first).toMatchObject({
    state: 'known',
    value: { listener: { state: 'known', value: { received: [] } } },
  });
  expect(second).toMatchObject({
    state: 'known',
    value: {
      listener: {
        state: 'known',
        value: { received: [{ senderTag: 0, round: 100, datagrams: 300 }] },
      },
    },
  });
  if (first?.state !== 'known') throw new Error('prod01 gave no answer');
  const { values } = first.value.bursts?.samples ?? { values: null };
  expect(values?.ipInReceives?.at(-1)).toBeGreaterThanOrEqual(300);
  // Only the background: the burst itself never reached the tunnel device.
  expect(values?.overlayRx?.at(-1)).toBeLessThan(50);
});

it.each([
  ['never-starts', { status: { phase: 'Pending' } }],
  [
    'image-pull-error',
    {
      status: {
        phase: 'Pending',
        containerStatuses: [{ state: { waiting: { reason: 'ErrImagePull' } } }],
      },
    },
  ],
  [
    'fails',
    {
      status: { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 1 } } }] },
    },
  ],
  ['hangs', { status: { phase: 'Running' } }],
] as const)('can be told that a Pod %s', async (behaviour, expected) => {
  cluster.setBehaviour({ kubelet: { prod02: behaviour } });
  const name = await create(base);

  await expect.poll(() => read(name)).toMatchObject(expected);
  await new Promise((resolve) => setTimeout(resolve, RUN_MS * 3));
  expect(await read(name)).toMatchObject(expected);
});

it('leaves an unreadable message when told so', async () => {
  cluster.setBehaviour({ kubelet: 'garbled' });
  const name = await create({ ...base, checks: [toProvider] });

  await expect.poll(async () => terminated(await read(name))?.exitCode).toBe(0);
  expect(decodeAnswer(terminated(await read(name))?.message ?? '')).toMatchObject({
    state: 'missing',
  });
});

it('removes a Pod that no kubelet took up only by force', async () => {
  cluster.setBehaviour({ kubelet: 'never-starts' });
  const name = await create(base);

  await ask(cluster, `${PODS}/${name}`, { method: 'DELETE' });
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(await read(name)).toMatchObject({ metadata: { deletionTimestamp: expect.any(String) } });
  await ask(cluster, `${PODS}/${name}?gracePeriodSeconds=0`, { method: 'DELETE' });
  expect((await ask(cluster, `${PODS}/${name}`)).status).toBe(404);
});
