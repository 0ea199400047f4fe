import { runDeepPlan } from '../probes/deep/run-deep.ts';
import { leave, plannedWork } from './probe-message.ts';

/** A node probe with NET_ADMIN: runs the plan in PROBE_PLAN with the packet filter watched, changes nothing. */
plannedWork((plan) => runDeepPlan(plan).then(leave));
