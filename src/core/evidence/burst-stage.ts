import type { BurstResult } from './probe-results.ts';

/**
 * How far the datagrams of a one-way burst came. In the order of their way:
 * - `sender-filter`: encapsulated, then dropped by the sender's own OUTPUT or POSTROUTING chain.
 * - `not-encapsulated`: the sender's overlay device did not hand them on, for one of these two reasons or for want
 *   of a route (the kernel counts a filtered outer packet as dropped, not as sent).
 * - `held-by-sender`: encapsulated, but they did not leave the sender's card (egress filter on the device).
 * - `before-receiver`: they left the sender and never reached the receiver's card.
 * - `receiver-before-ip`: on the receiver's card, not in its IP layer (XDP, tc or bridge filter, wrong MAC).
 * - `receiver-filter`: in the receiver's IP layer, not delivered: its own packet filter (raw, mangle or INPUT).
 * - `bad-checksum`: delivered to UDP, thrown away for a wrong outer checksum.
 * - `no-socket`: nothing on the receiver listens on that UDP port.
 * - `not-decapsulated`: the overlay's socket took them and its device did not (wrong VNI).
 * - `wrong-vtep-mac`: decapsulated, then dropped since the inner MAC is not the device's own.
 * - `after-decapsulation`: the inner packet entered the receiver's IP layer and did not reach the pod.
 * - `arrives`: the listener's socket received them.
 * - `unclear`: counters missing, too noisy, or a part of the packets only.
 */
export type BurstStage =
  | 'sender-filter'
  | 'not-encapsulated'
  | 'held-by-sender'
  | 'before-receiver'
  | 'receiver-before-ip'
  | 'receiver-filter'
  | 'bad-checksum'
  | 'no-socket'
  | 'not-decapsulated'
  | 'wrong-vtep-mac'
  | 'after-decapsulation'
  | 'arrives'
  | 'unclear';

/** Stages at which a filter, or a checksum, is shown to be the reason. */
export const FILTER_STAGES: ReadonlySet<BurstStage> = new Set([
  'sender-filter',
  'receiver-before-ip',
  'receiver-filter',
  'bad-checksum',
]);

/** A counter that rose by at least this share of the burst saw it; by at most the other, did not. */
const SEEN_SHARE = 0.5;
const UNSEEN_SHARE = 0.1;
/** Decapsulated packets pass `Ip InReceives` twice: once outer, once inner. */
const TWICE_SHARE = 1.5;

/** Reads the stage off the counters. Every stage but `unclear` needs the counter that proves it. */
export function stageOf(burst: BurstResult): BurstStage {
  const { sent, receivedByListener, sender, receiver } = burst;
  if (sent <= 0) return 'unclear';
  const seen = (n: number | null): boolean => n !== null && n >= sent * SEEN_SHARE;
  const unseen = (n: number | null): boolean => n !== null && n <= sent * UNSEEN_SHARE;
  if (receivedByListener.state === 'known') {
    if (seen(receivedByListener.value)) return 'arrives';
    // Between a tenth and a half: loss, not a cut.
    if (!unseen(receivedByListener.value)) return 'unclear';
  }
  if (sender.state === 'known') {
    if (unseen(sender.value.overlayTx))
      return unsentStage(sender.value.ipOutRequests ?? null, sent);
    if (seen(sender.value.overlayTx) && unseen(sender.value.underlayTx)) return 'held-by-sender';
  }
  if (receiver.state === 'missing') return 'unclear';
  const at = receiver.value;
  if (seen(at.udpInCsumErrors)) return 'bad-checksum';
  if (seen(at.overlayRx)) {
    // Without the listener's word the packets may well have arrived.
    if (receivedByListener.state === 'missing' || at.ipInReceives === null) return 'unclear';
    return at.ipInReceives >= sent * TWICE_SHARE ? 'after-decapsulation' : 'wrong-vtep-mac';
  }
  if (!unseen(at.overlayRx) && at.overlayDevice !== null) return 'unclear';
  if (seen(at.udpNoPorts)) return 'no-socket';
  if (seen(at.udpInDatagrams)) return 'not-decapsulated';
  if (seen(at.ipInReceives)) return unseen(at.ipInDelivers) ? 'receiver-filter' : 'unclear';
  if (!unseen(at.ipInReceives)) return 'unclear';
  if (seen(at.underlayRx)) return 'receiver-before-ip';
  const left = sender.state === 'known' && seen(sender.value.overlayTx);
  return left ? 'before-receiver' : 'unclear';
}

/**
 * Two output requests for one datagram are the inner and the outer packet: it was made, and then refused. One
 * proves nothing: kernels before 6.7 count a packet only after its OUTPUT chain (Linux, net/ipv4/ip_output.c).
 */
function unsentStage(outRequests: number | null, sent: number): BurstStage {
  return outRequests !== null && outRequests >= sent * TWICE_SHARE
    ? 'sender-filter'
    : 'not-encapsulated';
}

/** What the counters said, with numbers, for a reader who wants to check. */
export function stageWords(burst: BurstResult, stage: BurstStage): string {
  const { from, to, sent } = burst;
  const device =
    burst.sender.state === 'known' ? (burst.sender.value.overlayDevice ?? 'overlay') : 'overlay';
  const ip = burst.receiver.state === 'known' ? burst.receiver.value.ipInReceives : null;
  const head = `${sent} datagrams from ${from} to ${to}:`;
  switch (stage) {
    case 'sender-filter':
      return `${head} ${from} made the outer packets and dropped them on the way out: its own filter`;
    case 'not-encapsulated':
      return `${head} ${device} of ${from} sent none`;
    case 'held-by-sender':
      return `${head} ${device} of ${from} sent them, its network card did not`;
    case 'before-receiver':
      return `${head} they left ${device} of ${from}; none reached ${to}'s network card (IP +${ip ?? 0})`;
    case 'receiver-before-ip':
      return `${head} they reached ${to}'s network card and not its IP layer (IP +${ip ?? 0})`;
    case 'receiver-filter':
      return `${head} they left ${device} of ${from}; ${to} received them (IP +${ip ?? sent}) and delivered none: its own filter drops them`;
    case 'bad-checksum':
      return `${head} ${to} threw them away for bad UDP checksums (${csumErrors(burst)} counted)`;
    case 'no-socket':
      return `${head} they reached ${to}, where nothing listens on the overlay's UDP port`;
    case 'not-decapsulated':
      return `${head} ${to}'s UDP layer took them, its overlay device took none: another VNI`;
    case 'wrong-vtep-mac':
      return `${head} ${to} unpacked them and dropped the inner frames: not addressed to its overlay device`;
    case 'after-decapsulation':
      return `${head} ${to} unpacked them; the pod received none: dropped on the way from the overlay device to the pod`;
    case 'arrives':
      return `${head} the listener on ${to} received them`;
    case 'unclear':
      return `${head} the counters do not decide where they ended`;
  }
}

function csumErrors(burst: BurstResult): number {
  return burst.receiver.state === 'known' ? (burst.receiver.value.udpInCsumErrors ?? 0) : 0;
}
