import type { ControlFacts } from './control-plane.ts';
import type { IdentityFacts } from './identity-facts.ts';
import type { Observed } from './observed.ts';

/**
 * What the cluster says of itself, in our own small shapes (never `V1Node`). Written by
 * `src/snapshot`, read by `src/core` only. Times are ISO 8601 UTC; `…Ms` are milliseconds.
 */
export interface Snapshot extends ControlFacts, IdentityFacts {
  /** When the reads began, by the worker's clock. */
  readonly takenAt: string;
  /** Where the reader stood: which URL it spoke to, whether that is one API server or a load balancer. */
  readonly vantage: Vantage;
  readonly serverVersion: Observed<string>;
  /** Each kube-apiserver asked on its own. */
  readonly apiServers: Observed<readonly ApiServerView[]>;
  /** `v1beta1.metrics.k8s.io`; `null` when the API answered 404. */
  readonly apiService: Observed<ApiServiceObject | null>;
  /** Several looks at the APIService in one run, to catch API servers that overwrite one another. */
  readonly apiServiceLooks: Observed<readonly ApiServiceLook[]>;
  /** The Service that the APIService names (or would name); `null` when it does not exist. */
  readonly service: Observed<ServiceObject | null>;
  readonly endpoints: Observed<EndpointsView | null>;
  /** The Deployments (or other owners) behind the Service; empty when none. */
  readonly deployments: Observed<readonly DeploymentObject[]>;
  /** The pods behind the Service, ready or not. */
  readonly providerPods: Observed<readonly PodObject[]>;
  /** Last lines of each provider container, current and previous, already cut to what is useful. */
  readonly providerLogs: Observed<readonly ContainerLog[]>;
  /** Events about the provider pods, its Deployment and ReplicaSet, newest first. */
  readonly events: Observed<readonly EventObject[]>;
  readonly nodes: Observed<readonly NodeObject[]>;
  /** Pods of the CNI's agents in any namespace. */
  readonly cniPods: Observed<readonly PodObject[]>;
  /** Last error-like log lines of CNI agent containers that are not fully ready (bounded). */
  readonly cniLogs: Observed<readonly ContainerLog[]>;
  /** The CNI's own configuration where readable: ConfigMaps and custom resources. */
  readonly cniConfig: Observed<CniConfigObjects>;
  /** NetworkPolicies in the provider's namespace. */
  readonly networkPolicies: Observed<readonly NetworkPolicyObject[]>;
  readonly namespaceLabels: Observed<Readonly<Record<string, Readonly<Record<string, string>>>>>;
  readonly hpas: Observed<readonly HpaObject[]>;
  /** Names of nodes that `NodeMetricsList` reports, from an API server that answered 200. */
  readonly nodeMetrics: Observed<readonly string[]>;
  /** HelmChartConfigs named after metrics-server or the CNI (RKE2, k3s). */
  readonly helmChartConfigs: Observed<readonly HelmChartConfigObject[]>;
  /** Pods in the pod network on nodes of interest, as neutral targets: other namespaces than the provider's. */
  readonly referencePods: Observed<readonly PodObject[]>;
}

export interface Vantage {
  readonly server: string;
  readonly inCluster: boolean;
  readonly node: string | null;
  /** Said in the report when the usual address failed and another one was used. */
  readonly note: string | null;
}

/** One kube-apiserver's own answer to the aggregated request. */
export interface ApiServerView {
  /** Node name, else the address. */
  readonly name: string;
  /** `host:port` (or a URL override) that was dialled. */
  readonly address: string;
  readonly metricsApi: Observed<MetricsApiAnswer>;
  /** `aggregator_unavailable_apiservice{name="v1beta1.metrics.k8s.io"}`: 1 proves a failure, 0 proves nothing. */
  readonly unavailableGauge: Observed<0 | 1>;
  readonly ready: Observed<boolean>;
}

/** How `GET /apis/metrics.k8s.io/v1beta1/nodes` ended at one API server. */
export interface MetricsApiAnswer {
  /**
   * - `ok`: 2xx with a whole body. `hung-body`: a 2xx status line, then silence.
   * - `http-error`: any other status (see `status`, `body`).
   * - `no-answer`: connected, nothing within `ms`. `unreachable`: no connection to this API server at all
   *   (see `body` for the errno): the worker's own path, not the cluster's fault.
   */
  readonly outcome: 'ok' | 'http-error' | 'no-answer' | 'hung-body' | 'unreachable';
  readonly status: number | null;
  /** First 500 characters of the body; for errors it names the failing dial. */
  readonly body: string;
  readonly ms: number;
  /** False while a later answer may still replace this one. */
  readonly settled: boolean;
  /** Node names in the answer when `ok`. */
  readonly nodes: readonly string[];
}

export interface ApiServiceObject {
  readonly name: string;
  readonly service: {
    readonly namespace: string;
    readonly name: string;
    readonly port: number;
  } | null;
  readonly insecureSkipTlsVerify: boolean;
  readonly caBundlePem: string | null;
  readonly available: ConditionObject | null;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: string | null;
  /** Who wrote `spec.service` last (field managers), with the time. Absent in old bundles. */
  readonly writers?: readonly { readonly manager: string; readonly at: string | null }[];
}

export interface ApiServiceLook {
  readonly at: string;
  readonly resourceVersion: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string | null;
  /** `namespace/name` of the Service at that moment. Absent in old bundles. */
  readonly service?: string | null;
}

export interface ConditionObject {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string | null;
}

export interface ServiceObject {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly clusterIps: readonly string[];
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly {
    readonly name: string | null;
    readonly port: number;
    readonly targetPort: string | number;
    readonly protocol: string;
  }[];
}

export interface EndpointsView {
  readonly from: 'EndpointSlice' | 'Endpoints';
  readonly addresses: readonly {
    readonly ip: string;
    readonly ready: boolean;
    readonly nodeName: string | null;
    readonly podName: string | null;
    readonly ports: readonly { readonly name: string | null; readonly port: number }[];
  }[];
}

export interface DeploymentObject {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly readyReplicas: number;
  readonly hostNetwork: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly ContainerSpec[];
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly ports: readonly {
    readonly name: string | null;
    readonly containerPort: number;
    readonly protocol: string;
  }[];
  readonly memoryLimit: string | null;
  /** Paths that the kubelet's HTTP probes ask for, by `Readiness`, `Liveness` and `Startup`. Absent in old bundles. */
  readonly probePaths?: Readonly<Record<string, string>>;
}

export interface PodObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeName: string | null;
  readonly phase: string;
  readonly podIps: readonly string[];
  readonly hostNetwork: boolean;
  readonly ready: boolean;
  readonly createdAt: string | null;
  readonly deleting: boolean;
  readonly conditions: readonly ConditionObject[];
  readonly containers: readonly ContainerSpec[];
  readonly statuses: readonly ContainerStatusObject[];
  readonly owner: { readonly kind: string; readonly name: string } | null;
}

export interface ContainerStatusObject {
  readonly name: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly state: 'running' | 'waiting' | 'terminated' | 'unknown';
  /** `waiting.reason` or `terminated.reason`. */
  readonly reason: string | null;
  readonly message: string | null;
  readonly exitCode: number | null;
  readonly last: {
    readonly reason: string | null;
    readonly exitCode: number | null;
    readonly finishedAt: string | null;
    readonly message: string | null;
  } | null;
  readonly imageId: string | null;
}

export interface ContainerLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  readonly lines: readonly string[];
}

export interface EventObject {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly count: number;
  readonly lastSeen: string | null;
}

export interface NodeObject {
  readonly name: string;
  readonly internalIps: readonly string[];
  readonly externalIps: readonly string[];
  readonly ready: Observed<boolean>;
  readonly unschedulable: boolean;
  readonly controlPlane: boolean;
  readonly podCidrs: readonly string[];
  readonly os: string;
  readonly osImage: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly kubeletVersion: string;
  readonly containerRuntime: string;
  readonly kubeletPort: number;
  /** Only annotations of known CNIs and distros (flannel.alpha.coreos.com/*, projectcalico.org/*, rke2.io/*, k3s.io/*…). */
  readonly annotations: Readonly<Record<string, string>>;
  /** Only topology, role, OS, distro and provider labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly effect: string }[];
  readonly conditions: readonly ConditionObject[];
  readonly createdAt: string | null;
  readonly providerId: string | null;
}

export interface CniConfigObjects {
  /** ConfigMaps by `namespace/name` (kube-flannel-cfg, canal-config, rke2-canal-config, cilium-config, calico-config). */
  readonly configMaps: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly data: Readonly<Record<string, string>>;
  }[];
  readonly calicoIpPools: Observed<
    readonly {
      readonly name: string;
      readonly cidr: string;
      readonly vxlanMode: string;
      readonly ipipMode: string;
      readonly natOutgoing: boolean;
    }[]
  >;
  readonly felix: Observed<Readonly<Record<string, unknown>>>;
}

export interface NetworkPolicyObject {
  readonly namespace: string;
  readonly name: string;
  /** Raw `spec.podSelector`, `policyTypes`, `ingress`, as the API gives them. */
  readonly podSelector: LabelSelectorObject;
  readonly policyTypes: readonly string[];
  readonly ingress: readonly PolicyRuleObject[];
  readonly egress: readonly PolicyRuleObject[];
}

export interface LabelSelectorObject {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** One ingress (`peers` = from) or egress (`peers` = to) rule; empty `peers` or `ports` mean "all". */
export interface PolicyRuleObject {
  readonly peers: readonly {
    readonly podSelector: LabelSelectorObject | null;
    readonly namespaceSelector: LabelSelectorObject | null;
    readonly ipBlock: { readonly cidr: string; readonly except: readonly string[] } | null;
  }[];
  readonly ports: readonly {
    readonly protocol: string;
    readonly port: string | number | null;
    readonly endPort: number | null;
  }[];
}

export interface HpaObject {
  readonly namespace: string;
  readonly name: string;
  readonly target: string;
  readonly currentReplicas: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** True when it scales on cpu/memory `Resource` or `ContainerResource` metrics. */
  readonly usesResourceMetrics: boolean;
  readonly scalingActive: ConditionObject | null;
}

export interface HelmChartConfigObject {
  readonly namespace: string;
  readonly name: string;
  readonly valuesContent: string;
}
