import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { healthySummary } from '../../../src/core/changes/healthy-summary.ts';
import type { Evidence } from '../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../src/core/evidence/observed.ts';
import type { ProbeResults } from '../../../src/core/evidence/probe-results.ts';
import type { Snapshot } from '../../../src/core/evidence/snapshot.ts';
import { buildReport } from '../../../src/core/report/build-report.ts';
import type { Report } from '../../../src/core/report/report.ts';
import type { PodPlan } from '../../../src/probes/plan.ts';
import type { PodRun } from '../../../src/probes/run-pods.ts';
import type { RunStages, RunWork } from '../../../src/runs/run-stages.ts';
import { evidence } from '../evidence-builder.ts';

/** How long each stage takes, so that a test can kill a worker inside one. */
export interface SmallStagesOptions {
  /** Each call is written here, one JSON line: shared by processes, and outlives them. */
  readonly journal: string;
  readonly beginMs?: number;
  readonly podsMs?: number;
  readonly settleMs?: number;
  readonly waves?: number;
  readonly failBegin?: Error;
  /** What the runs see, one after the other; without it reports are imaginary, too. */
  readonly seen?: readonly Evidence[];
}

export interface JournalEntry {
  readonly call: 'begin' | 'runPods' | 'settle' | 'cleanUp' | 'sweep' | 'conclude';
  readonly runId?: string;
  readonly attempt?: number;
  readonly pods?: number;
  readonly final?: boolean;
  readonly pid: number;
}

export function readJournal(path: string): readonly JournalEntry[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalEntry);
}

/** Stages that see an imaginary three-node cluster: real plans through real queues, no cluster behind them. */
export function smallStages(options: SmallStagesOptions): RunStages {
  const note = (entry: Omit<JournalEntry, 'pid'>): void =>
    appendFileSync(options.journal, `${JSON.stringify({ ...entry, pid: process.pid })}\n`);
  const runs: string[] = [];
  const evidenceOf = (runId: string, work: RunWork): Evidence | null => {
    if (!runs.includes(runId)) runs.push(runId);
    const found = options.seen?.[runs.indexOf(runId)];
    return found === undefined ? null : { ...found, runId, before: work.before ?? null };
  };
  const settled = async () => {
    await sleep(options.settleMs ?? 100);
    return known([], 'small stages');
  };
  return {
    async begin({ runId, attempt }, progress) {
      note({ call: 'begin', runId, attempt });
      if (options.failBegin !== undefined) throw options.failBegin;
      const startedAtMs = Date.now();
      await progress([
        { id: 'api-servers', state: 'done', text: 'API servers: 1 of 3 serves metrics.k8s.io' },
      ]);
      await sleep(options.beginMs ?? 50);
      const snapshot = { takenAt: new Date(startedAtMs).toISOString() } as unknown as Snapshot;
      return {
        work: Promise.resolve({
          startedAtMs,
          snapshot,
          listeners: [],
          probesOff: null,
          notProbed: [],
          waves: [],
        }),
        plans: (options.waves ?? 1) === 0 ? [] : plansOf(runId, 1),
        settled: settled(),
      };
    },
    async runPods({ runId, attempt }, plans) {
      note({ call: 'runPods', runId, attempt, pods: plans.length });
      await sleep(options.podsMs ?? 50);
      return plans.map(
        (plan): PodRun => ({
          plan,
          outcome: { node: plan.node, kind: 'node', outcome: 'ok', detail: '', podIp: null },
          answer: missing('not-attempted', 'small stages'),
        }),
      );
    },
    planNext({ runId }, work) {
      const more = work.waves.length < (options.waves ?? 1);
      return { plans: more ? plansOf(runId, work.waves.length + 1) : [], notProbed: [] };
    },
    conclude({ runId, cluster, attempt }, work, { final, tookMs }) {
      note({ call: 'conclude', runId, attempt, final });
      const real = evidenceOf(runId, work);
      if (real !== null) return { ...buildReport({ ...real, final }), cluster };
      const pods = work.waves.flatMap(({ runs }) => runs).length;
      return reportOf({
        runId,
        cluster,
        final,
        tookMs,
        headline: `${pods} pods in attempt ${attempt}`,
      });
    },
    summary: ({ runId }, work) => healthySummary(evidenceOf(runId, work) ?? evidence()),
    evidence: ({ runId, cluster }, { snapshot }, { final, tookMs }) => ({
      schema: 'metrics-diag/evidence/v1',
      runId,
      cluster,
      hints: { platform: null, cni: null },
      snapshot,
      probes: {} as unknown as ProbeResults,
      tookMs,
      final,
    }),
    async settle({ runId, attempt }) {
      note({ call: 'settle', runId, attempt });
      await sleep(options.settleMs ?? 100);
      return missing('not-attempted', 'small stages');
    },
    cleanUp({ runId, attempt }) {
      note({ call: 'cleanUp', runId, attempt });
      return Promise.resolve();
    },
    sweep() {
      note({ call: 'sweep' });
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

function plansOf(runId: string, wave: number): readonly PodPlan[] {
  return ['prod01', 'prod02', 'prod03'].map((node) => ({
    v: 1,
    runId,
    wave,
    kind: 'node',
    node,
    nodeAddress: null,
    batch: 0,
    deadlineMs: 1000,
    checks: [],
    bursts: null,
    ownListener: null,
    listenPort: null,
    localApi: false,
    nodeFacts: false,
  }));
}

function reportOf(
  seen: Pick<Report, 'runId' | 'final' | 'tookMs' | 'headline'> & { readonly cluster: string },
): Report {
  return {
    schema: 'metrics-diag/report/v1',
    ...seen,
    verdict: 'broken',
    causes: [],
    ruledOut: [],
    unknown: [],
    unexplained: [],
    apiServers: [],
    reach: [],
    impact: {
      sentences: [],
      apiServersServing: 1,
      apiServersTotal: 3,
      hpasBlind: [],
      nodesWithoutMetrics: [],
    },
    checklist: [{ id: 'api-servers', state: 'done', text: 'API servers: 1 of 3' }],
    pattern: [],
    notSeen: [],
    byHand: [],
    takenAt: '2026-11-22T14:03:00.000Z',
  };
}
