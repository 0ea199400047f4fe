import type { Fault, FaultTarget } from '../types.ts';
import { addRules, addTable, atNode, faultNode, type Undo, undoAll } from './rules.ts';

/** Bytes of the outer IP packet above which the black hole swallows: an underlay of 1400 below nodes of 1500. */
const BLACK_HOLE_MTU_BYTES = 1400;
/** Value that no correct checksum of these packets has but by a chance of 1 in 65,536. */
const WRONG_CHECKSUM = '0xdead';

/**
 * A packet that came over a veth counts as checksummed already. With the offload of the sender off, the
 * receiver really verifies what is written in it.
 */
async function transmitChecksums(
  target: FaultTarget,
  devices: readonly (readonly [netns: string, device: string])[],
  state: 'on' | 'off',
): Promise<void> {
  await Promise.all(
    devices.map(([netns, device]) =>
      target.network.exec(netns, ['ethtool', '-K', device, 'tx-checksum-ip-generic', state]),
    ),
  );
}

/** Faults that hit some packets of the overlay and spare others. */
export const OVERLAY_PACKET_FAULTS: readonly Fault[] = [
  {
    name: 'mtu-blackhole',
    describe: `Overlay packets above ${BLACK_HOLE_MTU_BYTES} bytes vanish to and from one node, without an ICMP error`,
    needs: 'network',
    expects: {
      cause: 'mtu-blackhole',
      nodes: atNode,
      cites: () => [/tcp-full .*connected, then silent/, /icmp-full .*no answer/],
    },
    apply: (target, options) => {
      const node = faultNode(target, options);
      const big = (device: readonly string[]): readonly string[] => [
        ...device,
        '-p',
        'udp',
        '--dport',
        String(node.overlay.portNumber),
        '-m',
        'length',
        '--length',
        `${BLACK_HOLE_MTU_BYTES + 1}:65535`,
        '-j',
        'DROP',
      ];
      return addRules(target.network, node.name, [
        { table: 'raw', chain: 'PREROUTING', rule: big(['-i', node.uplink]) },
        { table: 'raw', chain: 'OUTPUT', rule: big(['-o', node.uplink]) },
      ]);
    },
  },
  {
    name: 'outer-checksum',
    describe:
      'Outer UDP checksums of overlay packets that carry TCP arrive wrong at one node (as from vmxnet3)',
    needs: 'network',
    expects: {
      cause: 'vxlan-checksum-offload',
      nodes: atNode,
      cites: () => [/wrong outer checksums/, /counted \d+ bad UDP checksums/],
    },
    async apply(target, options) {
      const node = faultNode(target, options);
      const senders = target.network.nodes
        .filter(({ name }) => name !== node.name)
        .map(({ name, uplink }) => [name, uplink] as const);
      await transmitChecksums(target, senders, 'off');
      // Byte 39 after the start of the outer UDP header is the inner IPv4 protocol: 6 is TCP.
      const undo = await addTable(
        target.network,
        node.name,
        'ip',
        'lab_fault',
        `chain prerouting { type filter hook prerouting priority -300; policy accept;
           iifname "${node.uplink}" udp dport ${node.overlay.portNumber} @th,312,8 6 udp checksum set ${WRONG_CHECKSUM}
         }`,
      );
      const restore: Undo = () => transmitChecksums(target, senders, 'on');
      return undoAll([restore, undo]);
    },
  },
  {
    name: 'inner-checksum',
    describe:
      'TCP checksums inside the overlay arrive wrong at the Pods of one node; nothing else is touched',
    needs: 'network',
    expects: {
      cause: 'vxlan-checksum-offload',
      nodes: atNode,
      cites: () => [/wrong inner checksums/, /bad TCP checksums in its own namespace/],
    },
    async apply(target, options) {
      const node = faultNode(target, options);
      const senders = target.network.nodes
        .filter(({ name }) => name !== node.name)
        .map(({ name, overlay }) => [name, overlay.device] as const);
      await transmitChecksums(target, senders, 'off');
      // Written into the inner TCP header while it is still wrapped: 66 bytes after the outer UDP header's
      // start (8 UDP, 8 VXLAN, 14 Ethernet, 20 IPv4, 16 to the checksum). A veth's outer checksum counts as
      // good, so that the node notices nothing.
      const undo = await addTable(
        target.network,
        node.name,
        'ip',
        'lab_fault',
        `chain prerouting { type filter hook prerouting priority -300; policy accept;
           iifname "${node.uplink}" udp dport ${node.overlay.portNumber} @th,312,8 6 @th,528,16 set ${WRONG_CHECKSUM}
         }`,
      );
      const restore: Undo = () => transmitChecksums(target, senders, 'on');
      return undoAll([restore, undo]);
    },
  },
];
