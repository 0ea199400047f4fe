import { brokenAgentLog } from '../../sim/objects/cni.ts';
import { providerLog } from '../../sim/objects/provider.ts';
import type { World } from '../../sim/world.ts';
import type { ObjectStore } from './object-store.ts';
import type { ResourceRequest } from './rest.ts';
import { type Answer, failure, notFound, text } from './status.ts';

interface PodShape {
  readonly spec?: {
    readonly nodeName?: string;
    readonly containers?: readonly { readonly name: string }[];
  };
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly restartCount?: number;
      readonly state?: { readonly waiting?: { readonly reason?: string } };
    }[];
  };
}

/** `GET .../pods/NAME/log`, with `container`, `previous` and `tailLines`. */
export function podLog(
  plane: { readonly store: ObjectStore; readonly world: () => World },
  { namespace, name, query }: ResourceRequest,
): Answer {
  const pod = plane.store.get('/pods', namespace, name ?? '') as PodShape | null;
  if (pod === null) return notFound('', 'pods', name ?? '');
  const names = (pod.spec?.containers ?? []).map((container) => container.name);
  const container = query.get('container') ?? (names.length === 1 ? names[0] : undefined);
  if (container === undefined) {
    return failure(
      400,
      'BadRequest',
      `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`,
    );
  }
  if (!names.includes(container)) {
    return failure(400, 'BadRequest', `container ${container} is not valid for pod ${name}`);
  }
  const status = pod.status?.containerStatuses?.find((each) => each.name === container);
  const previous = query.get('previous') === 'true';
  if (previous && (status?.restartCount ?? 0) === 0) {
    return failure(
      400,
      'BadRequest',
      `previous terminated container "${container}" in pod "${name}" not found`,
    );
  }
  if (pod.spec?.nodeName === undefined) {
    return failure(400, 'BadRequest', `pod ${name} does not have a host assigned`);
  }
  const waiting = status?.state?.waiting?.reason;
  if (waiting !== undefined && waiting !== 'CrashLoopBackOff') {
    return failure(
      400,
      'BadRequest',
      `container "${container}" in pod "${name}" is waiting to start: ${waiting === 'ImagePullBackOff' ? 'trying and failing to pull image' : waiting}`,
    );
  }
  const lines = linesOf(plane.world(), {
    name: name ?? '',
    container,
    previous,
    node: pod.spec.nodeName,
  });
  const tail = query.get('tailLines');
  const shown = tail === null ? lines : lines.slice(-Number(tail));
  return text(200, shown.map((line) => `${line}\n`).join(''));
}

function linesOf(
  world: World,
  log: {
    readonly name: string;
    readonly container: string;
    readonly previous: boolean;
    readonly node: string;
  },
): readonly string[] {
  if (world.provider.replicas.some(({ podName }) => podName === log.name)) {
    return providerLog(world, log.name, log.previous);
  }
  const node = world.nodes.find(({ name }) => name === log.node);
  const agent = ['calico-node', 'kube-flannel', 'cilium-agent'].includes(log.container);
  return agent && node !== undefined && !node.agentReady ? brokenAgentLog(world) : [];
}
