import type { FilterOwner } from '../rules/owner.ts';
import type { Backend } from '../rules/rule-set.ts';
import type { ReachSource, ReachTarget } from './probe-results.ts';

/** What one node's deep probe saw with NET_ADMIN: its packet filter, its overlay's tables, its cards. It changed nothing. */
export interface DeepNodeFacts {
  readonly node: string;
  readonly flows: readonly DeepFlow[];
  /** The device that carries the overlay; null where none was found. */
  readonly overlay: DeepDevice | null;
  /** The device that carries the node's InternalIP. */
  readonly underlay: DeepDevice | null;
  readonly peers: readonly DeepPeer[];
  /** Routing rules (`ip rule`) besides the three that every host has. */
  readonly routingRules: readonly RoutingRule[];
  /** The device by which the node's own InternalIP would answer a pod of this node; null where there is none. */
  readonly ownPodDevice: string | null;
  readonly conntrack: {
    readonly count: number;
    readonly max: number;
    /** Rise of dropped and failed insertions during the probe. */
    readonly drops: number;
  } | null;
  /** `net.ipv4.ip_forward`, and `rp_filter` as it holds for the overlay's device; null where unreadable. */
  readonly forwarding: boolean | null;
  readonly rpFilter: number | null;
  /** What could not be read, in words. */
  readonly missing: readonly string[];
}

/** One way of a failing path through this node's packet filter. */
export interface DeepFlow {
  /** Cited as evidence. */
  readonly id: string;
  readonly node: string;
  /** `out`: made here. `in`: ends here. `through`: forwarded. */
  readonly leg: 'out' | 'in' | 'through';
  /** `outer`: the overlay's packet around it. `plain`: the packet itself. */
  readonly packet: 'outer' | 'plain';
  readonly from: ReachSource;
  readonly to: ReachTarget;
  readonly protocol: 'tcp' | 'udp' | 'ipip';
  /** Packets that were sent meanwhile, as far as is known. */
  readonly aimed: number;
  /** What the listed rules do with it; `unread` when no rule set could be read. */
  readonly fate: 'passes' | 'ends' | 'unsure' | 'unread';
  /** The rules that may have it, best proof first. */
  readonly by: readonly SwallowingRule[];
}

/**
 * How sure it is that a rule has the packets:
 * - `traced`: the kernel said so of such a packet (`nftrace`). `counted`: its counter rose with them, and it lies on their way.
 * - `listed`: reading the rule set ends there; the rule counts nothing. `possible`: one of several.
 */
export type RuleProof = 'traced' | 'counted' | 'listed' | 'possible';

export interface SwallowingRule {
  readonly rule: NamedRule;
  readonly proof: RuleProof;
  /** How far its counter rose in the window; null where it has none. */
  readonly packets: number | null;
}

/** A rule as a person finds it again. */
export interface NamedRule {
  readonly backend: Backend;
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** `handle 12`, `rule 3`, or `policy` for what the chain does at its end. */
  readonly place: string;
  readonly text: string;
  readonly owner: FilterOwner;
  readonly does: 'drop' | 'reject';
}

export interface DeepDevice {
  readonly name: string;
  readonly mac: string;
  readonly addresses: readonly string[];
  readonly driver: string | null;
  /** Offloads by ethtool's names; a feature that the device does not list is absent. */
  readonly offloads: Readonly<Record<string, boolean>>;
}

/** How this node would send to another node's pods. */
export interface DeepPeer {
  readonly node: string;
  /** The device and next hop of the route to its listener; null where there is no route. */
  readonly route: { readonly device: string; readonly via: string | null } | null;
  /** The neighbour entry of the next hop on a VXLAN device; null where there is none. */
  readonly neighbour: { readonly mac: string; readonly state: string } | null;
  /** Where the forwarding database sends that MAC; null where it has no entry. */
  readonly vtep: string | null;
  /** False where the device keeps no such tables (Cilium, plain routing). */
  readonly tabled: boolean;
}

export interface RoutingRule {
  readonly priority: number;
  readonly from: string;
  readonly table: string;
}
