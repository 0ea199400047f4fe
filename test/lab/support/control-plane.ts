import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiRequester } from './api-request.ts';
import {
  type ControlPlaneBinaries,
  describeBinaries,
  findControlPlane,
} from './control-plane-binaries.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { createPki, KUBERNETES_SERVICE_IP } from './pki.ts';
import type {
  ControlPlane,
  KeyPair,
  LabApiServer,
  LabNetwork,
  LabNode,
  LabProcess,
  Pki,
} from './types.ts';

const SERVICE_CIDR = '10.43.0.0/16';
const API_PORT = 6443;
const DNS_PROGRAM = fileURLToPath(new URL('./dns-stand-in.mjs', import.meta.url));
/** Named in the kubelets' configuration. */
const DNS_SERVICE_IP = '10.43.0.10';
/** Not 53: that is the Service's. */
const DNS_PORT = 5353;
/** The Go garbage collector at work less often: the lab has memory to spare and few CPUs. */
const GO_ENV = { GOGC: '200' };
/** Generous: three API servers start in 10 s on two idle cores, in a minute on a busy machine. */
const READY_TIMEOUT_MS = 180_000;
const POLL_MS = 150;

/** Users who may do less than the administrator; the value says what the lab binds them to. */
export const TOKEN_USERS = {
  /** May read what ClusterRole `view` may: no Nodes, no APIServices, no Secrets. */
  viewer: 'view',
  /** Authenticated and without any right. */
  nobody: null,
} as const;

export type ControlPlaneOptions = {
  /** Without kubelets nobody renews node leases: the controller that would then mark nodes NotReady stays off. */
  readonly kubelets?: boolean | undefined;
};

/** etcd and a kube-apiserver on every server node, one kube-controller-manager and one kube-scheduler. */
export async function startControlPlane(
  network: LabNetwork,
  options: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  const binaries = await findControlPlane();
  if ('why' in binaries) throw new Error(binaries.why);
  const dir = path.join(network.dir, 'control-plane');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  // Signing keys and etcd's election need not wait for one another.
  const [pki, members] = await Promise.all([createPki(network), startEtcd(network, binaries, dir)]);
  const tokens = new Map(
    Object.keys(TOKEN_USERS).map((name) => [name, randomBytes(16).toString('hex')]),
  );
  const tokenFile = path.join(dir, 'tokens.csv');
  await writeFile(
    tokenFile,
    [...tokens].map(([name, token]) => `${token},${name},${name}\n`).join(''),
    { mode: 0o600 },
  );

  const servers: readonly LabApiServer[] = await Promise.all(
    network.servers.map(async (node) => ({
      node: node.name,
      name: node.name,
      url: `https://${node.ip}:${API_PORT}`,
      process: await network.start(
        node.name,
        [binaries.apiServer, ...apiServerFlags(network, node, pki, tokenFile)],
        { name: `kube-apiserver-${node.name}`, hostname: node.name, env: GO_ENV },
      ),
    })),
  );
  const requesters = await Promise.all(
    network.servers.map(async ({ ip }) =>
      apiRequester({
        socketPath: await network.tunnel(ip, API_PORT),
        caFile: pki.ca.cert,
        client: pki.admin,
      }),
    ),
  );
  const first = requesters[0];
  const serverUrl = servers[0]?.url;
  if (!first || serverUrl === undefined) throw new Error('a lab needs at least one server');

  const writeKubeconfig = async (
    name: string,
    user: KeyPair | { readonly token: string },
    url: string = serverUrl,
  ): Promise<string> => {
    const file = path.join(dir, `${name}.kubeconfig`);
    await writeFile(file, await kubeconfigText({ server: url, caFile: pki.ca.cert, user }), {
      mode: 0o600,
    });
    return file;
  };

  const helpers: LabProcess[] = [];
  const lastServer = network.servers.at(-1);
  await waitReady(first, servers[0]?.process, [...members, ...servers.map((each) => each.process)]);
  if (lastServer) {
    // On the last server, speaking to its own API server as on RKE2: what the controllers see of the
    // Metrics API is what a server far from the metrics-server Pod sees.
    helpers.push(
      ...(await startHelpers({
        network,
        node: lastServer,
        binaries,
        pki,
        writeKubeconfig,
        kubelets: options.kubelets ?? false,
      })),
    );
  }
  await Promise.all(
    requesters.map((requester, i) =>
      waitReady(requester, servers[i]?.process, [...members, ...helpers]),
    ),
  );
  await startDns(network);
  await Promise.all(network.nodes.map((node) => emulateServices(network, node)));
  return {
    pki,
    kubeconfig: await writeKubeconfig('admin', pki.admin),
    serverUrl,
    servers,
    tokens,
    version: binaries.version,
    describe: describeBinaries(binaries),
    hasScheduler: binaries.scheduler !== null,
    hasControllerManager: binaries.controllerManager !== null,
    writeKubeconfig,
    request: (method, path, body, allow) => first.request(method, path, body, allow),
    requestAt(nodeName, method, path, body, allow) {
      const requester = requesters[network.servers.findIndex(({ name }) => name === nodeName)];
      if (!requester) throw new Error(`no API server on '${nodeName}'`);
      return requester.request(method, path, body, allow);
    },
    async stop() {
      for (const requester of requesters) requester.close();
      const stop = (each: LabProcess): Promise<void> => each.stop(0);
      await Promise.all(helpers.map(stop));
      await Promise.all(servers.map((server) => stop(server.process)));
      await Promise.all(members.map(stop));
    },
  };
}

/** One member per server: client URL on the node's loopback, peer URL on the underlay. */
async function startEtcd(
  network: LabNetwork,
  binaries: ControlPlaneBinaries,
  dir: string,
): Promise<readonly LabProcess[]> {
  const cluster = network.servers.map(({ name, ip }) => `${name}=http://${ip}:2380`).join(',');
  return Promise.all(
    network.servers.map(({ name, ip }) =>
      network.start(
        name,
        [
          binaries.etcd,
          '--name',
          name,
          '--data-dir',
          path.join(dir, `etcd-${name}`),
          '--listen-client-urls=http://127.0.0.1:2379',
          '--advertise-client-urls=http://127.0.0.1:2379',
          `--listen-peer-urls=http://${ip}:2380`,
          `--initial-advertise-peer-urls=http://${ip}:2380`,
          `--initial-cluster=${cluster}`,
          // A lab's data is worth nothing: no fsync, it is the slowest part of a bring-up.
          '--unsafe-no-fsync',
        ],
        { name: `etcd-${name}`, env: GO_ENV },
      ),
    ),
  );
}

function apiServerFlags(
  network: LabNetwork,
  node: LabNode,
  pki: Pki,
  tokenFile: string,
): readonly string[] {
  return [
    '--etcd-servers=http://127.0.0.1:2379',
    `--advertise-address=${node.ip}`,
    '--bind-address=0.0.0.0',
    `--secure-port=${API_PORT}`,
    `--service-cluster-ip-range=${SERVICE_CIDR}`,
    `--apiserver-count=${network.servers.length}`,
    `--tls-cert-file=${pki.apiServer.cert}`,
    `--tls-private-key-file=${pki.apiServer.key}`,
    `--client-ca-file=${pki.ca.cert}`,
    `--token-auth-file=${tokenFile}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${pki.serviceAccountPub}`,
    `--service-account-signing-key-file=${pki.serviceAccountKey}`,
    '--authorization-mode=Node,RBAC',
    `--requestheader-client-ca-file=${pki.frontProxyCa.cert}`,
    '--requestheader-allowed-names=system:auth-proxy',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki.frontProxyClient.cert}`,
    `--proxy-client-key-file=${pki.frontProxyClient.key}`,
    `--kubelet-client-certificate=${pki.apiServerKubeletClient.cert}`,
    `--kubelet-client-key=${pki.apiServerKubeletClient.key}`,
    // Node names are in no DNS.
    '--kubelet-preferred-address-types=InternalIP',
    '--allow-privileged=true',
    // The aggregator dials the endpoint's own address: there is no kube-proxy.
    '--enable-aggregator-routing=true',
    '--v=2',
  ];
}

async function startHelpers(input: {
  readonly network: LabNetwork;
  readonly node: LabNode;
  readonly binaries: ControlPlaneBinaries;
  readonly pki: Pki;
  readonly writeKubeconfig: (name: string, user: KeyPair, url?: string) => Promise<string>;
  readonly kubelets: boolean;
}): Promise<readonly LabProcess[]> {
  const { network, node, binaries, pki, writeKubeconfig } = input;
  const url = `https://127.0.0.1:${API_PORT}`;
  const started: Promise<LabProcess>[] = [];
  if (binaries.controllerManager !== null) {
    const kubeconfig = await writeKubeconfig('controller-manager', pki.controllerManager, url);
    started.push(
      network.start(
        node.name,
        [
          binaries.controllerManager,
          `--kubeconfig=${kubeconfig}`,
          `--root-ca-file=${pki.ca.cert}`,
          `--service-account-private-key-file=${pki.serviceAccountKey}`,
          '--use-service-account-credentials=true',
          '--leader-elect=false',
          `--controllers=*,-cloud-node-lifecycle,-nodeipam,-route,-service,-ttl,-attachdetach,-persistentvolume-binder,-persistentvolume-expander${input.kubelets ? '' : ',-nodelifecycle'}`,
          // A diagnosis in a lab should see an HPA's condition soon; the default is 15 s.
          '--horizontal-pod-autoscaler-sync-period=5s',
          '--v=1',
        ],
        { name: 'kube-controller-manager', hostname: node.name },
      ),
    );
  }
  if (binaries.scheduler !== null) {
    const kubeconfig = await writeKubeconfig('scheduler', pki.scheduler, url);
    started.push(
      network.start(
        node.name,
        [binaries.scheduler, `--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--v=1'],
        { name: 'kube-scheduler', hostname: node.name },
      ),
    );
  }
  return Promise.all(started);
}

async function startDns(network: LabNetwork): Promise<void> {
  const [first] = network.servers;
  if (first === undefined) return;
  const argv = [process.execPath, DNS_PROGRAM, first.ip, String(DNS_PORT)];
  await network.start(first.name, argv, { name: 'dns' });
}

/** What kube-proxy would do: Pods and nodes reach an API server and the cluster's DNS at their ClusterIPs. */
async function emulateServices(network: LabNetwork, node: LabNode): Promise<void> {
  const target = node.role === 'server' ? node.ip : (network.servers[0]?.ip ?? node.ip);
  const rule = `ip daddr ${KUBERNETES_SERVICE_IP} tcp dport 443 dnat to ${target}:${API_PORT}
    ip daddr ${DNS_SERVICE_IP} udp dport 53 dnat to ${network.servers[0]?.ip ?? node.ip}:${DNS_PORT}`;
  // The rules are asked after the first look at the routes, which a real node answers by its default route.
  await network.exec(node.name, ['ip', 'route', 'add', SERVICE_CIDR, 'dev', node.uplink]);
  await network.exec(node.name, ['nft', '-f', '-'], {
    stdin: `table ip lab_services {
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    ${rule}
  }
  chain output {
    type nat hook output priority -100; policy accept;
    ${rule}
  }
}
`,
  });
}

async function waitReady(
  requester: Awaited<ReturnType<typeof apiRequester>>,
  server: LabProcess | undefined,
  others: readonly LabProcess[],
): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    const ready = await requester
      .request('GET', '/readyz', undefined, [401, 403, 429, 500, 503])
      .then(
        ({ status }) => status === 200,
        () => false,
      );
    if (ready) return;
    for (const each of [...(server ? [server] : []), ...others]) {
      if (!each.alive()) throw new Error(`${each.name} ended:\n${await each.tail()}`);
    }
    if (Date.now() > deadline) {
      throw new Error(
        `${server?.name} was not ready in ${READY_TIMEOUT_MS} ms:\n${await server?.tail()}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
