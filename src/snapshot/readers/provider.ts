import { known, mapObserved, type Observed } from '../../core/evidence/observed.ts';
import type { DeploymentObject, PodObject, ServiceObject } from '../../core/evidence/snapshot.ts';
import { array, at, integer, metadata, stringMap } from './json-fields.ts';
import { containerSpec, readPods } from './pods.ts';
import { joinReads, type ReadContext, readList } from './reads.ts';

/** Labels by which the known providers' pods are found when no Service leads to them. */
export const PROVIDER_SELECTORS = [
  'k8s-app in (metrics-server,rke2-metrics-server)',
  'app.kubernetes.io/name in (metrics-server,rke2-metrics-server,prometheus-adapter)',
  'app in (metrics-server,rke2-metrics-server,prometheus-adapter)',
];

/** The pods behind the Service, ready or not; by the well-known labels when it has no selector or selects none. */
export async function readProviderPods(
  context: ReadContext,
  service: Observed<ServiceObject | null>,
  namespace: string,
): Promise<Observed<readonly PodObject[]>> {
  const selector = service.state === 'known' ? (service.value?.selector ?? {}) : {};
  if (Object.keys(selector).length > 0) {
    const labels = Object.entries(selector)
      .map(([name, value]) => `${name}=${value}`)
      .join(',');
    const selected = mapObserved(await readPods(context, namespace, { labels }), livingFirst);
    if (selected.state === 'missing' || selected.value.length > 0) return selected;
  }
  const reads = await Promise.all(
    PROVIDER_SELECTORS.map((labels) => readPods(context, namespace, { labels })),
  );
  return mapObserved(joinReads(reads), (pods) => livingFirst(distinct(pods)));
}

/** Logs and events are read of a few pods only: not of those that were thrown out or are being deleted. */
function livingFirst(pods: readonly PodObject[]): readonly PodObject[] {
  const isOver = ({ phase, deleting }: PodObject): boolean =>
    deleting || phase === 'Failed' || phase === 'Succeeded';
  return pods.toSorted((a, b) => Number(isOver(a)) - Number(isOver(b)));
}

function distinct(pods: readonly PodObject[]): readonly PodObject[] {
  return [...new Map(pods.map((pod) => [pod.uid === '' ? pod.name : pod.uid, pod])).values()];
}

const PROVIDER_NAME = /(^|-)(metrics-server|prometheus-adapter)(-|$)/;

/** The Deployments whose pods the Service selects; by name when there is no Service. */
export async function readDeployments(
  context: ReadContext,
  service: Observed<ServiceObject | null>,
  namespace: string,
): Promise<Observed<readonly DeploymentObject[]>> {
  const read = await readList(
    context,
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    `list deployments in ${namespace}`,
  );
  if (read.state === 'missing') return read;
  const selector = service.state === 'known' ? (service.value?.selector ?? {}) : {};
  const selected = read.value.filter((raw) => selects(selector, templateLabels(raw)));
  // A selector that matches nothing is itself a fault; the Deployment it should match is still wanted.
  const found =
    selected.length > 0
      ? selected
      : read.value.filter((raw) => PROVIDER_NAME.test(metadata(raw).name));
  return known(found.map(deploymentObject), read.source);
}

function templateLabels(raw: unknown): Readonly<Record<string, string>> {
  return stringMap(at(raw, 'spec', 'template', 'metadata')['labels']);
}

export function selects(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}

export function deploymentObject(raw: unknown): DeploymentObject {
  const { name, namespace, labels } = metadata(raw);
  const spec = at(raw, 'spec');
  const podSpec = at(spec, 'template', 'spec');
  return {
    namespace,
    name,
    replicas: integer(spec['replicas'], 1), // the API's default
    readyReplicas: integer(at(raw, 'status')['readyReplicas']),
    hostNetwork: podSpec['hostNetwork'] === true,
    labels,
    containers: array(podSpec['containers']).map(containerSpec),
  };
}
