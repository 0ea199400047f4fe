import { deflateRawSync } from 'node:zlib';
import type { PodPlan } from './plan.ts';
import { type EncodableAnswer, toWire, type WireAnswer } from './wire.ts';

/** The kubelet cuts a termination message here (kubernetes pkg/kubelet/container, `MaxContainerTerminationMessageLength`). */
export const MAX_MESSAGE_BYTES = 4_096;
/** An answer as a line of the Pod's log: of fixed length, so that a reader knows when it has the whole of it. */
export const ANSWER_LINE_BYTES = MAX_MESSAGE_BYTES + 1;
/** Marks a deflated, base64-encoded message; a plain one starts with `{`. */
export const DEFLATED_PREFIX = 'z:';
/** Linux refuses an environment string above 128 KiB (MAX_ARG_STRLEN); far below it, so that a Pod stays small. */
const MAX_PLAN_BYTES = 64 * 1_024;

/**
 * One answer as a termination message of at most 4,096 bytes. What does not fit is dropped in a fixed order,
 * least telling first (words, routes, certificates' names, every second sample, whole parts, last the checks
 * at the end of the list), and named in `cut`.
 */
export function encodeAnswer(answer: EncodableAnswer): string {
  let wire = toWire(answer);
  let text = pack(wire);
  for (const reduction of REDUCTIONS) {
    if (fits(text)) return text;
    const reduced = reduction.apply(wire);
    if (reduced === wire) continue;
    wire = { ...reduced, x: [...reduced.x, reduction.name] };
    text = pack(wire);
  }
  const cutName = `checks after ${answer.checks.length}`;
  for (let keep = wire.c.length - 1; !fits(text) && keep >= 0; keep -= 1) {
    wire = {
      ...wire,
      c: wire.c.slice(0, keep),
      x: [...wire.x.filter((x) => x !== cutName), cutName],
    };
    text = pack(wire);
  }
  return text;
}

/**
 * A termination message as a line for the Pod's log, for a reader in a hurry: a kubelet looks once a second what
 * became of its containers (kubernetes pkg/kubelet, `plegRelistPeriod`), and passes on their output at once.
 */
export function answerLine(message: string): string {
  return `${message}${' '.repeat(MAX_MESSAGE_BYTES - Buffer.byteLength(message))}\n`;
}

/** The environment value for a plan. @throws RangeError when the planner made a plan that no Pod could carry. */
export function encodePlan(plan: PodPlan): string {
  const text = JSON.stringify(plan);
  if (Buffer.byteLength(text) > MAX_PLAN_BYTES) {
    throw new RangeError(`the plan for ${plan.node} has ${plan.checks.length} checks: too large`);
  }
  return text;
}

/**
 * The plan in `PROBE_PLAN`. It comes from our own worker, so only its outline is checked (the probe carries no
 * schema library: it must start within milliseconds).
 *
 * @throws TypeError when it is no plan of this version
 */
export function decodePlan(text: string): PodPlan {
  const plan: unknown = JSON.parse(text);
  if (!isPlan(plan)) throw new TypeError('PROBE_PLAN holds no plan of version 1');
  return plan;
}

function isPlan(value: unknown): value is PodPlan {
  return (
    typeof value === 'object' &&
    value !== null &&
    'v' in value &&
    value.v === 1 &&
    'kind' in value &&
    (value.kind === 'node' || value.kind === 'listener') &&
    'runId' in value &&
    typeof value.runId === 'string' &&
    'node' in value &&
    typeof value.node === 'string' &&
    'deadlineMs' in value &&
    typeof value.deadlineMs === 'number' &&
    'checks' in value &&
    Array.isArray(value.checks)
  );
}

/** Plain JSON while it fits (a person can read it in `kubectl describe`), else deflated. */
function pack(wire: WireAnswer): string {
  const json = JSON.stringify(wire);
  if (Buffer.byteLength(json) <= MAX_MESSAGE_BYTES) return json;
  return DEFLATED_PREFIX + deflateRawSync(json, { level: 9 }).toString('base64');
}

function fits(text: string): boolean {
  return Buffer.byteLength(text) <= MAX_MESSAGE_BYTES;
}

interface Reduction {
  readonly name: string;
  /** Returns its argument itself when it has nothing to drop. */
  readonly apply: (wire: WireAnswer) => WireAnswer;
}

const DETAIL_CELL = 6;
const FEW_ROUTES = 12;
const FEW_PORTS = 24;
const FEW_NAMES = 6;
const SHORT_BODY_CHARS = 100;

const REDUCTIONS: readonly Reduction[] = [
  { name: 'details', apply: withoutDetails },
  {
    name: 'routes',
    apply: (wire) => mapFacts(wire, (f) => ({ ...f, r: f.r.slice(0, FEW_ROUTES) })),
  },
  {
    name: 'udp ports',
    apply: (wire) => mapFacts(wire, (f) => ({ ...f, u: f.u.slice(0, FEW_PORTS) })),
  },
  { name: 'certificate names', apply: withFewNames },
  { name: 'local API body', apply: withShortBody },
  { name: 'every second sample', apply: thinSamples },
  { name: 'devices without address', apply: (wire) => mapFacts(wire, withAddressesOnly) },
  { name: 'all routes', apply: (wire) => mapFacts(wire, (f) => ({ ...f, r: [] })) },
  { name: 'words of filter rules', apply: withShortRules },
  { name: 'every second sample, again', apply: thinSamples },
  { name: 'certificates', apply: withoutCertificates },
  { name: 'node facts', apply: (wire) => ({ ...wire, f: [CUT_REASON, 'did not fit'] }) },
  { name: 'bursts', apply: (wire) => (wire.B === null ? wire : { ...wire, B: null }) },
  { name: 'listener', apply: (wire) => ({ ...wire, l: [CUT_REASON, 'did not fit'] }) },
  {
    name: 'deep mode',
    apply: (wire) => (wire.D === undefined ? wire : { ...wire, D: [CUT_REASON, 'did not fit'] }),
  },
];

/** The table, chain and number find a rule again. */
const SHORT_RULE_CHARS = 80;

function withShortRules(wire: WireAnswer): WireAnswer {
  if (wire.D === undefined || !('R' in wire.D)) return wire;
  const R = wire.D.R.map(
    ([backend, family, table, chain, place, text, owner, does]) =>
      [backend, family, table, chain, place, text.slice(0, SHORT_RULE_CHARS), owner, does] as const,
  );
  return { ...wire, D: { ...wire.D, R } };
}

/** Index of `failed` in MISSING_REASONS. */
const CUT_REASON = 3;

function withoutDetails(wire: WireAnswer): WireAnswer {
  return {
    ...wire,
    c: wire.c.map((cells) => cells.map((cell, i) => (i === DETAIL_CELL ? null : cell))),
  };
}

function mapFacts(
  wire: WireAnswer,
  change: (facts: Exclude<WireAnswer['f'], readonly unknown[]>) => WireAnswer['f'],
): WireAnswer {
  return 'd' in wire.f ? { ...wire, f: change(wire.f) } : wire;
}

function withAddressesOnly(
  facts: Exclude<WireAnswer['f'], readonly unknown[]>,
): Exclude<WireAnswer['f'], readonly unknown[]> {
  return { ...facts, d: facts.d.filter(([, , , , addresses]) => addresses.length > 0) };
}

function withFewNames(wire: WireAnswer): WireAnswer {
  return {
    ...wire,
    p: wire.p.map(([subject, issuer, dns, ips, ...rest]) => [
      subject,
      issuer,
      dns.slice(0, FEW_NAMES),
      ips.slice(0, FEW_NAMES),
      ...rest,
    ]),
  };
}

function withShortBody(wire: WireAnswer): WireAnswer {
  const [status, body, ms] = wire.a;
  return ms === undefined ? wire : { ...wire, a: [status, body.slice(0, SHORT_BODY_CHARS), ms] };
}

function withoutCertificates(wire: WireAnswer): WireAnswer {
  return { ...wire, p: [], c: wire.c.map((cells) => cells.slice(0, DETAIL_CELL + 1)) };
}

/** Joins each two neighbouring steps: the totals stay, the resolution halves. */
function thinSamples(wire: WireAnswer): WireAnswer {
  if (wire.B === null || wire.B.t.length < 4) return wire;
  return {
    ...wire,
    B: {
      ...wire.B,
      t: joinPairs(wire.B.t),
      v: wire.B.v.map((moves) => (moves === null || moves.length === 0 ? moves : joinPairs(moves))),
    },
  };
}

/** The first step is the origin and stays alone. */
function joinPairs(steps: readonly number[]): number[] {
  const joined = [steps[0] ?? 0];
  for (let i = 1; i < steps.length; i += 2) joined.push((steps[i] ?? 0) + (steps[i + 1] ?? 0));
  return joined;
}
