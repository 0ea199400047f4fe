import { mapObserved, type Observed } from '../../core/evidence/observed.ts';
import type { ConditionObject, HpaObject } from '../../core/evidence/snapshot.ts';
import { condition } from './conditions.ts';
import { array, at, integer, metadata, object, stringMap, text } from './json-fields.ts';
import { firstServed, type ReadContext, readList } from './reads.ts';

const MAX_HPAS = 2_000;

/** All HorizontalPodAutoscalers: autoscaling/v2, else v2beta2 (before 1.23), else v1. */
export async function readHpas(context: ReadContext): Promise<Observed<readonly HpaObject[]>> {
  const read = await firstServed(
    ['v2', 'v2beta2', 'v1'].map(
      (version) => () =>
        readList(
          context,
          `/apis/autoscaling/${version}/horizontalpodautoscalers`,
          'list horizontalpodautoscalers in all namespaces',
          { maxItems: MAX_HPAS },
        ),
    ),
  );
  return mapObserved(read, (items) => items.map(hpaObject));
}

/** v1 keeps what v2 has in fields as JSON in these annotations, and CPU in a field of its own. */
const V1_METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const V1_CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';

export function hpaObject(raw: unknown): HpaObject {
  const { name, namespace } = metadata(raw);
  const annotations = stringMap(at(raw, 'metadata')['annotations']);
  const spec = at(raw, 'spec');
  const status = at(raw, 'status');
  const target = at(spec, 'scaleTargetRef');
  const metrics = [...array(spec['metrics']), ...array(parsed(annotations[V1_METRICS]))];
  return {
    namespace,
    name,
    target: `${text(target['kind'])}/${text(target['name'])}`,
    currentReplicas: integer(status['currentReplicas']),
    minReplicas: integer(spec['minReplicas'], 1), // the API's default
    maxReplicas: integer(spec['maxReplicas']),
    usesResourceMetrics:
      'targetCPUUtilizationPercentage' in spec ||
      metrics.some((metric) => /^(Container)?Resource$/.test(text(object(metric)['type']))),
    scalingActive: scalingActive(status['conditions'], annotations[V1_CONDITIONS]),
  };
}

function scalingActive(fields: unknown, annotation: string | undefined): ConditionObject | null {
  return condition(fields, 'ScalingActive') ?? condition(parsed(annotation), 'ScalingActive');
}

function parsed(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // an annotation that somebody edited by hand
  }
}
