import {
  type ApiObject,
  containersOf,
  dropPodsOnTheirWayOut,
  kubeletsOf,
  readObject,
  untilMetricsPods,
} from './faults/api-objects.ts';
import { METRICS_SERVER } from './objects/names.ts';
import type { Lab } from './types.ts';

/** Which fix of a scenario is tried, and with what. */
export interface FixTrial {
  readonly fault: string;
  /** The variant; the lab must have the tool. */
  readonly tool: string;
  /** Which fixes of the cause, by their title; all of them when absent. */
  readonly fix?: RegExp;
  /** What a CNI would do with its objects, after the fix and after its undo. */
  readonly cni?: (lab: Lab) => Promise<void>;
  /** What the cluster must have done before the fault can show again. */
  readonly untilBack?: (lab: Lab) => Promise<void>;
}

/** Allows what the policies admit, before the fault's own drops: the lab's CNI stand-in for NetworkPolicy. */
async function enforcePolicies(lab: Lab): Promise<void> {
  const chain = 'LAB-POLICY';
  const node = lab.metricsNode;
  const { items } = await readObject(
    lab.controlPlane,
    `/apis/networking.k8s.io/v1/namespaces/${METRICS_SERVER.namespace}/networkpolicies`,
  );
  const rules = (items as ApiObject[]).flatMap((policy) =>
    ((policy['spec'].ingress ?? []) as ApiObject[]).flatMap((rule) =>
      ((rule['from'] ?? []) as ApiObject[]).flatMap((peer) =>
        ((rule['ports'] ?? []) as ApiObject[]).map((port) => [
          '-p',
          'tcp',
          '-s',
          String(peer['ipBlock']?.cidr),
          '--dport',
          String(port['port']),
          '-j',
          'ACCEPT',
        ]),
      ),
    ),
  );
  const iptables = (...words: readonly string[]) => lab.network.exec(node, ['iptables', ...words]);
  const there = await lab.network.tryExec(node, ['iptables', '-n', '-L', chain]);
  if (there.code === 0) {
    await iptables('-D', 'FORWARD', '-j', chain);
    await iptables('-F', chain);
    await iptables('-X', chain);
  }
  if (rules.length === 0) return;
  await iptables('-N', chain);
  for (const rule of rules) await iptables('-A', chain, ...rule);
  await iptables('-I', 'FORWARD', '1', '-j', chain);
}

/** After an undo of a Deployment: the Pod of the newest template has come as far as the fault's own. */
async function untilPods(
  lab: Lab,
  what: string,
  seen: (container: ApiObject) => boolean,
): Promise<void> {
  await dropPodsOnTheirWayOut(lab.controlPlane);
  await untilMetricsPods(
    lab.controlPlane,
    what,
    (pods) => pods.length === 1 && containersOf(pods).some(seen),
  );
}

const untilRunning = (lab: Lab): Promise<void> =>
  untilPods(lab, 'running', (each) => each['state'].running !== undefined);

const untilCrashed = (lab: Lab): Promise<void> =>
  untilPods(lab, 'crashing', (each) => each['restartCount'] > 0);

const untilGone = (lab: Lab): Promise<void> =>
  untilMetricsPods(lab.controlPlane, 'gone', (pods) => pods.length === 0);

/** A kubelet remembers a granted access for 5 minutes. */
async function forgetAccess(lab: Lab): Promise<void> {
  await Promise.all(
    lab.network.nodes.map(({ name }) =>
      kubeletsOf(lab).restartKubeletWith(name, { certVariant: 'good' }),
    ),
  );
}

/** Faults whose fix can be typed in the lab: it has iptables and an API server. */
export const FIX_TRIALS: readonly FixTrial[] = [
  { fault: 'overlay-drop-input', tool: 'iptables' },
  { fault: 'overlay-reject-input', tool: 'iptables' },
  { fault: 'overlay-drop-input-everywhere', tool: 'iptables' },
  { fault: 'kubelet-port-blocked', tool: 'iptables' },
  { fault: 'pod-to-own-node-blocked', tool: 'iptables' },
  { fault: 'forwarded-10250-dropped', tool: 'iptables' },
  { fault: 'networkpolicy-denies', tool: 'kubectl', cni: enforcePolicies },
  { fault: 'apiservice-deleted', tool: 'kubectl' },
  { fault: 'apiservice-wrong-ca', tool: 'kubectl (skip, upstream default)' },
  { fault: 'apiservice-wrong-port', tool: 'kubectl' },
  { fault: 'service-wrong-target-port', tool: 'kubectl' },
  { fault: 'metrics-server-scaled-to-zero', tool: 'kubectl', untilBack: untilGone },
  { fault: 'metrics-server-crashing', tool: 'kubectl', untilBack: untilCrashed },
  { fault: 'metrics-server-oom', tool: 'kubectl', untilBack: untilCrashed },
  {
    fault: 'port-conflict-hostnetwork',
    tool: 'kubectl',
    fix: /off the host/,
    untilBack: untilCrashed,
  },
  {
    fault: 'frontproxy-ca',
    tool: 'kubectl',
    fix: /learn from the cluster/,
    untilBack: untilRunning,
  },
  {
    fault: 'frontproxy-allowed-names',
    tool: 'kubectl',
    fix: /learn from the cluster/,
    untilBack: untilRunning,
  },
  { fault: 'kubelet-dns-lookup', tool: 'kubectl', untilBack: untilRunning },
  { fault: 'kubelet-wrong-port', tool: 'kubectl', untilBack: untilRunning },
  { fault: 'kubelet-tls-no-ip-san', tool: 'kubectl', fix: /Workaround/, untilBack: untilRunning },
  { fault: 'kubelet-tls-untrusted', tool: 'kubectl', fix: /Workaround/, untilBack: untilRunning },
  { fault: 'kubelet-forbidden', tool: 'kubectl', untilBack: forgetAccess },
];
