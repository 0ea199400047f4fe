import type { NetworkFacts } from './facts.ts';
import type { NodeProbeFacts } from './probe-results.ts';

/** What the nodes' devices and bound ports show of the overlay. */
export interface SeenOverlay {
  readonly cni: NetworkFacts['cni'];
  readonly encapsulation: NetworkFacts['encapsulation'];
  readonly device: string | null;
  readonly vni: number | null;
  /** Well-known overlay ports bound on most of the nodes that have the device. */
  readonly ports: readonly number[];
  /** Every UDP port bound on most of those nodes. */
  readonly allPorts: ReadonlySet<number>;
  /** Nodes differ in the overlay port that they have bound. */
  readonly mixed: boolean;
  readonly basis: readonly string[];
}

/** Ports that overlays use: flannel and Cilium, IANA VXLAN, Geneve, WireGuard of flannel/Calico and Cilium. */
const OVERLAY_PORTS: ReadonlySet<number> = new Set([8472, 4789, 6081, 51820, 51821, 51871]);

interface DeviceSign {
  readonly pattern: RegExp;
  readonly cni: NetworkFacts['cni'];
  readonly encapsulation: NetworkFacts['encapsulation'];
}

const DEVICES: readonly DeviceSign[] = [
  { pattern: /^flannel\.\d+$/, cni: 'flannel', encapsulation: 'vxlan' },
  { pattern: /^vxlan\.calico$/, cni: 'calico', encapsulation: 'vxlan' },
  { pattern: /^cilium_vxlan$/, cni: 'cilium', encapsulation: 'vxlan' },
  { pattern: /^cilium_geneve$/, cni: 'cilium', encapsulation: 'geneve' },
  { pattern: /^genev_sys_/, cni: 'other', encapsulation: 'geneve' },
  { pattern: /^antrea-tun0$|^vxlan_sys_/, cni: 'other', encapsulation: 'vxlan' },
  { pattern: /^flannel-wg$/, cni: 'flannel', encapsulation: 'wireguard' },
  { pattern: /^wireguard\.cali$/, cni: 'calico', encapsulation: 'wireguard' },
  { pattern: /^cilium_wg0$/, cni: 'cilium', encapsulation: 'wireguard' },
];

/** Reads the overlay off the nodes, or null when no node shows one. */
export function observeOverlay(nodeFacts: readonly NodeProbeFacts[]): SeenOverlay | null {
  const rows = nodeFacts.flatMap((facts) => {
    const device = facts.devices.find((d) => d.up && signOf(d) !== null);
    const sign = device === undefined ? null : signOf(device);
    return device === undefined || sign === null ? [] : [{ facts, device, sign }];
  });
  const first = rows[0];
  if (first === undefined) return null;
  const majority = rows.length / 2;
  const counts = new Map<number, number>();
  for (const { facts } of rows) {
    for (const port of new Set(facts.udpPorts)) counts.set(port, (counts.get(port) ?? 0) + 1);
  }
  const allPorts = new Set([...counts].filter(([, n]) => n > majority).map(([port]) => port));
  const ports = [...allPorts].filter((port) => OVERLAY_PORTS.has(port)).toSorted((a, b) => a - b);
  const odd = rows.filter(({ facts }) => ports.some((port) => !facts.udpPorts.includes(port)));
  const vni = /^flannel\.(\d+)$/.exec(first.device.name)?.[1];
  return {
    cni: first.sign.cni,
    encapsulation: first.sign.encapsulation,
    device: first.device.name,
    vni: vni === undefined ? null : Number(vni),
    ports,
    allPorts,
    mixed: odd.length > 0,
    basis: [
      `device ${first.device.name} on ${rows.length} of ${nodeFacts.length} probed nodes`,
      ...odd.map(({ facts }) => `${facts.node} does not have ${ports.join(', ')}/udp bound`),
    ],
  };
}

type Device = NodeProbeFacts['devices'][number];

function signOf(device: Device): DeviceSign | null {
  const named = DEVICES.find(({ pattern }) => pattern.test(device.name));
  if (named !== undefined) return named;
  // `tunl0` appears wherever the ipip module is loaded; only an address on it means that it is in use.
  if (device.name === 'tunl0' && device.addresses.length > 0) {
    return { pattern: /^tunl0$/, cni: 'calico', encapsulation: 'ipip' };
  }
  if (device.kind === 'vxlan') {
    return { pattern: /./, cni: 'unknown', encapsulation: 'vxlan' };
  }
  return null;
}
