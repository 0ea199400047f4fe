/** How each CNI carries packets between pods of different nodes. */

export type CniFlavour = 'canal' | 'calico' | 'flannel' | 'cilium' | 'aws';

export type OverlayName =
  | 'canal'
  | 'calico'
  | 'calico-ipip'
  | 'flannel'
  | 'flannel-k3s'
  | 'flannel-host-gw'
  | 'flannel-wireguard'
  | 'cilium'
  | 'cilium-geneve'
  | 'cilium-native'
  | 'aws-vpc';

export interface Overlay {
  readonly name: OverlayName;
  readonly flavour: CniFlavour;
  /** `none`: pod packets cross the underlay as they are. */
  readonly encapsulation: 'vxlan' | 'geneve' | 'ipip' | 'wireguard' | 'none';
  /** The tunnel's device; null without encapsulation. */
  readonly device: string | null;
  readonly vni: number | null;
  /** UDP port; null for IPIP, and without encapsulation. */
  readonly port: number | null;
  readonly mtuBytes: number;
}

/** Outer headers less the outer Ethernet, IPv4: RFC 7348, RFC 8926 without options, RFC 2003, WireGuard's white paper. */
export const OVERHEAD_BYTES: Readonly<Record<Overlay['encapsulation'], number>> = {
  vxlan: 50,
  geneve: 50,
  ipip: 20,
  wireguard: 60,
  none: 0,
};

/** Ports and VNIs: RKE2's and k3s's "Inbound rules" and each project's defaults; RKE2's own flannel uses 4096/4789. */
export const OVERLAYS: Readonly<Record<OverlayName, Overlay>> = {
  canal: {
    name: 'canal',
    flavour: 'canal',
    encapsulation: 'vxlan',
    device: 'flannel.1',
    vni: 1,
    port: 8472,
    mtuBytes: 1450,
  },
  calico: {
    name: 'calico',
    flavour: 'calico',
    encapsulation: 'vxlan',
    device: 'vxlan.calico',
    vni: 4096,
    port: 4789,
    mtuBytes: 1450,
  },
  'calico-ipip': {
    name: 'calico-ipip',
    flavour: 'calico',
    encapsulation: 'ipip',
    device: 'tunl0',
    vni: null,
    port: null,
    mtuBytes: 1480,
  },
  flannel: {
    name: 'flannel',
    flavour: 'flannel',
    encapsulation: 'vxlan',
    device: 'flannel.4096',
    vni: 4096,
    port: 4789,
    mtuBytes: 1450,
  },
  'flannel-k3s': {
    name: 'flannel-k3s',
    flavour: 'flannel',
    encapsulation: 'vxlan',
    device: 'flannel.1',
    vni: 1,
    port: 8472,
    mtuBytes: 1450,
  },
  'flannel-host-gw': {
    name: 'flannel-host-gw',
    flavour: 'flannel',
    encapsulation: 'none',
    device: null,
    vni: null,
    port: null,
    mtuBytes: 1500,
  },
  'flannel-wireguard': {
    name: 'flannel-wireguard',
    flavour: 'flannel',
    encapsulation: 'wireguard',
    device: 'flannel-wg',
    vni: null,
    port: 51_820,
    mtuBytes: 1420,
  },
  cilium: {
    name: 'cilium',
    flavour: 'cilium',
    encapsulation: 'vxlan',
    device: 'cilium_vxlan',
    vni: 2,
    port: 8472,
    mtuBytes: 1450,
  },
  'cilium-geneve': {
    name: 'cilium-geneve',
    flavour: 'cilium',
    encapsulation: 'geneve',
    device: 'cilium_geneve',
    vni: 2,
    port: 6081,
    mtuBytes: 1450,
  },
  'cilium-native': {
    name: 'cilium-native',
    flavour: 'cilium',
    encapsulation: 'none',
    device: null,
    vni: null,
    port: null,
    mtuBytes: 1500,
  },
  'aws-vpc': {
    name: 'aws-vpc',
    flavour: 'aws',
    encapsulation: 'none',
    device: null,
    vni: null,
    port: null,
    mtuBytes: 1500,
  },
};

/** Whether the outer packets carry a UDP checksum that a network card may spoil. */
export function hasOuterUdp(overlay: Overlay): boolean {
  return overlay.encapsulation === 'vxlan' || overlay.encapsulation === 'geneve';
}

/** Cilium's eBPF hands packets to pods without a second pass through the host's IP layer. */
export function bypassesHostStack(overlay: Overlay): boolean {
  return overlay.flavour === 'cilium';
}

/**
 * Whether pods show up at other machines under their node's address. Where the network itself routes pods (Cilium
 * native, AWS VPC) they show their own.
 */
export function hidesPods({ flavour, encapsulation }: Overlay): boolean {
  return flavour !== 'aws' && !(flavour === 'cilium' && encapsulation === 'none');
}
