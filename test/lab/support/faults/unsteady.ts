import type { Fault, FaultTarget, LabNode } from '../types.ts';
import { addRules, addTable, faultNode, nowhere, type Undo } from './rules.ts';

/** From the start of the diagnosis: its probes are under way then. */
const HEALS_AFTER_MS = 4_000;

/**
 * VXLAN's outer source port is a hash of the inner flow (RFC 7348, section 5): by it, switches choose a link of a
 * bond. The dead link takes these.
 */
const sharePerFlow = (target: FaultTarget, node: LabNode): Promise<Undo> =>
  addTable(
    target.network,
    'switch',
    'bridge',
    'lab_fault',
    `chain forward { type filter hook forward priority 0; policy accept;
       ip daddr ${node.ip} udp dport ${node.overlay.portNumber} udp sport & 1 == 1 counter drop
     }`,
  );

/** What comes back within the same run may be called by its name or not be seen at all, and nothing else. */
const overlayOrNothing = {
  cause: null,
  orElse: ['overlay-port-blocked'],
  nodes: nowhere,
} as const;

/** Seen in some probes of a path and not in others, or gone before the run ends. */
export const UNSTEADY_FAULTS: readonly Fault[] = [
  {
    name: 'overlay-drops-some-flows',
    describe:
      'One link of a bond before a node is dead: every other flow of the overlay into it is lost',
    needs: 'network',
    // The port is open: whoever opens it changes nothing.
    expects: { cause: null, nodes: nowhere },
    apply: (target, options) => sharePerFlow(target, faultNode(target, options)),
  },
  {
    name: 'overlay-drops-some-packets',
    describe: 'One node loses two of five overlay packets, by chance',
    needs: 'network',
    expects: { cause: null, nodes: nowhere },
    apply: (target, options) => {
      const node = faultNode(target, options);
      const port = String(node.overlay.portNumber);
      const chance = ['-m', 'statistic', '--mode', 'random', '--probability', '0.4'];
      return addRules(target.network, node.name, [
        { chain: 'INPUT', rule: ['-p', 'udp', '--dport', port, ...chance, '-j', 'DROP'] },
      ]);
    },
  },
  {
    name: 'overlay-heals-during-the-run',
    describe: 'The host firewall of one node drops the overlay port until 4 s after the run began',
    needs: 'network',
    expects: overlayOrNothing,
    async apply(target, options) {
      const node = faultNode(target, options);
      const port = String(node.overlay.portNumber);
      const open = await addRules(target.network, node.name, [
        { chain: 'INPUT', rule: ['-p', 'udp', '--dport', port, '-j', 'DROP'] },
      ]);
      const healed = new Promise<void>((resolve) => setTimeout(resolve, HEALS_AFTER_MS)).then(open);
      // Whoever takes the fault back waits for that, and hears of what went wrong.
      healed.catch(() => undefined);
      return () => healed;
    },
  },
];
