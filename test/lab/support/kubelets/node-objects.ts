import type { ControlPlane, LabNetwork, LabNode } from '../types.ts';

/** How often the Node objects are looked at while they become Ready. */
const POLL_MS = 200;
/** A kubelet is Ready 2 to 5 s after its start; a busy machine takes longer. */
const READY_AGAIN_MS = 60_000;

/**
 * Makes the Node object before its kubelet starts. With `spec.podCIDR` there from the start the kubelet sends
 * its first status at once; otherwise it waits for its 10 s period. An existing object is kept.
 */
export async function ensureNode(controlPlane: ControlPlane, node: LabNode): Promise<void> {
  const labels: Record<string, string> = {
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': node.name,
    'node.kubernetes.io/instance-type': 'rke2',
  };
  if (node.role === 'server') {
    for (const role of ['control-plane', 'etcd', 'master']) {
      labels[`node-role.kubernetes.io/${role}`] = 'true';
    }
  }
  await controlPlane.request(
    'POST',
    '/api/v1/nodes',
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: node.name, labels },
      spec: { podCIDR: node.podCidr, podCIDRs: [node.podCidr] },
    },
    [409],
  );
  // kubelet 1.20 panics on a Node whose status has no capacity (assignment to entry in nil map, reconcileHugePageResource).
  const capacity = { cpu: '1', memory: '1Gi', pods: '110' };
  await controlPlane.request('PATCH', `/api/v1/nodes/${node.name}/status`, {
    status: { capacity, allocatable: capacity },
  });
}

/** Waits until every Node is Ready. @throws when one is not within the time, with the reasons they give */
export async function untilNodesReady(
  network: LabNetwork,
  controlPlane: ControlPlane,
  withinMs: number,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const states = await Promise.all(
      network.nodes.map(async ({ name }) => {
        const { body } = await controlPlane.request('GET', `/api/v1/nodes/${name}`);
        return { name, ...readyCondition(body) };
      }),
    );
    const waiting = states.filter(({ ready }) => !ready);
    if (waiting.length === 0) return;
    if (performance.now() > deadline) {
      const why = waiting.map(({ name, message }) => `${name}: ${message}`).join('; ');
      throw new Error(`nodes are not Ready after ${withinMs} ms: ${why}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Waits until a kubelet that was started at `since` (epoch milliseconds) has called its node Ready. */
export async function untilReadySince(
  controlPlane: ControlPlane,
  name: string,
  since: number,
): Promise<void> {
  const deadline = performance.now() + READY_AGAIN_MS;
  for (;;) {
    const { body } = await controlPlane.request('GET', `/api/v1/nodes/${name}`);
    const { ready, heartbeat } = readyCondition(body);
    // API times have no fraction.
    if (ready && Date.parse(heartbeat) > since - 1_000) return;
    if (performance.now() > deadline) throw new Error(`${name} is not Ready again`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The Ready condition of a Node object, once a kubelet wrote it: the object is made with a Ready condition of its own. */
function readyCondition(node: unknown): { ready: boolean; message: string; heartbeat: string } {
  const status = field(node, 'status');
  const conditions = field(status, 'conditions');
  const version = field(field(status, 'nodeInfo'), 'kubeletVersion');
  const reported = typeof version === 'string' && version !== '';
  const found = Array.isArray(conditions)
    ? conditions.find((condition: unknown) => field(condition, 'type') === 'Ready')
    : undefined;
  return {
    ready: field(found, 'status') === 'True' && reported,
    message: text(field(found, 'message')) || 'no Ready condition yet',
    heartbeat: text(field(found, 'lastHeartbeatTime')),
  };
}

/** A field of an API object that nobody has checked yet. */
export function field(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null) return undefined;
  return (object as Readonly<Record<string, unknown>>)[name];
}

/** A value as text; '' for whatever is no string. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
