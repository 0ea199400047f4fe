import {
  type Missing,
  type MissingReason,
  missing,
  type Observed,
} from '../core/evidence/observed.ts';
import type { KernelFacts, PeerCertificate, ReachOutcome } from '../core/evidence/probe-results.ts';
import { deepToWire, type WireDeep } from './deep-wire.ts';
import type {
  BurstAnswer,
  CheckResult,
  CounterSeries,
  ListenerAnswer,
  LocalApiAnswer,
  NodeFactsAnswer,
  PodAnswer,
} from './plan.ts';
import { COUNTER_NAMES } from './plan.ts';

/** Order is the wire's code: append, never reorder. */
export const OUTCOMES: readonly ReachOutcome[] = [
  'open',
  'refused',
  'timeout',
  'unreachable',
  'too-big',
  'stalled',
  'closed',
  'tls-error',
  'partial',
];

/** Order is the wire's code: append, never reorder. */
export const MISSING_REASONS: readonly MissingReason[] = [
  'forbidden',
  'timed-out',
  'absent-api',
  'failed',
  'not-attempted',
  'no-node-to-run-on',
  'ambiguous',
];

/** Stands in a check's tuple in place of an outcome when the check has no answer. */
export const MISSING_CODE = -1;

type Cell = number | string | null;

/** `[index, outcome, ms, errno, sizeBytes, status, detail, certificate]`, or `[index, -1, reason, detail]`; empty tails are left out. */
export type WireCheck = readonly Cell[];
/** `[subject, issuer, dnsNames, ipAddresses, notBefore, notAfter, fingerprint, selfSigned]`. */
export type WireCertificate = readonly [
  string,
  string,
  readonly string[],
  readonly string[],
  string,
  string,
  string,
  0 | 1,
];
/** A missing value: `[reason, detail]`. */
export type WireMissing = readonly [number, string];

export interface WireListener {
  readonly c: readonly WireCheck[];
  readonly p: readonly WireCertificate[];
  /** `[senderTag, round, datagrams, firstAt, lastAt]`. */
  readonly u: readonly (readonly number[])[];
  readonly t: number | null;
}

export interface WireBursts {
  readonly o: string | null;
  readonly u: string | null;
  /** `[round, sent, startedAt - base, endedAt - base]`; base is the answer's `s`. */
  readonly s: readonly (readonly number[])[];
  /** Steps between samples, the first from `s`. */
  readonly t: readonly number[];
  /** Steps of each counter in the order of `COUNTER_NAMES`; null where it does not exist, `[]` where it never moved. */
  readonly v: readonly (readonly number[] | null)[];
}

export interface WireFacts {
  /** `[name, mtuBytes, kind, up, addresses, driver]`, the last only where there is one. */
  readonly d: readonly (readonly [string, number, string, 0 | 1, readonly string[], string?])[];
  readonly u: readonly number[];
  /** `[device, cidr, gateway]`. */
  readonly r: readonly (readonly [string, string, string | null])[];
  readonly i: number;
  readonly j: number;
  /** Absent when not known. */
  readonly g?: 1 | 2;
  /** Absent from probes of older versions. */
  readonly k?: WireKernel;
}

/** `[route tables, forwards, bridge filter]`. */
export type WireKernel = readonly [readonly number[] | null, 0 | 1 | null, number];

/** Order is the wire's code: append, never reorder. */
export const BRIDGE_FILTERS: readonly KernelFacts['bridgeFilter'][] = ['absent', 'off', 'on'];

export interface WireAnswer {
  readonly v: 1;
  readonly r: string;
  readonly w: number;
  readonly n: string;
  readonly k: 'n' | 'l';
  readonly b: number;
  readonly s: number;
  readonly e: number;
  readonly c: readonly WireCheck[];
  readonly p: readonly WireCertificate[];
  readonly B: WireBursts | null;
  readonly l: WireListener | WireMissing;
  readonly a: readonly [number, string, number] | WireMissing;
  readonly f: WireFacts | WireMissing;
  /** Deep mode's part; absent where the plan has none. */
  readonly D?: WireDeep | WireMissing;
  readonly x: readonly string[];
}

/** What a node Pod has in hand: its listener's words are passed on as they came, unread. */
export type EncodableAnswer = Omit<PodAnswer, 'listener'> & {
  readonly listener: Observed<ListenerAnswer> | { readonly state: 'raw'; readonly wire: unknown };
};

/** The compact shape of an answer, before it is made to fit. */
export function toWire(answer: EncodableAnswer): WireAnswer {
  const certificates = certificateTable();
  return {
    v: 1,
    r: answer.runId,
    w: answer.wave,
    n: answer.node,
    k: answer.kind === 'node' ? 'n' : 'l',
    b: answer.batch,
    s: answer.startedAt,
    e: answer.endedAt,
    c: answer.checks.map(({ index, result }) => wireCheck(index, result, certificates.add)),
    p: certificates.rows,
    B: answer.bursts === null ? null : wireBursts(answer.bursts, answer.startedAt),
    l: wireListenerPart(answer.listener),
    a:
      answer.localApi.state === 'known'
        ? wireLocalApi(answer.localApi.value)
        : wireMissing(answer.localApi),
    f: answer.facts.state === 'known' ? wireFacts(answer.facts.value) : wireMissing(answer.facts),
    ...(answer.deep === undefined
      ? {}
      : {
          D:
            answer.deep.state === 'known'
              ? deepToWire(answer.deep.value)
              : wireMissing(answer.deep),
        }),
    x: answer.cut,
  };
}

/** The compact shape of a listener's answer: what it sends to the Pod that asks. */
export function listenerToWire(answer: ListenerAnswer): WireListener {
  const certificates = certificateTable();
  return {
    c: answer.checks.map(({ index, result }) => wireCheck(index, result, certificates.add)),
    p: certificates.rows,
    u: answer.received.map((row) => [
      row.senderTag,
      row.round,
      row.datagrams,
      row.firstAt,
      row.lastAt,
    ]),
    t: answer.tcpInCsumErrors,
  };
}

function wireListenerPart(listener: EncodableAnswer['listener']): WireListener | WireMissing {
  switch (listener.state) {
    case 'known':
      return listenerToWire(listener.value);
    case 'missing':
      return wireMissing(listener);
    case 'raw':
      return isWireListener(listener.wire)
        ? listener.wire
        : wireMissing(missing('failed', 'the listener answered something else'));
  }
}

/** Only the outline: the reader on the worker's side checks every cell. */
function isWireListener(value: unknown): value is WireListener {
  return (
    typeof value === 'object' &&
    value !== null &&
    'c' in value &&
    Array.isArray(value.c) &&
    'p' in value &&
    Array.isArray(value.p) &&
    'u' in value &&
    Array.isArray(value.u) &&
    't' in value
  );
}

function wireMissing(fact: Missing): WireMissing {
  return [MISSING_REASONS.indexOf(fact.reason), fact.detail];
}

function wireCheck(
  index: number,
  result: CheckResult,
  addCertificate: (certificate: PeerCertificate) => number,
): WireCheck {
  if (result.state === 'missing') {
    return trimmed([index, MISSING_CODE, MISSING_REASONS.indexOf(result.reason), result.detail]);
  }
  const { answer } = result;
  return trimmed([
    index,
    OUTCOMES.indexOf(answer.outcome),
    answer.ms,
    answer.errno,
    answer.sizeBytes,
    answer.status,
    answer.detail === '' ? null : answer.detail,
    answer.peer === null ? null : addCertificate(answer.peer),
  ]);
}

function trimmed(cells: readonly Cell[]): WireCheck {
  let end = cells.length;
  while (end > 0 && cells[end - 1] === null) end -= 1;
  return cells.slice(0, end);
}

/** The same certificate is seen from many places: each is written once. */
function certificateTable(): {
  readonly rows: WireCertificate[];
  readonly add: (certificate: PeerCertificate) => number;
} {
  const rows: WireCertificate[] = [];
  const byFingerprint = new Map<string, number>();
  return {
    rows,
    add(certificate) {
      const seen = byFingerprint.get(certificate.fingerprint);
      if (seen !== undefined) return seen;
      byFingerprint.set(certificate.fingerprint, rows.length);
      rows.push([
        certificate.subject,
        certificate.issuer,
        certificate.dnsNames,
        certificate.ipAddresses,
        certificate.notBefore,
        certificate.notAfter,
        certificate.fingerprint,
        certificate.selfSigned ? 1 : 0,
      ]);
      return rows.length - 1;
    },
  };
}

function wireBursts(bursts: BurstAnswer, base: number): WireBursts {
  return {
    o: bursts.overlayDevice,
    u: bursts.underlayDevice,
    s: bursts.sends.map((send) => [
      send.round,
      send.sent,
      send.startedAt - base,
      send.endedAt - base,
    ]),
    t: steps(bursts.samples.at, base),
    v: wireCounters(bursts.samples),
  };
}

function wireCounters(samples: CounterSeries): (readonly number[] | null)[] {
  return COUNTER_NAMES.map((name) => {
    const values = samples.values[name];
    if (values === null) return null;
    const moves = steps(values, 0);
    return moves.every((move) => move === 0) ? [] : moves;
  });
}

function steps(values: readonly number[], base: number): number[] {
  return values.map((value, i) => Math.round(value - (values[i - 1] ?? base)));
}

function wireLocalApi(answer: LocalApiAnswer): readonly [number, string, number] {
  return [answer.status, answer.body, answer.ms];
}

function wireFacts(facts: NodeFactsAnswer): WireFacts {
  return {
    d: facts.devices.map(({ name, mtuBytes, kind, up, addresses, driver }) => [
      name,
      mtuBytes,
      kind,
      up ? 1 : 0,
      addresses,
      ...(driver === undefined ? ([] as const) : ([driver] as const)),
    ]),
    u: facts.udpPorts,
    r: facts.routes.map((route) => [route.device, route.cidr, route.gateway]),
    i: facts.udpInCsumErrors,
    j: facts.tcpInCsumErrors,
    ...(facts.cgroup === null ? {} : { g: facts.cgroup }),
    ...(facts.kernel === undefined ? {} : { k: wireKernel(facts.kernel) }),
  };
}

function wireKernel({ routeTables, forwards, bridgeFilter }: KernelFacts): WireKernel {
  return [
    routeTables,
    forwards === null ? null : forwards ? 1 : 0,
    BRIDGE_FILTERS.indexOf(bridgeFilter),
  ];
}
