import { known, mapObserved, type Observed } from '../../core/evidence/observed.ts';
import type { CniConfigObjects, PodObject } from '../../core/evidence/snapshot.ts';
import { at, metadata, object, stringMap, text } from './json-fields.ts';
import { readPods } from './pods.ts';
import { firstServed, joinReads, type ReadContext, readList, readObject } from './reads.ts';

/** Labels of the agents of the CNIs in use, whichever namespace they live in. */
export const CNI_SELECTORS = [
  'k8s-app in (canal,calico-node,calico-typha,calico-kube-controllers,flannel,cilium,cilium-operator,kube-router,aws-node,azure-cni,kindnet,tigera-operator,weave-net,multus)',
  'app in (flannel,antrea,kindnet,ovnkube-node,kube-ovn-cni,multus,kube-router)',
  'name in (weave-net,tigera-operator,cilium-operator)',
];

/** Pods of the CNI's agents in any namespace; none is a fact too (k3s runs flannel within its own process). */
export async function readCniPods(context: ReadContext): Promise<Observed<readonly PodObject[]>> {
  const reads = await Promise.all(
    CNI_SELECTORS.map((labels) => readPods(context, null, { labels })),
  );
  return mapObserved(joinReads(reads), (pods) => [
    ...new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, lean(pod)])).values(),
  ]);
}

/** There is an agent on each of thousands of nodes; of a healthy condition and of flags nothing is asked. */
function lean(pod: PodObject): PodObject {
  return {
    ...pod,
    conditions: pod.conditions.filter(({ status }) => status !== 'True'),
    containers: pod.containers.map((container) => ({ ...container, args: [], ports: [] })),
  };
}

/** ConfigMaps that say how a CNI encapsulates. */
export const CNI_CONFIG_MAPS = [
  { namespace: 'kube-system', name: 'rke2-canal-config' },
  { namespace: 'kube-system', name: 'canal-config' },
  { namespace: 'kube-system', name: 'kube-flannel-cfg' },
  { namespace: 'kube-flannel', name: 'kube-flannel-cfg' },
  { namespace: 'kube-system', name: 'calico-config' },
  { namespace: 'kube-system', name: 'cilium-config' },
  { namespace: 'kube-system', name: 'rke2-flannel-config' },
];

/** `calico-config` may hold etcd's certificates; nothing that smells of a secret is kept. */
const SECRET_LIKE = /cert|key|token|secret|passw|etcd|kubeconfig|(^|[-_])ca([-_]|$)/i;
const MAX_VALUE = 4_000;

/** The CNI's own configuration where it can be read. */
export async function readCniConfig(context: ReadContext): Promise<Observed<CniConfigObjects>> {
  const [maps, calicoIpPools, felix] = await Promise.all([
    Promise.all(CNI_CONFIG_MAPS.map((map) => readConfigMap(context, map))),
    readIpPools(context),
    readFelix(context),
  ]);
  return mapObserved(joinReads(maps), (configMaps) => ({ configMaps, calicoIpPools, felix }));
}

type ConfigMap = CniConfigObjects['configMaps'][number];

async function readConfigMap(
  context: ReadContext,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<Observed<readonly ConfigMap[]>> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  const read = await readObject(context, path, `get configmaps ${name} in ${namespace}`);
  return mapObserved(read, (raw) => {
    if (raw === null) return [];
    const kept = stringMap(at(raw)['data'], (key) => !SECRET_LIKE.test(key));
    const data = Object.fromEntries(
      Object.entries(kept).map(([key, value]) => [key, value.slice(0, MAX_VALUE)]),
    );
    return [{ namespace, name, data }];
  });
}

/**
 * Calico's API groups: the CRDs, else the v3 group. That one is mostly served by Calico's own API server, a
 * pod on the very network that may be broken, so it gets less time.
 */
const CALICO_GROUPS = [
  { group: 'crd.projectcalico.org', version: 'v1', limitMs: 4_000 },
  { group: 'projectcalico.org', version: 'v3', limitMs: 1_500 },
];

async function readIpPools(context: ReadContext): Promise<CniConfigObjects['calicoIpPools']> {
  const read = await firstServed(
    CALICO_GROUPS.map(
      ({ group, version, limitMs }) =>
        () =>
          readList(context, `/apis/${group}/${version}/ippools`, `list ippools.${group}`, {
            limitMs,
          }),
    ),
  );
  return mapObserved(read, (items) =>
    items.map((raw) => {
      const spec = at(raw, 'spec');
      return {
        name: metadata(raw).name,
        cidr: text(spec['cidr']),
        vxlanMode: text(spec['vxlanMode'], 'Never'),
        ipipMode: text(spec['ipipMode'], 'Never'),
        natOutgoing: spec['natOutgoing'] === true,
      };
    }),
  );
}

async function readFelix(context: ReadContext): Promise<CniConfigObjects['felix']> {
  const read = await firstServed(
    CALICO_GROUPS.map(
      ({ group, version, limitMs }) =>
        () =>
          readObject(
            context,
            `/apis/${group}/${version}/felixconfigurations/default`,
            `get felixconfigurations.${group} default`,
            limitMs,
          ),
    ),
  );
  if (read.state === 'missing') return read;
  const spec = object(at(read.value, 'spec'));
  return known(
    Object.fromEntries(Object.entries(spec).filter(([key]) => !SECRET_LIKE.test(key))),
    read.source,
  );
}
