import type { Fault } from '../types.ts';
import { NODE_AGENT_FAULTS } from './node-agents.ts';
import { OVERLAY_FILTER_FAULTS } from './overlay-filter.ts';
import { OVERLAY_PACKET_FAULTS } from './overlay-packets.ts';
import { PORT_FAULTS } from './ports.ts';
import { PROVIDER_OBJECT_FAULTS } from './provider-objects.ts';
import { type Undo, undoAll } from './rules.ts';

const SINGLE: ReadonlyMap<string, Fault> = new Map(
  [
    ...NODE_AGENT_FAULTS,
    ...OVERLAY_FILTER_FAULTS,
    ...OVERLAY_PACKET_FAULTS,
    ...PORT_FAULTS,
    ...PROVIDER_OBJECT_FAULTS,
  ].map((fault) => [fault.name, fault]),
);

/** Two faults of different layers, made one after the other; each has to be found. */
function both(first: string, second: string): Fault {
  const parts = [first, second].map((name) => {
    const fault = SINGLE.get(name);
    if (fault === undefined) throw new Error(`no fault ${name} to combine`);
    return fault;
  });
  const [one, other] = parts as [Fault, Fault];
  return {
    name: `${first}+${second}`,
    describe: `Two at once. ${one.describe}. ${other.describe}`,
    needs: 'kubelets',
    expects: one.expects,
    also: other.expects,
    async settle(target, options) {
      for (const part of parts) await part.settle?.(target, options);
    },
    async apply(target, options) {
      const undos: Undo[] = [];
      try {
        for (const part of parts) undos.push(await part.apply(target, options));
      } catch (error) {
        await undoAll(undos)().catch(() => undefined);
        throw error;
      }
      return undoAll(undos);
    },
  };
}

export const TWO_FAULTS: readonly Fault[] = [
  both('overlay-drop-input', 'kubelet-tls-no-ip-san'),
  both('networkpolicy-denies', 'kubelet-port-blocked'),
  both('mtu-blackhole', 'apiservice-wrong-ca'),
];
