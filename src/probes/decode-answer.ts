import { inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { known, type Missing, missing, type Observed } from '../core/evidence/observed.ts';
import type { KernelFacts, PeerCertificate } from '../core/evidence/probe-results.ts';
import { DEFLATED_PREFIX } from './codec.ts';
import { readDeep, wireDeep } from './decode-deep.ts';
import {
  type BurstAnswer,
  type CheckResult,
  COUNTER_NAMES,
  type CounterSeries,
  type ListenerAnswer,
  type NodeFactsAnswer,
  type PodAnswer,
} from './plan.ts';
import { BRIDGE_FILTERS, MISSING_CODE, MISSING_REASONS, OUTCOMES } from './wire.ts';

/** A 4,096-byte message cannot honestly hold more than this when inflated. */
const MAX_INFLATED_BYTES = 256 * 1_024;
/** Untrusted words are cut to this many characters before they enter evidence. */
const MAX_TEXT_CHARS = 600;

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const text = z.string().transform((value) => value.slice(0, MAX_TEXT_CHARS));
const texts = z.array(text).max(200);
const cells = z.array(z.union([z.number(), text, z.null()])).max(8);
const wireMissing = z.tuple([count, text]);
const certificate = z.tuple([
  text,
  text,
  texts,
  texts,
  text,
  text,
  text,
  z.union([z.literal(0), z.literal(1)]),
]);

const wireListener = z.object({
  c: z.array(cells).max(200),
  p: z.array(certificate).max(60),
  u: z.array(z.tuple([count, count, count, count, count])).max(2_000),
  t: z.union([count, z.null()]),
});

const wireBursts = z.object({
  o: text.nullable(),
  u: text.nullable(),
  s: z.array(z.tuple([count, count, z.number(), z.number()])).max(200),
  t: z.array(z.number()).max(2_000),
  v: z.array(z.array(z.number()).max(2_000).nullable()).length(COUNTER_NAMES.length),
});

const wireFacts = z.object({
  d: z
    .array(
      z.tuple([text, count, text, z.union([z.literal(0), z.literal(1)]), texts, text.optional()]),
    )
    .max(200),
  u: z.array(count.max(65_535)).max(500),
  r: z.array(z.tuple([text, text, text.nullable()])).max(500),
  i: count,
  j: count,
  g: z.union([z.literal(1), z.literal(2)]).optional(),
  k: z
    .tuple([
      z.array(count).max(64).nullable(),
      z.union([z.literal(0), z.literal(1), z.null()]),
      count.max(BRIDGE_FILTERS.length - 1),
    ])
    .optional(),
});

const wireAnswer = z.object({
  v: z.literal(1),
  r: text,
  w: count,
  n: text,
  k: z.enum(['n', 'l']),
  b: count,
  s: count,
  e: count,
  c: z.array(cells).max(200),
  p: z.array(certificate).max(60),
  B: wireBursts.nullable(),
  l: z.union([wireListener, wireMissing]),
  a: z.union([z.tuple([count, text, count]), wireMissing]),
  f: z.union([wireFacts, wireMissing]),
  D: z.union([wireDeep, wireMissing]).optional(),
  x: texts,
});

type Cells = z.infer<typeof cells>;
type Certificates = readonly z.infer<typeof certificate>[];

/**
 * Reads a termination message. Never throws: a message that was cut, garbled, empty or written by something
 * else is a missing fact with the reason.
 */
export function decodeAnswer(message: string): Observed<PodAnswer> {
  const json = parse(message);
  if (json.state === 'missing') return json;
  const parsed = wireAnswer.safeParse(json.value);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? '';
    return missing('failed', `the probe's answer has an unexpected shape at "${path}"`);
  }
  const wire = parsed.data;
  return known(
    {
      runId: wire.r,
      wave: wire.w,
      node: wire.n,
      kind: wire.k === 'n' ? 'node' : 'listener',
      batch: wire.b,
      startedAt: wire.s,
      endedAt: wire.e,
      checks: readChecks(wire.c, wire.p),
      bursts: wire.B === null ? null : readBursts(wire.B, wire.s),
      listener: Array.isArray(wire.l)
        ? readMissing(wire.l)
        : known(readListener(wire.l), `listener on ${wire.n}`),
      localApi:
        wire.a.length === 2
          ? readMissing(wire.a)
          : known({ status: wire.a[0], body: wire.a[1], ms: wire.a[2] }, `probe on ${wire.n}`),
      facts: Array.isArray(wire.f)
        ? readMissing(wire.f)
        : known(readFacts(wire.f), `probe on ${wire.n}`),
      ...(wire.D === undefined
        ? {}
        : {
            deep: Array.isArray(wire.D)
              ? readMissing(wire.D)
              : known(readDeep(wire.D), `deep probe on ${wire.n}`),
          }),
      cut: wire.x,
    },
    `probe on ${wire.n}`,
  );
}

function parse(message: string): Observed<unknown> {
  if (message.trim() === '') return missing('failed', 'the probe left no answer');
  try {
    return known(JSON.parse(inflate(message)), 'termination message');
  } catch {
    return missing(
      'failed',
      `the probe's answer of ${message.length} characters cannot be read (cut or garbled)`,
    );
  }
}

function inflate(message: string): string {
  if (!message.startsWith(DEFLATED_PREFIX)) return message;
  const packed = Buffer.from(message.slice(DEFLATED_PREFIX.length), 'base64');
  return inflateRawSync(packed, { maxOutputLength: MAX_INFLATED_BYTES }).toString('utf8');
}

function readMissing([reason, detail]: readonly [number, string]): Missing {
  return missing(MISSING_REASONS[reason] ?? 'failed', detail);
}

function readChecks(
  rows: readonly Cells[],
  certificates: Certificates,
): { readonly index: number; readonly result: CheckResult }[] {
  return rows.flatMap((row) => {
    const [index] = row;
    const result = readCheck(row, certificates);
    return typeof index === 'number' && result !== null ? [{ index, result }] : [];
  });
}

/** Null for a row that says nothing; the join then calls the check missing. */
function readCheck(row: Cells, certificates: Certificates): CheckResult | null {
  const [, code, third, fourth, size, status, detail, peer] = row;
  if (typeof code !== 'number' || typeof third !== 'number') return null;
  if (code === MISSING_CODE) {
    return { state: 'missing', reason: MISSING_REASONS[third] ?? 'failed', detail: asText(fourth) };
  }
  const outcome = OUTCOMES[code];
  if (outcome === undefined) return null;
  const shown = typeof peer === 'number' ? certificates[peer] : undefined;
  return {
    state: 'answered',
    answer: {
      outcome,
      ms: third,
      errno: typeof fourth === 'string' ? fourth : null,
      sizeBytes: typeof size === 'number' ? size : null,
      status: typeof status === 'number' ? status : null,
      detail: asText(detail),
      peer: shown === undefined ? null : readCertificate(shown),
    },
  };
}

function asText(cell: Cells[number] | undefined): string {
  return typeof cell === 'string' ? cell : '';
}

function readCertificate(row: Certificates[number]): PeerCertificate {
  const [subject, issuer, dnsNames, ipAddresses, notBefore, notAfter, fingerprint, selfSigned] =
    row;
  return {
    subject,
    issuer,
    dnsNames,
    ipAddresses,
    notBefore,
    notAfter,
    fingerprint,
    selfSigned: selfSigned === 1,
  };
}

function readListener(wire: z.infer<typeof wireListener>): ListenerAnswer {
  return {
    checks: readChecks(wire.c, wire.p),
    received: wire.u.map(([senderTag, round, datagrams, firstAt, lastAt]) => ({
      senderTag,
      round,
      datagrams,
      firstAt,
      lastAt,
    })),
    tcpInCsumErrors: wire.t,
  };
}

function readBursts(wire: z.infer<typeof wireBursts>, base: number): BurstAnswer {
  return {
    overlayDevice: wire.o,
    underlayDevice: wire.u,
    sends: wire.s.map(([round, sent, started, ended]) => ({
      round,
      sent,
      startedAt: base + started,
      endedAt: base + ended,
    })),
    samples: readSeries(wire, base),
  };
}

function readSeries(wire: z.infer<typeof wireBursts>, base: number): CounterSeries {
  const at = sums(wire.t, base);
  const read = (index: number): readonly number[] | null => {
    const moves = wire.v[index];
    if (moves === undefined || moves === null) return null;
    return moves.length === 0 ? at.map(() => 0) : sums(moves, 0);
  };
  return {
    at,
    values: {
      overlayTx: read(0),
      overlayTxErrors: read(1),
      overlayRx: read(2),
      underlayTx: read(3),
      underlayRx: read(4),
      ipInReceives: read(5),
      ipInDelivers: read(6),
      udpInDatagrams: read(7),
      udpNoPorts: read(8),
      udpInErrors: read(9),
      udpInCsumErrors: read(10),
      ipOutRequests: read(11),
    },
  };
}

function sums(moves: readonly number[], base: number): number[] {
  let total = base;
  return moves.map((move) => {
    total += move;
    return total;
  });
}

function readFacts(wire: z.infer<typeof wireFacts>): NodeFactsAnswer {
  return {
    devices: wire.d.map(([name, mtuBytes, kind, up, addresses, driver]) => ({
      name,
      mtuBytes,
      kind,
      up: up === 1,
      addresses,
      ...(driver === undefined ? {} : { driver }),
    })),
    udpPorts: wire.u,
    routes: wire.r.map(([device, cidr, gateway]) => ({ device, cidr, gateway })),
    udpInCsumErrors: wire.i,
    tcpInCsumErrors: wire.j,
    cgroup: wire.g ?? null,
    ...(wire.k === undefined ? {} : { kernel: readKernel(wire.k) }),
  };
}

function readKernel([routeTables, forwards, bridge]: NonNullable<
  z.infer<typeof wireFacts>['k']
>): KernelFacts {
  return {
    routeTables,
    forwards: forwards === null ? null : forwards === 1,
    bridgeFilter: BRIDGE_FILTERS[bridge] ?? 'absent',
  };
}
