import { type Command, Option } from 'commander';
import { DISTROS, ENCAPSULATIONS, PORT_CNIS } from '../core/ports/port-row.ts';
import type { PreflightArguments } from './preflight-command.ts';

/** The options of `metrics-diag preflight`. */
export function preflightCommand(
  program: Command,
  run: (args: PreflightArguments) => Promise<void>,
): void {
  program
    .command('preflight')
    .description('Before trouble: try every port that this cluster needs, and what else breaks it.')
    .argument('[cluster]', 'name or alias in the configuration file')
    .option('--config <file>', 'configuration file (default: METRICS_DIAG_CONFIG)')
    .option('--kubeconfig <file>', 'look at the cluster of this kubeconfig')
    .option('--context <name>', 'context in the kubeconfig')
    .addOption(new Option('--distro <name>', 'default: as detected').choices(DISTROS))
    .addOption(new Option('--cni <name>', 'default: as detected').choices(PORT_CNIS))
    .addOption(new Option('--encapsulation <name>', 'default: as detected').choices(ENCAPSULATIONS))
    .addOption(
      new Option('--output <format>', 'how it is written')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('--probe-image <image>', 'image of the probe Pods')
    .option('--namespace <name>', 'namespace of the probe Pods')
    .action((cluster: string | undefined, options: Omit<PreflightArguments, 'cluster'>) =>
      run({ ...options, ...(cluster === undefined ? {} : { cluster }) }),
    );
}
