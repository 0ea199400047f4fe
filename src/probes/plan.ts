import type {
  DeepFlow,
  DeepNodeFacts,
  DeepPeer,
  NamedRule,
} from '../core/evidence/deep-results.ts';
import type { MissingReason, Observed } from '../core/evidence/observed.ts';
import type {
  KernelFacts,
  ReachAnswer,
  ReachCheck,
  ReachSource,
  ReachTarget,
} from '../core/evidence/probe-results.ts';

/**
 * The plan of one probe Pod and the answer that it leaves. The plan travels to the Pod whole, as JSON, in the
 * environment variable `PROBE_PLAN`; the answer travels back as the container's termination message in the
 * compact form of `codec.ts`, which names a check by its index in `checks`.
 */
export interface PodPlan {
  readonly v: 1;
  readonly runId: string;
  readonly wave: number;
  /** `node`: host network of the node. `listener`: pod network; serves TCP and UDP until it is deleted. */
  readonly kind: 'node' | 'listener';
  readonly node: string;
  /** The node's InternalIP; finds the underlay device. Null when the node publishes none. */
  readonly nodeAddress: string | null;
  /** Counts the Pods of one node and wave, from 0: a list of checks that is too long is split. */
  readonly batch: number;
  /** The program ends itself this long after its start, with what it has. */
  readonly deadlineMs: number;
  readonly checks: readonly PlannedCheck[];
  readonly bursts: BurstPlan | null;
  /** Where this node's own listener answers with its results; null when there is none. */
  readonly ownListener: { readonly address: string; readonly port: number } | null;
  /** Port of a listener, TCP and UDP alike; null on a node Pod. */
  readonly listenPort: number | null;
  /** Ask the API server of this node at 127.0.0.1 (needs the projected token). */
  readonly localApi: boolean;
  /** Report devices, ports and routes. */
  readonly nodeFacts: boolean;
  /** Deep mode's part, for `dist/deep-probe.mjs` alone. */
  readonly deep?: DeepPlan;
}

/** What a deep probe watches, and what it sets going meanwhile. */
export interface DeepPlan {
  readonly flows: readonly PlannedFlow[];
  /** Other nodes whose routes, neighbour and forwarding entries are looked up. */
  readonly peers: readonly { readonly node: string; readonly address: string }[];
  /** Failing connections that are tried again while the rules are watched. */
  readonly tries: readonly PlannedTry[];
  /** When they begin, epoch milliseconds by the node's own clock. */
  readonly triesAt: number;
  /** Let the kernel trace the flows' packets (a table of its own, gone with the probe). */
  readonly trace: boolean;
}

/** One way of a failing path through this node's filter; see `DeepFlow`. */
export interface PlannedFlow {
  readonly id: string;
  readonly leg: 'out' | 'in' | 'through';
  readonly packet: 'outer' | 'plain';
  readonly from: ReachSource;
  readonly to: ReachTarget;
  readonly protocol: 'tcp' | 'udp' | 'ipip';
  /** Addresses under which the sender may show up; empty when the node's own choice holds. */
  readonly sources: readonly string[];
  readonly destination: string;
  readonly port: number | null;
  /** Which of the two kinds of traffic carries it. */
  readonly window: 'bursts' | 'tries';
}

/** By the host itself, or by this node's listener: its planned check of that index, again. */
export type PlannedTry =
  | { readonly by: 'host'; readonly path: string; readonly address: string; readonly port: number }
  | { readonly by: 'listener'; readonly path: string; readonly index: number };

/** One check, with all that the join needs to name its result. */
export interface PlannedCheck {
  /** Becomes the evidence id. */
  readonly id: string;
  readonly from: ReachSource;
  readonly to: ReachTarget;
  readonly layer: 'overlay' | 'underlay' | 'same-node';
  readonly check: ReachCheck;
  readonly timeoutMs: number;
  /** Request path of `https`; null elsewhere. */
  readonly path: string | null;
  /** IP packet size in bytes of `icmp` and `icmp-full`; null for `icmp-full` means "as large as the device of the route allows". */
  readonly sizeBytes: number | null;
}

/**
 * Round `r` runs from `startAt + (r - firstRound) * periodMs` for `burstMs`; the rest of the period is quiet. In
 * each round a node sends to at most one listener and each listener hears at most one sender. Times are epoch
 * milliseconds by the node's own clock. Round numbers are unique within the run, over all waves.
 */
export interface BurstPlan {
  readonly startAt: number;
  readonly firstRound: number;
  readonly rounds: number;
  readonly periodMs: number;
  readonly burstMs: number;
  /** Datagrams per burst. */
  readonly datagrams: number;
  /** Number of this node within the run; in every datagram, so that a listener tells its senders apart. */
  readonly senderTag: number;
  readonly sends: readonly {
    readonly round: number;
    readonly toNode: string;
    readonly address: string;
    readonly port: number;
  }[];
  /** Tags of all senders, for the reader of the listener's counts. */
  readonly tags: Readonly<Record<string, number>>;
}

/** A check's end on the wire's reader's side: an answer, or why there is none. */
export type CheckResult =
  | { readonly state: 'answered'; readonly answer: ReachAnswer }
  | { readonly state: 'missing'; readonly reason: MissingReason; readonly detail: string };

/** What one probe Pod saw. All epoch milliseconds are by its node's clock. */
export interface PodAnswer {
  readonly runId: string;
  readonly wave: number;
  readonly node: string;
  readonly kind: 'node' | 'listener';
  readonly batch: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** By index in the plan's `checks`; a missing index was cut or not reached (see `cut`). */
  readonly checks: readonly { readonly index: number; readonly result: CheckResult }[];
  readonly bursts: BurstAnswer | null;
  /** The answer of this node's listener as its node Pod fetched it. */
  readonly listener: Observed<ListenerAnswer>;
  readonly localApi: Observed<LocalApiAnswer>;
  readonly facts: Observed<NodeFactsAnswer>;
  /** Absent where the plan has no deep part. */
  readonly deep?: Observed<DeepAnswer>;
  /** What did not fit, in words; empty when all did. */
  readonly cut: readonly string[];
}

/** `DeepNodeFacts` as the probe has it: rules by index, and no word on what was aimed at it. */
export interface DeepAnswer extends Omit<DeepNodeFacts, 'node' | 'flows' | 'peers'> {
  readonly rules: readonly NamedRule[];
  /** By index in the plan's flows. */
  readonly flows: readonly {
    readonly index: number;
    readonly fate: DeepFlow['fate'];
    /** Rules at which it may end, by index. */
    readonly ends: readonly number[];
    /** Rules at which the kernel saw it end, with how often. */
    readonly traced: readonly { readonly rule: number; readonly packets: number }[];
  }[];
  /** How far counters of rules rose in each window, by the rule's index. */
  readonly risen: readonly {
    readonly rule: number;
    readonly quiet: number;
    readonly bursts: number;
    readonly tries: number;
  }[];
  /** Rules that have a counter, by index: one of these that did not rise has swallowed nothing. */
  readonly counting: readonly number[];
  readonly windowsMs: { readonly quiet: number; readonly bursts: number; readonly tries: number };
  /** By index in the plan's peers. */
  readonly peers: readonly ({ readonly index: number } & Omit<DeepPeer, 'node'>)[];
  /** By index in the plan's tries: connections begun. */
  readonly attempts: readonly number[];
}

export interface LocalApiAnswer {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

/** The sender's deeds and this node's counters as a small time series. */
export interface BurstAnswer {
  readonly overlayDevice: string | null;
  readonly underlayDevice: string | null;
  readonly sends: readonly {
    readonly round: number;
    readonly sent: number;
    readonly startedAt: number;
    readonly endedAt: number;
  }[];
  readonly samples: CounterSeries;
}

/** Names of the sampled counters, in wire order. */
export const COUNTER_NAMES = [
  'overlayTx',
  'overlayTxErrors',
  'overlayRx',
  'underlayTx',
  'underlayRx',
  'ipInReceives',
  'ipInDelivers',
  'udpInDatagrams',
  'udpNoPorts',
  'udpInErrors',
  'udpInCsumErrors',
  'ipOutRequests',
] as const;

export type CounterName = (typeof COUNTER_NAMES)[number];

/** Cumulative counters, each starting at 0 at the first sample; null where the counter does not exist. */
export interface CounterSeries {
  /** When each sample was taken. */
  readonly at: readonly number[];
  readonly values: Readonly<Record<CounterName, readonly number[] | null>>;
}

/** What a listener saw up to the moment when it was asked. */
export interface ListenerAnswer {
  /** By index in the listener's plan. */
  readonly checks: readonly { readonly index: number; readonly result: CheckResult }[];
  readonly received: readonly {
    readonly senderTag: number;
    readonly round: number;
    readonly datagrams: number;
    readonly firstAt: number;
    readonly lastAt: number;
  }[];
  /** Rise of `Tcp InCsumErrors` in the listener's own network namespace since its start; null when unreadable. */
  readonly tcpInCsumErrors: number | null;
}

/** `NodeProbeFacts` without the node's name and without the listener's part. */
export interface NodeFactsAnswer {
  readonly devices: readonly {
    readonly name: string;
    readonly mtuBytes: number;
    readonly kind: string;
    readonly up: boolean;
    readonly addresses: readonly string[];
    readonly driver?: string;
  }[];
  readonly udpPorts: readonly number[];
  readonly routes: readonly {
    readonly device: string;
    readonly cidr: string;
    readonly gateway: string | null;
  }[];
  readonly udpInCsumErrors: number;
  readonly tcpInCsumErrors: number;
  /** Hierarchy of control groups that the kernel mounts; null when it could not be told. */
  readonly cgroup: 1 | 2 | null;
  readonly kernel?: KernelFacts;
}
