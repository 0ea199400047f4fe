import { fileSchema } from '../../src/config/file-schema.ts';
import type { WorkerCluster } from '../../src/config/role-config.ts';
import type { OnlyPaths } from '../../src/probes/only-paths.ts';
import { apiServerMachines, type World } from '../sim/world.ts';
import { modelClient, type Way } from './api-server/model-client.ts';
import { type Behaviour, type Plane, startPlane } from './api-server/plane.ts';
import { type Diagnosis, runDiagnosis } from './run-diagnosis.ts';
import { inVirtualTime } from './virtual-time.ts';

export interface ModelCircumstances {
  /** What fails of the stand-in itself: kubelets, rights. */
  readonly behaviour?: Behaviour;
  /** Called as the run begins, to change the world at later times of the run. */
  readonly onStart?: (plane: Plane) => void;
  readonly runId?: string;
  /** Try these paths and nothing else. */
  readonly only?: OnlyPaths;
  /** The worker reaches a load balancer alone, which hands each request to the next API server that takes it. */
  readonly loadBalancer?: boolean;
}

/** Runs the real stages against a world without sockets and in virtual time: milliseconds for a run of a minute. */
export function diagnoseModel(
  world: World,
  circumstances: ModelCircumstances = {},
): Promise<Diagnosis> {
  return inVirtualTime(world.nowMs, async () => {
    const plane = startPlane(world);
    if (circumstances.behaviour !== undefined) plane.setBehaviour(circumstances.behaviour);
    circumstances.onStart?.(plane);
    try {
      const { platform } = world;
      const [first] = apiServerMachines(world);
      const server =
        circumstances.loadBalancer === true
          ? `https://${LOAD_BALANCER}:${platform.apiServerPort}`
          : `https://${first?.ip ?? ''}:${platform.apiServerPort}`;
      const turn = { next: 0 };
      const client = modelClient(server, {
        plane: plane.controlPlane,
        token: plane.token,
        way: (url) =>
          wayTo(plane.controlPlane.world(), url, circumstances.loadBalancer === true ? turn : null),
      });
      const { runId, only } = circumstances;
      return await runDiagnosis(config(), client, {
        ...(runId === undefined ? {} : { runId }),
        ...(only === undefined ? {} : { only }),
      });
    } finally {
      plane.stop();
    }
  });
}

const LOAD_BALANCER = 'kube.example.com';

/**
 * The worker stands outside, on a network of its own. It reaches every API server that takes connections; behind a
 * load balancer (`turn`) each request goes to the next of them, and their own addresses lead nowhere.
 */
function wayTo(world: World, url: string, turn: { next: number } | null): Way {
  const machines = apiServerMachines(world);
  const listening = machines.filter(({ apiServer }) => apiServer !== 'down');
  const { hostname } = new URL(url);
  if (turn !== null) {
    if (hostname !== LOAD_BALANCER) return { node: null, refusal: 'timeout' };
    const next = listening[turn.next++ % Math.max(1, listening.length)];
    return { node: next?.name ?? null, refusal: 'refused' };
  }
  const node = machines.find(({ ip }) => ip === hostname);
  if (node === undefined) return { node: null, refusal: 'timeout' };
  return { node: listening.includes(node) ? node.name : null, refusal: 'refused' };
}

let parsedConfig: WorkerCluster | null = null;

function config(): WorkerCluster {
  if (parsedConfig !== null) return parsedConfig;
  const [cluster] = fileSchema.parse({
    clusters: [
      {
        name: 'prod',
        access: { kubeconfig: '/nowhere' },
        probe: { namespace: 'metrics-diag', image: 'metrics-diag:stand-in' },
      },
    ],
  }).clusters;
  if (cluster?.access === undefined) throw new TypeError('no cluster in the configuration');
  parsedConfig = { ...cluster, access: cluster.access };
  return parsedConfig;
}
