import { known, mapObserved, type Observed } from '../../core/evidence/observed.ts';
import type { ApiServiceObject, ServiceObject } from '../../core/evidence/snapshot.ts';
import {
  array,
  at,
  integer,
  metadata,
  object,
  stringMap,
  strings,
  text,
  textOrNull,
} from './json-fields.ts';
import { type ReadContext, readObject } from './reads.ts';

/** Where a provider lives when no APIService says so: upstream, k3s and EKS; RKE2. */
const USUAL_SERVICES = ['metrics-server', 'rke2-metrics-server'];
export const USUAL_NAMESPACE = 'kube-system';

/** The namespace that the provider's objects are looked for in. */
export function providerNamespace(apiService: Observed<ApiServiceObject | null>): string {
  const named = apiService.state === 'known' ? apiService.value?.service?.namespace : null;
  return named === undefined || named === null || named === '' ? USUAL_NAMESPACE : named;
}

/** The Service that the APIService names; without an APIService, the one it would usually name. */
export async function readService(
  context: ReadContext,
  apiService: Observed<ApiServiceObject | null>,
): Promise<Observed<ServiceObject | null>> {
  const named = apiService.state === 'known' ? apiService.value?.service : null;
  const namespace = providerNamespace(apiService);
  const names = named === undefined || named === null ? USUAL_SERVICES : [named.name];
  let last: Observed<ServiceObject | null> = known(null, 'no Service named');
  for (const name of names) {
    const path = `/api/v1/namespaces/${namespace}/services/${name}`;
    const read = await readObject(context, path, `get services ${name} in ${namespace}`);
    last = mapObserved(read, (raw) => (raw === null ? null : serviceObject(raw)));
    if (last.state === 'missing' || last.value !== null) return last;
  }
  return last;
}

export function serviceObject(raw: unknown): ServiceObject {
  const { name, namespace } = metadata(raw);
  const spec = at(raw, 'spec');
  const clusterIps = strings(spec['clusterIPs']);
  const oldClusterIp = textOrNull(spec['clusterIP']);
  return {
    namespace,
    name,
    type: text(spec['type'], 'ClusterIP'),
    clusterIps: clusterIps.length === 0 && oldClusterIp !== null ? [oldClusterIp] : clusterIps,
    selector: stringMap(spec['selector']),
    ports: array(spec['ports']).map((item) => {
      const port = object(item);
      const target = port['targetPort'];
      const number = integer(port['port']);
      return {
        name: textOrNull(port['name']),
        port: number,
        targetPort: typeof target === 'string' || typeof target === 'number' ? target : number,
        protocol: text(port['protocol'], 'TCP'),
      };
    }),
  };
}
