import type { NodeFactsAnswer } from '../../src/probes/plan.ts';
import type { SimNode, World } from './world.ts';

type NetworkFacts = Pick<NodeFactsAnswer, 'devices' | 'udpPorts' | 'routes'>;
type Device = NodeFactsAnswer['devices'][number];
type Route = NodeFactsAnswer['routes'][number];

/** NTP and DHCP clients, as on most hosts. */
const USUAL_PORTS = [323, 68];
/** The probe sends no more of them (src/probes/checks/node-facts.ts). */
const MAX_ROUTES = 40;

/** Devices, ports and routes as each CNI sets them up; the kernel lists routes by address. */
export function networkFacts(world: World, node: SimNode): NetworkFacts {
  const ports = node.tunnelPort === null ? USUAL_PORTS : [node.tunnelPort, ...USUAL_PORTS];
  return {
    devices: devices(world, node),
    udpPorts: ports.toSorted((a, b) => a - b),
    routes: routes(world, node)
      .toSorted((a, b) => sortKey(a.cidr).localeCompare(sortKey(b.cidr)))
      .slice(0, MAX_ROUTES),
  };
}

function sortKey(cidr: string): string {
  return cidr
    .split(/[./]/)
    .map((part) => part.padStart(3, '0'))
    .join('.');
}

const KINDS = {
  vxlan: 'vxlan',
  geneve: 'geneve',
  ipip: 'ipip',
  wireguard: 'wireguard',
  none: 'ether',
} as const;

function devices(world: World, node: SimNode): readonly Device[] {
  const { overlay } = world;
  const underlay: Device = {
    name: 'eth0',
    mtuBytes: node.underlayMtuBytes,
    kind: 'ether',
    up: true,
    addresses: [node.ip],
  };
  const tunnel: readonly Device[] =
    overlay.device === null
      ? []
      : [
          {
            name: overlay.device,
            mtuBytes: overlay.mtuBytes,
            kind: KINDS[overlay.encapsulation],
            up: true,
            addresses: overlay.flavour === 'cilium' ? [] : [node.tunnelIp],
          },
        ];
  return [underlay, ...tunnel, ...ownDevices(world, node)];
}

/** What a CNI has beside its tunnel. */
function ownDevices(world: World, node: SimNode): readonly Device[] {
  const { flavour, mtuBytes } = world.overlay;
  const device = (name: string, kind: string, addresses: readonly string[]): Device => ({
    name,
    mtuBytes,
    kind,
    up: true,
    addresses,
  });
  switch (flavour) {
    case 'flannel':
      return [device('cni0', 'bridge', [gatewayOf(node)])];
    case 'cilium':
      return [device('cilium_host', 'veth', [gatewayOf(node)])];
    case 'canal':
    case 'calico':
    case 'aws':
      return [];
  }
}

function gatewayOf({ podRange }: SimNode): string {
  const [base = ''] = podRange.split('/');
  return base.replace(/\d+$/, '1');
}

function routes(world: World, node: SimNode): readonly Route[] {
  const { flavour, device, encapsulation } = world.overlay;
  const subnet = node.ip.replace(/\d+$/, '0/24');
  const others = world.nodes.filter(({ name, registered }) => registered && name !== node.name);
  // AWS routes pods in the VPC itself, Cilium's native mode mostly likewise: nothing stands in the node's table.
  const routed =
    node.overlayRoutes && flavour !== 'aws' && !(flavour === 'cilium' && encapsulation === 'none');
  return [
    { device: 'eth0', cidr: '0.0.0.0/0', gateway: node.ip.replace(/\d+$/, '254') },
    { device: 'eth0', cidr: subnet, gateway: null },
    ...(routed ? others : []).map((other) => ({
      device: flavour === 'cilium' ? 'cilium_host' : (device ?? 'eth0'),
      cidr: other.podRange,
      gateway: flavour === 'cilium' ? gatewayOf(node) : nextHop(other, encapsulation),
    })),
    ...(flavour === 'flannel' ? [{ device: 'cni0', cidr: node.podRange, gateway: null }] : []),
  ];
}

/** VXLAN routes through the other's tunnel address, IPIP and host-gw through its own; WireGuard has a device route. */
function nextHop(other: SimNode, encapsulation: World['overlay']['encapsulation']): string | null {
  switch (encapsulation) {
    case 'vxlan':
    case 'geneve':
      return other.tunnelIp;
    case 'ipip':
    case 'none':
      return other.tunnelEndpoint;
    case 'wireguard':
      return null;
  }
}
