import { writeFile } from 'node:fs/promises';
import { configPathOf, loadCliConfig, loadPlace } from '../config/load-config.ts';
import { findCluster, type WorkerCluster, type WorkerPlace } from '../config/role-config.ts';
import { type HealthySummary, healthySummary } from '../core/changes/healthy-summary.ts';
import { buildReport } from '../core/report/build-report.ts';
import type { ChecklistItem, Report } from '../core/report/report.ts';
import { baselinePath, loadBaseline, saveBaseline } from '../delivery/baseline-file.ts';
import { loadBundle, saveBundle } from '../delivery/bundle.ts';
import { UserError } from '../errors.ts';
import { createLogger } from '../logger.ts';
import { renderHtml } from '../renderers/html/report-html.ts';
import { renderJson } from '../renderers/json.ts';
import { renderMarkdown } from '../renderers/markdown.ts';
import { renderChecklistItem, renderTerminal } from '../renderers/terminal.ts';
import { type Diagnosed, diagnose, newRunId } from '../runs/diagnose.ts';
import type { DeepWish } from '../runs/run-stages.ts';
import { createStages } from '../runs/stages.ts';
import { scrub } from '../scrub.ts';
import type { Terminal } from './cli.ts';
import { exitCodeOf } from './exit-codes.ts';
import { spokenToBrowser, spokenToTerminal, terminalLanguage } from './terminal-language.ts';

/** What a shell reports for Ctrl-C. */
const INTERRUPTED = 130;

export interface DiagnoseArguments {
  readonly cluster?: string;
  readonly config?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly output: 'text' | 'json' | 'markdown';
  readonly saveBundle?: string;
  readonly html?: string;
  readonly bundle?: string;
  readonly baseline?: string;
  readonly probes: boolean;
  readonly fast?: boolean;
  readonly deep?: boolean;
  readonly trace?: boolean;
  readonly probeImage?: string;
  readonly namespace?: string;
  readonly lang?: string;
}

/** `metrics-diag diagnose`: the report on stdout, progress on stderr, the verdict as exit code. */
export async function runDiagnose(args: DiagnoseArguments, terminal: Terminal): Promise<number> {
  terminalLanguage(args.lang, terminal.env); // a wrong one is said before the run
  const { evidence, report } =
    args.bundle === undefined
      ? await fromCluster(args, terminal)
      : await fromBundle(args.bundle, args.baseline);
  if (args.saveBundle !== undefined) await saveBundle(args.saveBundle, evidence);
  if (args.html !== undefined) {
    const html = renderHtml(report, scrub(evidence));
    await saveHtml(args.html, await spokenToBrowser(html, args.lang, terminal));
  }
  const text = render(report, args.output, terminal);
  terminal.out(args.output === 'json' ? text : await spokenToTerminal(text, args.lang, terminal));
  return exitCodeOf(report);
}

/** @throws UserError `html-unwritable` */
async function saveHtml(path: string, html: string): Promise<void> {
  try {
    await writeFile(path, html, { mode: 0o600 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    throw new UserError(
      'html-unwritable',
      `The HTML report cannot be written to ${path} (${code}): check the folder and its permissions.`,
    );
  }
}

function render(report: Report, output: DiagnoseArguments['output'], terminal: Terminal): string {
  const text = {
    text: () => renderTerminal(report, { colour: terminal.isTty && !terminal.env['NO_COLOR'] }),
    json: () => renderJson(report),
    markdown: () => renderMarkdown(report),
  }[output]();
  return text.endsWith('\n') ? text : `${text}\n`;
}

async function fromBundle(path: string, baseline: string | undefined): Promise<Diagnosed> {
  const saved = await loadBundle(path);
  const evidence =
    baseline === undefined ? saved : { ...saved, before: await baselineOf(baseline) };
  try {
    return { evidence, report: buildReport(evidence) };
  } catch {
    throw new UserError(
      'bundle-unknown',
      `${path} says that it is a bundle, but facts in it are missing or of another shape: it was changed, or made by another version; make a new one with --save-bundle.`,
    );
  }
}

/** The summary of a bundle. @throws UserError where the bundle is damaged, or its run was not healthy */
async function baselineOf(path: string): Promise<HealthySummary> {
  const { evidence, report } = await fromBundle(path, undefined);
  if (report.verdict === 'healthy') return healthySummary(evidence);
  throw new UserError(
    'baseline-not-healthy',
    `${path} is no bundle of a healthy run (it says ${report.verdict}): give --baseline one that is.`,
  );
}

async function fromCluster(args: DiagnoseArguments, terminal: Terminal): Promise<Diagnosed> {
  const { cluster, place, logLevel } = chooseCluster(args, terminal);
  const log = createLogger(
    { level: logLevel === 'info' ? 'silent' : logLevel, role: 'cli' },
    process.stderr,
  );
  const stages = createStages({
    clusters: [cluster],
    place,
    log,
    ...(args.probes ? {} : { probesOff: 'switched off by --no-probes' }),
  });
  const deep = deepWish(args, cluster);
  const target = {
    runId: newRunId(),
    cluster: cluster.name,
    attempt: 1,
    ...(deep === null ? {} : { deep }),
  };
  const interrupted = (): void => {
    terminal.err('\nInterrupted; deleting probe Pods…\n');
    void stages.cleanUp(target).finally(() => process.exit(INTERRUPTED));
  };
  process.once('SIGINT', interrupted);
  const lines = progressLines(terminal);
  try {
    const cache = baselinePath(cluster.name, JSON.stringify(cluster.access), terminal.env);
    const before =
      args.baseline === undefined ? await loadBaseline(cache) : await baselineOf(args.baseline);
    const diagnosed = await diagnose(stages, target, {
      progress: (checklist) => lines.show(checklist),
      fast: args.fast === true,
      before,
    });
    const { report, evidence } = diagnosed;
    if (report.verdict === 'healthy') await saveBaseline(cache, healthySummary(evidence));
    return diagnosed;
  } finally {
    lines.clear();
    process.off('SIGINT', interrupted);
    await stages.close();
  }
}

/**
 * Deep mode as it was asked for.
 * @throws UserError `deep-not-allowed` that says what is missing
 */
function deepWish(
  { deep, trace, probes }: DiagnoseArguments,
  { name, probe }: WorkerCluster,
): DeepWish | null {
  if (deep !== true && trace !== true) return null;
  const lacks = [
    ...(probes ? [] : ['it makes probe Pods, so --no-probes cannot go with it']),
    ...(probe.enabled ? [] : ['probe.enabled is false']),
    ...(probe.deep.enabled ? [] : ['set probe.deep.enabled: true']),
    ...(trace !== true || probe.deep.trace ? [] : ['set probe.deep.trace: true for --trace']),
  ];
  if (lacks.length === 0) return { trace: trace === true };
  throw new UserError(
    'deep-not-allowed',
    `Deep mode is off for ${name}. In its entry of the configuration file: ${lacks.join('; ')}. Its Pods carry NET_ADMIN; docs/deep-mode.md says what they read.`,
  );
}

interface Choice {
  readonly cluster: WorkerCluster;
  readonly place: WorkerPlace;
  readonly logLevel: string;
}

/** The part of the arguments that says which cluster, and how it is probed. */
export type ClusterArguments = Pick<
  DiagnoseArguments,
  'cluster' | 'config' | 'kubeconfig' | 'context' | 'probeImage' | 'namespace'
>;

/** From the configuration file, or from a kubeconfig alone. @throws UserError that says what to name */
export function chooseCluster(args: ClusterArguments, { env }: Pick<Terminal, 'env'>): Choice {
  const source = { env, configPath: args.config };
  const adHoc = args.kubeconfig !== undefined || args.context !== undefined;
  if (adHoc || configPathOf(source) === null) {
    if (!adHoc && args.cluster !== undefined) {
      throw new UserError(
        'no-config',
        `No configuration file says what "${args.cluster}" is: give --config FILE, set METRICS_DIAG_CONFIG, or name a context of your kubeconfig with --context.`,
      );
    }
    const { logLevel, ...place } = loadPlace(env);
    return { cluster: withFlags(adHocCluster(args), args), place, logLevel };
  }
  const { clusters, place, logLevel } = loadCliConfig(source);
  return { cluster: withFlags(named(clusters, args.cluster), args), place, logLevel };
}

function named(clusters: readonly WorkerCluster[], wanted: string | undefined): WorkerCluster {
  const names = clusters.map(({ name }) => name).join(', ');
  if (wanted === undefined) {
    const only = clusters.length === 1 ? clusters[0] : undefined;
    if (only !== undefined) return only;
    throw new UserError('cluster-missing', `Which cluster? Name one of: ${names}.`);
  }
  const found = findCluster(clusters, wanted);
  if (found !== null) return found;
  throw new UserError('cluster-unknown', `No cluster is named "${wanted}". Known: ${names}.`);
}

function adHocCluster({ kubeconfig, context, cluster }: ClusterArguments): WorkerCluster {
  return {
    name: cluster ?? context ?? 'cluster',
    aliases: [],
    access: {
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    },
    probe: {
      enabled: true,
      namespace: 'metrics-diag',
      imagePullPolicy: 'IfNotPresent',
      imagePullSecrets: [],
      deep: { enabled: false, trace: false },
    },
  };
}

function withFlags(
  cluster: WorkerCluster,
  { probeImage, namespace }: ClusterArguments,
): WorkerCluster {
  return {
    ...cluster,
    probe: {
      ...cluster.probe,
      ...(probeImage === undefined ? {} : { image: probeImage }),
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}

/** On a terminal the checklist is redrawn in place; elsewhere each finished line is printed once. */
export function progressLines(terminal: Pick<Terminal, 'err' | 'isTty'>): {
  show(checklist: readonly ChecklistItem[]): void;
  clear(): void;
} {
  let drawn = 0;
  const printed = new Set<string>();
  const clear = (): void => {
    if (drawn > 0) terminal.err(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  return {
    clear,
    show(checklist) {
      if (terminal.isTty) {
        clear();
        for (const item of checklist) terminal.err(`${cutToWidth(renderChecklistItem(item))}\n`);
        drawn = checklist.length;
        return;
      }
      for (const item of checklist) {
        const line = renderChecklistItem(item);
        if (item.state === 'pending' || item.state === 'running' || printed.has(line)) continue;
        printed.add(line);
        terminal.err(`${line}\n`);
      }
    },
  };
}

/** A wrapped line would break the redrawing. */
function cutToWidth(line: string): string {
  const width = process.stderr.columns || 80;
  return line.length < width ? line : `${line.slice(0, width - 2)}…`;
}
