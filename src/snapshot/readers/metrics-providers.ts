import type { MetricsProvider } from '../../core/evidence/control-plane.ts';
import { mapObserved, type Observed } from '../../core/evidence/observed.ts';
import type { PodObject } from '../../core/evidence/snapshot.ts';
import { at, stringMap } from './json-fields.ts';
import { readPods } from './pods.ts';
import { PROVIDER_SELECTORS, selects } from './provider.ts';
import { joinReads, type ReadContext, readList } from './reads.ts';
import { serviceObject } from './service.ts';

/** Namespaces whose Services are looked at; a cluster with more providers has other troubles. */
const MAX_NAMESPACES = 4;

/** What can serve the Metrics API in any namespace, by the labels of the known programs. */
export async function readMetricsProviders(
  context: ReadContext,
): Promise<Observed<readonly MetricsProvider[]>> {
  const reads = await Promise.all(
    PROVIDER_SELECTORS.map((labels) => readPods(context, null, { labels })),
  );
  const found = mapObserved(joinReads(reads), (pods) => [
    ...new Map(
      pods
        .filter(({ deleting, phase }) => !deleting && phase !== 'Succeeded' && phase !== 'Failed')
        .map((pod) => [`${pod.namespace}/${pod.name}`, pod]),
    ).values(),
  ]);
  if (found.state === 'missing') return found;
  const namespaces = [...new Set(found.value.map(({ namespace }) => namespace))];
  const services = new Map(
    await Promise.all(
      namespaces
        .slice(0, MAX_NAMESPACES)
        .map(async (namespace) => [namespace, await readServices(context, namespace)] as const),
    ),
  );
  return mapObserved(found, (pods) => {
    const groups = new Map<string, PodObject[]>();
    for (const pod of pods) {
      const key = `${pod.namespace}/${nameOf(pod.labels)}`;
      groups.set(key, [...(groups.get(key) ?? []), pod]);
    }
    return [...groups]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, own]) => providerOf(own, services));
  });
}

/** Upstream's and RKE2's metrics-server may stand side by side in one namespace: the name label parts them. */
function nameOf(labels: Readonly<Record<string, string>>): string {
  return labels['app.kubernetes.io/name'] ?? labels['k8s-app'] ?? labels['app'] ?? '';
}

type Service = ReturnType<typeof serviceObject>;

/** A refusal only leaves the names of Services out. */
async function readServices(context: ReadContext, namespace: string): Promise<readonly Service[]> {
  const path = `/api/v1/namespaces/${namespace}/services`;
  const read = await readList(context, path, `list services in ${namespace}`);
  if (read.state === 'missing') return [];
  return read.value
    .filter((raw) => Object.keys(stringMap(at(raw, 'spec')['selector'])).length > 0)
    .map(serviceObject);
}

function providerOf(
  pods: readonly PodObject[],
  services: ReadonlyMap<string, readonly Service[]>,
): readonly MetricsProvider[] {
  const [first] = pods;
  if (first === undefined) return [];
  const { namespace, labels } = first;
  return [
    {
      program: nameOf(labels).includes('adapter') ? 'prometheus-adapter' : 'metrics-server',
      namespace,
      pods: pods.map(({ name, ready }) => ({ name, ready })),
      services: (services.get(namespace) ?? [])
        .filter(({ selector }) => pods.some((pod) => selects(selector, pod.labels)))
        .flatMap(({ name, ports }) => ports.slice(0, 1).map(({ port }) => ({ name, port }))),
    },
  ];
}
