import type { NodeObject } from '../core/evidence/snapshot.ts';
import { addressOf, FULL_MESH_NODES, sampleNodes } from './eligible-nodes.ts';
import type { PlannedCheck, PodPlan } from './plan.ts';
import { CONNECT_TIMEOUT_MS, nodeSource } from './plan-checks.ts';
import { basePlan, type Planned, splitPlan, waveDeadlineMs } from './plan-probes.ts';

/** A TCP port that nodes are dialled at. */
export interface DialledPort {
  readonly port: number;
  /** Whether only servers dial it, and whether only servers are dialled. */
  readonly fromServers: boolean;
  readonly toServers: boolean;
}

export interface PortPlanInput {
  readonly runId: string;
  /** After all waves of the diagnosis that it goes with. */
  readonly wave: number;
  readonly nodes: readonly NodeObject[];
  readonly ports: readonly DialledPort[];
}

/** Neighbours that each node of a sample tries beside the servers. */
const SAMPLE_NEIGHBOURS = 4;

/**
 * Node Pods that dial ports of other nodes, and of their own: what a node refuses itself, nobody serves there. All
 * pairs in a small cluster; in a larger one a sample of nodes, each with the servers and some neighbours.
 */
export function planPorts({ runId, wave, nodes, ports }: PortPlanInput): Planned {
  const servers = nodes.filter(({ controlPlane }) => controlPlane).map(({ name }) => name);
  const { chosen, notProbed } = sampleNodes(nodes, servers, runId);
  return {
    plans: chosen.flatMap((node): readonly PodPlan[] => {
      const checks = [node, ...peersOf(node, chosen)].flatMap((peer) => dial(node, peer, ports));
      if (checks.length === 0) return [];
      return splitPlan(
        { ...basePlan(node, { runId, wave }), kind: 'node', deadlineMs: waveDeadlineMs(null, 0) },
        checks,
      );
    }),
    notProbed,
  };
}

function peersOf(node: NodeObject, chosen: readonly NodeObject[]): readonly NodeObject[] {
  const at = chosen.indexOf(node);
  const others = chosen.filter(({ name }) => name !== node.name);
  if (chosen.length <= FULL_MESH_NODES) return others;
  const next = Array.from(
    { length: SAMPLE_NEIGHBOURS },
    (_, step) => chosen[(at + step + 1) % chosen.length],
  );
  return others.filter((other) => other.controlPlane || next.includes(other));
}

function dial(
  from: NodeObject,
  to: NodeObject,
  ports: readonly DialledPort[],
): readonly PlannedCheck[] {
  const address = addressOf(to);
  if (address === null) return [];
  const own = from.name === to.name;
  return ports
    .filter(
      ({ fromServers, toServers }) =>
        (to.controlPlane || !toServers) && (own || from.controlPlane || !fromServers),
    )
    .map(({ port }) => ({
      id: `tcp ${from.name}>${to.name}:${port}`,
      from: nodeSource(from),
      to: { kind: 'node', node: to.name, address, port, name: to.name },
      layer: own ? 'same-node' : 'underlay',
      check: 'tcp',
      timeoutMs: CONNECT_TIMEOUT_MS,
      path: null,
      sizeBytes: null,
    }));
}
