import type { Distro, Encapsulation, PortCni } from '../core/ports/port-row.ts';
import { createLogger } from '../logger.ts';
import { renderPreflight } from '../renderers/preflight.ts';
import { newRunId } from '../runs/diagnose.ts';
import { type Preflight, preflight } from '../runs/preflight.ts';
import { createStages } from '../runs/stages.ts';
import type { Terminal } from './cli.ts';
import { type ClusterArguments, chooseCluster, progressLines } from './diagnose-command.ts';
import { EXIT_CODES } from './exit-codes.ts';

/** What a shell reports for Ctrl-C. */
const INTERRUPTED = 130;

export interface PreflightArguments extends ClusterArguments {
  readonly distro?: Distro;
  readonly cni?: PortCni;
  readonly encapsulation?: Encapsulation;
  readonly output: 'text' | 'json';
}

/** `metrics-diag preflight`: the table on stdout, progress on stderr. Makes probe Pods, which are gone at the end. */
export async function runPreflight(args: PreflightArguments, terminal: Terminal): Promise<number> {
  const { cluster, place } = chooseCluster(args, terminal);
  const log = createLogger({ level: 'silent', role: 'cli' }, process.stderr);
  const stages = createStages({ clusters: [cluster], place, log });
  const target = { runId: newRunId(), cluster: cluster.name, attempt: 1 };
  const interrupted = (): void => {
    terminal.err('\nInterrupted; deleting probe Pods…\n');
    void stages.cleanUp(target).finally(() => process.exit(INTERRUPTED));
  };
  process.once('SIGINT', interrupted);
  const lines = progressLines(terminal);
  let found: Preflight;
  try {
    const { distro = null, cni = null, encapsulation = null } = args;
    found = await preflight(stages, target, {
      wish: { distro, cni, encapsulation },
      progress: (checklist) => lines.show(checklist),
    });
  } finally {
    lines.clear();
    process.off('SIGINT', interrupted);
    await stages.close();
  }
  terminal.out(
    args.output === 'json'
      ? `${JSON.stringify(found, null, 2)}\n`
      : renderPreflight(found, { colour: terminal.isTty && !terminal.env['NO_COLOR'] }),
  );
  return exitCode(found);
}

/** Something that is in the way weighs more than something that could not be seen. */
function exitCode({ ports, checks, table }: Preflight): number {
  const wrong =
    ports.some(({ state }) => state === 'blocked') || checks.some(({ state }) => state === 'wrong');
  if (wrong) return EXIT_CODES.broken;
  const blind = table === null || ports.every(({ state }) => state === 'not-seen');
  return blind ? EXIT_CODES.inconclusive : EXIT_CODES.healthy;
}
