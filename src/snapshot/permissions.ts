/** One rule of a Kubernetes ClusterRole. */
export interface PermissionRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
  /** What is not seen without it, as a sentence for people. */
  readonly why: string;
}

/**
 * All that reading a snapshot uses: no Secrets, no exec, no proxy to nodes or pods, nothing written. Any
 * rule may be withheld: the facts that it gives are then missing, and the report says so.
 */
export const SNAPSHOT_PERMISSIONS: readonly PermissionRule[] = [
  {
    apiGroups: ['metrics.k8s.io'],
    resources: ['nodes'],
    verbs: ['list'],
    why: 'The request that every API server is asked; nothing can be diagnosed without it.',
  },
  {
    apiGroups: ['metrics.k8s.io'],
    resources: ['pods'],
    verbs: ['list'],
    why: 'Whether pods have numbers where their node has none: the kubelet is scraped then.',
  },
  {
    apiGroups: ['apiregistration.k8s.io'],
    resources: ['apiservices'],
    verbs: ['get', 'list', 'watch'],
    why: 'The APIService, its Service and CA; the watch shows API servers that overwrite one another.',
  },
  {
    apiGroups: [''],
    resources: ['nodes', 'pods'],
    verbs: ['list'],
    why: 'Addresses, conditions and CNI annotations; the pods of the provider and of the CNI; neutral targets.',
  },
  {
    apiGroups: [''],
    resources: ['pods/log'],
    verbs: ['get'],
    why: 'The last lines of the provider and of CNI agents that are not ready.',
  },
  {
    apiGroups: [''],
    resources: ['services', 'endpoints', 'namespaces'],
    verbs: ['get'],
    why: 'The Service and its addresses; the API servers on clusters without EndpointSlices; namespace labels.',
  },
  {
    apiGroups: [''],
    resources: ['services'],
    verbs: ['list'],
    why: 'Services of a metrics-server that the APIService does not name.',
  },
  {
    apiGroups: [''],
    resources: ['events'],
    verbs: ['list'],
    why: 'Why pods are not scheduled, not pulled or killed.',
  },
  {
    apiGroups: [''],
    resources: ['configmaps'],
    resourceNames: [
      'calico-config',
      'canal-config',
      'cilium-config',
      'kube-flannel-cfg',
      'rke2-canal-config',
      'rke2-flannel-config',
    ],
    verbs: ['get'],
    why: 'How the CNI encapsulates, and on which port.',
  },
  {
    apiGroups: [''],
    resources: ['configmaps'],
    resourceNames: ['extension-apiserver-authentication'],
    verbs: ['get'],
    why: 'Which front-proxy CA and names extension API servers are told to believe.',
  },
  {
    apiGroups: ['certificates.k8s.io'],
    resources: ['certificatesigningrequests'],
    verbs: ['list'],
    why: 'Kubelets that wait for a serving certificate.',
  },
  {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['list'],
    why: "The kubelets' heartbeats: which of them is alive, and how its clock differs.",
  },
  {
    apiGroups: ['discovery.k8s.io'],
    resources: ['endpointslices'],
    verbs: ['list'],
    why: 'Where the API servers are, and which pods serve the Metrics API.',
  },
  {
    apiGroups: ['apps'],
    resources: ['deployments'],
    verbs: ['list'],
    why: 'Arguments, replicas, ports and limits of the provider.',
  },
  {
    apiGroups: ['networking.k8s.io'],
    resources: ['networkpolicies'],
    verbs: ['list'],
    why: 'Policies that keep API servers from the provider.',
  },
  {
    apiGroups: ['autoscaling'],
    resources: ['horizontalpodautoscalers'],
    verbs: ['list'],
    why: 'Which autoscalers cannot scale.',
  },
  {
    apiGroups: ['helm.cattle.io'],
    resources: ['helmchartconfigs'],
    verbs: ['list'],
    why: 'Settings of packaged components on RKE2 and k3s.',
  },
  {
    apiGroups: ['crd.projectcalico.org', 'projectcalico.org'],
    resources: ['ippools'],
    verbs: ['list'],
    why: 'Encapsulation and ranges of Calico.',
  },
  {
    apiGroups: ['crd.projectcalico.org', 'projectcalico.org'],
    resources: ['felixconfigurations'],
    resourceNames: ['default'],
    verbs: ['get'],
    why: 'VXLAN port, VNI and checksum settings of Calico.',
  },
  {
    nonResourceURLs: ['/version', '/readyz', '/metrics'],
    verbs: ['get'],
    why: 'Version and readiness of each API server; its own gauge of the availability check.',
  },
];
