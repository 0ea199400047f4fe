import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { arrow, outcomeWords } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import { admitApiServers } from '../fixes/network-policy.ts';
import { providerLabels } from '../fixes/provider-names.ts';
import { count, list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { hostSources } from './host-sources.ts';
import { ingressVerdict, type PolicyVerdict } from './policy-verdict.ts';
import { type ProviderView, providerConsequences, providerViews } from './provider-view.ts';

/**
 * A NetworkPolicy keeps API servers on other nodes away from the metrics-server pod.
 *
 * Signature: a policy selects the pod and, evaluated for the address that a remote host shows, admits nothing;
 * the pod answers its own node (that traffic is exempt from policies) and is silent or refusing to others,
 * while another pod on the same node, which no policy selects, answers those same nodes.
 * Look-alikes: other pods on that node are dead, too (overlay); the policies admit it or none selects the pod
 * (another filter); its own node is refused as well (port, process).
 * Source: https://docs.rke2.io/security/hardening_guide, https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export const networkpolicyDenies = defineCause({
  id: 'networkpolicy-denies',
  title: 'A NetworkPolicy keeps API servers from metrics-server',
  needs: ['reach', 'providerPods'],
  wants: ['networkPolicies', 'nodes', 'nodeFacts', 'network', 'platform', 'apiServers'],
  bears: ['policy', 'cni-image', 'helm-chart-config'],
  infer(facts): Judgement {
    const { reach } = facts;
    const views = providerViews(reach, {
      providerPods: { state: 'known', value: facts.providerPods, source: '' },
    });
    const shut = views.filter(
      (v) => !v.pod.hostNetwork && v.singledOut.length + v.uncompared.length > 0,
    );
    if (shut.length === 0) {
      if (views.some(({ likeOthers }) => likeOthers.length > 0)) {
        return { kind: 'ruled-out', because: 'pods that no policy selects are unreachable, too' };
      }
      return views.length > 0
        ? { kind: 'ruled-out', because: 'metrics-server is reachable from every node tried' }
        : { kind: 'unknown', missing: ['paths from other nodes to a metrics-server pod'] };
    }
    if (facts.networkPolicies.state === 'missing') {
      const missing = [`the NetworkPolicies: ${facts.networkPolicies.detail}`];
      const guarded = shut.filter(({ singledOut, atHome }) => singledOut.length > 0 && atHome);
      return guarded.length === 0 ? { kind: 'unknown', missing } : unread(guarded, reach);
    }
    const networkPolicies = facts.networkPolicies.value;
    const judged = shut.flatMap((view) => [
      ...view.singledOut.map(({ dead, beside }) => ({
        view,
        dead,
        beside,
        ...evaluate(view, dead, { ...facts, networkPolicies }),
      })),
      ...view.uncompared.map((dead) => ({
        view,
        dead,
        beside: null,
        ...evaluate(view, dead, { ...facts, networkPolicies }),
      })),
    ]);
    const denied = judged.filter(({ verdict }) => verdict === 'denied' || verdict === 'uncertain');
    if (denied.length === 0) {
      const selected = judged.some(({ verdict }) => verdict === 'allowed');
      return {
        kind: 'ruled-out',
        because: selected
          ? 'the policies that select the pod admit this traffic'
          : networkPolicies.length === 0
            ? 'there is no NetworkPolicy in its namespace'
            : `none of ${count(networkPolicies.length, 'policy', 'policies')} selects the pod`,
      };
    }
    const proven = denied.filter(
      ({ verdict, beside, view }) => verdict === 'denied' && beside !== null && view.atHome,
    );
    const mine = proven.length > 0 ? proven : denied;
    return conclude(proven.length > 0, mine, facts);
  },
  fromWords: spokenBy('networkpolicy-denies', ({ facts, port }) => [
    admitApiServers({
      pod: {
        namespace: 'kube-system',
        labels: providerLabels(facts.platform),
      },
      port: port ?? USUAL_PORT,
      sources: [],
      platform: facts.platform,
    }),
  ]),
});

/** metrics-server's own default since 0.6.2. */
const USUAL_PORT = 10_250;

interface Denied extends PolicyVerdict {
  readonly view: ProviderView;
  readonly dead: ReachResult;
  readonly beside: ReachResult | null;
}

type Handed = Pick<Facts, 'nodes' | 'nodeFacts' | 'network' | 'platform' | 'apiServers'> & {
  readonly reach: readonly ReachResult[];
};

/** The paths look as a policy leaves them, and no policy could be read. */
function unread(guarded: readonly ProviderView[], reach: readonly ReachResult[]): Judgement {
  const [first] = guarded;
  const shut = guarded.flatMap(({ singledOut }) => singledOut);
  const nodes = unique(guarded.map(({ node }) => node));
  const namespace = first?.pod.namespace ?? 'kube-system';
  return {
    kind: 'suspected',
    headline: `Other nodes do not reach metrics-server's port ${first?.port ?? 0}/tcp on ${list(nodes)}, which its own node does: a NetworkPolicy would do that, and they could not be read.`,
    where: {
      nodes,
      from: unique(shut.map(({ dead }) => dead.from.node)),
      to: nodes,
      layer: 'overlay',
      direction: null,
    },
    because: shut.slice(0, 1).flatMap((each) => pathClaims(each, shut.length - 1)),
    explains: providerConsequences(
      shut.map(({ dead }) => dead),
      reach,
    ),
    fixes: [],
    settle: `kubectl -n ${namespace} get networkpolicies: one that selects ${first?.pod.name ?? 'metrics-server'} and admits no API server is it; with none, a filter on ${list(nodes)} is.`,
  };
}

function conclude(proven: boolean, mine: readonly Denied[], facts: Handed): Judgement {
  const names = unique(
    mine.flatMap(({ policies }) => policies.map((p) => `${p.namespace}/${p.name}`)),
  );
  const from = unique(mine.map(({ dead }) => dead.from.node));
  const to = unique(mine.map(({ view }) => view.node));
  const first = mine[0];
  const port = first?.view.port ?? 0;
  const headline = `NetworkPolicy ${list(names)} ${names.length === 1 ? 'does' : 'do'} not admit API servers on other nodes to metrics-server's port ${port}/tcp on ${list(to)}.`;
  const common = {
    headline,
    where: { nodes: to, from, to, layer: 'overlay', direction: null },
    because: claims(mine, names),
    explains: providerConsequences(
      mine.map(({ dead }) => dead),
      facts.reach,
    ),
    fixes:
      first === undefined
        ? []
        : [
            admitApiServers({
              pod: first.view.pod,
              port,
              sources: apiServerSources(facts),
              platform: facts.platform,
            }),
          ],
  } as const;
  if (proven) return { kind: 'confirmed', ...common };
  return {
    kind: 'suspected',
    ...common,
    settle: `From ${from[0] ?? 'another node'} try a pod on ${to[0] ?? 'that node'} in a namespace without policies: if it answers, the policy is it; if not, the overlay is.`,
  };
}

type Policies = Extract<Facts['networkPolicies'], { state: 'known' }>['value'];

function evaluate(
  view: ProviderView,
  dead: ReachResult,
  facts: Handed & { readonly networkPolicies: Policies },
): PolicyVerdict {
  return ingressVerdict(facts.networkPolicies, {
    pod: view.pod,
    port: view.port,
    sources: hostSources(dead.from.node, facts),
  });
}

function apiServerSources(facts: Handed): string[] {
  const names = valueOr(facts.apiServers, []).map(({ name }) => name);
  const internal = valueOr(facts.nodes, [])
    .filter(({ name }) => names.includes(name))
    .flatMap(({ internalIps }) => internalIps);
  return unique([...names.flatMap((name) => hostSources(name, facts)), ...internal]);
}

function claims(mine: readonly Denied[], names: readonly string[]): Claim[] {
  const first = mine[0];
  if (first === undefined) return [];
  const { dead, beside, view } = first;
  return [
    {
      text: `policy ${list(names)} selects pod ${view.pod.name} and admits no traffic from hosts to ${view.port}/tcp`,
      evidence: 'snapshot.networkPolicies',
    },
    ...pathClaims({ dead, beside }, mine.length - 1),
    ...(view.atHome
      ? [
          {
            text: `its own node ${view.node} reaches it: traffic from there is exempt from policies`,
            evidence: 'reach',
          },
        ]
      : []),
  ];
}

function pathClaims(
  { dead, beside }: { readonly dead: ReachResult; readonly beside: ReachResult | null },
  more: number,
): Claim[] {
  return [
    {
      text: `tcp from ${arrow(dead)}: ${dead.result.state === 'known' ? outcomeWords(dead.result.value) : ''}${more > 0 ? ` (and ${count(more, 'more path')})` : ''}`,
      evidence: dead.id,
    },
    ...(beside === null
      ? []
      : [
          {
            text: `tcp from ${arrow(beside)} (${beside.to.name}): open, so the network between the nodes carries it`,
            evidence: beside.id,
          },
        ]),
  ];
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].toSorted();
}
