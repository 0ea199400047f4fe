import type { CniFlavour } from '../../sim/overlays.ts';

/** A kind that the stand-in serves. `versions`: newest first; the first is how objects are stored. */
export interface Resource {
  readonly group: string;
  readonly versions: readonly string[];
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function resource(
  groupVersions: string,
  plural: string,
  kind: string,
  namespaced = true,
): Resource {
  const [group = '', versions = groupVersions] = groupVersions.includes('/')
    ? groupVersions.split('/')
    : ['', groupVersions];
  return { group, versions: versions.split(','), plural, kind, namespaced };
}

/** What RKE2 v1.32.5 serves of the kinds that a diagnosis may look at. */
const RESOURCES: readonly Resource[] = [
  resource('v1', 'nodes', 'Node', false),
  resource('v1', 'namespaces', 'Namespace', false),
  resource('v1', 'pods', 'Pod'),
  resource('v1', 'services', 'Service'),
  resource('v1', 'endpoints', 'Endpoints'),
  resource('v1', 'events', 'Event'),
  resource('v1', 'configmaps', 'ConfigMap'),
  resource('v1', 'secrets', 'Secret'),
  resource('v1', 'serviceaccounts', 'ServiceAccount'),
  resource('apps/v1', 'deployments', 'Deployment'),
  resource('apps/v1', 'daemonsets', 'DaemonSet'),
  resource('apps/v1', 'replicasets', 'ReplicaSet'),
  resource('apps/v1', 'statefulsets', 'StatefulSet'),
  resource('apiregistration.k8s.io/v1', 'apiservices', 'APIService', false),
  resource('discovery.k8s.io/v1,v1beta1', 'endpointslices', 'EndpointSlice'),
  resource('autoscaling/v2,v1', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler'),
  resource('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy'),
  resource('coordination.k8s.io/v1', 'leases', 'Lease'),
  resource(
    'certificates.k8s.io/v1',
    'certificatesigningrequests',
    'CertificateSigningRequest',
    false,
  ),
  resource('helm.cattle.io/v1', 'helmcharts', 'HelmChart'),
  resource('helm.cattle.io/v1', 'helmchartconfigs', 'HelmChartConfig'),
];

const CALICO: readonly Resource[] = [
  resource('crd.projectcalico.org/v1', 'ippools', 'IPPool', false),
  resource('crd.projectcalico.org/v1', 'felixconfigurations', 'FelixConfiguration', false),
  resource('crd.projectcalico.org/v1', 'blockaffinities', 'BlockAffinity', false),
];

const CILIUM: readonly Resource[] = [
  resource('cilium.io/v2', 'ciliumnodes', 'CiliumNode', false),
  resource('cilium.io/v2', 'ciliumnetworkpolicies', 'CiliumNetworkPolicy'),
];

/** Which kinds exist: old clusters lack some (docs/recorded-answers.md: 1.20 has no discovery v1 and no autoscaling v2), CRDs follow the CNI. */
export function servedResources(profile: '1.32' | '1.20', cni: CniFlavour): readonly Resource[] {
  const crds = cni === 'cilium' ? CILIUM : cni === 'canal' || cni === 'calico' ? CALICO : [];
  const all = [...RESOURCES, ...crds];
  if (profile === '1.32') {
    return all.map((each) =>
      each.plural === 'endpointslices' ? { ...each, versions: ['v1'] } : each,
    );
  }
  return all.map((each) => {
    switch (each.plural) {
      case 'endpointslices':
        return { ...each, versions: ['v1beta1'] };
      case 'horizontalpodautoscalers':
        return { ...each, versions: ['v2beta2', 'v1'] };
      default:
        return each;
    }
  });
}

/** Key of a kind in the store. */
export function storeKey(resource: Pick<Resource, 'group' | 'plural'>): string {
  return `${resource.group}/${resource.plural}`;
}
