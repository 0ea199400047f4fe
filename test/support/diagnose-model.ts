import { fileSchema } from '../../src/config/file-schema.ts';
import type { WorkerCluster } from '../../src/config/role-config.ts';
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
      const [first] = apiServerMachines(world);
      const client = modelClient(`https://${first?.ip ?? ''}:${world.platform.apiServerPort}`, {
        plane: plane.controlPlane,
        token: plane.token,
        way: (url) => wayTo(plane.controlPlane.world(), url),
      });
      const { runId } = circumstances;
      return await runDiagnosis(config(), client, runId === undefined ? {} : { runId });
    } finally {
      plane.stop();
    }
  });
}

/** The worker stands outside, on a network of its own, and reaches every API server that takes connections. */
function wayTo(world: World, url: string): Way {
  const { hostname } = new URL(url);
  const node = apiServerMachines(world).find(({ ip }) => ip === hostname);
  if (node === undefined) return { node: null, refusal: 'timeout' };
  return node.apiServer === 'serving' || node.apiServer === 'hanging'
    ? { node: node.name, refusal: 'refused' }
    : { node: null, refusal: 'refused' };
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
