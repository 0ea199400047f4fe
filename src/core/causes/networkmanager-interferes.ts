import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { NodeProbeFacts } from '../evidence/probe-results.ts';
import { unmanageDevices } from '../fixes/networkmanager.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { isAiling } from './agent-pods.ts';
import { defineCause, type Judgement } from './define-cause.ts';
import { consequencesOf } from './overlay-consequences.ts';

/** Distributions whose hosts are run by NetworkManager unless somebody chose otherwise. */
const MANAGED =
  /Red Hat|CentOS|Rocky|AlmaLinux|Oracle Linux|Fedora|Amazon Linux 2023|SUSE|openSUSE|SLE Micro/i;

/**
 * NetworkManager takes the CNI's devices for its own and strips them of addresses and routes.
 *
 * Signature: the overlay's device on a node is down or bare of its address while the others' have one, the agent there
 * is ready (it did its work and something undid it), and the host is of a distribution that NetworkManager runs. Who
 * undid it is seen on the host alone (`nmcli device`), so this stays a suspicion.
 * Look-alikes: an agent that is not ready (cni-agent-broken); a device that was never made (kernel-module-missing).
 * Source: https://docs.rke2.io/known_issues (NetworkManager), https://github.com/rancher/rke2/issues/786
 */
export const networkmanagerInterferes = defineCause({
  id: 'networkmanager-interferes',
  title: "NetworkManager manages the CNI's devices",
  needs: ['nodes', 'nodeFacts', 'links', 'network'],
  wants: ['cniPods', 'platform', 'providerPods'],
  bears: ['node-added', 'os-image'],
  infer(facts): Judgement {
    const { device } = facts.network;
    const dead = facts.links.filter(
      ({ small, underlay }) => small === 'dead' && underlay !== 'dead',
    );
    if (device === null || dead.length === 0) {
      return {
        kind: 'ruled-out',
        because:
          device === null
            ? 'the overlay has no device of its own'
            : 'pods reach each other between all nodes tried',
      };
    }
    const rows = facts.nodeFacts.flatMap((row) => {
      const found = row.devices.find(({ name }) => name === device);
      return found === undefined ? [] : [{ row, bare: !found.up || found.addresses.length === 0 }];
    });
    const bare = rows.filter((each) => each.bare).map(({ row }) => row);
    // Cilium's device has no address anywhere: only a node unlike the others is told apart.
    if (bare.length === 0 || bare.length === rows.length) {
      return {
        kind: 'ruled-out',
        because: `${device} is up and has its address where it was seen`,
      };
    }
    const ready = readyAgents(facts);
    const mine = bare.filter(
      ({ node }) =>
        ready(node) &&
        isManaged(node, facts.nodes) &&
        dead.some(({ nodes }) => nodes.includes(node)),
    );
    if (mine.length === 0) {
      return {
        kind: 'ruled-out',
        because:
          'where the device is bare its agent is not ready, or NetworkManager is not usual there',
      };
    }
    const nodes = mine.map(({ node }) => node).toSorted();
    const links = dead.filter((link) => link.nodes.some((node) => nodes.includes(node)));
    return {
      kind: 'suspected',
      headline: `${device} on ${list(nodes)} has lost its address although the CNI's agent is ready: NetworkManager does that to devices that it manages.`,
      where: { nodes, from: [], to: [], layer: 'overlay', direction: null },
      because: mine.map((row) => ({ text: deviceWords(row, device), evidence: 'nodeFacts' })),
      explains: consequencesOf(links, facts),
      fixes: [unmanageDevices({ nodes, platform: facts.platform })],
      settle: `On ${nodes[0] ?? 'the node'}: nmcli device | grep -E 'flannel|cali|vxlan|cni'. "unmanaged" clears NetworkManager; anything else is it.`,
    };
  },
  fromWords: spokenBy('networkmanager-interferes', ({ facts, nodes }) => [
    unmanageDevices({ nodes, platform: facts.platform }),
  ]),
});

function readyAgents({ cniPods }: Pick<Facts, 'cniPods'>): (node: string) => boolean {
  const agents = valueOr(cniPods, []).filter(({ deleting }) => !deleting);
  return (node) => {
    const here = agents.filter(({ nodeName }) => nodeName === node);
    // k3s runs flannel inside of itself: no agent Pod, nothing against it.
    return here.every((pod) => !isAiling(pod));
  };
}

function isManaged(
  name: string,
  nodes: Extract<Facts['nodes'], { state: 'known' }>['value'],
): boolean {
  const node = nodes.find((each) => each.name === name);
  return node !== undefined && MANAGED.test(node.osImage);
}

function deviceWords({ node, devices }: NodeProbeFacts, device: string): string {
  const found = devices.find(({ name }) => name === device);
  return found?.up === false
    ? `${device} on ${node} is down`
    : `${device} on ${node} has no address`;
}
