import type { PodMetricsItem } from '../../core/evidence/identity-facts.ts';
import { known, type Observed } from '../../core/evidence/observed.ts';
import { array, at, metadata } from './json-fields.ts';
import { type ReadContext, refusal, timeLeftMs } from './reads.ts';

/** It crosses the very path that may be broken: no longer than the first look waits. */
const LIMIT_MS = 1_500;
/** metrics-server knows no paging; beyond some 5,000 pods of one namespace the list is not worth its weight. */
const MAX_BYTES = 2 * 1024 * 1024;

/** The pods of one namespace that the Metrics API has numbers for. */
export async function readPodMetrics(
  context: ReadContext,
  namespace: string,
): Promise<Observed<readonly PodMetricsItem[]>> {
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`;
  const answer = await context.client.get(path, {
    timeoutMs: timeLeftMs(context, LIMIT_MS),
    signal: context.signal,
    maxBytes: MAX_BYTES,
  });
  if (answer.kind !== 'answered' || answer.status !== 200 || answer.json === undefined) {
    return refusal(answer, `list pods.metrics.k8s.io in ${namespace}`);
  }
  return known(
    array(at(answer.json)['items']).map((raw) => {
      const { name } = metadata(raw);
      return { namespace, name };
    }),
    `GET ${path}`,
  );
}
