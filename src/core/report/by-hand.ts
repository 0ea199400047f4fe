import ipaddr from 'ipaddr.js';
import { hostOf } from '../evidence/addresses.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Facts, NetworkFacts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { NodeObject, PodObject } from '../evidence/snapshot.ts';
import { count } from './words.ts';

/** One question that a probe would have answered, as commands for a person's shell on some nodes. */
export interface ManualCheck {
  readonly question: string;
  /** Where to run them, each with its address; the same commands on all. */
  readonly on: readonly { readonly node: string; readonly address: string }[];
  readonly commands: readonly string[];
  /** How to read what comes. */
  readonly reading: string;
}

/** Nodes that the commands name; the API servers' and the provider's come first. More would not fit a screen. */
const MAX_NODES = 6;
const MAX_PROVIDERS = 2;
const MAX_REFERENCE_PODS = 2;
const DEFAULT_PROVIDER_PORT = 10_250;
const API_SERVER_PORT = 6_443;
/** An Ethernet underlay; what is lost to the overlay's headers comes off it (docs.tigera.io, "Configure MTU"). */
const UNDERLAY_MTU = 1_500;
const HEADERS: Readonly<Record<NetworkFacts['encapsulation'], number>> = {
  vxlan: 50,
  geneve: 50,
  ipip: 20,
  wireguard: 60,
  none: 0,
  unknown: 50,
};
/** IPv4 or IPv6 header with ICMP's own. */
const PING_HEADERS = { 4: 28, 6: 48 } as const;
/** What `ping` sends by itself. */
const SMALL_DATA = 56;

/**
 * Every path that probes would have tried, as commands to run by hand; empty where probes ran. Only addresses and
 * numbers of the cluster's own objects enter a command, and only where they are what they should be: the text is
 * meant for a shell.
 */
export function byHandOf(evidence: Evidence, facts: Facts): readonly ManualCheck[] {
  if (evidence.probes.ran.state === 'known') return [];
  const scene = sceneOf(facts);
  if (scene === null) return [];
  return [
    ...providerChecks(scene),
    ...overlayChecks(scene),
    ...underlayChecks(scene),
    ...scrapeChecks(scene),
  ].filter(({ on, commands }) => on.length > 0 && commands.length > 0);
}

interface Place {
  readonly node: string;
  readonly address: string;
}

interface Scene {
  readonly nodes: readonly (Place & { readonly kubeletPort: number })[];
  readonly left: number;
  /** The nodes of API servers, as far as they are nodes. */
  readonly apiServers: readonly Place[];
  readonly apiServerPort: number;
  readonly providers: readonly (Place & { readonly port: number; readonly hostNetwork: boolean })[];
  readonly references: readonly (Place & { readonly port: number | null })[];
  readonly network: NetworkFacts | null;
}

function sceneOf(facts: Facts): Scene | null {
  const fit = valueOr(facts.nodes, []).flatMap((node) => {
    const address = addressOf(node);
    const ready = node.ready.state === 'missing' || node.ready.value;
    return (node.os === 'linux' || node.os === '') && ready && address !== null
      ? [{ node: node.name, address, kubeletPort: node.kubeletPort, server: node.controlPlane }]
      : [];
  });
  const pods = valueOr(facts.providerPods, []).filter(runs);
  const hosts = new Set(pods.map(({ nodeName }) => nodeName));
  const dialled = valueOr(facts.apiServers, []).map(({ address }) => hostOf(bare(address)));
  const serves = (place: (typeof fit)[number]): boolean =>
    place.server || dialled.includes(place.address);
  const ranked = fit.toSorted(
    (a, b) =>
      Number(hosts.has(b.node)) - Number(hosts.has(a.node)) ||
      Number(serves(b)) - Number(serves(a)),
  );
  if (ranked.length === 0) return null;
  const nodes = ranked.slice(0, MAX_NODES);
  return {
    nodes,
    left: ranked.length - nodes.length,
    apiServers: nodes.filter(serves),
    apiServerPort: portOf(valueOr(facts.apiServers, [])[0]?.address),
    providers: pods.slice(0, MAX_PROVIDERS).flatMap((pod) => providerOf(pod, facts)),
    references: valueOr(facts.referencePods, [])
      .filter((pod) => runs(pod) && hosts.has(pod.nodeName) && !pod.hostNetwork)
      .slice(0, MAX_REFERENCE_PODS)
      .flatMap(referenceOf),
    network: valueOr(facts.network, null),
  };
}

function runs({ phase, deleting, nodeName }: PodObject): boolean {
  return phase === 'Running' && !deleting && nodeName !== null;
}

function providerOf(pod: PodObject, facts: Facts): Scene['providers'] {
  const address = pod.podIps.find(isAddress);
  if (address === undefined || pod.nodeName === null) return [];
  const published = valueOr(facts.endpoints, null)?.addresses[0]?.ports[0]?.port;
  const declared = pod.containers.flatMap(({ ports }) => ports)[0]?.containerPort;
  const port = published ?? declared ?? DEFAULT_PROVIDER_PORT;
  return [{ node: pod.nodeName, address, port, hostNetwork: pod.hostNetwork }];
}

function referenceOf(pod: PodObject): Scene['references'] {
  const address = pod.podIps.find(isAddress);
  if (address === undefined || pod.nodeName === null) return [];
  const port = pod.containers
    .flatMap(({ ports }) => ports)
    .find(({ protocol }) => protocol === 'TCP');
  return [{ node: pod.nodeName, address, port: port?.containerPort ?? null }];
}

/** Nothing but an IP address may enter a command. */
function isAddress(text: string): boolean {
  return ipaddr.isValid(text) && !text.includes('%');
}

function addressOf({ internalIps }: NodeObject): string | null {
  const valid = internalIps.filter(isAddress);
  return valid.find((ip) => !ip.includes(':')) ?? valid[0] ?? null;
}

function bare(address: string): string {
  return address.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
}

function portOf(address: string | undefined): number {
  const port = Number(/:(\d{1,5})$/.exec(bare(address ?? ''))?.[1]);
  return Number.isInteger(port) && port > 0 ? port : API_SERVER_PORT;
}

function providerChecks({
  providers,
  apiServers,
  nodes,
  references,
  network,
}: Scene): readonly ManualCheck[] {
  const on = apiServers.length > 0 ? apiServers : nodes;
  const dialled = providers.map(
    ({ address, port, hostNetwork, node }): ManualCheck => ({
      question: `Does an API server's node reach Metrics Server on ${node}?`,
      on: places(on),
      commands: [
        `curl -k -sS --max-time 5 -w '%{http_code}\\n' https://${urlHost(address)}:${port}/livez`,
        ping(address, SMALL_DATA),
        ping(address, fullSize(address, hostNetwork ? null : network)),
      ],
      reading:
        'Any status, 401 and 403 too, means reachable. Small ping alone: MTU. Pings without curl: a policy, a filter or checksum offload. Nothing but from its own node: the overlay.',
    }),
  );
  const compared =
    references.length === 0 || providers.length === 0
      ? []
      : [
          {
            question: `Do the same nodes reach other pods on ${references[0]?.node ?? ''}?`,
            on: places(on),
            commands: references.flatMap(({ address, port }) => [
              ping(address, SMALL_DATA),
              ...(port === null ? [] : [connect(address, port)]),
            ]),
            reading:
              'These answer and Metrics Server does not: a NetworkPolicy or its Service. Neither answers: the network.',
          },
        ];
  return [...dialled, ...compared];
}

/** Leaves the one end, reaches the other: both at the same time, while the first commands run. */
function overlayChecks({ providers, nodes, network }: Scene): readonly ManualCheck[] {
  const filter = captureFilter(network);
  const target = providers.find(({ hostNetwork }) => !hostNetwork);
  if (filter === null || target === undefined || nodes.length < 2) return [];
  return [
    {
      question: `Do overlay packets (${filter.words}) leave one node and reach the other?`,
      on: places(nodes),
      commands: [
        `timeout 20 tcpdump -nvvi any -c 40 '${filter.expression}'`,
        ...deviceOf(network).map(
          (device) => `ethtool -k ${device} | grep -E 'checksum|segmentation'`,
        ),
      ],
      reading: `Run it on both ends while the commands above run. Leaves the sender and does not reach ${target.node}: dropped on the way. Arrives and no answer comes: a filter of ${target.node} itself. "bad udp cksum" at the receiver: checksum offload.`,
    },
  ];
}

function underlayChecks({ nodes, left, apiServers, apiServerPort }: Scene): readonly ManualCheck[] {
  if (nodes.length < 2) return [];
  const addresses = nodes.map(({ address }) => address);
  const size = fullSize(addresses[0] ?? '', null);
  const ports = [...new Set(nodes.map(({ kubeletPort }) => kubeletPort))];
  const same = left > 0 ? ` ${count(left, 'more node')} left out: the same commands fit them.` : '';
  return [
    {
      question: 'Do the machines reach one another outside of the overlay?',
      on: places(nodes),
      commands: [
        each(addresses, `ping -c 2 -W 2 -s ${SMALL_DATA} $a; ping -M do -c 2 -W 2 -s ${size} $a`),
        ...ports.map((port) =>
          each(
            nodes.filter(({ kubeletPort }) => kubeletPort === port).map(({ address }) => address),
            `nc -zv -w 5 $a ${port}`,
          ),
        ),
        ...(apiServers.length === 0
          ? []
          : [
              each(
                apiServers.map(({ address }) => address),
                `nc -zv -w 5 $a ${apiServerPort}`,
              ),
            ]),
      ],
      reading: `Fails as the pods do: not the overlay but the machines' own network. "refused" comes at once, silence after 5 s.${same}`,
    },
  ];
}

/** As Metrics Server scrapes: from its own network namespace, and the certificate that it judges. */
function scrapeChecks({
  providers,
  nodes,
  apiServers,
  apiServerPort,
}: Scene): readonly ManualCheck[] {
  const [provider] = providers;
  const host = nodes.find(({ node }) => node === provider?.node);
  if (provider === undefined || host === undefined) return [];
  const inside = provider.hostNetwork ? '' : 'nsenter -t "$(pgrep -o metrics-server)" -n ';
  const [apiServer] = apiServers;
  return [
    {
      question:
        'Does Metrics Server reach the kubelets and an API server, and are the certificates for these addresses?',
      on: places([host]),
      commands: [
        ...kubelets(nodes, `${inside}nc -zv -w 5 $a`),
        ...(apiServer === undefined
          ? []
          : [`${inside}nc -zv -w 5 ${apiServer.address} ${apiServerPort}`]),
        certificates(nodes),
      ],
      reading:
        'Open from the node and not from inside the pod: its own firewall. No IP address in the certificate: kubelet-tls-no-ip-san.',
    },
  ];
}

function kubelets(nodes: Scene['nodes'], command: string): readonly string[] {
  return [...new Set(nodes.map(({ kubeletPort }) => kubeletPort))].map((port) =>
    each(
      nodes.filter(({ kubeletPort }) => kubeletPort === port).map(({ address }) => address),
      `${command} ${port}`,
    ),
  );
}

function certificates(nodes: Scene['nodes']): string {
  const targets = nodes.map(({ address, kubeletPort }) => `${urlHost(address)}:${kubeletPort}`);
  return each(
    targets,
    'echo $a; openssl s_client -connect $a </dev/null 2>/dev/null | openssl x509 -noout -issuer -enddate -ext subjectAltName',
  );
}

function places(nodes: readonly Place[]): readonly Place[] {
  return nodes.map(({ node, address }) => ({ node, address }));
}

function each(values: readonly string[], command: string): string {
  return `for a in ${values.join(' ')}; do ${command}; done`;
}

function connect(address: string, port: number): string {
  return `nc -zv -w 5 ${address} ${port}`;
}

function ping(address: string, size: number): string {
  return `ping -M do -c 2 -W 2 -s ${size} ${address}`;
}

/** As large as the overlay lets through; `null`: the machines' own network. */
function fullSize(address: string, network: NetworkFacts | null): number {
  const headers = network === null ? 0 : HEADERS[network.encapsulation];
  return UNDERLAY_MTU - headers - PING_HEADERS[address.includes(':') ? 6 : 4];
}

function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function captureFilter(
  network: NetworkFacts | null,
): { readonly words: string; readonly expression: string } | null {
  if (network === null) return null;
  if (network.encapsulation === 'ipip') return { words: 'IP protocol 4', expression: 'ip proto 4' };
  const { port } = network;
  return port === null ? null : { words: `${port}/udp`, expression: `udp port ${port}` };
}

/** Interface names as Linux allows them, and no others. */
function deviceOf(network: NetworkFacts | null): readonly string[] {
  const device = network?.device ?? '';
  return /^[A-Za-z0-9][\w.@-]{0,14}$/.test(device) ? [device] : [];
}
