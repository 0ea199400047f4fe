/**
 * What a kind of statement is to a diagnosis.
 *
 * - `fault`: something specific is wrong; a cause must account for it.
 * - `symptom`: the general consequence (503, no numbers, pod not ready); any cause that takes the API down does.
 * - `sign`: a circumstance. No complaint, but it tells look-alikes apart.
 * - `health`: something works.
 * - `noise`: known chatter, which says nothing about the Metrics API.
 */
export type StatementClass = 'fault' | 'symptom' | 'sign' | 'health' | 'noise';

/** Every kind of statement that is read out of text, with its class. The list is closed. */
export const STATEMENT_KINDS = {
  // How an exchange ended. Who spoke to whom is the statement's `leg`.
  'timed-out': 'fault',
  'tls-handshake-timeout': 'fault',
  'connection-refused': 'fault',
  'no-route': 'fault',
  'connection-closed': 'fault',
  'x509-unknown-authority': 'fault',
  'x509-wrong-name': 'fault',
  'x509-expired': 'fault',
  'x509-not-yet-valid': 'fault',
  'tls-internal-error': 'fault',
  unauthorized: 'fault',
  forbidden: 'fault',
  'server-error': 'fault',
  'name-not-resolved': 'fault',
  works: 'health',

  // The Metrics API as its users see it.
  'api-unavailable': 'symptom',
  'metrics-missing': 'symptom',
  'endpoints-missing': 'symptom',
  'pod-not-ready': 'symptom',
  'api-available': 'health',
  'numbers-served': 'health',
} as const satisfies Record<string, StatementClass>;

export type StatementKind = keyof typeof STATEMENT_KINDS;

/** Which connection is spoken of, from the side that opens it. */
export type Leg =
  | 'api-server-to-metrics-server'
  | 'metrics-server-to-kubelet'
  | 'metrics-server-to-api-server'
  | 'caller-to-metrics-server'
  | 'user-to-api-server'
  | 'api-server-to-kubelet'
  | 'kubelet-to-pod'
  | 'pod-to-pod'
  | 'node-to-node'
  | 'to-registry';

/** Who says it. */
export type Speaker =
  | 'api-server'
  | 'metrics-server'
  | 'kubelet'
  | 'cni-agent'
  | 'tunnel'
  | 'kubectl'
  | 'host-tool'
  | 'person'
  | 'unknown';

/**
 * How it is said. Only `stated` words are evidence; `denied` ones speak against a cause; what somebody supposes,
 * or tells of the past, is neither.
 */
export type Stance = 'stated' | 'denied' | 'supposed' | 'past';

/** One thing that a text says, with the words that say it. */
export interface Statement {
  readonly kind: StatementKind;
  /** Null when the words do not tell. */
  readonly leg: Leg | null;
  readonly speaker: Speaker;
  readonly stance: Stance;
  /** True for the spelling of a program or tool; false for a person's own words, which never confirm a cause. */
  readonly verbatim: boolean;
  /** Address or name at the far end, as written; null when not told, or redacted. */
  readonly host: string | null;
  readonly port: number | null;
  /** Node that it is about. */
  readonly node: string | null;
  /** What the kind asks for: a certificate's name, a status, an image… */
  readonly value: string | null;
  /** The very words relied on, cut to a readable length. */
  readonly quote: string;
  /** Line of the pasted text, from 1. */
  readonly line: number;
}

/** The symptom that a complaint becomes: the same complaint about the same leg is one, however often it is logged. */
export function symptomId({ kind, leg, node }: Pick<Statement, 'kind' | 'leg' | 'node'>): string {
  return `words:${kind}@${leg ?? '?'}${node === null ? '' : `/${node}`}`;
}
