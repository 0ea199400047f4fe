import type { PodObject, ServiceObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { providerLabels, providerName } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';

/**
 * The Service of the Metrics API exists and leads nowhere, while metrics-server runs: its selector matches none of
 * the pods, or it has none and nobody wrote its endpoints.
 *
 * Signature: no address behind the Service, ready or not, and pods whose labels differ from the selector. A pod
 * that is selected and not ready would stand in the EndpointSlice as not ready; that is another fault.
 */
export const serviceSelectsNoPods = defineCause({
  id: 'service-selects-no-pods',
  title: 'The Service of the Metrics API selects no metrics-server pod',
  needs: ['service', 'endpoints', 'providerPods'],
  wants: ['platform'],
  infer({ service, endpoints, providerPods, platform }): Judgement {
    if (service === null) return { kind: 'ruled-out', because: 'there is no Service' };
    if (service.type === 'ExternalName')
      return { kind: 'ruled-out', because: 'the Service leads to a name outside of the cluster' };
    if ((endpoints?.addresses ?? []).length > 0)
      return { kind: 'ruled-out', because: 'the Service has endpoints' };
    const pods = providerPods.filter(({ deleting, namespace }) => !deleting && lives(namespace));
    const [pod] = pods.toSorted((a, b) => Number(b.ready) - Number(a.ready));
    if (pod === undefined)
      return { kind: 'ruled-out', because: 'there is no metrics-server pod to select' };
    if (pods.some(({ labels }) => matches(service.selector, labels)))
      return { kind: 'ruled-out', because: "the Service's selector matches metrics-server pods" };
    const wanted = selectorFor(pod, service.selector, providerLabels(platform));
    const selector = pairs(service.selector);
    return {
      kind: 'confirmed',
      headline:
        selector === ''
          ? `Service ${service.name} has no selector and no endpoints, so it leads nowhere while metrics-server runs.`
          : `Service ${service.name} selects no pod: it wants ${selector}, and metrics-server's pods carry other labels.`,
      where: { nodes: [], from: [], to: [], layer: 'api', direction: null },
      because: [
        {
          text: `Service ${service.namespace}/${service.name} selects ${selector === '' ? 'nothing' : selector} and has no endpoint`,
          evidence: 'snapshot.service',
        },
        {
          text: `pod ${pod.name} carries ${pairs(wanted)}`,
          evidence: 'snapshot.providerPods',
        },
      ],
      explains: metricsApiDown(),
      fixes: [selectorFix(service, wanted)],
    };

    function lives(namespace: string): boolean {
      return namespace === service?.namespace;
    }
  },
  fromWords: spokenBy('service-selects-no-pods', ({ facts }) => [
    selectorFix(
      { namespace: 'kube-system', name: providerName(facts.platform), selector: {} },
      providerLabels(facts.platform),
    ),
  ]),
});

function matches(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/** Labels of one rollout; a selector that holds them loses the pods with the next. */
const PASSING_LABELS = new Set(['pod-template-hash', 'controller-revision-hash']);

/** The keys that the Service asked for with the values that the pod has; else the platform's; else all that last. */
function selectorFor(
  { labels }: PodObject,
  asked: Readonly<Record<string, string>>,
  usual: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const lasting = Object.entries(labels).filter(([key]) => !PASSING_LABELS.has(key));
  const kept = lasting.filter(([key]) => key in asked);
  const common = lasting.filter(([key, value]) => usual[key] === value);
  const [chosen] = [common, kept, lasting].filter((each) => each.length > 0);
  return Object.fromEntries(chosen ?? []);
}

function pairs(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function selectorFix(
  service: Pick<ServiceObject, 'namespace' | 'name' | 'selector'>,
  wanted: Readonly<Record<string, string>>,
): Fix {
  const { namespace, name } = service;
  const patch = (value: Readonly<Record<string, string>>): string =>
    `kubectl -n ${namespace} patch service ${name} --type=json -p '${JSON.stringify([{ op: 'add', path: '/spec/selector', value }])}'`;
  return {
    title: "Let the Service select metrics-server's pods",
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          `kubectl -n ${namespace} get pods --show-labels | grep -E 'metrics-server|prometheus-adapter'`,
          patch(wanted),
        ],
      },
    ],
    risk: 'changes which pods this Service leads to; nothing else uses it',
    undo: [patch(service.selector)],
    verify: [`kubectl -n ${namespace} get endpoints ${name}`, ...VERIFY_METRICS_API],
    notes: ['A chart or GitOps that keeps this Service puts its own selector back: mend it there.'],
  };
}
