import { restoreOverlayPeers } from '../network.ts';
import { macOf } from '../network-plan.ts';
import type { Fault, FaultOptions, FaultTarget, LabNode } from '../types.ts';
import { atNode, faultNode, faultPeer, undoAll } from './rules.ts';

/** An address on the underlay that nobody has. */
const nobody = (node: LabNode): string => node.ip.replace(/\d+$/, '200');

/** The node whose own state is wrong. */
const own = (target: FaultTarget, options: FaultOptions): readonly string[] => [
  faultNode(target, options).name,
];

/** Makes the overlay device of a node again, with another VNI or port. */
async function remakeOverlay(
  target: FaultTarget,
  node: LabNode,
  changed: { readonly vni?: number; readonly portNumber?: number },
): Promise<void> {
  const { device, mac, ip } = node.overlay;
  const vni = changed.vni ?? node.overlay.vni;
  const portNumber = changed.portNumber ?? node.overlay.portNumber;
  await target.network.exec(node.name, ['ip', '-batch', '-'], {
    stdin: [
      `link del ${device}`,
      `link add ${device} address ${mac} type vxlan id ${vni} dev ${node.uplink} local ${node.ip} dstport ${portNumber} nolearning udpcsum`,
      `link set ${device} mtu ${node.podMtuBytes}`,
      `link set ${device} up`,
      ...(target.network.flavour === 'cilium' ? [] : [`addr add ${ip}/32 dev ${device}`]),
      '',
    ].join('\n'),
  });
  await restoreOverlayPeers(target.network, node);
}

/** Wrong entries where the CNI's agent should have written right ones. */
export const OVERLAY_STATE_FAULTS: readonly Fault[] = [
  {
    name: 'stale-fdb',
    describe:
      "One node sends a peer's overlay packets to an address that nobody has (stale FDB entry)",
    needs: 'network',
    // Nothing leaves for the peer: from the nodes' counters that is a filter in between as well.
    expects: { cause: 'cni-agent-broken', mayBeSuspected: ['overlay-port-blocked'], nodes: own },
    async apply(target, options) {
      const node = faultNode(target, options);
      const peer = faultPeer(target, options);
      await target.network.exec(node.name, [
        'bridge',
        'fdb',
        'replace',
        peer.overlay.mac,
        'dev',
        node.overlay.device,
        'dst',
        nobody(node),
        'self',
        'permanent',
      ]);
      return () => restoreOverlayPeers(target.network, node);
    },
  },
  {
    name: 'wrong-vtep-mac',
    describe:
      "All peers address one node's VTEP by an old MAC: packets arrive, are decapsulated and die",
    needs: 'network',
    expects: {
      cause: 'cni-agent-broken',
      // The wrong entries are at the others.
      nodes: (target, options) =>
        target.network.nodes
          .map(({ name }) => name)
          .filter((name) => name !== faultNode(target, options).name),
    },
    async apply(target, options) {
      const node = faultNode(target, options);
      const old = macOf('old vtep', node.name);
      const peers = target.network.nodes.filter(({ name }) => name !== node.name);
      const undos = peers.map((peer) => async () => {
        await target.network.exec(peer.name, [
          'bridge',
          'fdb',
          'del',
          old,
          'dev',
          peer.overlay.device,
          'dst',
          node.ip,
          'self',
        ]);
        await restoreOverlayPeers(target.network, peer);
      });
      for (const peer of peers) {
        const { device } = peer.overlay;
        await target.network.exec(peer.name, [
          'ip',
          'neigh',
          'replace',
          node.overlay.ip,
          'lladdr',
          old,
          'dev',
          device,
          'nud',
          'permanent',
        ]);
        await target.network.exec(peer.name, [
          'bridge',
          'fdb',
          'append',
          old,
          'dev',
          device,
          'dst',
          node.ip,
          'self',
          'permanent',
        ]);
      }
      return undoAll(undos);
    },
  },
  {
    name: 'wrong-vni',
    describe: "One node's overlay device has another VNI than the others",
    needs: 'network',
    expects: { cause: 'cni-agent-broken', nodes: atNode },
    async apply(target, options) {
      const node = faultNode(target, options);
      await remakeOverlay(target, node, { vni: node.overlay.vni + 1 });
      return () => remakeOverlay(target, node, {});
    },
  },
  {
    name: 'wrong-vxlan-port',
    describe: "One node's overlay device uses another UDP port than the others",
    needs: 'network',
    expects: { cause: 'cni-agent-broken', nodes: atNode },
    async apply(target, options) {
      const node = faultNode(target, options);
      await remakeOverlay(target, node, {
        portNumber: node.overlay.portNumber === 8472 ? 4789 : 8472,
      });
      return () => remakeOverlay(target, node, {});
    },
  },
];
