import { readCni } from './cni-signs.ts';
import type { Evidence } from './evidence.ts';
import type { NetworkFacts } from './facts.ts';
import { known, missing, type Observed } from './observed.ts';
import { observeOverlay, type SeenOverlay } from './overlay-on-nodes.ts';

/** UDP ports by CNI and encapsulation when nothing states another one. */
const FLANNEL_PORT = 8472;
const IANA_VXLAN_PORT = 4789;
const CILIUM_VXLAN_PORT = 8472;
const GENEVE_PORT = 6081;
const WIREGUARD_PORT = 51820;
const CILIUM_WIREGUARD_PORT = 51871;
/** RKE2's flannel uses VNI 4096 and with it the port that Windows nodes need. */
const WINDOWS_VNI = 4096;

/**
 * Which overlay the cluster speaks. Nothing is assumed: annotations, configuration and DaemonSets say what
 * should be, the nodes' devices and bound UDP ports say what is, and a difference is itself a fact.
 */
export function deriveNetwork(evidence: Evidence): Observed<NetworkFacts> {
  const { nodes } = evidence.snapshot;
  const stated = readCni(evidence);
  const seen = observeOverlay(evidence.probes.nodeFacts);
  if (nodes.state === 'missing' && seen === null && stated.basis.length === 0) return nodes;
  if (stated.cni === 'unknown' && stated.encapsulation === 'unknown' && seen === null) {
    return missing('failed', 'no annotation, agent, configuration or device names the CNI');
  }
  const encapsulation =
    stated.encapsulation === 'unknown' ? (seen?.encapsulation ?? 'unknown') : stated.encapsulation;
  const cni = stated.cni === 'unknown' ? (seen?.cni ?? 'unknown') : stated.cni;
  const vni = stated.vni ?? seen?.vni ?? null;
  const usual = usualPort({ cni, encapsulation, vni, rke2: isRke2(evidence) });
  const expected = stated.port ?? usual;
  const bound = boundPort(seen, expected, encapsulation);
  const basis = [...stated.basis, ...(seen?.basis ?? [])];
  if (stated.port === null && usual !== null)
    basis.push(`${usual}/udp is ${cni}'s usual port here`);
  const disagrees =
    expected !== null && seen !== null && seen.ports.length > 0 && bound !== expected;
  if (bound !== null) {
    basis.push(
      disagrees
        ? `the nodes have ${bound}/udp bound, not ${expected}/udp`
        : `${bound}/udp is bound on the nodes`,
    );
  }
  return known(
    {
      cni,
      encapsulation,
      port: bound ?? expected,
      vni,
      device: seen?.device ?? usualDevice(cni, encapsulation, vni),
      basis,
      disagrees: disagrees || (seen?.mixed ?? false),
    },
    'node annotations, CNI configuration and devices of the nodes',
  );
}

interface PortQuestion {
  readonly cni: NetworkFacts['cni'];
  readonly encapsulation: NetworkFacts['encapsulation'];
  readonly vni: number | null;
  readonly rke2: boolean;
}

function usualPort({ cni, encapsulation, vni, rke2 }: PortQuestion): number | null {
  switch (encapsulation) {
    case 'vxlan':
      if (cni === 'calico') return IANA_VXLAN_PORT;
      if (cni === 'cilium') return CILIUM_VXLAN_PORT;
      if (cni === 'flannel') return rke2 || vni === WINDOWS_VNI ? IANA_VXLAN_PORT : FLANNEL_PORT;
      return cni === 'canal' ? FLANNEL_PORT : null;
    case 'geneve':
      return GENEVE_PORT;
    case 'wireguard':
      return cni === 'cilium' ? CILIUM_WIREGUARD_PORT : WIREGUARD_PORT;
    case 'ipip':
    case 'none':
    case 'unknown':
      return null;
  }
}

/** The port that the nodes really have: the expected one when bound, else the only known overlay port bound. */
function boundPort(
  seen: SeenOverlay | null,
  expected: number | null,
  encapsulation: NetworkFacts['encapsulation'],
): number | null {
  if (seen === null || encapsulation === 'none' || encapsulation === 'ipip') return null;
  if (expected !== null && seen.allPorts.has(expected)) return expected;
  return seen.ports.length === 1 ? (seen.ports[0] ?? null) : null;
}

function usualDevice(
  cni: NetworkFacts['cni'],
  encapsulation: NetworkFacts['encapsulation'],
  vni: number | null,
): string | null {
  if (encapsulation === 'ipip') return 'tunl0';
  if (encapsulation !== 'vxlan') return null;
  if (cni === 'calico') return 'vxlan.calico';
  if (cni === 'cilium') return 'cilium_vxlan';
  if (cni === 'canal' || cni === 'flannel') return `flannel.${vni ?? 1}`;
  return null;
}

function isRke2(evidence: Evidence): boolean {
  const { nodes } = evidence.snapshot;
  return (
    evidence.hints.platform === 'rke2' ||
    (nodes.state === 'known' && nodes.value.some((n) => n.kubeletVersion.includes('+rke2')))
  );
}
