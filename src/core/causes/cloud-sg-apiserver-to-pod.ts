import type { Platform } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { arrow } from '../evidence/paths.ts';
import { openToControlPlane } from '../fixes/cloud-firewall.ts';
import { count, list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { apiServerConsequences, type FailingServer } from './api-server-view.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import {
  foreignServers,
  nobodyToDial,
  nodesToProvider,
  saysNothingOfTheWay,
} from './foreign-api-servers.ts';

/** Ports of nodes that GKE opens to its control plane by itself (cloud.google.com, Configure firewall rules). */
const GKE_OPEN = new Set([443, 10250]);

/**
 * The cloud's firewall keeps a managed control plane from the port of metrics-server.
 *
 * Signature: a managed cluster; its API servers get no answer while the nodes reach metrics-server among themselves. The
 * rule itself is seen in the cloud's console only, so this stays a suspicion, strongest for a port that the cloud does
 * not open by itself.
 * Look-alikes: an overlay that the control plane is no part of (controlplane-not-on-pod-network); a tunnel without
 * agents (konnectivity-agent-missing); a policy or a filter on the node, which nodes meet as well.
 * Sources: https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html,
 * https://cloud.google.com/kubernetes-engine/docs/how-to/private-clusters
 */
export const cloudSgApiserverToPod = defineCause({
  id: 'cloud-sg-apiserver-to-pod',
  title: "The cloud's firewall keeps the control plane from metrics-server",
  needs: ['apiServers', 'nodes', 'platform'],
  wants: ['controlPlanePods', 'network', 'nodeFacts', 'providerPods', 'reach'],
  bears: ['provider-node', 'service', 'node-added', 'node-address', 'provider-args'],
  infer(facts): Judgement {
    const { platform } = facts;
    if (!isCloud(platform)) {
      return { kind: 'ruled-out', because: 'not a managed cluster of EKS, GKE or AKS' };
    }
    const observed = {
      ...facts,
      nodes: { state: 'known', value: facts.nodes, source: '' },
    } as const;
    const silent = foreignServers(facts.apiServers, observed).filter(isSilent);
    if (silent.length === 0) {
      return { kind: 'ruled-out', because: 'no API server waits for metrics-server in vain' };
    }
    const pods = valueOr(facts.providerPods, []).filter(({ deleting }) => !deleting);
    if (nobodyToDial(facts.providerPods)) {
      return {
        kind: 'ruled-out',
        because: 'no metrics-server pod is ready, so API servers have nobody to dial',
      };
    }
    const onHost = pods.length > 0 && pods.every(({ hostNetwork }) => hostNetwork);
    const overlay =
      facts.network.state === 'known' &&
      !['none', 'unknown'].includes(facts.network.value.encapsulation);
    if (platform === 'eks' && overlay && !onHost) {
      return {
        kind: 'ruled-out',
        because: 'pods live in an overlay that the control plane is no part of',
      };
    }
    const paths = nodesToProvider(facts);
    if (paths.tried > 0 && paths.working.length === 0) {
      return { kind: 'ruled-out', because: 'other nodes do not reach metrics-server either' };
    }
    const port = portOf(pods);
    const names = silent.map(({ view }) => view.name).toSorted();
    return {
      kind: 'suspected',
      headline: `The control plane gets no answer from metrics-server's port${port === null ? '' : ` ${port}/tcp`}, which nodes reach: the firewall between ${CLOUD_WORDS[platform]} and the nodes.`,
      where: { nodes: [], from: names, to: [], layer: 'api', direction: null },
      because: [
        ...silent.map(serverClaim),
        ...pathClaims(paths),
        ...(port !== null && platform === 'gke' && !GKE_OPEN.has(port)
          ? [
              {
                text: `GKE opens 443 and 10250 to its control plane by itself, not ${port}`,
                evidence: 'snapshot.providerPods',
              },
            ]
          : []),
      ],
      explains: apiServerConsequences(names),
      fixes: [openToControlPlane({ platform, port: port ?? DEFAULT_PORT })],
      settle: SETTLE[platform](port ?? DEFAULT_PORT),
    };
  },
  fromWords: spokenBy('cloud-sg-apiserver-to-pod', ({ facts, port }) => {
    const { platform } = facts;
    if (platform.state === 'missing') return [];
    const cloud = (['eks', 'gke', 'aks'] as const).find((one) => one === platform.value);
    return cloud === undefined
      ? []
      : [openToControlPlane({ platform: cloud, port: port ?? DEFAULT_PORT })];
  }),
});

type Cloud = 'eks' | 'gke' | 'aks';
const DEFAULT_PORT = 10250;
const CLOUD_WORDS: Record<Cloud, string> = {
  eks: 'the EKS control plane',
  gke: 'the GKE control plane',
  aks: 'the AKS control plane',
};
const SETTLE: Record<Cloud, (port: number) => string> = {
  eks: (port) =>
    `aws ec2 describe-security-groups --group-ids <security group of the nodes>: an inbound rule for ${port}/tcp from the cluster security group? (aws eks describe-cluster --query cluster.resourcesVpcConfig)`,
  gke: (port) =>
    `gcloud compute firewall-rules list --filter='direction=INGRESS': a rule that allows ${port}/tcp from the masterIpv4CidrBlock?`,
  aks: (port) =>
    `az network nsg rule list on the group of the node subnet: a rule that denies ${port}/tcp from the control plane or from VirtualNetwork?`,
};

function isCloud(platform: Platform): platform is Cloud {
  return platform === 'eks' || platform === 'gke' || platform === 'aks';
}

/** What a filter that drops leaves: a dial that times out, or a wait that ends. */
function isSilent(server: FailingServer): boolean {
  const { end, body } = server;
  if (end === null)
    return saysNothingOfTheWay(server) && !/x509:|TLS handshake|bad status|: 40\d/.test(body);
  return end.kind === 'direct' && end.end === 'timeout';
}

function portOf(
  pods: readonly {
    readonly containers: readonly {
      readonly ports: readonly { readonly containerPort: number }[];
    }[];
  }[],
): number | null {
  return (
    pods.flatMap(({ containers }) => containers.flatMap(({ ports }) => ports))[0]?.containerPort ??
    null
  );
}

function serverClaim({ view, end, body }: FailingServer): Claim {
  const said = end?.words ?? (body.split('\n', 1)[0]?.trim() || 'no answer');
  return { text: `${view.name}: ${said}`, evidence: `api-server:${view.name}` };
}

function pathClaims({ working, tried }: ReturnType<typeof nodesToProvider>): Claim[] {
  const [first] = working;
  if (first === undefined) return [];
  return [
    {
      text: `${working.length} of ${count(tried, 'path')} from ${list([...new Set(working.map(({ from }) => from.node))])} to metrics-server work, as tcp from ${arrow(first)}`,
      evidence: first.id,
    },
  ];
}
