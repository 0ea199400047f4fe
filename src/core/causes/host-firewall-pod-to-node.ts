import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { arrow, fails, outcomeWords, works } from '../evidence/paths.ts';
import { trustPodRange } from '../fixes/trust-pod-range.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { rulesAgainst, withRules } from './deep-rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';
import { kubeletConsequences, kubeletViews } from './kubelet-view.ts';

/**
 * A node's own firewall keeps its pods from its own kubelet: metrics-server sees every node but the one it runs on.
 *
 * Signature: from a pod on the node the kubelet's port at the node's own address fails (firewalld's REJECT reads
 * `no route to host`), from the node itself it is open. Other nodes' kubelets are `kubelet-port-blocked`.
 */
export const hostFirewallPodToNode = defineCause({
  id: 'host-firewall-pod-to-node',
  title: "A node's firewall keeps its own pods from its kubelet",
  needs: ['reach', 'providerPods'],
  wants: ['deep', 'nodes', 'platform'],
  bears: ['node-added', 'node-address', 'os-image', 'provider-node'],
  infer(facts): Judgement {
    const pods = {
      providerPods: { state: 'known', value: facts.providerPods, source: '' },
    } as const;
    const views = kubeletViews(facts.reach, pods);
    const home = views.filter(({ from, to, scrape }) => from === to && scrape.from.kind === 'pod');
    const shut = home.filter(({ scrape }) => fails(scrape));
    if (shut.length === 0) {
      return home.length === 0
        ? { kind: 'unknown', missing: ["metrics-server's own node tried from a pod on it"] }
        : { kind: 'ruled-out', because: 'pods reach the kubelet of their own node' };
    }
    const proven = shut.filter(({ own }) => own !== null && works(own));
    const open = shut.filter(({ own }) => own === null);
    const mine = proven.length > 0 ? proven : open;
    if (mine.length === 0)
      return { kind: 'ruled-out', because: 'the kubelet does not answer its own node either' };
    const nodes = [...new Set(mine.map(({ to }) => to))].toSorted();
    const ports = [...new Set(mine.map(({ port }) => port))];
    const common = {
      headline: `The firewall of ${list(nodes)} keeps pods from the node's own kubelet (${ports.join(', ')}/tcp), so metrics-server cannot scrape the node it runs on.`,
      where: { nodes, from: nodes, to: nodes, layer: 'same-node', direction: 'into' },
      because: mine.flatMap(({ scrape, own }) =>
        [scrape, own].flatMap((r) =>
          r === null || r.result.state === 'missing'
            ? []
            : [{ text: `tcp from ${arrow(r)}: ${outcomeWords(r.result.value)}`, evidence: r.id }],
        ),
      ),
      explains: kubeletConsequences(mine, views, facts.reach, pods),
      fixes: [trustPodRange({ nodes, ports, ranges: podRanges(facts), platform: facts.platform })],
    } as const;
    const rules = rulesAgainst(
      facts,
      ({ from, to, leg }) =>
        to.kind === 'kubelet' && from.kind === 'pod' && leg === 'in' && nodes.includes(to.node),
    );
    const opening = {
      protocol: 'tcp',
      port: ports[0] ?? null,
      peers: podRanges(facts),
      side: 'from',
      verify: ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'],
    } as const;
    if (proven.length > 0) return withRules({ kind: 'confirmed', ...common }, rules, opening);
    const [first] = mine;
    const suspected: Judgement = {
      kind: 'suspected',
      ...common,
      settle: `On ${first?.to ?? 'the node'}: curl -k --max-time 5 https://${first?.scrape.to.address ?? ''}:${first?.port ?? ''}/healthz. An answer there proves the firewall.`,
    };
    return withRules(suspected, rules, opening);
  },
  fromWords: spokenBy('host-firewall-pod-to-node', ({ facts, nodes }) => [
    trustPodRange({
      nodes: nodes.length > 0 ? nodes : ['that node'],
      ports: [10_250],
      ranges: [],
      platform: facts.platform,
    }),
  ]),
});

function podRanges({ nodes }: Pick<Facts, 'nodes'>): readonly string[] {
  return [...new Set(valueOr(nodes, []).flatMap(({ podCidrs }) => podCidrs))].toSorted();
}
