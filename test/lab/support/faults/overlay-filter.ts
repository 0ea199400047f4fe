import type { Fault, FaultTarget } from '../types.ts';
import { addRules, addTable, atNode, faultNode, faultPeer, undoAll } from './rules.ts';

const portOf = (target: FaultTarget): string =>
  String(target.network.nodes[0]?.overlay.portNumber ?? 0);

/** The finding must name the port that this CNI speaks, and what the counters at both ends prove. */
const cites =
  (proof: RegExp) =>
  (target: FaultTarget): readonly RegExp[] => [proof, new RegExp(`\\b${portOf(target)}/udp`)];

/** In the switch's namespace a rule stands for what lies between the machines: fabric, security group, hypervisor. */
const inSwitch = (target: FaultTarget, rule: string) =>
  addTable(
    target.network,
    'switch',
    'bridge',
    'lab_fault',
    `chain forward { type filter hook forward priority 0; policy accept;\n${rule}\n}`,
  );

/** Packet filters on the overlay's UDP port. */
export const OVERLAY_FILTER_FAULTS: readonly Fault[] = [
  {
    name: 'overlay-drop-input',
    describe: 'The host firewall of one node drops the overlay port (INPUT, DROP)',
    needs: 'network',
    expects: {
      cause: 'overlay-port-blocked',
      direction: 'into',
      cites: cites(/delivered none: its own filter drops them/),
      nodes: atNode,
    },
    apply: (target, options) =>
      addRules(target.network, faultNode(target, options).name, [
        { chain: 'INPUT', rule: ['-p', 'udp', '--dport', portOf(target), '-j', 'DROP'] },
      ]),
  },
  {
    name: 'overlay-reject-input',
    describe: 'The host firewall of one node rejects the overlay port (INPUT, REJECT)',
    needs: 'network',
    expects: {
      cause: 'overlay-port-blocked',
      direction: 'into',
      cites: cites(/delivered none: its own filter drops them/),
      nodes: atNode,
    },
    apply: (target, options) =>
      addRules(target.network, faultNode(target, options).name, [
        { chain: 'INPUT', rule: ['-p', 'udp', '--dport', portOf(target), '-j', 'REJECT'] },
      ]),
  },
  {
    name: 'overlay-drop-raw',
    describe: 'One node drops the overlay port before connection tracking (raw PREROUTING)',
    needs: 'network',
    expects: {
      cause: 'overlay-port-blocked',
      direction: 'into',
      cites: cites(/delivered none: its own filter drops them/),
      nodes: atNode,
    },
    apply: (target, options) =>
      addRules(target.network, faultNode(target, options).name, [
        {
          table: 'raw',
          chain: 'PREROUTING',
          rule: ['-p', 'udp', '--dport', portOf(target), '-j', 'DROP'],
        },
      ]),
  },
  {
    name: 'overlay-drop-output',
    describe: 'One node drops the overlay port on its way out (OUTPUT): the other direction',
    needs: 'network',
    expects: {
      cause: 'overlay-port-blocked',
      direction: 'out-of',
      cites: cites(/on the way out: its own filter/),
      nodes: atNode,
    },
    apply: (target, options) =>
      addRules(target.network, faultNode(target, options).name, [
        { chain: 'OUTPUT', rule: ['-p', 'udp', '--dport', portOf(target), '-j', 'DROP'] },
      ]),
  },
  {
    name: 'overlay-drop-underlay',
    describe:
      'Something before one node drops the overlay port on its way in; the node never sees it',
    needs: 'network',
    expects: {
      cause: 'overlay-port-blocked',
      direction: 'into',
      cites: cites(/none reached \S+ network card/),
      nodes: atNode,
    },
    apply: (target, options) =>
      inSwitch(
        target,
        `ip daddr ${faultNode(target, options).ip} udp dport ${portOf(target)} counter drop`,
      ),
  },
  {
    name: 'overlay-drop-underlay-pair',
    describe: 'Something between two nodes drops the overlay port in both directions',
    needs: 'network',
    expects: {
      cause: 'overlay-port-blocked',
      cites: cites(/none reached \S+ network card/),
      nodes: (target, options) => [
        faultNode(target, options).name,
        faultPeer(target, options).name,
      ],
    },
    apply: (target, options) => {
      const pair = `{ ${faultNode(target, options).ip}, ${faultPeer(target, options).ip} }`;
      return inSwitch(
        target,
        `ip saddr ${pair} ip daddr ${pair} udp dport ${portOf(target)} counter drop`,
      );
    },
  },
  {
    name: 'underlay-cut-pair',
    describe: 'Two machines do not reach each other at all; both reach the rest',
    needs: 'network',
    expects: {
      cause: 'underlay-broken',
      nodes: (target, options) => [
        faultNode(target, options).name,
        faultPeer(target, options).name,
      ],
    },
    apply: (target, options) => {
      const pair = `{ ${faultNode(target, options).ip}, ${faultPeer(target, options).ip} }`;
      // etcd keeps its peers (2380): API servers without a quorum are another fault, and which of them has none is chance.
      const etcd = `ip saddr ${pair} ip daddr ${pair} tcp`;
      return inSwitch(
        target,
        [
          `${etcd} dport 2380 accept`,
          `${etcd} sport 2380 accept`,
          `ip saddr ${pair} ip daddr ${pair} counter drop`,
        ].join('; '),
      );
    },
  },
  {
    name: 'overlay-drop-everywhere',
    describe: 'The fabric drops the overlay port between all nodes',
    needs: 'network',
    expects: {
      cause: 'overlay-port-blocked',
      cites: cites(/none reached \S+ network card/),
      nodes: (target) => target.network.nodes.map(({ name }) => name),
    },
    apply: (target) => inSwitch(target, `udp dport ${portOf(target)} counter drop`),
  },
  {
    name: 'overlay-drop-input-everywhere',
    describe: 'The host firewall of every node drops the overlay port',
    needs: 'network',
    expects: {
      cause: 'overlay-port-blocked',
      cites: cites(/delivered none: its own filter drops them/),
      nodes: (target) => target.network.nodes.map(({ name }) => name),
    },
    apply: async (target) =>
      undoAll(
        await Promise.all(
          target.network.nodes.map(({ name }) =>
            addRules(target.network, name, [
              { chain: 'INPUT', rule: ['-p', 'udp', '--dport', portOf(target), '-j', 'DROP'] },
            ]),
          ),
        ),
      ),
  },
];
