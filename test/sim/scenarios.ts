import { applyFaults, type Fault } from './faults.ts';
import { healthyWorld, type WorldOptions } from './healthy-world.ts';
import type { World } from './world.ts';

/** A named world: what broke, by nodes of the default three-server cluster. */
interface Scenario {
  readonly title: string;
  readonly faults: readonly Fault[];
  readonly world?: WorldOptions;
}

const ALL = ['prod01', 'prod02', 'prod03'];

/** Every fault that the model knows, and look-alikes. Names say what happens. */
export const SCENARIOS = {
  healthy: { title: 'nothing is broken', faults: [] },
  'founding-incident': {
    title: "prod01's own filter drops the overlay's port (RKE2 v1.32.5, metrics-server on prod01)",
    faults: [{ kind: 'overlay-blocked', scope: { into: ['prod01'] }, at: 'host', action: 'drop' }],
  },
  'overlay-rejected-into-node': {
    title: "prod01's own filter rejects the overlay's port",
    faults: [
      { kind: 'overlay-blocked', scope: { into: ['prod01'] }, at: 'host', action: 'reject' },
    ],
  },
  'overlay-dropped-before-node': {
    title: 'the fabric drops the overlay on its way into prod01',
    faults: [
      { kind: 'overlay-blocked', scope: { into: ['prod01'] }, at: 'fabric', action: 'drop' },
    ],
  },
  'overlay-dropped-out-of-node': {
    title: "prod01's own output filter drops the overlay's port",
    faults: [{ kind: 'overlay-blocked', scope: { outOf: ['prod01'] }, at: 'host', action: 'drop' }],
  },
  'overlay-dropped-between-two-nodes': {
    title: 'the fabric drops the overlay from prod02 to prod01 alone',
    faults: [
      {
        kind: 'overlay-blocked',
        scope: { between: [['prod02', 'prod01']] },
        at: 'fabric',
        action: 'drop',
      },
    ],
  },
  'overlay-dropped-everywhere': {
    title: 'the fabric drops the overlay between all nodes',
    faults: [
      { kind: 'overlay-blocked', scope: { everywhere: true }, at: 'fabric', action: 'drop' },
    ],
  },
  'checksum-offload-outer': {
    title: 'every NIC writes wrong outer checksums (vmxnet3)',
    faults: [{ kind: 'checksum-offload', layer: 'outer', nodes: ALL }],
  },
  'checksum-offload-inner': {
    title: 'every NIC writes wrong inner checksums',
    faults: [{ kind: 'checksum-offload', layer: 'inner', nodes: ALL }],
  },
  'mtu-blackhole': {
    title: 'the way to prod01 swallows packets above 1,400 bytes',
    faults: [
      {
        kind: 'mtu-blackhole',
        nodes: ['prod01'],
        largestBytes: 1_400,
        underlayToo: false,
        pooled: false,
      },
    ],
  },
  'mtu-blackhole-pooled': {
    title: 'the same, while the API servers still hold old connections',
    faults: [
      {
        kind: 'mtu-blackhole',
        nodes: ['prod01'],
        largestBytes: 1_400,
        underlayToo: false,
        pooled: true,
      },
    ],
  },
  'network-policy-default-deny': {
    title: 'a default-deny policy shuts metrics-server off from other nodes',
    faults: [{ kind: 'network-policy-denies', variant: 'default-deny' }],
  },
  'network-policy-label-lost': {
    title: "RKE2's allow policy selects a label that the pod lost",
    faults: [{ kind: 'network-policy-denies', variant: 'label-lost' }],
  },
  'duplicate-node-ip': {
    title: 'prod02 claims the address of prod01',
    faults: [{ kind: 'duplicate-node-ip', keeps: 'prod01', loses: 'prod02' }],
  },
  'cni-agent-broken': {
    title: 'the CNI agent on prod03 never wrote its routes',
    faults: [{ kind: 'cni-agent-broken', nodes: ['prod03'] }],
  },
  'kubelet-port-blocked': {
    title: 'prod02 and prod03 drop 10250/tcp from other machines',
    faults: [{ kind: 'kubelet-port-blocked', nodes: ['prod02', 'prod03'], action: 'drop' }],
  },
  'host-firewall-pod-to-node': {
    title: 'prod01 rejects 10250/tcp from its own pods',
    faults: [{ kind: 'host-firewall-pod-to-node', nodes: ['prod01'], action: 'reject-prohibited' }],
  },
  'provider-port-dropped-in-forward': {
    title: "prod01's FORWARD chain drops 10250/tcp",
    faults: [{ kind: 'provider-port-filtered', at: 'forward', action: 'drop' }],
  },
  'provider-port-rejected-in-forward': {
    title: "prod01's FORWARD chain rejects 10250/tcp with host-prohibited",
    faults: [{ kind: 'provider-port-filtered', at: 'forward', action: 'reject-prohibited' }],
  },
  'service-port-wrong-number': {
    title: "the Service's targetPort is 4443, where nothing listens",
    faults: [{ kind: 'service-port-mismatch', variant: 'wrong-number' }],
  },
  'service-port-unknown-name': {
    title: "the Service's targetPort names a port that the pod lacks",
    faults: [{ kind: 'service-port-mismatch', variant: 'unknown-name' }],
  },
  'apiservice-port-mismatch': {
    title: 'the APIService names a port that the Service lacks',
    faults: [{ kind: 'service-port-mismatch', variant: 'apiservice-port' }],
  },
  'apiservice-missing': { title: 'no APIService', faults: [{ kind: 'apiservice-missing' }] },
  'apiservice-ca-mismatch': {
    title: "the APIService's caBundle is another CA's",
    faults: [{ kind: 'apiservice-ca-mismatch' }],
  },
  'metrics-server-unschedulable': {
    title: 'no node takes the metrics-server pod',
    faults: [{ kind: 'metrics-server', state: 'unschedulable' }],
  },
  'metrics-server-crashing': {
    title: 'metrics-server exits: a misspelt flag',
    faults: [{ kind: 'metrics-server', state: 'crashing' }],
  },
  'metrics-server-oom': {
    title: 'metrics-server is killed for its memory',
    faults: [{ kind: 'metrics-server', state: 'oom' }],
  },
  'metrics-server-scaled-to-zero': {
    title: 'the Deployment wants no replica',
    faults: [{ kind: 'metrics-server', state: 'scaled-to-zero' }],
  },
  'image-pull-failed': {
    title: "metrics-server's image cannot be pulled",
    faults: [{ kind: 'metrics-server', state: 'image-pull' }],
  },
  'metrics-server-not-installed': {
    title: 'metrics-server was never installed',
    faults: [{ kind: 'metrics-server', state: 'not-installed' }],
  },
  'kubelet-tls-no-ip-san': {
    title: "prod02's kubelet certificate lacks its address",
    faults: [{ kind: 'kubelet-certificate', problem: 'no-ip-san', nodes: ['prod02'] }],
  },
  'kubelet-tls-untrusted': {
    title: 'all kubelets made their own certificates',
    faults: [{ kind: 'kubelet-certificate', problem: 'self-signed', nodes: ALL }],
  },
  'api-server-hanging': {
    title: "prod03's API server accepts connections and says nothing",
    faults: [{ kind: 'api-server', node: 'prod03', state: 'hanging' }],
  },
} as const satisfies Readonly<Record<string, Scenario>>;

export type ScenarioName = keyof typeof SCENARIOS;

/** The faults of a scenario, for `StandInCluster.setFaults`. */
export function faultsOf(name: ScenarioName): readonly Fault[] {
  return SCENARIOS[name].faults;
}

/** The world of a scenario, under any CNI; its fault is old enough to have settled unless told otherwise. */
export function scenario(name: ScenarioName, options: WorldOptions = {}): World {
  return applyFaults(healthyWorld({ ...options, name }), SCENARIOS[name].faults);
}
