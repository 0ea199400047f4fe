import { type Command, Option } from 'commander';
import {
  CLOUD_TOOLS,
  DISTROS,
  ENCAPSULATIONS,
  HOST_TOOLS,
  PORT_CNIS,
} from '../core/ports/port-row.ts';
import type { PortsArguments } from './ports-command.ts';

/** The options of `metrics-diag ports`. */
export function portsCommand(program: Command, run: (args: PortsArguments) => Promise<void>): void {
  program
    .command('ports')
    .description('Say which ports a cluster needs between its machines, and write the rules.')
    .addOption(new Option('--distro <name>', 'default: a table for each').choices(DISTROS))
    .addOption(new Option('--cni <name>', "default: the distribution's own").choices(PORT_CNIS))
    .addOption(
      new Option(
        '--encapsulation <name>',
        'how pod traffic travels; default: as installed',
      ).choices(ENCAPSULATIONS),
    )
    .option('--servers <list>', 'addresses or ranges of the servers (control plane), with commas')
    .option('--agents <list>', 'addresses or ranges of the other nodes')
    .option('--pod-cidr <list>', 'ranges of pods; default on RKE2 and k3s: 10.42.0.0/16')
    .addOption(
      new Option('--tool <name>', 'write rules for this firewall').choices([
        ...HOST_TOOLS,
        ...CLOUD_TOOLS,
      ]),
    )
    .addOption(
      new Option('--for <machines>', 'rules of these machines alone').choices([
        'servers',
        'agents',
      ]),
    )
    .option('--undo', 'the commands that take the rules back')
    .addOption(
      new Option('--output <format>', 'how it is written')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action(run);
}
