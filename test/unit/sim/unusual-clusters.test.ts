import { describe, expect, it, vi } from 'vitest';
import type { Report } from '../../../src/core/report/report.ts';
import { applyFaults, type Fault } from '../../sim/faults.ts';
import { healthyWorld, type WorldOptions } from '../../sim/healthy-world.ts';
import type { KubeObject } from '../../sim/objects/kube-object.ts';
import type { World } from '../../sim/world.ts';
import type { Plane } from '../../support/api-server/plane.ts';
import { diagnoseModel } from '../../support/diagnose-model.ts';

/** Some 50 ms of work each, which a busy machine may stretch. */
vi.setConfig({ testTimeout: 60_000 });

const INTO_PROD01: Fault = {
  kind: 'overlay-blocked',
  scope: { into: ['prod01'] },
  at: 'host',
  action: 'drop',
};

/** Rewrites objects as the API serves them, before anybody reads them. */
type Rewrite = (plane: Plane) => void;

type Json = Readonly<Record<string, unknown>>;

function rewrite(kind: string, change: (object: KubeObject) => KubeObject | null): Rewrite {
  return ({ store }) => {
    for (const object of store.list(`/${kind}`, null)) {
      const changed = change(object);
      if (changed !== null) store.put(`/${kind}`, changed);
    }
  };
}

async function seen(
  faults: readonly Fault[],
  options: WorldOptions,
  rewrites: readonly Rewrite[],
): Promise<Report> {
  const { final } = await diagnoseModel(applyFaults(healthyWorld(options), faults), {
    onStart: (plane) => rewrites.forEach((each) => each(plane)),
  });
  return final;
}

function found({ verdict, causes }: Report): unknown {
  return [verdict, causes.map(({ id, verdict: how, where }) => [id, how, where.nodes])];
}

const HEALTHY = ['healthy', []];
const CUT_OFF = ['broken', [['overlay-port-blocked', 'confirmed', ['prod01']]]];

const windows = rewrite('nodes', (node) => {
  if (node.metadata.name !== 'prod04') return null;
  const status = node['status'] as Json;
  return {
    ...node,
    metadata: {
      ...node.metadata,
      labels: { ...node.metadata.labels, 'kubernetes.io/os': 'windows' },
    },
    status: {
      ...status,
      nodeInfo: { ...(status['nodeInfo'] as Json), operatingSystem: 'windows' },
    },
  };
});

const fargate = rewrite('nodes', (node) =>
  node.metadata.name === 'prod05'
    ? {
        ...node,
        metadata: {
          ...node.metadata,
          labels: { ...node.metadata.labels, 'eks.amazonaws.com/compute-type': 'fargate' },
        },
      }
    : null,
);

const six = (address: string): string => `fd00::${address.split('.').slice(2).join(':')}`;

const dualStackNodes = rewrite('nodes', (node) => {
  const status = node['status'] as Json;
  const addresses = status['addresses'] as readonly { type: string; address: string }[];
  const [internal] = addresses;
  return {
    ...node,
    status: {
      ...status,
      addresses: [...addresses, { type: 'InternalIP', address: six(internal?.address ?? '') }],
    },
  };
});

const dualStackPods = rewrite('pods', (pod) => {
  const status = pod['status'] as Json;
  const ip = status['podIP'];
  return typeof ip === 'string'
    ? { ...pod, status: { ...status, podIPs: [{ ip }, { ip: six(ip) }] } }
    : null;
});

describe.each([
  ['healthy', [], HEALTHY],
  ['with the overlay into one node cut', [INTO_PROD01], CUT_OFF],
] as const)('%s', (_what, faults, wanted) => {
  it('Windows and Fargate nodes are left out and named', async () => {
    const report = await seen(faults, { nodes: 5, controlPlaneNodes: 3 }, [windows, fargate]);

    expect(found(report)).toEqual(wanted);
    expect(report.notSeen.join('\n')).toMatch(/prod04: .*Windows/i);
    expect(report.notSeen.join('\n')).toMatch(/prod05: .*(Fargate|virtual)/);
    expect(report.reach.filter(({ from }) => /prod0[45]/.test(from))).toEqual([]);
  });

  it('on dual-stack nodes, of which IPv4 is probed, and that is said', async () => {
    const report = await seen(faults, {}, [dualStackNodes, dualStackPods]);

    expect(found(report)).toEqual(wanted);
    expect(report.notSeen).toContain(
      '3 nodes have IPv4 and IPv6 addresses: between nodes, IPv4 alone was probed.',
    );
  });
});

describe.each([
  ['healthy', [], HEALTHY],
  ['cut off', [INTO_PROD01], CUT_OFF],
] as const)('prometheus-adapter as the provider, %s', (_what, faults, wanted) => {
  it('is followed from the APIService to its pods', async () => {
    const world = healthyWorld();
    const { provider } = world;
    const adapter: World = {
      ...world,
      provider: {
        ...provider,
        name: 'prometheus-adapter',
        deployment: 'prometheus-adapter',
        containerPort: 6443,
        replicas: [{ ...provider.replicas[0], podName: 'prometheus-adapter-5d8c9f7b6-x7w2k' }],
      },
    };
    const { final, evidence } = await diagnoseModel(applyFaults(adapter, faults));

    expect(found(final)).toEqual(wanted);
    expect(evidence.snapshot.providerPods).toMatchObject({
      value: [{ name: 'prometheus-adapter-5d8c9f7b6-x7w2k' }],
    });
  });
});

describe('several replicas of metrics-server', () => {
  it('all serve', async () => {
    expect(found(await seen([], { replicas: 3 }, []))).toEqual(HEALTHY);
  });

  it('one is cut off: its node is named, whoever still gets an answer', async () => {
    const report = await seen([INTO_PROD01], { replicas: 2 }, []);

    expect(report.causes.map(({ id, where }) => [id, where.nodes])).toEqual([
      ['overlay-port-blocked', ['prod01']],
    ]);
    expect(report.verdict).not.toBe('healthy');
  });
});
