import { rangeFinder } from '../evidence/addresses.ts';
import { type PodRange, podRanges } from '../evidence/cluster-ranges.ts';
import type { Facts } from '../evidence/facts.ts';
import { known, valueOr } from '../evidence/observed.ts';
import { arrow, fails, outcomeWords } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { Fix } from '../fixes/fix.ts';
import { count, list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { type Misrouted, misroutedNodes } from './misrouted-nodes.ts';

/**
 * The range of pod addresses covers the machines' own, so what is meant for a machine goes into the pod network.
 *
 * Signature: a node's InternalIP lies inside a stated pod range, a node's own routes lead that address to a device of
 * the pod network, and that path is dead. An overlap that no route acts upon is only a suspicion, and none at all while
 * everything answers.
 * Look-alikes: machines that do not reach each other for the network's own reasons (underlay-broken); another node's
 * address by mistake (wrong-node-ip, duplicate-node-ip).
 * Source: https://docs.tigera.io/calico/latest/networking/ipam/initial-ippool, https://docs.k3s.io/networking/basic-network-options
 */
export const podCidrOverlapsNodeNetwork = defineCause({
  id: 'pod-cidr-overlaps-node-network',
  title: 'The pod range covers the addresses of the machines',
  needs: ['nodes'],
  wants: ['cniConfig', 'controlPlanePods', 'nodeFacts', 'providerPods', 'reach'],
  bears: ['node-added', 'node-address', 'cni-config', 'helm-chart-config'],
  infer(facts): Judgement {
    const ranges = podRanges({ ...facts, nodes: known(facts.nodes, '') });
    const rangeOf = rangeFinder(ranges);
    const inside = facts.nodes.flatMap(({ name, internalIps }) =>
      internalIps.slice(0, 1).flatMap((address) => {
        const range = rangeOf(address);
        return range === null ? [] : [{ name, address, range }];
      }),
    );
    if (inside.length === 0) {
      return ranges.length === 0
        ? { kind: 'unknown', missing: ['the range of pod addresses'] }
        : { kind: 'ruled-out', because: "no machine's address lies in a pod range" };
    }
    const names = new Set(inside.map(({ name }) => name));
    const dead = deadPaths(facts, names);
    if (dead.length === 0) {
      return {
        kind: 'ruled-out',
        because: `the ranges overlap at ${list([...names])}, and every path tried there works`,
      };
    }
    const proven = misroutedNodes(
      dead.map(({ from, to }) => [from.node, to.node] as const),
      { ...facts, nodes: known(facts.nodes, '') },
    ).filter(({ to }) => names.has(to));
    const mine =
      proven.length > 0
        ? dead.filter((r) => proven.some(({ from, to }) => touches(r, from, to)))
        : dead;
    const common = {
      headline: `${list([...names].toSorted())} ${names.size === 1 ? 'lies' : 'lie'} inside the pod range ${inside[0]?.range.cidr ?? ''}, so what is meant for ${names.size === 1 ? 'that machine' : 'these machines'} goes to pods.`,
      where: {
        nodes: [...names].toSorted(),
        from: [],
        to: [...names].toSorted(),
        layer: 'underlay',
        direction: null,
      },
      because: [
        ...inside.slice(0, SHOWN).map(insideClaim),
        ...proven.slice(0, SHOWN).map(routeClaim),
        ...pathClaims(mine),
      ],
      explains: consequences(mine, facts),
      fixes: [anotherRange()],
    } as const;
    if (proven.length > 0) return { kind: 'confirmed', ...common };
    const [first] = inside;
    return {
      kind: 'suspected',
      ...common,
      settle: `On another node: ip route get ${first?.address ?? ''}. A device of the CNI there (flannel, cali, vxlan, cni0) is the fault; the card that leads to the machines is not.`,
    };
  },
  fromWords: spokenBy('pod-cidr-overlaps-node-network', () => [anotherRange()]),
});

const SHOWN = 3;

interface Inside {
  readonly name: string;
  readonly address: string;
  readonly range: PodRange;
}

/** Paths to or from these machines that fail, between machines or to pods of other nodes. */
function deadPaths(
  { reach }: Pick<Facts, 'reach'>,
  names: ReadonlySet<string>,
): readonly ReachResult[] {
  return valueOr(reach, []).filter(
    (r) =>
      fails(r) && r.from.node !== r.to.node && (names.has(r.to.node) || names.has(r.from.node)),
  );
}

function touches({ from, to }: ReachResult, a: string, b: string): boolean {
  return (from.node === a && to.node === b) || (from.node === b && to.node === a);
}

function insideClaim({ name, address, range }: Inside): Claim {
  return {
    text: `${name} (${address}) lies in ${range.cidr} (${range.source})`,
    evidence: 'snapshot.nodes',
  };
}

function routeClaim({ from, to, address, cidr, device }: Misrouted): Claim {
  return {
    text: `${from} sends packets for ${to} (${address}) by its route ${cidr} into ${device}`,
    evidence: 'nodeFacts',
  };
}

function pathClaims(dead: readonly ReachResult[]): Claim[] {
  const [first] = dead;
  if (first === undefined || first.result.state === 'missing') return [];
  return [
    {
      text: `${count(dead.length, 'path')} to or from ${dead.length === 1 ? 'it' : 'them'} dead, as ${first.check} from ${arrow(first)}: ${outcomeWords(first.result.value)}`,
      evidence: first.id,
    },
  ];
}

/** The dead paths, API servers that have a provider at the other end of one, and nodes that are not scraped. */
function consequences(
  dead: readonly ReachResult[],
  { providerPods }: Pick<Facts, 'providerPods'>,
): readonly string[] {
  const hosts = new Set(
    valueOr(providerPods, []).flatMap(({ nodeName, deleting }) =>
      nodeName === null || deleting ? [] : [nodeName],
    ),
  );
  const pairs = dead.map(({ from, to }) => [from.node, to.node] as const);
  const cutOff = pairs.flatMap(([a, b]) => [
    ...(hosts.has(b) ? [a] : []),
    ...(hosts.has(a) ? [b] : []),
  ]);
  return [
    ...dead.map((r) => `${r.to.kind === 'provider' ? 'provider-path' : 'path'}:${r.id}`),
    ...[...new Set(cutOff)].flatMap((node) => [`api-server:${node}`, `node-metrics:${node}`]),
    ...(cutOff.length > 0 ? ['hpa:*', 'apiservice-condition'] : []),
  ];
}

function anotherRange(): Fix {
  return {
    title: 'Give pods a range that no machine lives in',
    where: ['cluster'],
    variants: [
      {
        tool: 'Calico',
        commands: [
          "kubectl apply -f - <<'EOF'   # a pool that is free in your network, then move the pods over",
          'apiVersion: crd.projectcalico.org/v1',
          'kind: IPPool',
          'metadata: {name: pods-elsewhere}',
          'spec: {cidr: <free range>, ipipMode: Never, vxlanMode: Always, natOutgoing: true, nodeSelector: all()}',
          'EOF',
          'kubectl patch ippool <old pool> --type=merge -p \'{"spec":{"disabled":true}}\'   # then restart the pods',
        ],
      },
      {
        tool: 'RKE2, k3s, kubeadm',
        commands: [
          '# the range of a running cluster cannot be changed: set cluster-cidr and service-cidr (podSubnet, serviceSubnet) to free ranges and build it anew',
        ],
      },
    ],
    risk: 'every pod gets a new address; a rebuilt cluster starts empty',
    undo: ['kubectl patch ippool <old pool> --type=merge -p \'{"spec":{"disabled":false}}\''],
    verify: [
      'ip route get <InternalIP of another node>   # leads to the card of the machines',
      'kubectl top nodes',
    ],
    notes: [
      'Moving the machines to other addresses is the other way: new InternalIPs, one node after the other.',
    ],
  };
}
