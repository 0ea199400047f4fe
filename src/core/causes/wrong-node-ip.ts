import { tunnelEndpoint } from '../evidence/network-words.ts';
import { correctNodeIp } from '../fixes/node-ip.ts';
import { count, list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';
import { consequencesOf } from './overlay-consequences.ts';

/**
 * A node publishes a tunnel address that is not its own, so the others send its overlay packets elsewhere.
 *
 * Signature: the address in the CNI's annotation stands on no device of the node, and the overlay to the node
 * is dead. An address of a second card is fine: it stands on a device. Behind NAT (`public-ip-overwrite`) it
 * need not stand on one, so then it is only a suspicion.
 */
export const wrongNodeIp = defineCause({
  id: 'wrong-node-ip',
  title: 'A node publishes a tunnel address that is not its own',
  needs: ['nodes', 'links', 'nodeFacts'],
  wants: ['providerPods', 'platform'],
  bears: ['node-added', 'node-address'],
  infer(facts): Judgement {
    const own = new Map(
      facts.nodeFacts.map((row) => [row.node, row.devices.flatMap((d) => d.addresses)]),
    );
    const wrong = facts.nodes.flatMap((node) => {
      const endpoint = tunnelEndpoint(node);
      const addresses = own.get(node.name);
      if (endpoint === null || addresses === undefined || addresses.length === 0) return [];
      const bare = addresses.map((address) => address.split('/', 1)[0]);
      if (bare.includes(endpoint)) return [];
      // The address of another node is `duplicate-node-ip`.
      const shared = facts.nodes.some(
        (other) =>
          other.name !== node.name &&
          (other.internalIps.includes(endpoint) || tunnelEndpoint(other) === endpoint),
      );
      return shared ? [] : [{ node, endpoint }];
    });
    if (wrong.length === 0) {
      return {
        kind: 'ruled-out',
        because: `${count(own.size, 'probed node')} carry the address that they publish`,
      };
    }
    const names = wrong.map(({ node }) => node.name).toSorted();
    const { links } = facts;
    const dead = links.filter(
      ({ small, nodes }) => small === 'dead' && nodes.some((name) => names.includes(name)),
    );
    const alive = links.some(
      ({ small, nodes }) => small === 'works' && nodes.some((name) => names.includes(name)),
    );
    if (dead.length === 0 || alive) {
      return {
        kind: 'ruled-out',
        because: 'the overlay works with the node that publishes another address',
      };
    }
    const translated = wrong.some(
      ({ node }) =>
        'flannel.alpha.coreos.com/public-ip-overwrite' in node.annotations ||
        node.externalIps.length > 0,
    );
    const common = {
      headline: `${list(wrong.map(({ node, endpoint }) => `${node.name} publishes tunnel address ${endpoint}`))}, which it does not have: overlay packets for it go elsewhere.`,
      where: { nodes: names, from: [], to: names, layer: 'overlay', direction: 'into' },
      because: wrong.map(({ node, endpoint }) => ({
        text: `${endpoint} is published by ${node.name} and stands on none of its devices (${list(own.get(node.name) ?? [])})`,
        evidence: 'nodeFacts',
      })),
      explains: consequencesOf(dead, facts),
      fixes: [correctNodeIp({ nodes: names, platform: facts.platform })],
    } as const;
    if (!translated) return { kind: 'confirmed', ...common };
    const [first] = wrong;
    return {
      kind: 'suspected',
      ...common,
      settle: `From another node: ping ${first?.endpoint ?? ''} and see with tcpdump whether ${first?.node.name ?? 'the node'} gets it.`,
    };
  },
  fromWords: spokenBy('wrong-node-ip', ({ facts, nodes }) => [
    correctNodeIp({ nodes: nodes.length > 0 ? nodes : ['that node'], platform: facts.platform }),
  ]),
});
