import type { Fault } from '../types.ts';
import { TWO_FAULTS } from './combined.ts';
import { NODE_AGENT_FAULTS } from './node-agents.ts';
import { OVERLAY_FILTER_FAULTS } from './overlay-filter.ts';
import { OVERLAY_PACKET_FAULTS } from './overlay-packets.ts';
import { OVERLAY_STATE_FAULTS } from './overlay-state.ts';
import { PORT_FAULTS } from './ports.ts';
import { PROVIDER_OBJECT_FAULTS } from './provider-objects.ts';
import { PROVIDER_POD_FAULTS } from './provider-pods.ts';
import { UNSTEADY_FAULTS } from './unsteady.ts';

/** Every fault that the lab can make, by name. */
export const FAULTS: ReadonlyMap<string, Fault> = new Map(
  [
    ...OVERLAY_FILTER_FAULTS,
    ...OVERLAY_PACKET_FAULTS,
    ...OVERLAY_STATE_FAULTS,
    ...NODE_AGENT_FAULTS,
    ...PORT_FAULTS,
    ...PROVIDER_OBJECT_FAULTS,
    ...PROVIDER_POD_FAULTS,
    ...TWO_FAULTS,
    ...UNSTEADY_FAULTS,
  ].map((fault) => [fault.name, fault]),
);

/** Of several variants of a circumstance `npm run test:lab` makes one; the others are for `npm run bench -- lab-faults`. */
export const BENCH_ONLY: ReadonlySet<string> = new Set([
  'networkpolicy-denies+kubelet-port-blocked',
  'mtu-blackhole+apiservice-wrong-ca',
  'overlay-drops-some-packets',
]);
