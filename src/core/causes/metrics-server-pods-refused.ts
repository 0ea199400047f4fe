import { valueOr } from '../evidence/observed.ts';
import type { DeploymentObject, EventObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { providerName } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';

/**
 * A ReplicaSet's controller tries again with growing pauses, at most 1,000 s
 * (client-go `DefaultControllerRateLimiter`), so an older event is of a trouble that may be over.
 */
const FRESH_MS = 1_200_000;

/**
 * The Deployment wants pods and the API server takes none of them: a quota, PodSecurity, an admission webhook, a
 * ServiceAccount that is gone.
 *
 * Signature: replicas are wanted, no pod lives, and the ReplicaSet's newest event is `FailedCreate`. Without the
 * event the reason is not known: then nobody may be making pods at all (kube-controller-manager).
 */
export const metricsServerPodsRefused = defineCause({
  id: 'metrics-server-pods-refused',
  title: 'The API server does not accept the pods of metrics-server',
  needs: ['deployments', 'providerPods', 'takenAt'],
  wants: ['events'],
  infer({ deployments, providerPods, takenAt, events }): Judgement {
    const [wanting] = deployments.filter(({ replicas }) => replicas > 0);
    if (wanting === undefined)
      return { kind: 'ruled-out', because: 'no Deployment wants metrics-server pods' };
    if (providerPods.some(({ deleting }) => !deleting))
      return { kind: 'ruled-out', because: 'metrics-server pods exist' };
    const refusal = newestRefusal(valueOr(events, []), takenAt);
    const { namespace, name, replicas } = wanting;
    const wanted = {
      text: `Deployment ${namespace}/${name} wants ${replicas} and has no pod`,
      evidence: 'snapshot.deployments',
    };
    const common = {
      where: { nodes: [], from: [], to: [], layer: 'api', direction: null } as const,
      explains: metricsApiDown(),
    };
    if (refusal === null) {
      return {
        kind: 'suspected',
        headline: `Nobody makes pods for Deployment ${namespace}/${name}, which wants ${replicas}.`,
        because: [wanted],
        ...common,
        fixes: [admitFix(wanting, '')],
        settle: `kubectl -n ${namespace} describe replicaset | grep -A 5 FailedCreate; without such an event: does kube-controller-manager run?`,
      };
    }
    return {
      kind: 'confirmed',
      headline: `No metrics-server pod is let in: ${reasonOf(refusal.message)}`,
      because: [
        wanted,
        {
          text: `ReplicaSet ${refusal.name}: ${refusal.message} (${refusal.count} times)`,
          evidence: 'snapshot.events',
        },
      ],
      ...common,
      fixes: [admitFix(wanting, refusal.message)],
    };
  },
  fromWords: spokenBy('metrics-server-pods-refused', ({ facts, statements }) => [
    admitFix(
      { namespace: 'kube-system', name: providerName(facts.platform) },
      statements.map(({ quote }) => quote).join(' '),
    ),
  ]),
});

function newestRefusal(events: readonly EventObject[], takenAt: string): EventObject | null {
  const [newest] = events
    .filter(
      ({ kind, reason, lastSeen }) =>
        kind === 'ReplicaSet' &&
        reason === 'FailedCreate' &&
        !(Date.parse(takenAt) - Date.parse(lastSeen ?? '') > FRESH_MS),
    )
    .toSorted((a, b) => (b.lastSeen ?? '').localeCompare(a.lastSeen ?? ''));
  return newest ?? null;
}

/** `Error creating: pods "metrics-server-5f9-" is forbidden: exceeded quota: …` without what everybody knows. */
function reasonOf(message: string): string {
  return message.replace(/^Error creating: /, '').replace(/^pods "[^"]{1,253}" is /, '');
}

/** What the API server's words ask for (plugins of kube-apiserver: ResourceQuota, PodSecurity, webhooks). */
function admitFix(
  { namespace, name }: Pick<DeploymentObject, 'namespace' | 'name'>,
  message: string,
): Fix {
  const hints: string[] = [];
  if (/quota/i.test(message))
    hints.push(`kubectl -n ${namespace} describe resourcequota   # raise it, or free room`);
  if (/podsecurity|violates/i.test(message))
    hints.push(
      `kubectl get namespace ${namespace} --show-labels   # pod-security.kubernetes.io/enforce`,
      `kubectl -n ${namespace} get deployment ${name} -o jsonpath='{.spec.template.spec.containers[*].securityContext}'`,
    );
  if (/webhook|denied the request/i.test(message))
    hints.push(
      'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations   # the one that the message names: does it answer, and why does it refuse?',
    );
  if (/serviceaccount|service account/i.test(message))
    hints.push(`kubectl -n ${namespace} get serviceaccounts   # make the missing one again`);
  return {
    title: 'Let the pods of metrics-server in',
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          `kubectl -n ${namespace} describe replicaset | grep -B 2 -A 5 FailedCreate`,
          ...hints,
          `kubectl -n ${namespace} rollout restart deployment ${name}   # tries again at once when the reason is gone`,
        ],
      },
    ],
    risk: 'the first commands only read; the restart makes a new ReplicaSet',
    undo: ['nothing to undo; a changed quota, label or webhook: put it back as it was'],
    verify: [`kubectl -n ${namespace} get pods | grep metrics-server`, ...VERIFY_METRICS_API],
    notes: [],
  };
}
