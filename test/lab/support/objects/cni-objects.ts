import { AGENT_IMAGES } from '../images/definitions.ts';
import type { CniFlavour, LabNetwork } from '../types.ts';

/** Something to POST: collection path and object. */
export type NewObject = {
  readonly path: string;
  readonly object: Readonly<Record<string, unknown>>;
};

/** A CRD that takes anything below `spec`. */
export function crd(
  group: string,
  version: string,
  kind: string,
  scope: 'Cluster' | 'Namespaced',
): NewObject {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  return {
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    object: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope,
        names: { kind, plural, singular, listKind: `${kind}List` },
        versions: [
          {
            name: version,
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
            },
          },
        ],
      },
    },
  };
}

/** CRDs that the flavour's chart brings. */
export function cniCrds(flavour: CniFlavour): readonly NewObject[] {
  if (flavour === 'flannel' || flavour === 'cilium') return [];
  return [
    crd('crd.projectcalico.org', 'v1', 'IPPool', 'Cluster'),
    crd('crd.projectcalico.org', 'v1', 'FelixConfiguration', 'Cluster'),
  ];
}

/** Custom resources; posted once their CRDs are served. */
export function cniCustomResources(network: LabNetwork): readonly NewObject[] {
  const calico = (kind: string, name: string, spec: unknown): NewObject => ({
    path: `/apis/crd.projectcalico.org/v1/${kind.toLowerCase()}s`,
    object: { apiVersion: 'crd.projectcalico.org/v1', kind, metadata: { name }, spec },
  });
  switch (network.flavour) {
    case 'calico':
      return [
        calico('IPPool', 'default-ipv4-ippool', {
          allowedUses: ['Workload', 'Tunnel'],
          blockSize: 26,
          cidr: network.podCidr,
          ipipMode: 'Never',
          natOutgoing: true,
          nodeSelector: 'all()',
          vxlanMode: 'Always',
        }),
        calico('FelixConfiguration', 'default', {
          bpfLogLevel: '',
          // RKE2's Calico chart sets it since vmxnet3 broke outer checksums.
          featureDetectOverride: 'ChecksumOffloadBroken=true',
          vxlanVNI: network.nodes[0]?.overlay.vni,
          wireguardEnabled: false,
        }),
      ];
    case 'canal':
      return [
        calico('FelixConfiguration', 'default', { bpfLogLevel: '', wireguardEnabled: false }),
      ];
    case 'flannel':
    case 'cilium':
      return [];
  }
}

/** The CNI's ConfigMap; Calico by operator has none. */
export function cniConfigMaps(network: LabNetwork): readonly NewObject[] {
  const configMap = (name: string, data: Readonly<Record<string, string>>): NewObject => ({
    path: '/api/v1/namespaces/kube-system/configmaps',
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'kube-system' },
      data,
    },
  });
  const netConf = (backend: Readonly<Record<string, unknown>>): string =>
    `${JSON.stringify({ Network: network.podCidr, Backend: { Type: 'vxlan', ...backend } }, null, 2)}\n`;
  switch (network.flavour) {
    case 'canal':
      return [
        configMap('rke2-canal-config', {
          canal_iface: '',
          canal_iface_regex: '',
          masquerade: 'true',
          'net-conf.json': netConf({}),
          typha_service_name: 'none',
          veth_mtu: '1450',
        }),
      ];
    case 'flannel':
      return [
        configMap('kube-flannel-cfg', { 'net-conf.json': netConf({ VNI: 4096, Port: 4789 }) }),
      ];
    case 'cilium':
      return [
        configMap('cilium-config', {
          'enable-ipv4': 'true',
          ipam: 'cluster-pool',
          'routing-mode': 'tunnel',
          'tunnel-protocol': 'vxlan',
          'cluster-pool-ipv4-cidr': network.podCidr,
        }),
      ];
    case 'calico':
      return [];
  }
}

type AgentSpec = {
  readonly namespace: string;
  readonly name: string;
  readonly label: readonly [key: string, value: string];
  readonly containers: readonly (readonly [name: string, image: string])[];
};

const AGENTS: Readonly<Record<CniFlavour, AgentSpec>> = {
  canal: {
    namespace: 'kube-system',
    name: 'rke2-canal',
    label: ['k8s-app', 'canal'],
    containers: [
      ['calico-node', AGENT_IMAGES.canalCalico],
      ['kube-flannel', AGENT_IMAGES.canalFlannel],
    ],
  },
  calico: {
    namespace: 'calico-system',
    name: 'calico-node',
    label: ['k8s-app', 'calico-node'],
    containers: [['calico-node', AGENT_IMAGES.calicoNode]],
  },
  flannel: {
    namespace: 'kube-system',
    name: 'kube-flannel-ds',
    label: ['app', 'flannel'],
    containers: [['kube-flannel', AGENT_IMAGES.flannel]],
  },
  cilium: {
    namespace: 'kube-system',
    name: 'cilium',
    label: ['k8s-app', 'cilium'],
    containers: [['cilium-agent', AGENT_IMAGES.cilium]],
  },
};

/** Namespace and label selector of the flavour's agent Pods. */
export function cniAgent(flavour: CniFlavour): {
  readonly namespace: string;
  readonly name: string;
  readonly selector: string;
} {
  const { namespace, name, label } = AGENTS[flavour];
  return { namespace, name, selector: `${label[0]}=${label[1]}` };
}

/** The agents as a DaemonSet of idle programs: the lab writes the data plane itself. */
export function cniDaemonSet(flavour: CniFlavour): NewObject {
  const { namespace, name, label, containers } = AGENTS[flavour];
  const labels = { [label[0]]: label[1] };
  return {
    path: `/apis/apps/v1/namespaces/${namespace}/daemonsets`,
    object: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            hostNetwork: true,
            priorityClassName: 'system-node-critical',
            terminationGracePeriodSeconds: 0,
            tolerations: [{ operator: 'Exists' }],
            containers: containers.map(([containerName, image]) => ({
              name: containerName,
              image,
              imagePullPolicy: 'Never',
              // A file decides readiness, so that a fault can make one agent unready while it runs on.
              readinessProbe: {
                exec: { command: ['sh', '-c', 'test ! -e /tmp/not-ready'] },
                // Each look starts a process: six a second were a quarter of what an idle lab used.
                periodSeconds: 3,
                failureThreshold: 1,
              },
            })),
          },
        },
      },
    },
  };
}
