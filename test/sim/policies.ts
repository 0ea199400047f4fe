import { inCidr } from './addresses.ts';
import type { PolicyObject, SimPod, World } from './world.ts';
import { providerPods } from './world.ts';

/** The little of a NetworkPolicy that the model honours. */
interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface IngressRule {
  readonly from?: readonly {
    readonly podSelector?: Selector;
    readonly namespaceSelector?: Selector;
    readonly ipBlock?: { readonly cidr: string };
  }[];
  readonly ports?: readonly { readonly port?: string | number; readonly protocol?: string }[];
}

interface Arriving {
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'ipip';
  readonly source: string;
  readonly port: number | null;
}

/** Whether the NetworkPolicies of the pod's namespace let a packet in (networking.k8s.io/v1: union of all that select the pod). */
export function policyAdmits(world: World, pod: SimPod, packet: Arriving): boolean {
  if (pod.hostNetwork) return true;
  const selecting = world.policies.filter(
    (policy) =>
      policy.metadata.namespace === pod.namespace &&
      selects((policy.spec['podSelector'] ?? {}) as Selector, pod.labels),
  );
  if (selecting.length === 0) return true;
  return selecting.some((policy) =>
    ingressOf(policy).some((rule) => ruleAdmits(world, pod, rule, packet)),
  );
}

function ingressOf(policy: PolicyObject): readonly IngressRule[] {
  return (policy.spec['ingress'] ?? []) as readonly IngressRule[];
}

function selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}

function ruleAdmits(world: World, pod: SimPod, rule: IngressRule, packet: Arriving): boolean {
  const ports = rule.ports ?? [];
  const portFits =
    ports.length === 0 ||
    ports.some(
      ({ port, protocol = 'TCP' }) =>
        protocol.toLowerCase() === packet.protocol &&
        (port === undefined || numberOf(pod, port) === packet.port),
    );
  const peers = rule.from ?? [];
  const sender = senderPod(world, packet.source);
  const peerFits =
    peers.length === 0 ||
    peers.some((peer) => {
      if (peer.ipBlock !== undefined) return inCidr(packet.source, peer.ipBlock.cidr);
      if (sender === null) return false; // host and tunnel addresses are no pods
      const namespaceFits =
        peer.namespaceSelector !== undefined || sender.namespace === pod.namespace;
      return namespaceFits && selects(peer.podSelector ?? {}, sender.labels);
    });
  return portFits && peerFits;
}

function numberOf(pod: SimPod, port: string | number): number | null {
  if (typeof port === 'number') return port;
  return pod.ports.find(({ name }) => name === port)?.port ?? null;
}

function senderPod(world: World, ip: string): SimPod | null {
  return (
    [...providerPods(world), ...world.pods].find((pod) => !pod.hostNetwork && pod.ip === ip) ?? null
  );
}
