import { cniPorts } from './cni-ports.ts';
import { type PortQuestion, type PortRow, SOURCES, tcpRow } from './port-row.ts';

const KUBERNETES_API = 6443;
const KUBELET = 10_250;
const ETCD_CLIENT = 2379;
const ETCD_PEER = 2380;
const ETCD_METRICS = 2381;
const RKE2_SUPERVISOR = 9345;
const SPEGEL = 5001;
const FIRST_NODE_PORT = 30_000;
const LAST_NODE_PORT = 32_767;

/** All ports between the machines of such a cluster: those of the distribution, then those of the CNI. */
export function portTable(question: PortQuestion): readonly PortRow[] {
  return [...distroPorts(question), ...fromOwnPods(), ...cniPorts(question)];
}

function distroPorts({ distro, severalServers = false }: PortQuestion): readonly PortRow[] {
  const source = SOURCES[distro];
  const etcd = (port: number, why: string): PortRow =>
    tcpRow(port, { from: 'servers', to: 'servers', why, source });
  const nodePorts: PortRow = {
    ...tcpRow(FIRST_NODE_PORT, { from: 'nodes', to: 'nodes', why: 'NodePort Services', source }),
    lastPort: LAST_NODE_PORT,
    onlyWhen: 'nodes call NodePort Services of one another; open it to their clients, too',
  };
  const kubelet = tcpRow(KUBELET, {
    from: 'nodes',
    to: 'nodes',
    why: 'kubelet: logs, exec, and the metrics that metrics-server scrapes from any node',
    source: distro === 'kubeadm' ? SOURCES.metricsServer : source,
  });
  const api = tcpRow(KUBERNETES_API, {
    from: 'nodes',
    to: 'servers',
    why: distro === 'k3s' ? 'Kubernetes API and k3s supervisor' : 'Kubernetes API',
    source,
  });
  switch (distro) {
    case 'rke2':
      return [
        api,
        tcpRow(RKE2_SUPERVISOR, {
          from: 'nodes',
          to: 'servers',
          why: 'RKE2 supervisor: nodes register here, and the tunnel to kubelets runs over it',
          source,
        }),
        kubelet,
        etcd(ETCD_CLIENT, 'etcd, clients'),
        etcd(ETCD_PEER, 'etcd, peers'),
        etcd(ETCD_METRICS, 'etcd, metrics'),
        nodePorts,
      ];
    case 'k3s':
      return [
        api,
        kubelet,
        etcdRange(source, severalServers ? null : 'embedded etcd holds the data (several servers)'),
        tcpSpegel(source, SPEGEL),
        tcpSpegel(source, KUBERNETES_API),
      ];
    case 'kubeadm':
      return [api, kubelet, etcdRange(source, null), nodePorts];
  }
}

function etcdRange(source: string, onlyWhen: string | null): PortRow {
  return {
    ...tcpRow(ETCD_CLIENT, {
      from: 'servers',
      to: 'servers',
      why: 'etcd, clients and peers',
      source,
    }),
    lastPort: ETCD_PEER,
    onlyWhen,
  };
}

function tcpSpegel(source: string, port: number): PortRow {
  return {
    ...tcpRow(port, {
      from: 'nodes',
      to: 'nodes',
      why: 'embedded registry mirror (Spegel)',
      source,
    }),
    onlyWhen: 'the embedded registry mirror is switched on',
  };
}

/** What a node's own pods ask of it reaches the host's filter with a pod's address: no rule for nodes lets it in. */
function fromOwnPods(): readonly PortRow[] {
  const source = SOURCES.metricsServer;
  return [
    tcpRow(KUBELET, {
      from: 'pods',
      to: 'nodes',
      why: 'metrics-server scrapes the kubelet of its own node from its pod address',
      source,
    }),
    tcpRow(KUBERNETES_API, {
      from: 'pods',
      to: 'servers',
      why: 'pods on a server reach the API server there through its Service',
      source,
    }),
  ];
}
