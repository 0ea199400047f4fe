import { Command, CommanderError, Option } from 'commander';
import type { Environment } from '../config/environment.ts';
import { UserError } from '../errors.ts';
import { createLogger, redact } from '../logger.ts';
import type { DiagnoseArguments } from './diagnose-command.ts';
import type { DoctorArguments } from './doctor-command.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { ExplainArguments } from './explain-command.ts';
import { portsCommand } from './ports-options.ts';
import { preflightCommand } from './preflight-options.ts';
import type { RunningRole } from './service.ts';

const DESCRIPTION =
  'Says why the Kubernetes Metrics API is broken on a cluster, where the path is cut, and what to type to mend it.';

/** Where the program writes; replaced in tests. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly isTty: boolean;
  readonly env: Environment;
  /** Standard input up to its end, or up to so many bytes; the process's own when left out. */
  readonly readInput?: (maxBytes: number) => Promise<string>;
}

/**
 * Runs one command and gives its exit code: 0 healthy, 1 something is broken, 2 usage or configuration, 3 inconclusive.
 * Each command loads what it needs when it is called: a diagnosis need not wait for Slack's and BullMQ's packages.
 */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT_CODES.healthy;
  const program = new Command('metrics-diag')
    .description(DESCRIPTION)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showSuggestionAfterError();
  diagnoseCommand(program, async (args) => {
    const { runDiagnose } = await import('./diagnose-command.ts');
    exitCode = await runDiagnose(args, terminal);
  });
  auditCommand(program, async (what) => {
    const { runAudit } = await import('./audit-command.ts');
    exitCode = await runAudit(what, terminal);
  });
  feedbackCommand(program, async () => {
    const { exportFeedback } = await import('./feedback-command.ts');
    exitCode = await exportFeedback(terminal);
  });
  explainCommand(program, async (args) => {
    const { runExplain } = await import('./explain-command.ts');
    exitCode = await runExplain(args, terminal);
  });
  portsCommand(program, async (args) => {
    const { runPorts } = await import('./ports-command.ts');
    exitCode = runPorts(args, terminal);
  });
  preflightCommand(program, async (args) => {
    const { runPreflight } = await import('./preflight-command.ts');
    exitCode = await runPreflight(args, terminal);
  });
  doctorCommand(program, async (args) => {
    const { runDoctor } = await import('./doctor-command.ts');
    exitCode = await runDoctor(args, terminal);
  });
  roleCommands(program, terminal);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return failed(error, terminal);
  }
}

function diagnoseCommand(program: Command, run: (args: DiagnoseArguments) => Promise<void>): void {
  program
    .command('diagnose')
    .description('Diagnose a cluster from here, or a saved bundle offline.')
    .argument('[cluster]', 'name or alias in the configuration file')
    .option('--config <file>', 'configuration file (default: METRICS_DIAG_CONFIG)')
    .option('--kubeconfig <file>', 'diagnose the cluster of this kubeconfig')
    .option('--context <name>', 'context in the kubeconfig')
    .addOption(
      new Option('--output <format>', 'how the report is written')
        .choices(['text', 'json', 'markdown'])
        .default('text'),
    )
    .option('--lang <language>', 'en or zh-CN; default: that of the locale')
    .option('--save-bundle <file>', 'save the evidence, to be diagnosed again offline')
    .option('--html <file>', 'write the evidence as one HTML file that needs no network')
    .option('--bundle <file>', 'diagnose a saved bundle; no cluster is needed')
    .option(
      '--baseline <file>',
      'a bundle of a healthy run to compare with; default: the last one seen from here',
    )
    .option('--no-probes', 'read only: make no probe Pods')
    .option('--fast', 'stop at the first sufficient verdict')
    .option('--deep', 'read packet filters on the nodes at fault (the configuration must allow it)')
    .option('--trace', 'with --deep: let the kernel trace a few packets')
    .option('--probe-image <image>', 'image of the probe Pods')
    .option('--namespace <name>', 'namespace of the probe Pods')
    .action((cluster: string | undefined, options: Omit<DiagnoseArguments, 'cluster'>) =>
      run({ ...options, ...(cluster === undefined ? {} : { cluster }) }),
    );
}

function auditCommand(program: Command, run: (what: 'verify' | 'export') => Promise<void>): void {
  const audit = program
    .command('audit')
    .description('The log of who asked for what, in the Redis of REDIS_URL.');
  audit
    .command('verify')
    .description('Walk the hash chain: is any line changed, lost or added?')
    .action(() => run('verify'));
  audit
    .command('export')
    .description('Write every entry as one JSON line.')
    .action(() => run('export'));
}

function feedbackCommand(program: Command, run: () => Promise<void>): void {
  program
    .command('feedback')
    .description('What people said of verdicts, in the Redis of REDIS_URL.')
    .command('export')
    .description('Write every answer as one JSON line.')
    .action(run);
}

function explainCommand(program: Command, run: (args: ExplainArguments) => Promise<void>): void {
  program
    .command('explain')
    .description('Say what a pasted text (logs, kubectl output, an error) means. Asks no cluster.')
    .argument('[file]', 'text file; - or nothing reads standard input')
    .option('--platform <name>', 'rke2, k3s, kubeadm, eks, gke, aks, talos, k0s or openshift')
    .option('--cni <name>', 'canal, calico, flannel, cilium or other')
    .option('--lang <language>', 'en or zh-CN; default: that of the locale')
    .option('--k8s-version <version>', 'such as v1.32.5+rke2r1')
    .addOption(
      new Option('--output <format>', 'how the report is written')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action((file: string | undefined, options: Omit<ExplainArguments, 'file'>) =>
      run({ ...options, ...(file === undefined ? {} : { file }) }),
    );
}

function doctorCommand(program: Command, run: (args: DoctorArguments) => Promise<void>): void {
  program
    .command('doctor')
    .description(
      'Check the configuration, Redis, Slack and every cluster, and say what mends them.',
    )
    .option('--config <file>', 'configuration file (default: METRICS_DIAG_CONFIG)')
    .addOption(
      new Option(
        '--role <role>',
        'check all that this role needs; default: what is configured',
      ).choices(['bot', 'worker', 'all']),
    )
    .addOption(
      new Option('--output <format>', 'how it is written')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action(run);
}

function roleCommands(program: Command, { env }: Terminal): void {
  const role = (
    name: string,
    description: string,
    start: (configPath: string | undefined) => Promise<void>,
  ): void => {
    program
      .command(name)
      .description(description)
      .option('--config <file>', 'configuration file (default: METRICS_DIAG_CONFIG)')
      .action((options: { readonly config?: string }) => start(options.config));
  };
  role('bot', 'Slack and alerts in, threads out.', async (configPath) => {
    const { loadBotConfig } = await import('../config/load-config.ts');
    const { startBot } = await import('./bot.ts');
    const config = loadBotConfig({ env, configPath });
    return serveRole('bot', config.logLevel, (log) => startBot(config, log));
  });
  role('worker', 'Take runs of the configured clusters.', async (configPath) => {
    const { loadWorkerConfig } = await import('../config/load-config.ts');
    const { startWorker } = await import('./worker.ts');
    const config = loadWorkerConfig({ env, configPath });
    return serveRole('worker', config.logLevel, (log) => startWorker(config, log));
  });
  role('all', 'Bot and worker in one process; needs no Redis.', async (configPath) => {
    const { loadAllConfig } = await import('../config/load-config.ts');
    const { startAll } = await import('./all.ts');
    const config = loadAllConfig({ env, configPath });
    return serveRole('all', config.bot.logLevel, (log) => startAll(config, log));
  });
  program
    .command('probe')
    .description('Run on a node for a few seconds; started by the worker.')
    .action(async () => {
      await import('./probe.ts');
    });
}

async function serveRole(
  role: string,
  level: string,
  start: (log: ReturnType<typeof createLogger>) => Promise<RunningRole>,
): Promise<void> {
  const { runUntilSignal } = await import('./service.ts');
  const log = createLogger({ level, role });
  // BullMQ rejects beside its callers when Redis goes away during a close: that must not end a bot.
  process.on('unhandledRejection', (err) => log.error({ err }, 'unhandled rejection'));
  await runUntilSignal(await start(log), log);
  // Sockets that hang (Redis away, a slow Slack) must not hold up a stop that is otherwise done.
  process.exit(0);
}

function failed(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT_CODES.healthy : EXIT_CODES.usage;
  }
  if (error instanceof UserError) {
    terminal.err(`${redact(error.message)}\n`);
    return EXIT_CODES.usage;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.err(`${redact(text)}\n`);
  return EXIT_CODES.inconclusive;
}
