import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { ApiServerView } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';

/**
 * The asker's identity, and not the front proxy's, is what metrics-server cannot use: a mapping (aws-auth, OIDC
 * claims) lets somebody in without a user name. The aggregator then passes on an empty name, and metrics-server sees
 * nothing but the front proxy's certificate, which is no user's.
 *
 * Signature: our aggregated request ends in 401 where everything else is allowed to us, and the API server says that
 * our name is empty. Where it cannot be asked (before 1.27), a condition that stays True is a hint: each API server's
 * own check, by the same front proxy, is let in.
 */
export const requesterIdentityMapping = defineCause({
  id: 'requester-identity-mapping',
  title: "The asker's identity has no user name",
  needs: ['apiServers'],
  wants: ['requester', 'apiService', 'apiServiceLooks', 'takenAt'],
  infer(facts): Judgement {
    const refused = facts.apiServers.filter(isTurnedAway);
    if (refused.length === 0) {
      return { kind: 'ruled-out', because: 'metrics-server knows who we are at every API server' };
    }
    const nameless = facts.requester.state === 'known' && facts.requester.value.username === '';
    if (facts.requester.state === 'known' && !nameless) {
      return {
        kind: 'ruled-out',
        because: `the API server knows us by name (${facts.requester.value.username})`,
      };
    }
    const calm = isCalm(refused, facts);
    if (!nameless && calm === null) {
      return { kind: 'ruled-out', because: 'the API servers themselves are turned away, too' };
    }
    const names = refused.map(({ name }) => name);
    const common = {
      headline: `${list(names)} ${names.length === 1 ? 'passes' : 'pass'} our request on without a user name, and metrics-server turns it away (401).`,
      where: { nodes: [], from: [], to: [], layer: 'api', direction: null },
      because: [
        {
          text: `401 for nodes.metrics.k8s.io at ${list(names)}, where other requests of ours are served`,
          evidence: 'snapshot.apiServers',
        },
        ...(nameless
          ? [
              {
                text: 'SelfSubjectReview: our user name is empty',
                evidence: 'snapshot.requester',
              },
            ]
          : []),
        ...(calm === null ? [] : [calm]),
      ],
      explains: names.map((name) => `api-server:${name}`),
      fixes: [mapFix()],
    } as const;
    if (nameless) return { kind: 'confirmed', ...common };
    return {
      kind: 'suspected',
      ...common,
      settle:
        'kubectl auth whoami   # an empty Username proves it; and try kubectl top nodes with a cluster-admin certificate',
    };
  },
  fromWords: spokenBy('requester-identity-mapping', () => [mapFix()]),
});

/** 401 for the aggregated request alone: credentials that mean nothing to the API server are a missing fact instead. */
function isTurnedAway({ metricsApi, ready }: ApiServerView): boolean {
  return metricsApi.state === 'known' && metricsApi.value.status === 401 && ready.state === 'known';
}

/** Longer than two of the availability check's rounds (30 s). */
const CALM_MS = 60_000;

/** The condition has been True for long, and no API server's own gauge says otherwise: their checks are let in. */
function isCalm(
  refused: readonly ApiServerView[],
  {
    apiService,
    apiServiceLooks,
    takenAt,
  }: Pick<Facts, 'apiService' | 'apiServiceLooks' | 'takenAt'>,
): Claim | null {
  const available = valueOr(apiService, null)?.available ?? null;
  const looks = valueOr(apiServiceLooks, []);
  const since = Date.parse(available?.lastTransitionTime ?? '');
  const age = Date.parse(valueOr(takenAt, '')) - since;
  const calm =
    available?.status === 'True' &&
    age > CALM_MS &&
    looks.every(({ status }) => status === 'True') &&
    refused.every(
      ({ unavailableGauge }) => unavailableGauge.state === 'known' && unavailableGauge.value === 0,
    );
  return calm
    ? {
        text: `the APIService has been Available since ${available.lastTransitionTime ?? ''}: the front proxy itself is let in`,
        evidence: 'snapshot.apiService',
      }
    : null;
}

function mapFix(): Fix {
  return {
    title: 'Give the identity a user name',
    where: ['cluster'],
    variants: [
      {
        tool: 'EKS aws-auth',
        commands: [
          'kubectl -n kube-system get configmap aws-auth -o yaml   # each entry of mapRoles and mapUsers needs a username:',
          'kubectl -n kube-system edit configmap aws-auth   # roles of people: username: "{{SessionName}}"',
        ],
      },
      {
        tool: 'OIDC',
        commands: [
          '# kube-apiserver --oidc-username-claim (or the AuthenticationConfiguration) must name a claim that every token carries',
        ],
      },
    ],
    risk: 'bindings by user name apply to the new name at once',
    undo: ['put the former mapping back'],
    verify: ['kubectl auth whoami   # shows the name', 'kubectl top nodes'],
    notes: ['docs.aws.amazon.com: EKS, "Grant IAM users access to Kubernetes with a ConfigMap".'],
  };
}
