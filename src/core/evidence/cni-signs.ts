import type { Evidence } from './evidence.ts';
import type { NetworkFacts } from './facts.ts';
import { valueOr } from './observed.ts';
import type { CniConfigObjects, NodeObject, PodObject } from './snapshot.ts';

/** What the cluster's own objects state about its CNI. Null or `unknown` where they are silent. */
export interface StatedCni {
  readonly cni: NetworkFacts['cni'];
  readonly encapsulation: NetworkFacts['encapsulation'];
  readonly port: number | null;
  readonly vni: number | null;
  readonly basis: readonly string[];
}

type Draft = { -readonly [K in keyof StatedCni]: StatedCni[K] } & { basis: string[] };

/** Reads annotations, agents and configuration, the more specific source first. */
export function readCni(evidence: Evidence): StatedCni {
  const draft: Draft = {
    cni: 'unknown',
    encapsulation: 'unknown',
    port: null,
    vni: null,
    basis: [],
  };
  const nodes = valueOr(evidence.snapshot.nodes, []);
  readHint(draft, evidence.hints.cni);
  readAgents(draft, valueOr(evidence.snapshot.cniPods, []));
  const config = evidence.snapshot.cniConfig;
  if (config.state === 'known') readConfig(draft, config.value);
  readFlannelAnnotations(draft, nodes);
  readCalicoAnnotations(draft, nodes);
  return draft;
}

function readHint(draft: Draft, hint: string | null): void {
  const cni = (['canal', 'calico', 'flannel', 'cilium', 'other'] as const).find((c) => c === hint);
  if (cni === undefined) return;
  draft.cni = cni;
  draft.basis.push(`the cluster's configuration says ${cni}`);
}

function readAgents(draft: Draft, pods: readonly PodObject[]): void {
  const owners = [...new Set(pods.map((p) => p.owner?.name ?? p.name))].toSorted();
  const byName = (pattern: RegExp): string | undefined => owners.find((name) => pattern.test(name));
  const found =
    pick('canal', byName(/canal/)) ??
    pick('cilium', byName(/^cilium(?!-operator|-envoy)/)) ??
    pick('calico', byName(/calico-node/)) ??
    pick('flannel', byName(/flannel/)) ??
    pick('other', byName(/antrea|weave|kube-router|kindnet|aws-node|azure-cni|ovn/));
  if (found === null) return;
  if (draft.cni === 'unknown') draft.cni = found.cni;
  // The VPC itself routes the pods' addresses (aws/amazon-vpc-cni-k8s).
  if (found.name === 'aws-node') draft.encapsulation = 'none';
  draft.basis.push(`agents ${found.name}`);
}

function pick(cni: NetworkFacts['cni'], name: string | undefined) {
  return name === undefined ? null : { cni, name };
}

function readConfig(draft: Draft, config: CniConfigObjects): void {
  for (const { namespace, name, data } of config.configMaps) {
    const from = `ConfigMap ${namespace}/${name}`;
    const netConf = data['net-conf.json'];
    if (netConf !== undefined) readNetConf(draft, netConf, from, name.includes('canal'));
    if (name === 'cilium-config') readCilium(draft, data, from);
  }
  if (draft.cni === 'canal' || draft.cni === 'cilium' || draft.cni === 'flannel') return;
  readCalicoPools(draft, config);
}

function readNetConf(draft: Draft, text: string, from: string, canal: boolean): void {
  const backend = field(parsed(text), 'Backend');
  const type = field(backend, 'Type');
  if (typeof type !== 'string') return;
  if (draft.cni === 'unknown') draft.cni = canal ? 'canal' : 'flannel';
  draft.encapsulation = flannelEncapsulation(type);
  const port = field(backend, draft.encapsulation === 'wireguard' ? 'ListenPort' : 'Port');
  const vni = field(backend, 'VNI');
  // Port 0 and VNI 0 mean "not set" to flannel.
  if (typeof port === 'number' && port > 0) draft.port = port;
  if (typeof vni === 'number' && vni > 0) draft.vni = vni;
  const stated = draft.port === null ? 'no port stated' : `port ${draft.port}`;
  draft.basis.push(`${from}: Backend type ${type}, ${stated}`);
}

function flannelEncapsulation(type: string): NetworkFacts['encapsulation'] {
  switch (type) {
    case 'vxlan':
      return 'vxlan';
    case 'host-gw':
      return 'none';
    case 'wireguard':
    case 'extension-wireguard':
      return 'wireguard';
    case 'ipip':
      return 'ipip';
    default:
      return 'unknown';
  }
}

function readCilium(draft: Draft, data: Readonly<Record<string, string>>, from: string): void {
  draft.cni = 'cilium';
  const mode = data['routing-mode'] ?? (data['tunnel'] === 'disabled' ? 'native' : 'tunnel');
  if (mode === 'native') {
    draft.encapsulation = 'none';
  } else {
    // Before 1.14 the protocol stood in `tunnel`; vxlan is Cilium's default.
    const protocol = data['tunnel-protocol'] ?? data['tunnel'] ?? 'vxlan';
    draft.encapsulation = protocol === 'geneve' ? 'geneve' : 'vxlan';
  }
  const port = Number(data['tunnel-port'] ?? '');
  if (Number.isInteger(port) && port > 0) draft.port = port;
  draft.basis.push(`${from}: routing ${mode}, ${draft.encapsulation}`);
}

function readCalicoPools(draft: Draft, config: CniConfigObjects): void {
  const pools = valueOr(config.calicoIpPools, []).filter(({ cidr }) => !cidr.includes(':'));
  const vxlan = pools.find(({ vxlanMode }) => vxlanMode !== 'Never' && vxlanMode !== '');
  const ipip = pools.find(({ ipipMode }) => ipipMode !== 'Never' && ipipMode !== '');
  const felix: Readonly<Record<string, unknown>> = valueOr(config.felix, {});
  if (pools.length > 0) {
    if (draft.cni === 'unknown') draft.cni = 'calico';
    draft.encapsulation = vxlan !== undefined ? 'vxlan' : ipip !== undefined ? 'ipip' : 'none';
    const pool = vxlan ?? ipip ?? pools[0];
    const mode =
      pool === undefined
        ? ''
        : `vxlan ${pool.vxlanMode || 'Never'}, ipip ${pool.ipipMode || 'Never'}`;
    draft.basis.push(`IPPool ${pool?.name ?? ''}: ${mode}`);
  }
  if (felix['wireguardEnabled'] === true) {
    draft.encapsulation = 'wireguard';
    draft.basis.push('FelixConfiguration: wireguardEnabled');
    const listen = felix['wireguardListeningPort'];
    if (typeof listen === 'number') draft.port = listen;
    return;
  }
  if (draft.encapsulation !== 'vxlan') return;
  const port = felix['vxlanPort'];
  const vni = felix['vxlanVNI'];
  if (typeof port === 'number') {
    draft.port = port;
    draft.basis.push(`FelixConfiguration: vxlanPort ${port}`);
  }
  draft.vni = typeof vni === 'number' ? vni : CALICO_DEFAULT_VNI;
}

/** Felix's default for `vxlanVNI`. */
const CALICO_DEFAULT_VNI = 4096;

function readFlannelAnnotations(draft: Draft, nodes: readonly NodeObject[]): void {
  const node = nodes.find((n) => 'flannel.alpha.coreos.com/backend-type' in n.annotations);
  const type = node?.annotations['flannel.alpha.coreos.com/backend-type'];
  if (node === undefined || type === undefined) return;
  if (draft.cni === 'calico' || draft.cni === 'cilium') {
    // Left behind by an earlier CNI: an agent that runs now says more than an old annotation.
    draft.basis.push(`old flannel annotations on ${node.name} not counted`);
    return;
  }
  if (draft.cni === 'unknown') draft.cni = 'flannel';
  draft.encapsulation = flannelEncapsulation(type);
  const data = parsed(node.annotations['flannel.alpha.coreos.com/backend-data'] ?? '');
  const vni = field(data, 'VNI');
  if (typeof vni === 'number') draft.vni = vni;
  const withVni = draft.vni === null ? '' : `, VNI ${draft.vni}`;
  draft.basis.push(`node annotation flannel.alpha.coreos.com/backend-type=${type}${withVni}`);
}

function readCalicoAnnotations(draft: Draft, nodes: readonly NodeObject[]): void {
  if (draft.cni !== 'unknown' && draft.cni !== 'calico') return;
  const tunnel = (key: string): boolean => nodes.some((n) => key in n.annotations);
  if (tunnel('projectcalico.org/IPv4VXLANTunnelAddr')) {
    draft.cni = 'calico';
    draft.basis.push('node annotation projectcalico.org/IPv4VXLANTunnelAddr');
    if (draft.encapsulation === 'unknown') draft.encapsulation = 'vxlan';
    draft.vni ??= draft.encapsulation === 'vxlan' ? CALICO_DEFAULT_VNI : null;
  } else if (tunnel('projectcalico.org/IPv4IPIPTunnelAddr')) {
    draft.cni = 'calico';
    draft.basis.push('node annotation projectcalico.org/IPv4IPIPTunnelAddr');
    if (draft.encapsulation === 'unknown') draft.encapsulation = 'ipip';
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
