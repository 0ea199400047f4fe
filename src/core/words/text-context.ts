import type { NetworkFacts, Platform } from '../evidence/facts.ts';
import { known, missing, type Observed } from '../evidence/observed.ts';

/** What the asker tells beside the text: `--platform`, `--cni`, `--k8s-version`. */
export interface ExplainContext {
  readonly platform: string | null;
  readonly cni: string | null;
  readonly k8sVersion: string | null;
}

/** Signs of a distribution in logs, names and paths; the first that is found decides. */
const PLATFORM_SIGNS: readonly (readonly [Platform, RegExp])[] = [
  ['rke2', /\brke2\b|\+rke2r\d/i],
  ['k3s', /\bk3s\b|\+k3s\d/i],
  ['k0s', /\bk0s\b|\bk0sctl\b|\+k0s/i],
  ['eks', /\beks\b|-eks-|aws-auth|fargate|\.compute\.internal\b/i],
  ['gke', /\bgke\b|-gke\.|\bgke-/i],
  ['aks', /\baks\b|\baks-/i],
  ['talos', /\btalos\b|talosctl/i],
  ['openshift', /\bopenshift\b|\boc adm\b/i],
  ['kubeadm', /\bkubeadm\b|\bkubespray\b|\/etc\/kubernetes\/manifests/i],
];

const PLATFORMS: readonly Platform[] = [...new Set(PLATFORM_SIGNS.map(([platform]) => platform))];

/** The distribution: as told, else as the text shows. */
export function platformOf(
  text: string,
  { platform, k8sVersion }: ExplainContext,
): Observed<Platform> {
  const told = PLATFORMS.find((one) => one === platform?.toLowerCase());
  if (told !== undefined) return known(told, `--platform ${told}`);
  for (const [one, sign] of PLATFORM_SIGNS) {
    const match = sign.exec(`${text}\n${k8sVersion ?? ''}`);
    if (match !== null) return known(one, `“${match[0]}” in the text`);
  }
  return missing('not-attempted', 'the text names no distribution; tell it with --platform');
}

/** What was told beside the text and is not known here, one sentence each. */
export function unknownContext({ platform, cni }: ExplainContext): readonly string[] {
  const odd = (what: string, told: string | null, names: readonly string[]): readonly string[] =>
    told === null || names.some((name) => name === told.toLowerCase())
      ? []
      : [`The ${what} “${told}” is none that I know (${names.join(', ')}), so it was not used.`];
  return [
    ...odd('platform', platform, PLATFORMS),
    ...odd(
      'CNI',
      cni,
      CNI_SIGNS.map(([one]) => one),
    ),
  ];
}

type Cni = NetworkFacts['cni'];
type Encapsulation = NetworkFacts['encapsulation'];

const CNI_SIGNS: readonly (readonly [Cni, RegExp])[] = [
  ['canal', /\bcanal\b/i],
  ['cilium', /\bcilium/i],
  ['calico', /\bcalico|\bfelix\b|\bBIRD\b|vxlan\.calico|\btunl0\b|calicoctl/i],
  ['flannel', /\bflannel\b|flannel\.\d/i],
  ['other', /\bweave\b|\bantrea\b|kube-router|aws-node|\bazure-cni\b|\bkindnet\b|ovn-kubernetes/i],
];

/** A port in the text that can only be an overlay's own. */
const PORT_SIGN = /\b(8472|4789|6081|51820|51871)\b/;

/**
 * Which overlay it is, and so which port. Nothing is assumed: where neither the asker nor the text tells the
 * encapsulation, the port stays open. RKE2 and k3s fix it with the CNI (docs.rke2.io/install/requirements,
 * docs.k3s.io/installation/requirements).
 */
export function networkOf(
  text: string,
  context: ExplainContext,
  platform: Observed<Platform>,
): Observed<NetworkFacts> {
  const distro = platform.state === 'known' ? platform.value : 'unknown';
  const told = CNI_SIGNS.find(([one]) => one === context.cni?.toLowerCase())?.[0];
  const sign = CNI_SIGNS.find(([, pattern]) => pattern.test(text));
  const port = Number(PORT_SIGN.exec(text)?.[1] ?? Number.NaN);
  const usual: Cni = distro === 'k3s' ? 'flannel' : 'unknown';
  const cni = told ?? sign?.[0] ?? usual;
  const encapsulation = encapsulationOf(text, cni, distro, Number.isNaN(port) ? null : port);
  if (cni === 'unknown' && encapsulation === 'unknown') {
    return missing('not-attempted', 'the text names no CNI; tell it with --cni');
  }
  const basis = [
    told !== undefined
      ? `--cni ${told}`
      : sign !== undefined
        ? `“${sign[1].exec(text)?.[0] ?? ''}” in the text`
        : cni === 'flannel'
          ? "k3s' own CNI"
          : 'no CNI named',
    ...(Number.isNaN(port) ? [] : [`port ${port} in the text`]),
  ];
  const vni = cni === 'flannel' && distro === 'rke2' ? RKE2_FLANNEL_VNI : null;
  return known(
    {
      cni,
      encapsulation,
      port: Number.isNaN(port) ? usualPort(cni, encapsulation, distro) : port,
      vni,
      device: deviceOf(text, cni, encapsulation, distro),
      basis,
      disagrees: false,
    },
    'the pasted text and what was told beside it',
  );
}

/** RKE2 gives its flannel the VNI, and with it the port, that Windows nodes need. */
const RKE2_FLANNEL_VNI = 4096;

function encapsulationOf(
  text: string,
  cni: Cni,
  distro: Platform,
  port: number | null,
): Encapsulation {
  if (/\bip-?ip\b|ipip|tunl0|protocol (?:number )?4\b|ip proto 4/i.test(text)) return 'ipip';
  if (/host-gw|native[- ]routing|without encap|no encap/i.test(text)) return 'none';
  if (
    /wireguard(?:\.cali|enabled)|flannel-wg|cilium_wg/i.test(text) ||
    port === 51_820 ||
    port === 51_871
  )
    return 'wireguard';
  if (/geneve/i.test(text) || port === 6081) return 'geneve';
  if (/vxlan|flannel\.\d|\bOTV\b/i.test(text) || port === 8472 || port === 4789) return 'vxlan';
  if (cni === 'canal' || cni === 'cilium') return 'vxlan';
  if (cni === 'flannel') return 'vxlan';
  return cni === 'calico' && distro === 'rke2' ? 'vxlan' : 'unknown';
}

function usualPort(cni: Cni, encapsulation: Encapsulation, distro: Platform): number | null {
  if (encapsulation === 'wireguard') return cni === 'cilium' ? 51_871 : 51_820;
  if (encapsulation === 'geneve') return 6081;
  if (encapsulation !== 'vxlan') return null;
  if (cni === 'calico') return 4789;
  if (cni === 'flannel') return distro === 'rke2' ? 4789 : 8472;
  return cni === 'canal' || cni === 'cilium' ? 8472 : null;
}

function deviceOf(
  text: string,
  cni: Cni,
  encapsulation: Encapsulation,
  distro: Platform,
): string | null {
  const named = /\b(flannel\.\d{1,5}|vxlan\.calico|cilium_vxlan|tunl0)\b/.exec(text)?.[1];
  if (named !== undefined) return named;
  if (encapsulation === 'ipip') return 'tunl0';
  if (encapsulation !== 'vxlan') return null;
  if (cni === 'calico') return 'vxlan.calico';
  if (cni === 'cilium') return 'cilium_vxlan';
  if (cni === 'flannel') return distro === 'rke2' ? 'flannel.4096' : 'flannel.1';
  return cni === 'canal' ? 'flannel.1' : null;
}
