import { missing } from '../core/evidence/observed.ts';
import type { ApiServerView, Snapshot } from '../core/evidence/snapshot.ts';
import { buildReport } from '../core/report/build-report.ts';
import type { ChecklistItem } from '../core/report/report.ts';
import { count } from '../core/report/words.ts';
import { noProbes } from '../probes/join-results.ts';
import type { Progress } from './jobs.ts';
import type { RunTarget } from './run-stages.ts';

/** What a run tells while its first step goes on. */
export interface RunProgress {
  apiServers(views: readonly ApiServerView[]): void;
  snapshot(snapshot: Snapshot, probing: boolean): void;
  /** The first look is there, and these nodes still pull the probe image. */
  pulling(snapshot: Snapshot, nodes: readonly string[]): void;
  /** Nothing is told after this: later answers of API servers belong to the final report. */
  end(): Promise<void>;
}

const WAITING: readonly ChecklistItem[] = [
  { id: 'chain', state: 'running', text: 'Chain: being read' },
  { id: 'paths', state: 'pending', text: 'Paths: not probed yet' },
  { id: 'counters', state: 'pending', text: 'Counters: not read yet' },
];

/**
 * From the first answer to its telling: the others mostly answer with it, and a message that was just posted
 * is not edited for 3 s.
 */
const GATHER_MS = 250;

/** Turns what comes in into the live checklist; the last telling is awaited, a failed one never ends a run. */
export function createProgress(
  target: RunTarget,
  progress: Progress,
  gatherMs = GATHER_MS,
): RunProgress {
  let last: Promise<unknown> = Promise.resolve();
  let shown = '';
  let ended = false;
  let firstLookDone = false;
  const tell = (checklist: readonly ChecklistItem[]): void => {
    const text = JSON.stringify(checklist);
    if (ended || text === shown) return;
    shown = text;
    last = last.then(() => progress(checklist)).catch(() => undefined);
  };
  let latest: readonly ApiServerView[] = [];
  let gathering: NodeJS.Timeout | null = null;
  const stopGathering = (): void => {
    firstLookDone = true;
    if (gathering !== null) clearTimeout(gathering);
  };
  return {
    apiServers(views) {
      latest = views;
      if (firstLookDone || gathering !== null || !views.some(hasAnswered)) return;
      gathering = setTimeout(() => {
        gathering = null;
        tell([apiServersSoFar(latest), ...WAITING]);
      }, gatherMs);
    },
    snapshot(snapshot, probing) {
      stopGathering();
      const nodes = snapshot.nodes.state === 'known' ? snapshot.nodes.value.length : 0;
      const paths = probing ? `Paths: probe Pods start on ${nodes} nodes` : null;
      tell(afterFirstLook(target, snapshot, paths));
    },
    pulling(snapshot, nodes) {
      stopGathering();
      const paths = `Paths: ${count(nodes.length, 'node pulls', 'nodes pull')} the probe image for the first time`;
      tell(afterFirstLook(target, snapshot, paths));
    },
    async end() {
      stopGathering();
      ended = true;
      await last;
    },
  };
}

/** It has said something, or it is certain that it says nothing. */
function hasAnswered({ metricsApi }: ApiServerView): boolean {
  if (metricsApi.state === 'missing') return false;
  return metricsApi.value.outcome !== 'no-answer' || metricsApi.value.settled;
}

/** The first finding, before anything else is known. */
function apiServersSoFar(views: readonly ApiServerView[]): ChecklistItem {
  const words = views.map(({ name, metricsApi }) => {
    if (metricsApi.state === 'missing') return `${name} asked`;
    const { outcome, status, ms, settled } = metricsApi.value;
    if (outcome === 'ok' || outcome === 'http-error')
      return `${name} ${status} in ${Math.round(ms)} ms`;
    if (outcome === 'unreachable') return `${name} not reachable from here`;
    return settled ? `${name} no answer` : `${name} no answer yet`;
  });
  const serving = views.filter(
    ({ metricsApi }) => metricsApi.state === 'known' && metricsApi.value.outcome === 'ok',
  ).length;
  const text = `API servers: ${serving} of ${views.length} ${serving === 1 ? 'serves' : 'serve'} metrics.k8s.io so far (${words.join(', ')})`;
  return { id: 'api-servers', state: 'running', text };
}

/** The report's own lines for what has been read; those of the probes to come. */
function afterFirstLook(
  { runId, cluster }: RunTarget,
  snapshot: Snapshot,
  paths: string | null,
): readonly ChecklistItem[] {
  const report = buildReport({
    schema: 'metrics-diag/evidence/v1',
    runId,
    cluster,
    hints: { platform: null, cni: null },
    snapshot,
    probes: noProbes(missing('not-attempted', 'not yet')),
    tookMs: 0,
    final: false,
  });
  if (paths === null) return report.checklist;
  return report.checklist.map((item) => {
    switch (item.id) {
      case 'api-servers':
      case 'chain':
        return item;
      case 'paths':
        return { ...item, state: 'running', text: paths };
      case 'counters':
        return { ...item, state: 'pending', text: 'Counters: read with the probes' };
    }
  });
}
