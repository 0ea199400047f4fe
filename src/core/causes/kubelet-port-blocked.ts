import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { arrow, fails, outcomeOf, outcomeWords, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import { allowInbound } from '../fixes/firewall-rule.ts';
import type { Fix } from '../fixes/fix.ts';
import { openBetweenNodes } from '../fixes/open-between-nodes.ts';
import type { RuleOpening } from '../fixes/past-rule.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { rulesAgainst, withRules } from './deep-rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { filterSite, type KubeletView, kubeletConsequences, kubeletViews } from './kubelet-view.ts';

/**
 * A packet filter stands between metrics-server and kubelets of other nodes.
 *
 * Signature: the kubelet's port is open from its own node, at its InternalIP, and not from metrics-server's
 * node, while the machine answers other traffic. `refused` counts, too: a REJECT reads the same, and the open
 * port on the node itself proves that somebody listens.
 * Look-alikes: only metrics-server's own node fails (`host-firewall-pod-to-node`); the kubelet is refused at home
 * as well (it does not listen); the machine answers nothing at all (it is down, or the underlay is).
 * Node condition `Ready` is not used: it proves the kubelet's outgoing path only.
 * Source: https://github.com/kubernetes-sigs/metrics-server/blob/master/KNOWN_ISSUES.md
 */
export const kubeletPortBlocked = defineCause({
  id: 'kubelet-port-blocked',
  title: 'A packet filter keeps metrics-server from kubelets of other nodes',
  needs: ['reach', 'providerPods'],
  wants: ['deep', 'nodes', 'network', 'platform'],
  bears: ['node-added', 'node-address', 'os-image', 'provider-node'],
  infer(facts): Judgement {
    const pods = {
      providerPods: { state: 'known', value: facts.providerPods, source: '' },
    } as const;
    const views = kubeletViews(facts.reach, pods);
    const others = views.filter(({ from, to }) => from !== to);
    const failed = others.filter(({ scrape }) => fails(scrape));
    const sites = new Map(failed.map((view) => [view, filterSite(view, views, facts)] as const));
    const shut = failed.filter((view) => !['home', 'way-back'].includes(sites.get(view) ?? ''));
    if (shut.length === 0 && failed.length > 0) {
      return {
        kind: 'ruled-out',
        because: failed.some((view) => sites.get(view) === 'home')
          ? "metrics-server's host gets through: only its pods are filtered, at home"
          : "the answers to metrics-server's pod have no way back over the pod network",
      };
    }
    if (shut.length === 0) {
      return others.length === 0
        ? { kind: 'unknown', missing: ["kubelets of other nodes tried from metrics-server's node"] }
        : {
            kind: 'ruled-out',
            because: `metrics-server's node reaches all ${others.length} kubelets of other nodes that were tried`,
          };
    }
    const listening = shut.filter(({ own }) => own === null || works(own));
    const proven = listening.filter(
      (view) =>
        view.own !== null &&
        view.machineAnswers === true &&
        sites.get(view) === 'target' &&
        isOnlyThisPort(view, facts.reach),
    );
    if (listening.length === 0) {
      return { kind: 'ruled-out', because: 'the kubelets do not answer on their own node either' };
    }
    const mine = proven.length > 0 ? proven : listening;
    const silentMachines = mine.every(({ machineAnswers }) => machineAnswers === false);
    if (silentMachines) {
      return { kind: 'ruled-out', because: 'these machines answer nothing at all from outside' };
    }
    return conclude(proven.length > 0, mine, views, facts);
  },
  fromWords: spokenBy('kubelet-port-blocked', ({ nodes }) => [
    openBetweenNodes({ protocol: 'tcp', port: 10_250, nodes }),
  ]),
});

/**
 * A closed port is closed to every connection, and is all that is closed. Another connection to it that got
 * through, or another port of the pair that did not, speaks of something that comes and goes, or of more than a port.
 */
function isOnlyThisPort(
  { from, to, port, scrape }: KubeletView,
  reach: readonly ReachResult[],
): boolean {
  return !reach.some((r) => {
    if (r.from.node !== from || r.to.node !== to || outcomeOf(r) === null) return false;
    if (r.to.kind === 'kubelet' && r.to.port === port) {
      return r.from.kind === scrape.from.kind && r.check === 'tls' && works(r);
    }
    return r.layer === 'underlay' && r.check === 'tcp' && fails(r);
  });
}

type Handed = Pick<Facts, 'deep' | 'nodes' | 'platform'> & {
  readonly reach: readonly ReachResult[];
  readonly providerPods: Extract<Facts['providerPods'], { state: 'known' }>['value'];
};

function conclude(
  proven: boolean,
  mine: readonly KubeletView[],
  views: readonly KubeletView[],
  facts: Handed,
): Judgement {
  const to = unique(mine.map((v) => v.to));
  const from = unique(mine.map((v) => v.from));
  const ports = unique(mine.map(({ port }) => String(port)));
  const how = mine.some(({ scrape }) => wasAnswered(scrape)) ? 'rejected' : 'dropped';
  const pods = { providerPods: { state: 'known', value: facts.providerPods, source: '' } } as const;
  const common = {
    headline: `Connections from metrics-server on ${list(from)} to the kubelet port ${ports.join(', ')}/tcp of ${list(to)} are ${how}.`,
    where: { nodes: to, from, to, layer: 'underlay', direction: 'into' },
    because: mine.slice(0, SHOWN).flatMap(claimsOf),
    explains: kubeletConsequences(mine, views, facts.reach, pods),
    fixes: fixesFor(mine, facts),
  } as const;
  const rules = rulesAgainst(
    facts,
    (flow) =>
      flow.to.kind === 'kubelet' && to.includes(flow.to.node) && from.includes(flow.from.node),
  );
  const [first] = mine;
  const judgement: Judgement = proven
    ? { kind: 'confirmed', ...common }
    : {
        kind: 'suspected',
        ...common,
        settle: `On ${first?.to ?? 'that node'}: curl -k --max-time 5 https://${first?.scrape.to.address ?? ''}:${first?.port ?? ''}/healthz. An answer there proves the filter.`,
      };
  return withRules(judgement, rules, openingFor(mine, facts));
}

const SHOWN = 3;

/** A REJECT sends an answer of some kind; a DROP does not. */
function wasAnswered(r: ReachResult): boolean {
  return (
    r.result.state === 'known' &&
    (r.result.value.outcome === 'refused' || r.result.value.outcome === 'unreachable')
  );
}

function claimsOf({ scrape, own }: KubeletView): Claim[] {
  return [scrape, own].flatMap((r) =>
    r === null || r.result.state === 'missing'
      ? []
      : [{ text: `tcp from ${arrow(r)}: ${outcomeWords(r.result.value)}`, evidence: r.id }],
  );
}

/** Whoever runs metrics-server today or tomorrow: hosts, and pods where they are not hidden behind them. */
function sourcesFor(mine: readonly KubeletView[], { nodes }: Pick<Facts, 'nodes'>): string[] {
  const all = valueOr(nodes, []).filter(({ os }) => os !== 'windows');
  // metrics-server may move: every node may be the one that asks tomorrow.
  const hosts = all.flatMap(({ internalIps }) => internalIps.slice(0, 1));
  // From the host it works, from the pod it does not: its address is not translated on the way.
  const untranslated = mine.some(
    ({ fromHost, scrape }) => scrape.from.kind === 'pod' && fromHost !== null && works(fromHost),
  );
  const ranges = untranslated ? all.flatMap(({ podCidrs }) => podCidrs) : [];
  return unique([...hosts, ...ranges]);
}

function openingFor(mine: readonly KubeletView[], facts: Handed): RuleOpening {
  return {
    protocol: 'tcp',
    port: mine[0]?.port ?? null,
    peers: sourcesFor(mine, facts),
    side: 'from',
    verify: VERIFY,
  };
}

const VERIFY = ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'];

function fixesFor(mine: readonly KubeletView[], facts: Handed): readonly Fix[] {
  const sources = sourcesFor(mine, facts);
  if (sources.length === 0) return [];
  const byPort = new Map<number, string[]>();
  for (const { port, to } of mine) byPort.set(port, [...(byPort.get(port) ?? []), to]);
  return [...byPort].map(([port, targets]) =>
    allowInbound({
      nodes: unique(targets),
      protocol: 'tcp',
      port,
      from: sources,
      verify: VERIFY,
      notes: [
        'The kubelet asks every caller for credentials; still, open it to the nodes only.',
        'RKE2 and k3s need 10250/tcp between all nodes: https://docs.rke2.io/install/requirements',
      ],
    }),
  );
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].toSorted();
}
