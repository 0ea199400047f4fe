import { z } from 'zod';
import { CHANGE_KINDS } from '../core/changes/changes.ts';

/**
 * The published shape of the JSON report, `docs/report.schema.json`. Users script against it: a change that
 * breaks it is a new version. A test holds it against the type `Report`.
 */
const claim = z.strictObject({
  text: z.string(),
  evidence: z
    .string()
    .describe(
      'Id of the evidence: a reach or burst id, a field of the snapshot, or an API server.',
    ),
});

const fix = z.strictObject({
  title: z.string(),
  where: z.array(z.string()).describe('Node names, or "cluster" for changes through the API.'),
  variants: z
    .array(
      z.strictObject({
        tool: z.string(),
        commands: z.array(z.string()),
        undo: z.array(z.string()).optional().describe('Commands that take these back.'),
      }),
    )
    .describe('Best first.'),
  risk: z.string(),
  undo: z.array(z.string()).describe('For variants without an undo of their own.'),
  verify: z.array(z.string()),
  notes: z.array(z.string()),
});

const layer = z.enum(['overlay', 'underlay', 'same-node']);

const where = z.strictObject({
  nodes: z.array(z.string()).describe('Nodes at fault.'),
  from: z.array(z.string()),
  to: z.array(z.string()),
  layer: z.enum(['overlay', 'underlay', 'same-node', 'api']).nullable(),
  direction: z.enum(['into', 'out-of']).nullable().describe('Only from one-way evidence.'),
});

const cause = z.strictObject({
  id: z.string().describe('See docs/causes/<id>.md.'),
  title: z.string(),
  verdict: z.enum(['confirmed', 'suspected']),
  headline: z.string(),
  where,
  because: z.array(claim),
  contradicts: z.array(claim),
  settle: z.string().nullable().describe('The one test that would settle a suspicion.'),
  fixes: z.array(fix),
});

/** Schema `metrics-diag/report/v1`. */
export const reportSchema = z.strictObject({
  schema: z.literal('metrics-diag/report/v1'),
  cluster: z.string().nullable(),
  runId: z.string(),
  verdict: z
    .enum(['healthy', 'degraded', 'broken', 'inconclusive'])
    .describe(
      'broken: some API server cannot serve the Metrics API. degraded: all serve, but nodes or HPAs lack metrics.',
    ),
  headline: z.string(),
  causes: z.array(cause).describe('Best first.'),
  ruledOut: z.array(z.strictObject({ id: z.string(), because: z.string() })),
  unknown: z.array(
    z.strictObject({ id: z.string(), missing: z.array(z.string()), settle: z.string().nullable() }),
  ),
  unexplained: z.array(z.string()),
  apiServers: z.array(
    z.strictObject({
      name: z.string(),
      address: z.string(),
      outcome: z.string(),
      status: z.number().int().nullable(),
      body: z.string(),
      ms: z.number().nullable(),
    }),
  ),
  reach: z.array(
    z.strictObject({
      id: z.string(),
      from: z.string(),
      to: z.string(),
      target: z.string(),
      layer,
      check: z.string(),
      outcome: z.string(),
      ms: z.number().nullable(),
    }),
  ),
  impact: z.strictObject({
    sentences: z.array(z.string()),
    apiServersServing: z.number().int(),
    apiServersTotal: z.number().int(),
    hpasBlind: z.array(
      z.strictObject({
        namespace: z.string(),
        name: z.string(),
        since: z.string().nullable(),
        currentReplicas: z.number().int(),
      }),
    ),
    nodesWithoutMetrics: z.array(z.string()),
  }),
  checklist: z.array(
    z.strictObject({
      id: z.enum(['api-servers', 'chain', 'paths', 'counters']),
      state: z.enum(['pending', 'running', 'done', 'failed', 'skipped']),
      text: z.string(),
    }),
  ),
  pattern: z.array(z.string()),
  changes: z
    .strictObject({
      since: z.string().describe('When the healthy run was, ISO 8601, UTC.'),
      runId: z.string(),
      items: z.array(
        z.strictObject({
          kind: z.enum(CHANGE_KINDS),
          text: z.string(),
          causes: z.array(z.string()),
        }),
      ),
    })
    .optional()
    .describe(
      'What changed since the last healthy run and bears on a cause: a hint, never a proof.',
    ),
  notSeen: z.array(z.string()),
  byHand: z
    .array(
      z.strictObject({
        question: z.string(),
        on: z
          .array(z.strictObject({ node: z.string(), address: z.string() }))
          .describe('Nodes to run the commands on.'),
        commands: z.array(z.string()),
        reading: z.string().describe('How to read what comes.'),
      }),
    )
    .describe('What to run by hand where no probe ran; empty otherwise.'),
  final: z.boolean().describe('False while an answer is outstanding.'),
  tookMs: z.number(),
  takenAt: z.string().describe('ISO 8601, UTC.'),
});

/** The JSON Schema (draft 2020-12) of the report, as published. */
export function reportJsonSchema(): unknown {
  return {
    $id: 'metrics-diag/report/v1',
    title: 'metrics-diag report',
    ...z.toJSONSchema(reportSchema),
  };
}
