import { inRange } from '../evidence/addresses.ts';
import type {
  LabelSelectorObject,
  NetworkPolicyObject,
  PodObject,
  PolicyRuleObject,
} from '../evidence/snapshot.ts';

/** What NetworkPolicies make of one connection from a host to a pod's port. */
export interface PolicyVerdict {
  /** `uncertain`: a rule admits one of several addresses that the policy might see. */
  readonly verdict: 'no-policy' | 'allowed' | 'denied' | 'uncertain';
  /** Policies that select the pod. */
  readonly policies: readonly NetworkPolicyObject[];
}

export interface HostConnection {
  readonly pod: PodObject;
  /** Container port, TCP. */
  readonly port: number;
  /** Addresses that the policy may see: the node's tunnel address first, its InternalIP after. */
  readonly sources: readonly string[];
}

/**
 * Evaluates ingress for traffic that comes from a host, as kube-apiserver's does. A peer given by pods or
 * namespaces never matches a host; only an `ipBlock` or a rule without peers does. Over an overlay the source is
 * the tunnel address (`flannel.1`, `vxlan.calico`), not the InternalIP, which is where many policies go wrong.
 */
export function ingressVerdict(
  policies: readonly NetworkPolicyObject[],
  connection: HostConnection,
): PolicyVerdict {
  const { pod } = connection;
  const selecting = policies.filter(
    (policy) =>
      policy.namespace === pod.namespace &&
      (policy.policyTypes.length === 0 || policy.policyTypes.includes('Ingress')) &&
      matches(policy.podSelector, pod.labels),
  );
  if (selecting.length === 0) return { verdict: 'no-policy', policies: [] };
  const rules = selecting
    .flatMap(({ ingress }) => ingress)
    .filter((rule) => admitsPort(rule, connection));
  if (rules.some(({ peers }) => peers.length === 0))
    return { verdict: 'allowed', policies: selecting };
  const admitted = connection.sources.filter((source) =>
    rules.some(({ peers }) =>
      peers.some(({ ipBlock }) => ipBlock !== null && inBlock(source, ipBlock)),
    ),
  );
  if (admitted.length === 0) return { verdict: 'denied', policies: selecting };
  const all = admitted.length === connection.sources.length;
  return { verdict: all ? 'allowed' : 'uncertain', policies: selecting };
}

/** Label selector semantics of Kubernetes; an empty selector selects everything. */
export function matches(
  { matchLabels, matchExpressions }: LabelSelectorObject,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          return false;
      }
    })
  );
}

function admitsPort({ ports }: PolicyRuleObject, { pod, port }: HostConnection): boolean {
  if (ports.length === 0) return true;
  return ports.some(({ protocol, port: wanted, endPort }) => {
    if (protocol !== 'TCP' && protocol !== '') return false;
    if (wanted === null) return true;
    if (typeof wanted === 'number') {
      return endPort === null ? wanted === port : port >= wanted && port <= endPort;
    }
    // A named port means what the pod's own containers call it.
    return pod.containers.some(({ ports: own }) =>
      own.some(({ name, containerPort }) => name === wanted && containerPort === port),
    );
  });
}

function inBlock(
  address: string,
  { cidr, except }: { readonly cidr: string; readonly except: readonly string[] },
): boolean {
  return inRange(address, cidr) && !except.some((range) => inRange(address, range));
}
