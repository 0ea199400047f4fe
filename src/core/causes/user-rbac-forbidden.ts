import { valueOr } from '../evidence/observed.ts';
import type { HpaObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { blindHpasIn } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';

/** k8s.io/apiserver's words for a missing right (pkg/endpoints/handlers/responsewriters). */
const FORBIDDEN =
  /(?:nodes|pods)\.metrics\.k8s\.io(?: "[^"]{1,253}")? is forbidden: User "([^"]{1,253})" cannot (\w{1,20}) resource "(nodes|pods)"/;

/**
 * The Metrics API serves, and somebody lacks the right to read it.
 *
 * Signature: an autoscaler's condition says `pods.metrics.k8s.io is forbidden: User "…"`; or every API server says
 * of ourselves that we may not. That one is a suspicion, shown where nothing else is wrong: it is the asker's
 * lack, not the cluster's. 503 is no refusal of this kind.
 */
export const userRbacForbidden = defineCause({
  id: 'user-rbac-forbidden',
  title: 'A user may not read the Metrics API',
  needs: ['apiServers'],
  wants: ['hpas', 'requester'],
  infer(facts): Judgement {
    const refused = blindHpasIn(valueOr(facts.hpas, [])).flatMap((hpa) => {
      const match = FORBIDDEN.exec(hpa.scalingActive?.message ?? '');
      return match === null ? [] : [{ hpa, user: match[1] ?? '', words: match[0] }];
    });
    const [first] = refused;
    if (first !== undefined)
      return autoscalerLacks(
        first,
        refused.map(({ hpa }) => hpa),
      );
    const views = facts.apiServers;
    const we = views.every(
      ({ metricsApi }) => metricsApi.state === 'missing' && metricsApi.reason === 'forbidden',
    );
    if (views.length === 0 || !we) {
      return { kind: 'ruled-out', because: 'nobody is known who may not read metrics.k8s.io' };
    }
    const user = facts.requester.state === 'known' ? facts.requester.value.username : '';
    return {
      kind: 'suspected',
      headline: `${user === '' ? 'The user that this program runs as' : user} may not list nodes.metrics.k8s.io.`,
      where: { nodes: [], from: [], to: [], layer: 'api', direction: null },
      because: [
        {
          text: `all ${views.length} API servers refuse the request for want of the right`,
          evidence: 'snapshot.apiServers',
        },
      ],
      explains: ['asker-refused'],
      fixes: [grantFix(user)],
      settle: 'kubectl auth can-i list nodes.metrics.k8s.io   # "no" proves it',
    };
  },
  fromWords: spokenBy('user-rbac-forbidden', ({ value }) => [grantFix(value ?? '')]),
});

function autoscalerLacks(
  { user, words }: { readonly user: string; readonly words: string },
  hpas: readonly HpaObject[],
): Judgement {
  return {
    kind: 'confirmed',
    headline: `${user} may not read metrics.k8s.io, so ${list(hpas.map(({ namespace, name }) => `${namespace}/${name}`))} cannot scale.`,
    where: { nodes: [], from: [], to: [], layer: 'api', direction: null },
    because: [{ text: words, evidence: 'snapshot.hpas' }],
    explains: hpas.map(({ namespace, name }) => `hpa:${namespace}/${name}`),
    fixes: [grantFix(user)],
  };
}

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
/** The controller's account; its rights come with Kubernetes. */
const HPA_CONTROLLER = /horizontal-pod-autoscaler|kube-controller-manager/;

/** Names come out of messages and pasted text, and go into a command: nothing that a shell would read. */
const PLAIN = /^[\w.:@/+-]{1,253}$/;

function grantFix(said: string): Fix {
  const user = PLAIN.test(said) ? said : '';
  const [, namespace, name] = ACCOUNT.exec(user) ?? [];
  const subject =
    namespace === undefined || name === undefined
      ? `--user='${user === '' ? 'USER' : user}'`
      : `--serviceaccount=${namespace}:${name}`;
  const binding = 'metrics-reader';
  return {
    title: 'Let this user read metrics',
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          `kubectl create clusterrolebinding ${binding} --clusterrole=system:aggregated-metrics-reader ${subject}`,
        ],
      },
      ...(HPA_CONTROLLER.test(user)
        ? [
            {
              tool: 'default roles',
              commands: [
                'kubectl get clusterrole system:controller:horizontal-pod-autoscaler -o yaml   # must allow list on pods.metrics.k8s.io; kube-apiserver restores it at start where rbac.authorization.kubernetes.io/autoupdate is "true"',
              ],
            },
          ]
        : []),
    ],
    risk: 'the user may see how busy every node and pod is',
    undo: [`kubectl delete clusterrolebinding ${binding}`],
    verify: [`kubectl auth can-i list nodes.metrics.k8s.io${user === '' ? '' : ` --as='${user}'`}`],
    notes: [
      'ClusterRole system:aggregated-metrics-reader comes with metrics-server and is part of view, edit and admin.',
    ],
  };
}
