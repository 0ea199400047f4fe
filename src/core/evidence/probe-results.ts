import type { DeepNodeFacts } from './deep-results.ts';
import type { Observed } from './observed.ts';

/**
 * What the probes saw. Written by `src/probes` (which joins each pod's compact answer with the plan that
 * it ran), read by `src/core` only.
 */
export interface ProbeResults {
  /** Whether probing was possible at all; missing when switched off, forbidden, or no image. */
  readonly ran: Observed<{ readonly waves: number; readonly pods: number }>;
  readonly pods: readonly ProbePodOutcome[];
  readonly reach: readonly ReachResult[];
  readonly bursts: readonly BurstResult[];
  readonly nodeFacts: readonly NodeProbeFacts[];
  /** The API server of the probe's own node, asked at 127.0.0.1. */
  readonly localApi: readonly {
    readonly node: string;
    readonly answer: Observed<{
      readonly status: number;
      readonly body: string;
      readonly ms: number;
    }>;
  }[];
  /** Deep mode's view of the nodes; absent in bundles of before, missing where it was not asked for. */
  readonly deep?: Observed<readonly DeepNodeFacts[]>;
  /** What was left out to keep the cost bounded, in words; empty when nothing was. */
  readonly notProbed: readonly string[];
}

/** How one probe Pod ended: `failed` and `never-started` make its checks `missing`, never `dead`. */
export interface ProbePodOutcome {
  readonly node: string;
  readonly kind: 'node' | 'listener';
  readonly outcome: 'ok' | 'failed' | 'never-started' | 'forbidden' | 'timed-out';
  readonly detail: string;
  readonly podIp: string | null;
}

/** Who opened the connection. `node`: host network of the node; `pod`: a pod in the pod network of the node. */
export type ReachSource = { readonly kind: 'node' | 'pod'; readonly node: string };

export interface ReachTarget {
  /**
   * `listener`: our own pod in the pod network, no policy selects it. `provider`: a metrics-server pod.
   * `pod`: another pod of the cluster. `kubelet`, `api-server`, `node`: the host's own address.
   */
  readonly kind: 'listener' | 'provider' | 'pod' | 'kubelet' | 'api-server' | 'node';
  readonly node: string;
  readonly address: string;
  readonly port: number | null;
  readonly name: string;
}

/**
 * - `tcp`: connect and close. `tcp-full`: connect, then full-size segments both ways (listener only).
 * - `tls`: handshake with a ClientHello of at least 1,540 bytes. `https`: GET, any status is an answer.
 * - `icmp`: 56 data bytes. `icmp-full`: don't-fragment, as large as the path's device allows.
 */
export type ReachCheck = 'tcp' | 'tcp-full' | 'tls' | 'https' | 'icmp' | 'icmp-full';

/**
 * - `open`: it worked. `refused`: RST or port-unreachable. `timeout`: silence.
 * - `unreachable`: an ICMP or routing error (see errno, ms). `too-big`: the local kernel or a router said so (EMSGSIZE).
 * - `stalled`: connected (or handshake begun), then silence. `closed`: connected, then EOF/reset by the peer.
 * - `tls-error`: the peer speaks but the handshake failed (see detail).
 * - `partial`: some of several packets came back (see detail `received/sent`).
 */
export type ReachOutcome =
  | 'open'
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'too-big'
  | 'stalled'
  | 'closed'
  | 'tls-error'
  | 'partial';

export interface ReachResult {
  /** Stable within the run, cited as evidence. */
  readonly id: string;
  readonly from: ReachSource;
  readonly to: ReachTarget;
  /** `overlay`: crosses nodes to a pod address. `underlay`: crosses nodes to a host address. `same-node`: does not leave the node. */
  readonly layer: 'overlay' | 'underlay' | 'same-node';
  readonly check: ReachCheck;
  readonly result: Observed<ReachAnswer>;
  readonly wave: number;
}

export interface ReachAnswer {
  readonly outcome: ReachOutcome;
  readonly ms: number;
  readonly errno: string | null;
  /** Size in bytes of the IP packet for ICMP, of the ClientHello for TLS; null elsewhere. */
  readonly sizeBytes: number | null;
  /** HTTP status for `https`. */
  readonly status: number | null;
  readonly detail: string;
  /** The certificate that the peer showed (`tls`, `https`). */
  readonly peer: PeerCertificate | null;
}

export interface PeerCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 of the DER, hex. */
  readonly fingerprint: string;
  readonly selfSigned: boolean;
}

/**
 * One-way evidence: `sent` UDP datagrams from a node to a listener pod on another node within a common
 * window, and what each side's counters did in that window above the background of the windows beside it.
 */
export interface BurstResult {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly sent: number;
  /** Datagrams with this sender's tag that the listener's own socket received. */
  readonly receivedByListener: Observed<number>;
  readonly sender: Observed<BurstCounters>;
  readonly receiver: Observed<BurstCounters>;
}

/**
 * Counter increase in the burst's window minus the background estimate of the same length, rounded, never
 * below 0. A counter whose background is too noisy for the burst is null (missing, not evidence).
 */
export interface BurstCounters {
  /** `/sys/class/net/<overlay device>/statistics`. Null where the node has no such device. */
  readonly overlayDevice: string | null;
  readonly overlayTx: number | null;
  readonly overlayTxErrors: number | null;
  readonly overlayRx: number | null;
  /** The device that carries the node's InternalIP. */
  readonly underlayDevice: string | null;
  readonly underlayTx: number | null;
  readonly underlayRx: number | null;
  /**
   * `Ip OutRequests` of the sender: once for the inner packet, once more for the outer one, since Linux 6.7 counted
   * before its OUTPUT chain. Twice and nothing sent is a filter on the way out. Absent: not sampled.
   */
  readonly ipOutRequests?: number | null;
  readonly ipInReceives: number | null;
  readonly ipInDelivers: number | null;
  readonly udpInDatagrams: number | null;
  readonly udpNoPorts: number | null;
  readonly udpInErrors: number | null;
  readonly udpInCsumErrors: number | null;
  /** Background seen beside the burst, packets per second, the largest of the counters used. */
  readonly backgroundPps: number;
}

/** Settings of a node's kernel that anybody may read. Null: not readable. */
export interface KernelFacts {
  /** IPv4 routing tables beside `main` and `local`; which rules lead there is not to be seen without privilege. */
  readonly routeTables: readonly number[] | null;
  /** `net.ipv4.ip_forward`. */
  readonly forwards: boolean | null;
  /** `net.bridge.bridge-nf-call-iptables`; absent where br_netfilter is not loaded. */
  readonly bridgeFilter: 'on' | 'off' | 'absent';
}

/** Local facts of a node, as its hostNetwork probe saw them without privilege. */
export interface NodeProbeFacts {
  readonly node: string;
  readonly devices: readonly {
    readonly name: string;
    readonly mtuBytes: number;
    readonly kind: string;
    readonly up: boolean;
    readonly addresses: readonly string[];
    /** Kernel driver of a card, as sysfs names it (`vmxnet3`); absent for devices that have none. */
    readonly driver?: string;
  }[];
  /** Local UDP ports bound by the kernel or a process, from /proc/net/udp and udp6. */
  readonly udpPorts: readonly number[];
  /** IPv4 routes of /proc/net/route. */
  readonly routes: readonly {
    readonly device: string;
    readonly cidr: string;
    readonly gateway: string | null;
  }[];
  /** Whole-run deltas that only matter when they rise: `Udp InCsumErrors` of the node, `Tcp InCsumErrors` of the node. */
  readonly udpInCsumErrors: number;
  readonly tcpInCsumErrors: number;
  /** Hierarchy of control groups (v1 or v2); null when it could not be told. Absent: not asked. */
  readonly cgroup?: 1 | 2 | null;
  /** Absent from bundles and probes of older versions. */
  readonly kernel?: KernelFacts;
  /** `Tcp InCsumErrors` inside this node's listener pod during the run; missing when the listener gave no answer. */
  readonly listenerTcpInCsumErrors: Observed<number>;
}
