import { createHash } from 'node:crypto';
import type { CniFlavour, LabNode, LabSpec } from './types.ts';

/** VXLAN device, VNI and port as each CNI makes them (flannel, Calico and Cilium defaults; RKE2 flannel uses 4096/4789). */
const OVERLAYS: Readonly<
  Record<CniFlavour, { readonly device: string; readonly vni: number; readonly portNumber: number }>
> = {
  canal: { device: 'flannel.1', vni: 1, portNumber: 8472 },
  calico: { device: 'vxlan.calico', vni: 4096, portNumber: 4789 },
  flannel: { device: 'flannel.4096', vni: 4096, portNumber: 4789 },
  cilium: { device: 'cilium_vxlan', vni: 2, portNumber: 8472 },
};

/** Calico's blocks lie anywhere in the pool: these are the offsets (third octet, fourth octet) of the lab's nodes. */
const CALICO_BLOCKS: readonly (readonly [number, number])[] = [
  [119, 0],
  [241, 64],
  [87, 128],
  [12, 192],
  [200, 0],
  [33, 64],
  [158, 128],
  [66, 192],
];

export const MAX_NODES = 8;
/** 1500 of Ethernet minus 50 of VXLAN over IPv4. */
const OVERLAY_MTU_BYTES = 1450;
/** Bare pods (made by the lab, not by a CNI plugin) take the top of each block. */
const BARE_POD_ADDRESSES = 12;

/** A locally administered MAC that depends on the names only, so that two runs look alike. */
export function macOf(...parts: readonly string[]): string {
  const hash = createHash('sha256').update(parts.join('/')).digest();
  const first = ((hash[0] ?? 0) & 0xfc) | 0x02;
  return [first, ...hash.subarray(1, 6)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(':');
}

/** The first `count` things a spec leaves open, decided. */
export type NetworkPlan = {
  readonly flavour: CniFlavour;
  readonly nodePrefix: string;
  readonly nodeCidr: string;
  readonly podCidr: string;
  readonly opsIp: string;
  readonly nodes: readonly LabNode[];
};

/** Decides every name and address of a lab; pure. */
export function planNetwork(id: string, spec: LabSpec): NetworkPlan {
  const flavour = spec.flavour ?? 'canal';
  const names = spec.nodeNames;
  const count = spec.nodes ?? names?.length ?? 3;
  if (!Number.isInteger(count) || count < 1 || count > MAX_NODES) {
    throw new Error(`a lab has 1 to ${MAX_NODES} nodes, not ${count}`);
  }
  if (names !== undefined && names.length !== count) {
    throw new Error(`${count} nodes but ${names.length} names`);
  }
  const servers = Math.min(spec.servers ?? 3, count);
  const nodePrefix = spec.nodePrefix ?? '192.168.77';
  const podPrefix = spec.podPrefix ?? '10.42';
  const nodes = Array.from({ length: count }, (_, position) =>
    planNode({
      id,
      flavour,
      nodePrefix,
      podPrefix,
      position,
      name: names?.[position] ?? `prod${String(position + 1).padStart(2, '0')}`,
      role: position < servers ? 'server' : 'agent',
    }),
  );
  return {
    flavour,
    nodePrefix,
    nodeCidr: `${nodePrefix}.0/24`,
    podCidr: `${podPrefix}.0.0/16`,
    opsIp: `${nodePrefix}.254`,
    nodes,
  };
}

function planNode(input: {
  readonly id: string;
  readonly flavour: CniFlavour;
  readonly nodePrefix: string;
  readonly podPrefix: string;
  readonly position: number;
  readonly name: string;
  readonly role: 'server' | 'agent';
}): LabNode {
  const { flavour, podPrefix, position, name } = input;
  const [third, fourth] =
    flavour === 'calico' ? (CALICO_BLOCKS[position] ?? [position, 0]) : [position, 0];
  const size = flavour === 'calico' ? 64 : 256;
  const at = (offset: number) => `${podPrefix}.${third}.${fourth + offset}`;
  const { device, vni, portNumber } = OVERLAYS[flavour];
  return {
    name,
    index: position + 1,
    role: input.role,
    netns: `${input.id}-${name}`,
    ip: `${input.nodePrefix}.${position + 1}`,
    uplink: 'eth0',
    uplinkMac: macOf('uplink', name),
    podCidr: `${podPrefix}.${position}.0/24`,
    podBlock: `${at(0)}/${flavour === 'calico' ? 26 : 24}`,
    podGateway: at(1),
    podRange: [at(2), at(size - 2 - BARE_POD_ADDRESSES)],
    cniDevice: 'cni0',
    podMtuBytes: OVERLAY_MTU_BYTES,
    overlay: {
      device,
      vni,
      portNumber,
      mac: macOf('vtep', flavour, name),
      // flannel gives the VTEP the block's base address; Calico and Cilium take one from the block.
      ip: flavour === 'cilium' ? at(size - 2) : at(0),
    },
    switchPort: `p${position + 1}`,
  };
}

/** Address of the n-th bare pod (0-based) of a node. */
export function barePodIp(node: LabNode, n: number): string {
  if (n >= BARE_POD_ADDRESSES) throw new Error(`${node.name}: no address left for a bare pod`);
  const octets = (node.podRange[1] ?? '').split('.');
  return [...octets.slice(0, 3), String(Number(octets[3]) + 1 + n)].join('.');
}
