import type { ReachAnswer, ReachResult } from './probe-results.ts';

/** Outcomes that carry no answer from the other side, or one that ends the conversation. */
const FAILED: ReadonlySet<ReachAnswer['outcome']> = new Set([
  'refused',
  'timeout',
  'unreachable',
  'too-big',
  'stalled',
  'closed',
]);

/** Outcomes in which nothing at all came back from the other side. */
const SILENT: ReadonlySet<ReachAnswer['outcome']> = new Set(['timeout', 'unreachable', 'stalled']);

/** The outcome of a path, or null when it is not known. */
export function outcomeOf(r: ReachResult): ReachAnswer['outcome'] | null {
  return r.result.state === 'known' ? r.result.value.outcome : null;
}

/**
 * The path carried packets both ways. A lost ping among several (`partial`) still does, and so does a TLS
 * failure: the peer spoke.
 */
export function works(r: ReachResult): boolean {
  const outcome = outcomeOf(r);
  return outcome === 'open' || outcome === 'partial' || outcome === 'tls-error';
}

/** The path failed; a path without a result neither works nor fails. */
export function fails(r: ReachResult): boolean {
  const outcome = outcomeOf(r);
  return outcome !== null && FAILED.has(outcome);
}

/** Silence, or an error in its stead: what a packet filter or a dead route leaves. */
export function isSilent(r: ReachResult): boolean {
  const outcome = outcomeOf(r);
  return outcome !== null && SILENT.has(outcome);
}

/** The other side's kernel (or a filter in its name) answered "no": packets cross, this port does not serve. */
export function isRefused(r: ReachResult): boolean {
  return outcomeOf(r) === 'refused';
}

/** Checks whose packets are all small. */
export function isSmall(r: ReachResult): boolean {
  return r.check === 'tcp' || r.check === 'icmp';
}

/** Checks that need at least one full-size packet to pass. */
export function isFull(r: ReachResult): boolean {
  return r.check === 'tcp-full' || r.check === 'tls' || r.check === 'icmp-full';
}

/** The pod's own address space, as opposed to an address of a host. */
export function isPodTarget(r: ReachResult): boolean {
  return r.to.kind === 'listener' || r.to.kind === 'provider' || r.to.kind === 'pod';
}

/** `a` to `b`, for messages. */
export function arrow(r: ReachResult): string {
  const from = r.from.kind === 'pod' ? `a pod on ${r.from.node}` : r.from.node;
  const port = r.to.port === null ? '' : `:${r.to.port}`;
  return `${from} to ${r.to.address}${port} on ${r.to.node}`;
}

/** How a failed path ended, in words. */
export function outcomeWords(answer: ReachAnswer): string {
  const after = `${answer.ms} ms`;
  switch (answer.outcome) {
    case 'open':
      return `open in ${after}`;
    case 'refused':
      return `refused after ${after}`;
    case 'timeout':
      return `no answer in ${after}`;
    case 'unreachable':
      return `unreachable after ${after}${answer.errno === null ? '' : ` (${answer.errno})`}`;
    case 'too-big':
      return 'packet too big for the path';
    case 'stalled':
      return `connected, then silent for ${after}`;
    case 'closed':
      return 'connected, then closed by the peer';
    case 'tls-error':
      return `answered, but TLS failed${answer.detail === '' ? '' : ` (${answer.detail})`}`;
    case 'partial':
      return `${answer.detail === '' ? 'some' : answer.detail} packets came back`;
  }
}
