/** The interfaces between the parts of the lab: network, control plane, kubelets, faults. */

/** Which CNI the cluster looks like: device names, VNI, port, address blocks and objects follow from it. */
export type CniFlavour = 'canal' | 'calico' | 'flannel' | 'cilium';

/** What kind of cluster to build; everything has a default (three RKE2 servers with Canal). */
export type LabSpec = {
  readonly flavour?: CniFlavour | undefined;
  /** Number of nodes, 1 to 8. The first `servers` of them run etcd and an API server. */
  readonly nodes?: number | undefined;
  /** Control-plane nodes; min(3, nodes) when absent. */
  readonly servers?: number | undefined;
  /** Node names; prod01, prod02, ... when absent. */
  readonly nodeNames?: readonly string[] | undefined;
  /** First three octets of the nodes' /24; `192.168.77` when absent. Node N is `.N`, ops is `.254`. */
  readonly nodePrefix?: string | undefined;
  /** First two octets of the pod /16; `10.42` when absent. */
  readonly podPrefix?: string | undefined;
};

/** One finished command. A non-zero exit code is data for {@link LabNetwork.tryExec}, an error for `exec`. */
export type ExecResult = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** The overlay (VXLAN) device of one node. */
export type OverlayEnd = {
  /** `flannel.1`, `vxlan.calico`, `flannel.4096` or `cilium_vxlan`. */
  readonly device: string;
  readonly vni: number;
  readonly portNumber: number;
  /** The VTEP's MAC, as in the node's annotation. */
  readonly mac: string;
  /** The VTEP's own address inside the pod range (10.42.N.0 for flannel). */
  readonly ip: string;
};

/** One node: a network namespace with `eth0` on the switch and an overlay device. */
export type LabNode = {
  readonly name: string;
  /** 1-based. */
  readonly index: number;
  readonly role: 'server' | 'agent';
  /** Name under /run/netns. */
  readonly netns: string;
  readonly ip: string;
  /** The underlay device, always `eth0`. */
  readonly uplink: string;
  /** MAC of the underlay device. */
  readonly uplinkMac: string;
  /** spec.podCIDR of the Node object (always a /24 of the pod range). */
  readonly podCidr: string;
  /** Where Pod addresses really come from: podCidr, or a /26 block with Calico. Give this one to host-local IPAM. */
  readonly podBlock: string;
  /** The Pods' gateway: first address of podBlock, on `cniDevice`. */
  readonly podGateway: string;
  /** First and last address for IPAM (the top of the block is kept for the lab's own pods). */
  readonly podRange: readonly [first: string, last: string];
  /** Linux bridge of the Pods (`cni0`); the CNI bridge plugin must use it. Exists already, with its address. */
  readonly cniDevice: string;
  /** MTU of Pods and overlay. */
  readonly podMtuBytes: number;
  readonly overlay: OverlayEnd;
  /** Name of this node's port on the switch's br0. */
  readonly switchPort: string;
};

/** A network namespace that plays a pod without any container runtime. */
export type BarePod = {
  readonly name: string;
  readonly netns: string;
  readonly ip: string;
  readonly node: string;
  /** The host end of its veth, a port of the node's cniDevice. */
  readonly hostDevice: string;
};

export type LabNetwork = {
  /** Short random id (`md` + 4 hex digits); prefix of every namespace of this lab. */
  readonly id: string;
  /** The lab's own folder under the system's temporary folder; removed by destroy(). */
  readonly dir: string;
  readonly flavour: CniFlavour;
  readonly nodes: readonly LabNode[];
  readonly servers: readonly LabNode[];
  readonly podCidr: string;
  readonly nodeCidr: string;
  /** Namespace of the switch (br0 lives in it). */
  readonly switchNetns: string;
  /** Namespace in which tests, bot and CLI run: lo and 192.168.77.254 on the switch. */
  readonly opsNetns: string;
  readonly opsIp: string;
  node(name: string): LabNode;
  /** Runs a command in a namespace and throws when it fails. `netns` may be a node's name, 'ops', 'switch' or a namespace's name. */
  exec(netns: string, argv: readonly string[], options?: ExecOptions): Promise<string>;
  tryExec(netns: string, argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** argv prefix that runs a command in the namespace (`nsenter --net=...`). */
  enter(netns: string): readonly string[];
  /** Starts a process in a namespace; output goes to `logFile`. It is recorded for the sweep and stopped by destroy(). */
  start(netns: string, argv: readonly string[], options: StartOptions): Promise<LabProcess>;
  /** Path of a unix socket that leads (from the ops namespace) to a TCP address: for test processes outside the lab. */
  tunnel(host: string, portNumber: number): Promise<string>;
  /** A pod of network only, at the top of the node's block. */
  addBarePod(node: string, name?: string): Promise<BarePod>;
  removeBarePod(pod: BarePod): Promise<void>;
  /** Runs at destroy(), last added first, before processes are stopped and namespaces deleted. */
  onDestroy(cleanup: () => Promise<void>): void;
  destroy(): Promise<void>;
};

export type ExecOptions = {
  readonly timeoutMs?: number | undefined;
  readonly stdin?: string | undefined;
};

export type StartOptions = {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Defaults to `<dir>/logs/<name>.log`. */
  readonly logFile?: string | undefined;
  readonly cwd?: string | undefined;
  /** An own UTS namespace with this host name (API servers and kubelets need one each). */
  readonly hostname?: string | undefined;
  /** An own mount namespace (unshare --mount) when true. */
  readonly ownMounts?: boolean | undefined;
};

export type LabProcess = {
  readonly name: string;
  /** Pid of the program itself (the wrappers exec it). */
  readonly pid: number;
  readonly logFile: string;
  /** True until it exits. */
  alive(): boolean;
  /** SIGTERM, then SIGKILL after graceMs (3,000 when absent). */
  stop(graceMs?: number): Promise<void>;
  /** The tail of the log, for error messages. */
  tail(lines?: number): Promise<string>;
};

/** A certificate and its key, as files. */
export type KeyPair = { readonly cert: string; readonly key: string };

export type Pki = {
  readonly dir: string;
  /** CA of API servers, clients and kubelets. */
  readonly ca: KeyPair;
  readonly frontProxyCa: KeyPair;
  /** The API server's client certificate for the front proxy. */
  readonly frontProxyClient: KeyPair;
  readonly apiServer: KeyPair;
  /** The API server's client certificate towards kubelets (O=system:masters). */
  readonly apiServerKubeletClient: KeyPair;
  readonly admin: KeyPair;
  readonly controllerManager: KeyPair;
  readonly scheduler: KeyPair;
  readonly serviceAccountKey: string;
  readonly serviceAccountPub: string;
  /** Kubelet client certificate (O=system:nodes, CN=system:node:NAME) and serving certificate (IP SAN), by node name. */
  readonly kubelets: ReadonlyMap<string, { readonly client: KeyPair; readonly serving: KeyPair }>;
  /** Issues a certificate; used by faults (no IP SAN, another CA) and by whoever needs a serving certificate. */
  issue(request: CertRequest): Promise<KeyPair>;
};

export type CertRequest = {
  /** File name below the pki folder, without ending. */
  readonly name: string;
  readonly commonName: string;
  readonly organizations?: readonly string[] | undefined;
  readonly dnsNames?: readonly string[] | undefined;
  readonly ips?: readonly string[] | undefined;
  /** The cluster's CA when absent. 'self' makes a CA. */
  readonly signer?: KeyPair | 'self' | undefined;
  readonly notAfterDays?: number | undefined;
};

export type LabApiServer = {
  readonly node: string;
  readonly name: string;
  readonly url: string;
  readonly process: LabProcess;
};

export type ControlPlane = {
  readonly pki: Pki;
  /** Admin kubeconfig (file path), pointing at https://<node1 ip>:6443. Reachable from ops and from every node. */
  readonly kubeconfig: string;
  readonly serverUrl: string;
  readonly servers: readonly LabApiServer[];
  /** Bearer tokens of the restricted users (see `TOKEN_USERS`), by user name. */
  readonly tokens: ReadonlyMap<string, string>;
  /** `1.20.2`, or whatever LAB_KUBE_APISERVER is. */
  readonly version: string;
  /** Which API server runs, in a line for whoever reads a test's output. */
  readonly describe: string;
  /** kube-scheduler runs; otherwise Pods need spec.nodeName. */
  readonly hasScheduler: boolean;
  /** kube-controller-manager runs. */
  readonly hasControllerManager: boolean;
  /** Writes a kubeconfig for a client certificate or a token and returns its path. */
  writeKubeconfig(
    name: string,
    user: KeyPair | { readonly token: string },
    serverUrl?: string,
  ): Promise<string>;
  /** One API request as cluster-admin, made inside the lab; throws on >= 400 unless `allow` names the status. */
  request(
    method: string,
    path: string,
    body?: unknown,
    allow?: readonly number[],
  ): Promise<ApiAnswer>;
  /** The same at the API server of a node. */
  requestAt(
    node: string,
    method: string,
    path: string,
    body?: unknown,
    allow?: readonly number[],
  ): Promise<ApiAnswer>;
  stop(): Promise<void>;
};

export type ApiAnswer = { readonly status: number; readonly body: unknown; readonly text: string };

export type KubeletOptions = {
  /** Pods in the pod network get a default route and reach Service addresses only when the lab emulates them. */
  readonly metricsServer?: { readonly node?: string | undefined } | false | undefined;
  /** CNI agent Pods as plain Pods, one per node. */
  readonly cniAgents?: boolean | undefined;
};

/** What faults do with running kubelets; made by startKubelets (test/lab/support/kubelets/). */
export type LabKubelets = {
  /** Stops kubelet and containerd of every node. */
  stop(): Promise<void>;
  /** Starts a node's kubelet again with another serving certificate; its Pods go on running. */
  restartKubeletWith(
    nodeName: string,
    change: { certVariant: 'good' | 'no-ip-san' | 'foreign-ca' },
  ): Promise<void>;
  /** Stops the kubelet alone: containers go on, the port 10250 is closed. */
  stopKubelet(nodeName: string): Promise<void>;
  /** Process id of a running container's first process, for `nsenter --net` into a Pod. */
  containerPid(pod: { namespace: string; name: string; container: string }): Promise<number>;
};

/** What a fault works on. */
export type FaultTarget = {
  readonly network: LabNetwork;
  /** Absent in network-only tests; faults that need it say so in `needs`. */
  readonly controlPlane?: ControlPlane | undefined;
  readonly kubelets?: LabKubelets | undefined;
  /** Node of the metrics-server Pod. */
  readonly metricsNode: string;
};

export type FaultOptions = {
  /** Node at which the fault is made; the metrics-server's node when absent. */
  readonly node?: string | undefined;
  /** Second node, for faults of a pair. */
  readonly peer?: string | undefined;
};

/** What the diagnosis is expected to say. */
export type FaultExpectation = {
  /** Id of a cause; null when no listed cause fits (then nothing may be called confirmed). */
  readonly cause: string | null;
  /** Other ids that are right, too. */
  readonly orElse?: readonly string[] | undefined;
  /** Ids that evidence without privilege may suspect, but never confirm. */
  readonly mayBeSuspected?: readonly string[] | undefined;
  /** Node names that the finding must name; empty when the fault belongs to no node. */
  nodes(target: FaultTarget, options: FaultOptions): readonly string[];
  /** Which way packets die, where one-way evidence must show it. */
  readonly direction?: 'into' | 'out-of' | undefined;
  /** Evidence that the finding must name, in its headline or among its reasons. */
  cites?(target: FaultTarget, options: FaultOptions): readonly RegExp[];
};

export type Fault = {
  readonly name: string;
  readonly describe: string;
  readonly needs: 'network' | 'control-plane' | 'kubelets';
  readonly expects: FaultExpectation;
  /** The second of two faults at once: a finding of its own, before all others. */
  readonly also?: FaultExpectation;
  /** Waits until the cluster has noticed (a scrape, an HPA's next look); without it a diagnosis may follow at once. */
  settle?(target: FaultTarget, options: FaultOptions): Promise<void>;
  /** Makes the fault and returns its undo, which must leave no trace. */
  apply(target: FaultTarget, options: FaultOptions): Promise<() => Promise<void>>;
};

export type Lab = {
  readonly network: LabNetwork;
  readonly controlPlane: ControlPlane;
  readonly kubelets: LabKubelets | undefined;
  readonly kubeconfig: string;
  readonly opsNetns: string;
  readonly metricsNode: string;
  /** Applies a fault by name; returns its undo. */
  applyFault(name: string, options?: FaultOptions): Promise<() => Promise<void>>;
  /** Waits until every API server serves the Metrics API with every node in it. @throws with the last answers */
  untilHealthy(timeoutMs?: number): Promise<void>;
  destroy(): Promise<void>;
};
