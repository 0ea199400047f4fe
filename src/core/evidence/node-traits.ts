import type { NodeProbeFacts } from './probe-results.ts';
import type { NodeObject } from './snapshot.ts';

/** A property by which nodes of a cluster differ, and so may fail together: a zone, a kernel, a driver. */
export interface NodeTrait {
  readonly key: string;
  /** The node's value; null where it is not known. */
  readonly of: (node: NodeObject) => string | null;
  /** Whether a value is a place that nodes are in. */
  readonly place: boolean;
  /** The nodes of one value, as the object of a preposition: `nodes with kernel 4.18.0-553`, `zone b`. */
  readonly words: (value: string) => string;
  /** What differs or is the same between two nodes: `zone`. */
  readonly noun: string;
}

/** The labels of a node pool by provider. */
const POOL_LABELS = [
  'eks.amazonaws.com/nodegroup',
  'cloud.google.com/gke-nodepool',
  'kubernetes.azure.com/agentpool',
  'agentpool',
  'karpenter.sh/nodepool',
] as const;

/** Traits of every cluster, the likeliest reason first: of two that fit the same nodes the first is named. */
const TRAITS: readonly NodeTrait[] = [
  {
    key: 'role',
    place: false,
    of: (node) => (node.controlPlane ? 'control-plane' : 'worker'),
    words: (value) => `${value} nodes`,
    noun: 'role',
  },
  labelTrait('zone', ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone']),
  labelTrait('region', [
    'topology.kubernetes.io/region',
    'failure-domain.beta.kubernetes.io/region',
  ]),
  {
    key: 'kernel',
    place: false,
    of: (node) => orNull(node.kernel),
    words: (value) => `nodes with kernel ${value}`,
    noun: 'kernel',
  },
  {
    key: 'osImage',
    place: false,
    of: (node) => orNull(node.osImage),
    words: (value) => `nodes that run ${value}`,
    noun: 'OS image',
  },
  {
    ...labelTrait('instance type', [
      'node.kubernetes.io/instance-type',
      'beta.kubernetes.io/instance-type',
    ]),
    place: false,
    words: (value) => `nodes of type ${value}`,
  },
  labelTrait('node pool', POOL_LABELS),
  {
    key: 'subnet',
    place: true,
    of: subnetOf,
    words: (value) => value,
    noun: '/24 network',
  },
  {
    key: 'kubelet',
    place: false,
    of: (node) => orNull(node.kubeletVersion),
    words: (value) => `nodes with kubelet ${value}`,
    noun: 'kubelet version',
  },
  {
    key: 'runtime',
    place: false,
    of: (node) => orNull(node.containerRuntime),
    words: (value) => `nodes with ${value}`,
    noun: 'container runtime',
  },
  {
    key: 'architecture',
    place: false,
    of: (node) => orNull(node.architecture),
    words: (value) => `${value} nodes`,
    noun: 'architecture',
  },
];

/** Labels that name a place in the topology beyond zone and region: racks, hypervisors, switches. */
const PLACE_LABEL = /^(?:topology\.[\w.-]+\/|(?:[\w.-]+\/)?(?=rack$))([\w.-]+)$/;
const NAMED_ABOVE = new Set(['zone', 'region']);

/** The traits by which these nodes differ: the usual ones, their topology labels, and the driver of their network card. */
export function traitsOf(
  nodes: readonly NodeObject[],
  nodeFacts: readonly NodeProbeFacts[] = [],
): readonly NodeTrait[] {
  const places = new Set(
    nodes.flatMap(({ labels }) => Object.keys(labels).filter((key) => PLACE_LABEL.test(key))),
  );
  const topology = [...places].toSorted().flatMap((key) => {
    const name = PLACE_LABEL.exec(key)?.[1] ?? key;
    return NAMED_ABOVE.has(name) ? [] : [labelTrait(name, [key])];
  });
  return [...TRAITS, ...topology, driverTrait(nodeFacts)].filter(
    ({ of }) => new Set(nodes.map(of).filter((value) => value !== null)).size > 1,
  );
}

/** The driver of the card that carries the node's InternalIP, as sysfs names it. */
function driverTrait(nodeFacts: readonly NodeProbeFacts[]): NodeTrait {
  const rows = new Map(nodeFacts.map((row) => [row.node, row]));
  return {
    key: 'driver',
    place: false,
    of: (node) =>
      rows
        .get(node.name)
        ?.devices.find(({ addresses }) => addresses.some((a) => node.internalIps.includes(a)))
        ?.driver ?? null,
    words: (value) => `nodes with driver ${value}`,
    noun: 'network driver',
  };
}

function labelTrait(noun: string, labels: readonly string[]): NodeTrait {
  return {
    key: noun,
    place: true,
    of: (node) => {
      const label = labels.find((key) => (node.labels[key] ?? '') !== '');
      return label === undefined ? null : (node.labels[label] ?? null);
    },
    words: (value) => `${noun} ${value}`,
    noun,
  };
}

/** The /24 of the first IPv4 InternalIP: on machines without topology labels the nearest thing to a rack. */
function subnetOf({ internalIps }: NodeObject): string | null {
  const network = internalIps
    .map((ip) => /^(\d+\.\d+\.\d+)\.\d+$/.exec(ip)?.[1])
    .find((found) => found !== undefined);
  return network === undefined ? null : `${network}.0/24`;
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
