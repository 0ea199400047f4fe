import {
  arrow,
  fails,
  isPodTarget,
  isRefused,
  outcomeOf,
  outcomeWords,
  works,
} from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { PodObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { providerSelector } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';

/**
 * metrics-server's port does not open even from its own node: the process stopped, hangs, listens elsewhere, or a
 * filter inside the pod drops it.
 *
 * Signature: TCP to every metrics-server pod fails from the pod's own node, while another pod there answers. Which
 * of the reasons it is stands in the pod's state and log, so this stays a suspicion and gives way to a cause that
 * is confirmed from those.
 */
export const metricsServerNotServing = defineCause({
  id: 'metrics-server-not-serving',
  title: 'metrics-server does not accept connections, even at home',
  needs: ['reach', 'providerPods'],
  wants: [],
  lastResort: true,
  bears: ['provider-node', 'service', 'provider-image', 'provider-args', 'helm-chart-config'],
  infer({ reach, providerPods }): Judgement {
    const pods = providerPods.filter(({ deleting, podIps }) => !deleting && podIps.length > 0);
    const home = pods.flatMap((pod) => homePaths(pod, reach));
    if (home.length === 0) {
      const refused = refusedEverywhere(pods, reach);
      if (refused.length > 0) return nobodyListens(refused, pods);
      return { kind: 'unknown', missing: ["metrics-server's port tried from its own node"] };
    }
    const shut = home.filter(({ path }) => fails(path));
    if (shut.length < pods.length || home.some(({ path }) => works(path))) {
      return { kind: 'ruled-out', because: 'metrics-server accepts connections from its own node' };
    }
    const [first] = shut;
    if (first === undefined)
      return { kind: 'ruled-out', because: 'no path from its own node failed' };
    const nodes = [...new Set(shut.map(({ path }) => path.to.node))].toSorted();
    const refused = shut.every(({ path }) => isRefused(path));
    return {
      kind: 'suspected',
      headline: refused
        ? `metrics-server on ${list(nodes)} refuses connections to ${first.path.to.port ?? ''}/tcp even from its own node: nothing listens there.`
        : `metrics-server on ${list(nodes)} does not answer on ${first.path.to.port ?? ''}/tcp even from its own node.`,
      where: { nodes, from: [], to: nodes, layer: 'same-node', direction: null },
      because: shut.flatMap(({ path, beside }) => [
        {
          text: `tcp from ${arrow(path)}: ${path.result.state === 'known' ? outcomeWords(path.result.value) : ''}`,
          evidence: path.id,
        },
        ...(beside === null
          ? []
          : [{ text: `tcp from ${arrow(beside)} (${beside.to.name}): open`, evidence: beside.id }]),
      ]),
      explains: metricsApiDown(),
      fixes: [restart(first.pod)],
      settle: `kubectl -n ${first.pod.namespace} logs ${first.pod.name} --tail=50, and its restarts: kubectl -n ${first.pod.namespace} describe pod ${first.pod.name}`,
    };
  },
  fromWords: spokenBy('metrics-server-not-serving', ({ facts }) => [
    restart({ namespace: 'kube-system', name: providerSelector(facts.platform) }),
  ]),
});

interface HomePath {
  readonly pod: PodObject;
  readonly path: ReachResult;
  /** Another pod on that node which answers: the node's own bridge works. */
  readonly beside: ReachResult | null;
}

function homePaths(pod: PodObject, reach: readonly ReachResult[]): readonly HomePath[] {
  const fromHome = reach.filter(
    (r) =>
      r.from.kind === 'node' &&
      r.from.node === pod.nodeName &&
      r.to.node === pod.nodeName &&
      r.check === 'tcp' &&
      outcomeOf(r) !== null,
  );
  const path = fromHome.find((r) => r.to.kind === 'provider' && pod.podIps.includes(r.to.address));
  if (path === undefined) return [];
  const beside = fromHome.find((r) => isPodTarget(r) && r.to.kind !== 'provider' && works(r));
  return [{ pod, path, beside: beside ?? null }];
}

/**
 * Its own node was not tried, and every other one is refused at each pod: the address answers, and the port does not.
 * A filter that rejects reads the same, so the pods' own state must agree.
 */
function refusedEverywhere(
  pods: readonly PodObject[],
  reach: readonly ReachResult[],
): readonly ReachResult[] {
  if (pods.some(({ ready }) => ready)) return [];
  const tried = reach.filter(
    (r) =>
      r.to.kind === 'provider' &&
      r.from.kind === 'node' &&
      r.check === 'tcp' &&
      outcomeOf(r) !== null &&
      pods.some(({ podIps }) => podIps.includes(r.to.address)),
  );
  const answered = pods.every(({ podIps }) => tried.some(({ to }) => podIps.includes(to.address)));
  return answered && tried.every(isRefused) ? tried : [];
}

function nobodyListens(refused: readonly ReachResult[], pods: readonly PodObject[]): Judgement {
  const nodes = [...new Set(refused.map(({ to }) => to.node))].toSorted();
  const [pod] = pods;
  const { namespace, name } = pod ?? { namespace: 'kube-system', name: 'metrics-server' };
  return {
    kind: 'suspected',
    headline: `metrics-server on ${list(nodes)} refuses every node that tried it, and its pod is not ready: nothing listens there.`,
    where: { nodes, from: [], to: nodes, layer: 'overlay', direction: null },
    because: refused.slice(0, 2).map((r) => ({
      text: `tcp from ${arrow(r)}: ${r.result.state === 'known' ? outcomeWords(r.result.value) : ''}`,
      evidence: r.id,
    })),
    explains: metricsApiDown(),
    fixes: [restart({ namespace, name })],
    settle: `kubectl -n ${namespace} logs ${name} --tail=50, and its restarts: kubectl -n ${namespace} describe pod ${name}`,
  };
}

function restart({ namespace, name }: Pick<PodObject, 'namespace' | 'name'>): Fix {
  return {
    title: 'Read its log, then restart metrics-server',
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          `kubectl -n ${namespace} logs ${name} --tail=50`,
          `kubectl -n ${namespace} logs ${name} --previous --tail=50`,
          `kubectl -n ${namespace} delete pod ${name}   # its ReplicaSet makes it anew`,
        ],
      },
    ],
    risk: 'metrics are away for one or two scrapes',
    undo: ['Nothing to undo.'],
    verify: ['kubectl top nodes'],
    notes: ['Read the log first: the restart takes the witness away.'],
  };
}
