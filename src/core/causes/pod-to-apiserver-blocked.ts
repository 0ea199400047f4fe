import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { arrow, fails, outcomeOf, outcomeWords, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { Fix } from '../fixes/fix.ts';
import { trustPodRange } from '../fixes/trust-pod-range.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { lostApiServer } from './container-words.ts';
import { rulesAgainst, withRules } from './deep-rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { hidesPods, podNetworkWorks } from './kubelet-view.ts';

/**
 * Pods on metrics-server's node cannot reach any API server, so metrics-server never becomes ready.
 *
 * Signature: no metrics-server pod is ready, and from a pod on its node no API server's port opens while from
 * the node itself at least one does. One closed API server is no reason: the Service picks another.
 */
export const podToApiserverBlocked = defineCause({
  id: 'pod-to-apiserver-blocked',
  title: 'Pods cannot reach the API servers',
  needs: ['reach', 'providerPods'],
  wants: ['deep', 'nodes', 'platform', 'network', 'providerLogs', 'takenAt'],
  bears: ['node-added', 'os-image', 'cni-image', 'provider-node'],
  infer(facts): Judgement {
    const pods = facts.providerPods.filter(
      ({ deleting, hostNetwork }) => !deleting && !hostNetwork,
    );
    if (pods.some(({ ready }) => ready)) {
      return {
        kind: 'ruled-out',
        because: 'metrics-server is ready, and it could not be without an API server',
      };
    }
    const homes = new Set(pods.flatMap(({ nodeName }) => nodeName ?? []));
    const tried = facts.reach.filter(
      (r) =>
        r.to.kind === 'api-server' &&
        r.check === 'tcp' &&
        homes.has(r.from.node) &&
        outcomeOf(r) !== null,
    );
    const shut = [...homes].filter((node) => {
      const fromPod = tried.filter((r) => r.from.kind === 'pod' && r.from.node === node);
      return fromPod.length > 0 && fromPod.every(fails);
    });
    const said = lostApiServer(pods, facts);
    if (said !== null && !tried.some((r) => r.from.kind === 'pod')) return saysSo(said, facts);
    if (shut.length === 0) {
      return tried.some((r) => r.from.kind === 'pod')
        ? { kind: 'ruled-out', because: "pods on metrics-server's node reach an API server" }
        : { kind: 'unknown', missing: ["API servers tried from a pod on metrics-server's node"] };
    }
    const mine = tried.filter((r) => shut.includes(r.from.node));
    const fromHost = mine.filter((r) => r.from.kind === 'node' && works(r));
    const fromPods = mine.filter((r) => r.from.kind === 'pod');
    const nodes = shut.toSorted();
    const ports = [...new Set(fromPods.flatMap((r) => r.to.port ?? []))];
    const common = {
      headline: `Pods on ${list(nodes)} cannot reach any API server (${ports.join(', ')}/tcp), so metrics-server does not become ready.`,
      where: { nodes, from: nodes, to: [], layer: null, direction: null },
      because: [...claims(fromPods), ...claims(fromHost.slice(0, 1))],
      explains: metricsApiDown(),
      fixes: [trustApiServer(nodes, ports, facts)],
    } as const;
    const rules = rulesAgainst(
      facts,
      ({ from, to }) =>
        to.kind === 'api-server' && from.kind === 'pod' && nodes.includes(from.node),
    );
    const opening = {
      protocol: 'tcp',
      port: ports[0] ?? null,
      peers: [...new Set(valueOr(facts.nodes, []).flatMap(({ podCidrs }) => podCidrs))].toSorted(),
      side: 'from',
      verify: ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'],
    } as const;
    // Where servers see the pods' own addresses, their answers need the pod network: that may be what is cut.
    const answersCome =
      hidesPods(facts) ||
      fromPods.some(({ from, to }) =>
        podNetworkWorks({ from: from.node, to: to.node }, facts.reach),
      );
    if (fromHost.length > 0 && answersCome) {
      return withRules({ kind: 'confirmed', ...common }, rules, opening);
    }
    const suspected: Judgement = {
      kind: 'suspected',
      ...common,
      settle: `On ${nodes[0] ?? 'the node'}: curl -k --max-time 5 https://${fromPods[0]?.to.address ?? ''}:${ports[0] ?? 6443}/livez. An answer there proves the filter.`,
    };
    return withRules(suspected, rules, opening);
  },
  fromWords: spokenBy('pod-to-apiserver-blocked', ({ facts, nodes }) => [
    trustPodRange({
      nodes: nodes.length > 0 ? nodes : ["metrics-server's node"],
      ports: [6443],
      ranges: [],
      platform: facts.platform,
      what: 'the API server',
    }),
  ]),
});

const API_SERVER_PORT = 6443;
const LINE_CHARS = 240;

/** Nothing was tried from a pod, but metrics-server's own last words tell. */
function saysSo(
  { container, line }: NonNullable<ReturnType<typeof lostApiServer>>,
  facts: Pick<Facts, 'nodes' | 'platform'>,
): Judgement {
  const { pod } = container;
  const nodes = pod.nodeName === null ? [] : [pod.nodeName];
  return {
    kind: 'suspected',
    headline: `metrics-server${nodes.length > 0 ? ` on ${list(nodes)}` : ''} ends because it cannot reach an API server.`,
    where: { nodes, from: nodes, to: [], layer: null, direction: null },
    because: [
      { text: `${pod.name} says: ${line.slice(0, LINE_CHARS)}`, evidence: 'snapshot.providerLogs' },
    ],
    explains: metricsApiDown(),
    fixes: [trustApiServer(nodes, [API_SERVER_PORT], facts)],
    settle: `kubectl run -it --rm --restart=Never --image=curlimages/curl try --overrides='{"spec":{"nodeName":"${nodes[0] ?? 'NODE'}"}}' -- curl -k --max-time 5 https://kubernetes.default/livez   # no answer from a pod there proves it`,
  };
}

function trustApiServer(
  nodes: readonly string[],
  ports: readonly number[],
  facts: Pick<Facts, 'nodes' | 'platform'>,
): Fix {
  return trustPodRange({
    nodes,
    ports,
    ranges: [...new Set(valueOr(facts.nodes, []).flatMap(({ podCidrs }) => podCidrs))].toSorted(),
    platform: facts.platform,
    what: 'the API server',
  });
}

function claims(paths: readonly ReachResult[]): Claim[] {
  return paths.slice(0, 3).map((r) => ({
    text: `tcp from ${arrow(r)}: ${r.result.state === 'known' ? outcomeWords(r.result.value) : ''}`,
    evidence: r.id,
  }));
}
