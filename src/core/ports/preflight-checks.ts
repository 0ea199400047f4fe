import type { Judgement } from '../causes/define-cause.ts';
import { causes } from '../causes/index.ts';
import { judgeAll } from '../engine.ts';
import { clockSkews } from '../evidence/clock-skews.ts';
import type { Facts } from '../evidence/facts.ts';
import type { Fix } from '../fixes/fix.ts';

/** One thing beside ports that a cluster's network needs. */
export interface PreflightCheck {
  readonly subject: string;
  readonly state: 'ok' | 'wrong' | 'worth-a-look' | 'not-seen';
  /** One sentence. */
  readonly what: string;
  readonly fixes: readonly Fix[];
}

/** The causes that break a cluster's network before anybody misses metrics, in the order in which people look. */
const SUBJECTS: readonly (readonly [id: string, subject: string])[] = [
  ['underlay-broken', 'the machines reach each other'],
  ['overlay-port-blocked', 'the pod network carries packets'],
  ['mtu-blackhole', 'MTU, by size'],
  ['vxlan-checksum-offload', 'checksum offload'],
  ['duplicate-node-ip', 'addresses are unique'],
  ['wrong-node-ip', "tunnel addresses are the nodes' own"],
  ['pod-cidr-overlaps-node-network', 'ranges do not overlap'],
  ['ip-forwarding-disabled', 'nodes forward packets'],
  ['forwarded-traffic-filtered', 'no filter on forwarded packets'],
  ['host-firewall-pod-to-node', 'nodes let their own pods in'],
  ['cni-agent-broken', 'CNI agents'],
  ['kernel-module-missing', 'kernel modules'],
  ['networkmanager-interferes', 'NetworkManager leaves the CNI alone'],
  ['nm-cloud-setup-routing', 'nm-cloud-setup is off'],
];

/**
 * What each cause makes of the facts, whether or not anything is broken yet: a report leaves out what nothing
 * follows from, and just that is looked for here.
 */
export function preflightChecks(facts: Facts): readonly PreflightCheck[] {
  return [
    ...SUBJECTS.flatMap(([id, subject]) =>
      judgeAll(
        facts,
        causes.filter((cause) => cause.id === id),
      ).map(({ judgement }) => checkOf(subject, judgement)),
    ),
    clocks(facts),
    {
      subject: 'firewall managers',
      state: 'not-seen',
      what: 'firewalld and ufw are not to be seen without privilege: metrics-diag diagnose --deep names who owns a rule that drops.',
      fixes: [],
    },
  ];
}

function checkOf(subject: string, judgement: Judgement): PreflightCheck {
  switch (judgement.kind) {
    case 'confirmed':
      return { subject, state: 'wrong', what: judgement.headline, fixes: judgement.fixes };
    case 'suspected':
      return { subject, state: 'worth-a-look', what: judgement.headline, fixes: judgement.fixes };
    case 'ruled-out':
      return { subject, state: 'ok', what: judgement.because, fixes: [] };
    case 'unknown':
      return { subject, state: 'not-seen', what: judgement.missing.join('; '), fixes: [] };
  }
}

/** By the times that kubelets write into their Leases; a certificate or a token need not have been refused yet. */
function clocks(facts: Facts): PreflightCheck {
  const subject = 'clocks agree';
  const { nodes, nodeHeartbeats } = facts;
  const missing = [nodes, nodeHeartbeats].flatMap((each) =>
    each.state === 'missing' ? [each.detail] : [],
  );
  if (nodes.state === 'missing' || nodeHeartbeats.state === 'missing') {
    return { subject, state: 'not-seen', what: missing.join('; '), fixes: [] };
  }
  const off = clockSkews(nodes.value, facts);
  if (off.length === 0) {
    const count = nodeHeartbeats.value.leases.length;
    const what = `the heartbeats of ${count} kubelets carry the API server's time`;
    return { subject, state: 'ok', what, fixes: [] };
  }
  const each = off.map(
    ({ node, seconds }) => `${node} is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`,
  );
  return {
    subject,
    state: 'wrong',
    what: `${each.join(', ')}: timedatectl set-ntp true there`,
    fixes: [],
  };
}
