import { known, mapObserved, missing, type Observed } from '../../core/evidence/observed.ts';
import type { NodeObject } from '../../core/evidence/snapshot.ts';
import { conditions } from './conditions.ts';
import { array, at, integer, object, stringMap, strings, text, textOrNull } from './json-fields.ts';
import { type ReadContext, readList } from './reads.ts';

/** Thousands of nodes, 15 KB each, over a slow line. */
const NODES_LIMIT_MS = 10_000;

export async function readNodes(context: ReadContext): Promise<Observed<readonly NodeObject[]>> {
  const read = await readList(context, '/api/v1/nodes', 'list nodes', { limitMs: NODES_LIMIT_MS });
  return mapObserved(read, (items) => items.map(nodeObject));
}

/** Annotations of CNIs and distros that causes read; others may hold anything and stay out. */
const ANNOTATION =
  /^(flannel\.alpha\.coreos\.com|projectcalico\.org|([\w-]+\.)*cilium\.io|rke2\.io|k3s\.io|etcd\.(rke2|k3s)\.cattle\.io|alpha\.kubernetes\.io\/provided-node-ip|kubeadm\.alpha\.kubernetes\.io|k8s\.ovn\.org\/node-(primary-ifaddr|encap-ips|subnets)|node\.alpha\.kubernetes\.io\/ttl|kilo\.squat\.ai)/;

/** Labels of topology, role, OS, distro and provider. */
const LABEL =
  /^(topology\.[\w.-]+\/|([\w.-]+\/)?rack$|failure-domain\.beta\.kubernetes\.io|node-role\.kubernetes\.io|node\.kubernetes\.io|kubernetes\.io\/(os|arch|hostname)|beta\.kubernetes\.io\/(os|arch|instance-type)|egress\.(rke2|k3s)\.io|k3s\.io|rke2\.io|eks\.amazonaws\.com|cloud\.google\.com|kubernetes\.azure\.com|agentpool|minikube\.k8s\.io|microk8s\.io|node\.openshift\.io|karpenter\.sh|extensions\.talos\.dev)/;

/** Labels and taints that mark a control-plane node, by distro and age. */
const CONTROL_PLANE_ROLES = [
  'node-role.kubernetes.io/control-plane',
  'node-role.kubernetes.io/controlplane',
  'node-role.kubernetes.io/master',
];

/** The kubelet's port where `status.daemonEndpoints` does not say (kubelet `--port` default). */
const KUBELET_PORT = 10_250;

export function nodeObject(raw: unknown): NodeObject {
  const meta = at(raw, 'metadata');
  const spec = at(raw, 'spec');
  const status = at(raw, 'status');
  const info = at(status, 'nodeInfo');
  const labels = stringMap(meta['labels']);
  const states = conditions(status['conditions']);
  const taints = array(spec['taints']).map((item) => {
    const taint = object(item);
    return { key: text(taint['key']), effect: text(taint['effect']) };
  });
  const podCidrs = strings(spec['podCIDRs']);
  const oldPodCidr = textOrNull(spec['podCIDR']);
  return {
    name: text(meta['name']),
    internalIps: addresses(status['addresses'], 'InternalIP'),
    externalIps: addresses(status['addresses'], 'ExternalIP'),
    ready: readiness(states.find(({ type }) => type === 'Ready')?.status),
    unschedulable: spec['unschedulable'] === true,
    controlPlane: CONTROL_PLANE_ROLES.some(
      (role) => role in labels || taints.some(({ key }) => key === role),
    ),
    podCidrs: podCidrs.length === 0 && oldPodCidr !== null ? [oldPodCidr] : podCidrs,
    os: text(info['operatingSystem'], labels['kubernetes.io/os'] ?? ''),
    osImage: text(info['osImage']),
    kernel: text(info['kernelVersion']),
    architecture: text(info['architecture']),
    kubeletVersion: text(info['kubeletVersion']),
    containerRuntime: text(info['containerRuntimeVersion']),
    kubeletPort: kubeletPort(status),
    annotations: stringMap(meta['annotations'], (name) => ANNOTATION.test(name)),
    labels: stringMap(labels, (name) => LABEL.test(name)),
    taints,
    conditions: states,
    createdAt: textOrNull(meta['creationTimestamp']),
    providerId: textOrNull(spec['providerID']),
  };
}

function kubeletPort(status: unknown): number {
  const port = integer(at(status, 'daemonEndpoints', 'kubeletEndpoint')['Port']);
  return port === 0 ? KUBELET_PORT : port; // 0: no kubelet has reported yet
}

function addresses(value: unknown, type: string): readonly string[] {
  return array(value)
    .map(object)
    .filter((address) => address['type'] === type)
    .map((address) => text(address['address']))
    .filter((address) => address !== '');
}

function readiness(status: string | undefined): Observed<boolean> {
  if (status === 'True' || status === 'False') return known(status === 'True', 'condition Ready');
  // `Unknown`: the node controller has not heard from the kubelet; that is silence and not a `False`.
  return missing('failed', status === undefined ? 'no condition Ready yet' : 'Ready is Unknown');
}
