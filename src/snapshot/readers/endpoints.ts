import { known, mapObserved, type Observed } from '../../core/evidence/observed.ts';
import type { EndpointsView } from '../../core/evidence/snapshot.ts';
import { array, at, integer, object, strings, text, textOrNull } from './json-fields.ts';
import { firstServed, type ReadContext, readList, readObject } from './reads.ts';

type Address = EndpointsView['addresses'][number];

/**
 * The addresses behind a Service: EndpointSlices v1, else v1beta1 (before 1.21), else core Endpoints.
 * `null`: the Service has neither. A Service whose slices were never made but which has Endpoints (no
 * controller, a hand-made object) is read from the Endpoints, too: some API servers dial by those.
 */
export async function readEndpoints(
  context: ReadContext,
  namespace: string,
  service: string,
): Promise<Observed<EndpointsView | null>> {
  const slices = await firstServed(
    ['v1', 'v1beta1'].map((version) => () => readSlices(context, version, namespace, service)),
  );
  if (slices.state === 'known' && slices.value.length > 0) {
    return known(
      { from: 'EndpointSlice', addresses: slices.value.flatMap(sliceAddresses) },
      slices.source,
    );
  }
  if (slices.state === 'missing' && slices.reason === 'timed-out') return slices;
  const path = `/api/v1/namespaces/${namespace}/endpoints/${service}`;
  const old = await readObject(context, path, `get endpoints ${service} in ${namespace}`);
  if (old.state === 'missing' && slices.state === 'known') return known(null, slices.source);
  return mapObserved(old, (raw) =>
    raw === null ? null : { from: 'Endpoints' as const, addresses: endpointsAddresses(raw) },
  );
}

function readSlices(
  context: ReadContext,
  version: string,
  namespace: string,
  service: string,
): Promise<Observed<readonly unknown[]>> {
  return readList(
    context,
    `/apis/discovery.k8s.io/${version}/namespaces/${namespace}/endpointslices`,
    `list endpointslices in ${namespace}`,
    { query: { labelSelector: `kubernetes.io/service-name=${service}` } },
  );
}

function sliceAddresses(raw: unknown): readonly Address[] {
  const slice = object(raw);
  const ports = portList(slice['ports']);
  return array(slice['endpoints']).flatMap((item) => {
    const endpoint = object(item);
    // The API: absent `ready` means "unknown", to be read as ready.
    const ready = at(endpoint, 'conditions')['ready'] !== false;
    const nodeName =
      textOrNull(endpoint['nodeName']) ??
      textOrNull(at(endpoint, 'topology')['kubernetes.io/hostname']); // v1beta1
    const podName = podOf(endpoint);
    return strings(endpoint['addresses']).map((ip) => ({ ip, ready, nodeName, podName, ports }));
  });
}

function endpointsAddresses(raw: unknown): readonly Address[] {
  return array(at(raw)['subsets']).flatMap((item) => {
    const subset = object(item);
    const ports = portList(subset['ports']);
    const read = (value: unknown, ready: boolean): readonly Address[] =>
      array(value).map((entry) => {
        const address = object(entry);
        const nodeName = textOrNull(address['nodeName']);
        return { ip: text(address['ip']), ready, nodeName, podName: podOf(address), ports };
      });
    return [...read(subset['addresses'], true), ...read(subset['notReadyAddresses'], false)];
  });
}

function podOf(holder: unknown): string | null {
  const reference = at(holder, 'targetRef');
  return reference['kind'] === 'Pod' ? textOrNull(reference['name']) : null;
}

function portList(value: unknown): Address['ports'] {
  return array(value).map((item) => {
    const port = object(item);
    return { name: textOrNull(port['name']), port: integer(port['port']) };
  });
}
