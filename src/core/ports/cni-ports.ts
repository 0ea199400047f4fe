import { type Encapsulation, type PortQuestion, type PortRow, SOURCES } from './port-row.ts';

const FLANNEL_VXLAN = 8472;
const IANA_VXLAN = 4789;
const GENEVE = 6081;
const WIREGUARD_V4 = 51_820;
const WIREGUARD_V6 = 51_821;
const CILIUM_WIREGUARD = 51_871;
const CILIUM_HEALTH = 4240;
const BGP = 179;
const TYPHA = 5473;
const TYPHA_HEALTH = 9098;
const FELIX_HEALTH = 9099;

const IPV6_TOO = 'pods have IPv6 addresses';

/** The ports of the CNI between nodes. Of encapsulations that are not chosen each row says when it is needed. */
export function cniPorts(question: PortQuestion): readonly PortRow[] {
  switch (question.cni) {
    case 'canal':
      return canal(question);
    case 'calico':
      return calico(question);
    case 'flannel':
      return flannel(question);
    case 'cilium':
      return cilium(question);
  }
}

type Between = Pick<PortRow, 'protocol' | 'why' | 'source'> &
  Partial<Pick<PortRow, 'port' | 'onlyWhen'>>;

function between({ port = null, onlyWhen = null, ...row }: Between): PortRow {
  return { ...row, port, onlyWhen, lastPort: null, from: 'nodes', to: 'nodes' };
}

interface Carrier {
  readonly encapsulation: Encapsulation;
  readonly row: Between;
}

/**
 * Rows of the encapsulations that a CNI can use. A chosen one alone is needed; without a choice those in `usual` are,
 * and the others carry their condition.
 */
function carriers(
  chosen: Encapsulation | null,
  usual: readonly Encapsulation[],
  all: readonly Carrier[],
): readonly PortRow[] {
  return all.flatMap(({ encapsulation, row }) => {
    if (chosen !== null) return chosen === encapsulation ? [between(row)] : [];
    if (usual.includes(encapsulation)) return [between(row)];
    const named = `${NAMES[encapsulation]} is chosen`;
    const onlyWhen = row.onlyWhen == null ? named : `${named} and ${row.onlyWhen}`;
    return [between({ ...row, onlyWhen })];
  });
}

const NAMES: Readonly<Record<Encapsulation, string>> = {
  vxlan: 'VXLAN',
  ipip: 'IPIP',
  wireguard: 'WireGuard',
  geneve: 'Geneve',
  none: 'plain routing',
};

function wireguard(source: string): readonly Carrier[] {
  const row = { protocol: 'udp', why: 'pod traffic between nodes (WireGuard)', source } as const;
  return [
    { encapsulation: 'wireguard', row: { ...row, port: WIREGUARD_V4 } },
    { encapsulation: 'wireguard', row: { ...row, port: WIREGUARD_V6, onlyWhen: IPV6_TOO } },
  ];
}

function vxlan(port: number, source: string): Carrier {
  return {
    encapsulation: 'vxlan',
    row: { protocol: 'udp', port, why: 'pod traffic between nodes (VXLAN)', source },
  };
}

function canal({ distro, encapsulation }: PortQuestion): readonly PortRow[] {
  const source = distro === 'rke2' ? SOURCES.rke2 : SOURCES.flannel;
  const rows = carriers(
    encapsulation,
    ['vxlan'],
    [vxlan(FLANNEL_VXLAN, source), ...wireguard(source)],
  );
  return distro === 'rke2' ? [...rows, felixHealth()] : rows;
}

function felixHealth(): PortRow {
  return between({
    protocol: 'tcp',
    port: FELIX_HEALTH,
    why: 'health of the CNI agent (Felix)',
    source: SOURCES.rke2,
  });
}

/**
 * RKE2's chart sets up VXLAN with BGP switched off. Elsewhere the manifest starts with IPIP and the operator with
 * VXLAN, so both are needed as long as nobody says which.
 */
function calico({ distro, encapsulation }: PortQuestion): readonly PortRow[] {
  const source = distro === 'rke2' ? SOURCES.rke2 : SOURCES.calico;
  const usual: readonly Encapsulation[] = distro === 'rke2' ? ['vxlan'] : ['vxlan', 'ipip'];
  const bgpInUse = encapsulation === null ? usual.includes('ipip') : encapsulation !== 'vxlan';
  const typha = between({ protocol: 'tcp', port: TYPHA, why: 'Calico agents to Typha', source });
  return [
    ...carriers(encapsulation, usual, [
      vxlan(IANA_VXLAN, source),
      {
        encapsulation: 'ipip',
        row: { protocol: 'ipip', why: 'pod traffic between nodes (IPIP)', source: SOURCES.calico },
      },
      ...wireguard(SOURCES.calico),
    ]),
    between({
      protocol: 'tcp',
      port: BGP,
      why: 'routes between nodes (BGP)',
      onlyWhen: bgpInUse ? null : 'BGP is switched on; VXLAN alone does without',
      source,
    }),
    distro === 'rke2' ? typha : { ...typha, onlyWhen: 'Typha runs (the operator starts it)' },
    ...(distro === 'rke2'
      ? [
          between({ protocol: 'tcp', port: TYPHA_HEALTH, why: 'health of Typha', source }),
          felixHealth(),
        ]
      : []),
  ];
}

/** RKE2's flannel speaks the port that Windows nodes need; elsewhere it keeps the kernel's own. */
function flannel({ distro, encapsulation }: PortQuestion): readonly PortRow[] {
  const source = distro === 'kubeadm' ? SOURCES.flannel : SOURCES[distro];
  return carriers(
    encapsulation,
    ['vxlan'],
    [
      vxlan(distro === 'rke2' ? IANA_VXLAN : FLANNEL_VXLAN, source),
      ...wireguard(distro === 'k3s' ? source : SOURCES.flannel),
    ],
  );
}

function cilium({ distro, encapsulation }: PortQuestion): readonly PortRow[] {
  const source = distro === 'rke2' ? SOURCES.rke2 : SOURCES.cilium;
  const healthOnly = 'cilium-health shall see the nodes; Cilium carries traffic without it';
  return [
    ...carriers(
      encapsulation,
      ['vxlan'],
      [
        vxlan(FLANNEL_VXLAN, source),
        {
          encapsulation: 'geneve',
          row: {
            protocol: 'udp',
            port: GENEVE,
            why: 'pod traffic between nodes (Geneve)',
            source: SOURCES.cilium,
          },
        },
        {
          encapsulation: 'wireguard',
          row: {
            protocol: 'udp',
            port: CILIUM_WIREGUARD,
            why: 'pod traffic between nodes (WireGuard)',
            source,
          },
        },
      ],
    ),
    between({
      protocol: 'esp',
      why: 'pod traffic between nodes (IPsec)',
      onlyWhen: 'IPsec is chosen',
      source: SOURCES.cilium,
    }),
    between({
      protocol: 'tcp',
      port: CILIUM_HEALTH,
      why: 'health checks between agents',
      onlyWhen: healthOnly,
      source,
    }),
    between({
      protocol: 'icmp-echo',
      why: 'health checks between agents',
      onlyWhen: healthOnly,
      source,
    }),
  ];
}
