import { mapObserved, type Observed } from '../../core/evidence/observed.ts';
import type { HelmChartConfigObject } from '../../core/evidence/snapshot.ts';
import { at, metadata, text } from './json-fields.ts';
import { type ReadContext, readList } from './reads.ts';

/** Charts whose values matter here: the metrics provider's and the CNIs'. */
const CHART = /metrics-server|canal|calico|cilium|flannel/;
const MAX_VALUES = 20_000;

/** HelmChartConfigs of RKE2 and k3s; elsewhere the API is absent. */
export async function readHelmChartConfigs(
  context: ReadContext,
): Promise<Observed<readonly HelmChartConfigObject[]>> {
  const path = '/apis/helm.cattle.io/v1/namespaces/kube-system/helmchartconfigs';
  return mapObserved(
    await readList(context, path, 'list helmchartconfigs in kube-system'),
    (items) =>
      items
        .map((raw) => ({
          ...metadata(raw),
          valuesContent: text(at(raw, 'spec')['valuesContent']).slice(0, MAX_VALUES),
        }))
        .filter(({ name }) => CHART.test(name))
        .map(({ namespace, name, valuesContent }) => ({ namespace, name, valuesContent })),
  );
}
