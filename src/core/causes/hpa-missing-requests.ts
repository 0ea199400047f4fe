import { valueOr } from '../evidence/observed.ts';
import type { HpaObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';

/** kube-controller-manager, pkg/controller/podautoscaler: `missing request for cpu in container web of Pod web-1`. */
const MISSING = /missing request for (\w{1,40})(?: in container (\S{1,63}) of Pod (\S{1,253}))?/;

/**
 * An autoscaler cannot compute a utilization, because containers that it looks at have no resource request.
 *
 * Signature: the present condition `ScalingActive=False` of the autoscaler says `missing request for`. That it got as
 * far shows the Metrics API working; `unable to fetch metrics` is another fault. A selector that catches pods of
 * somebody else brings theirs in, too.
 */
export const hpaMissingRequests = defineCause({
  id: 'hpa-missing-requests',
  title: 'Autoscalers look at containers without resource requests',
  needs: ['hpas'],
  wants: ['apiServers'],
  infer({ hpas, apiServers }) {
    const found = hpas.flatMap((hpa) => {
      const { scalingActive } = hpa;
      const match = scalingActive?.status === 'False' ? MISSING.exec(scalingActive.message) : null;
      return match === null ? [] : [{ hpa, words: match[0], resource: match[1] ?? 'cpu' }];
    });
    const [first] = found;
    if (first === undefined)
      return { kind: 'ruled-out', because: 'no autoscaler misses a resource request' };
    const names = found.map(({ hpa }) => `${hpa.namespace}/${hpa.name}`);
    const answers = valueOr(apiServers, []).flatMap(
      ({ metricsApi }) => valueOr(metricsApi, null) ?? [],
    );
    // While nobody serves metrics an autoscaler cannot get that far: its words are from before.
    const isOld = answers.length > 0 && answers.every(({ outcome }) => outcome !== 'ok');
    return {
      kind: isOld ? 'suspected' : 'confirmed',
      ...(isOld ? { settle: 'Look again once the Metrics API serves: kubectl describe hpa.' } : {}),
      headline: `${list(names)} cannot scale: containers there have no ${first.resource} request. The Metrics API is not at fault.`,
      where: { nodes: [], from: [], to: [], layer: null, direction: null },
      because: found.slice(0, SHOWN).map(({ hpa, words }) => ({
        text: `HPA ${hpa.namespace}/${hpa.name}: ${words}`,
        evidence: 'snapshot.hpas',
      })),
      explains: names.map((name) => `hpa:${name}`),
      fixes: [requestFix(first.hpa, first.resource)],
    };
  },
  fromWords: spokenBy('hpa-missing-requests', () => [requestFix(null, 'cpu')]),
});

const SHOWN = 4;
const AMOUNT: Readonly<Record<string, string>> = { cpu: '100m', memory: '128Mi' };

function requestFix(hpa: HpaObject | null, resource: string): Fix {
  const namespace = hpa?.namespace ?? 'NAMESPACE';
  const target = hpa === null ? 'deployment/NAME' : hpa.target.toLowerCase();
  return {
    title: 'Give every container of the target a request, sidecars and init helpers included',
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          `kubectl -n ${namespace} set resources ${target} --requests=${resource}=${AMOUNT[resource] ?? 'AMOUNT'}   # a number from kubectl top pods`,
        ],
      },
    ],
    risk: 'rolls the pods out anew; a request too large leaves them Pending',
    undo: [`kubectl -n ${namespace} rollout undo ${target}`],
    verify: [
      `kubectl -n ${namespace} describe hpa ${hpa?.name ?? 'NAME'}   # ScalingActive True after some scrapes`,
    ],
    notes: [
      'kubernetes.io: Horizontal Pod Autoscaling: without a request for one container the utilization of the pod is undefined.',
      "If the pod named is not the target's own, the selector of the Deployment catches others: make its labels unique.",
    ],
  };
}
