import path from 'node:path';
import { parseArgs } from 'node:util';
import { bringUpLab } from '../test/lab/support/bring-up-lab.ts';
import { labConfig } from '../test/lab/support/diagnose-lab.ts';
import { FAULTS } from '../test/lab/support/faults/index.ts';
import type { CniFlavour, FaultOptions, Lab } from '../test/lab/support/types.ts';
import { whyNoCluster } from '../test/lab/support/why-no-cluster.ts';

const USAGE = `Usage: npm run lab -- [options]

Brings up a real Kubernetes cluster on this machine (network namespaces, etcd, kube-apiserver, kubelet), makes
a fault in it, and waits for Ctrl-C, which removes everything. Needs root and Linux.

  --list               the faults, and the cause that each should be called by
  --fault NAME         make this fault once the cluster is well
  --nodes N            1 to 8 nodes (3)
  --cni NAME           canal, calico, flannel or cilium (canal)
  --node NAME          where the fault is made (the metrics-server's node, prod01)
  --peer NAME          second node, for faults of a pair
  --metrics-node NAME  node of metrics-server (prod01)
`;
const FLAVOURS = ['canal', 'calico', 'flannel', 'cilium'] as const;
const EXIT_USAGE = 2;
const KEEP_ALIVE_MS = 60_000;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

// A reader that has seen enough (`| head`) closes the pipe.
process.stdout.on('error', () => process.exit());

await main().catch((error: unknown) => {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode ??= 1;
});

async function main(): Promise<void> {
  const options = readArguments();
  if (options === null) return;
  if (options.list) {
    listFaults();
    return;
  }
  const missing = await whyNoCluster();
  if (missing !== null) {
    process.exitCode = EXIT_USAGE;
    throw new Error(missing);
  }
  await play(options);
}

type LabArguments = {
  readonly list: boolean;
  readonly fault: string | undefined;
  readonly nodes: number;
  readonly cni: CniFlavour;
  readonly metricsNode: string | undefined;
  readonly faultOptions: FaultOptions;
};

/** Null when the usage was asked for. @throws on anything wrong, with exit code 2 */
function readArguments(): LabArguments | null {
  const bad = (message: string): never => {
    process.exitCode = EXIT_USAGE;
    throw new Error(`${message}\n\n${USAGE}`);
  };
  const text = { type: 'string' } as const;
  const parse = () =>
    parseArgs({
      options: {
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        fault: text,
        nodes: { type: 'string', default: '3' },
        cni: { type: 'string', default: 'canal' },
        node: text,
        peer: text,
        'metrics-node': text,
      },
    }).values;
  let values: ReturnType<typeof parse>;
  try {
    values = parse();
  } catch (error) {
    return bad(error instanceof Error ? error.message : String(error));
  }
  if (values.help) {
    say(USAGE);
    return null;
  }
  const cni =
    FLAVOURS.find((flavour) => flavour === values.cni) ??
    bad(`--cni must be one of ${FLAVOURS.join(', ')}`);
  if (!/^[1-8]$/.test(values.nodes)) bad('--nodes must be 1 to 8');
  if (values.fault !== undefined && !FAULTS.has(values.fault)) {
    bad(`no fault '${values.fault}'; --list shows them`);
  }
  return {
    list: values.list,
    fault: values.fault,
    nodes: Number(values.nodes),
    cni,
    metricsNode: values['metrics-node'],
    faultOptions: { node: values.node, peer: values.peer },
  };
}

function listFaults(): void {
  const faults = [...FAULTS.values()].sort((a, b) => a.name.localeCompare(b.name));
  const width = Math.max(...faults.map(({ name }) => name.length));
  for (const { name, describe, expects } of faults) {
    const cause = expects.cause === null || expects.cause === name ? '' : `  [${expects.cause}]`;
    say(`${name.padEnd(width)}  ${describe}${cause}`);
  }
}

async function play(options: LabArguments): Promise<void> {
  const startedAt = performance.now();
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  say(`Bringing up ${options.nodes} nodes with ${options.cni} ...`);
  let lab: Lab | undefined;
  // Signal handlers and the lab's processes do not keep this one alive; a timer does.
  const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
  const stop = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  // Ctrl-C during the bring-up: what is half there is removed once the running step ends.
  let stopping = false;
  void stop.then(() => {
    stopping = true;
    say('\nRemoving the lab ...');
  });
  try {
    lab = await bringUpLab({
      flavour: options.cni,
      nodes: options.nodes,
      metricsNode: options.metricsNode,
      onProgress(part, ms) {
        if (stopping) throw new Error('interrupted');
        say(`  ${part.padEnd(18)} ${seconds(ms)}`);
      },
    });
    say(`  ${lab.controlPlane.describe}`);
    if (options.fault !== undefined) {
      await lab.applyFault(options.fault, options.faultOptions);
      say(`  fault ${options.fault}: ${FAULTS.get(options.fault)?.describe}`);
    }
    const config = await labConfig(lab);
    say(`Ready after ${seconds(performance.now() - startedAt)}.\n`);
    say(howToUse(lab, config));
    await stop;
  } catch (error) {
    if (!stopping) throw error;
  } finally {
    await lab?.destroy();
    clearInterval(alive);
  }
}

function howToUse(lab: Lab, config: string): string {
  const enter = lab.network.enter('ops').join(' ');
  const bin = path.join(process.cwd(), 'bin', 'metrics-diag.mjs');
  return `kubeconfig  ${lab.kubeconfig}
config      ${config}

The cluster is reachable only from inside the lab. In another terminal, as root:

  ${enter} ${process.execPath} ${bin} diagnose lab --config ${config}
  ${enter} kubectl --kubeconfig ${lab.kubeconfig} get nodes,pods -A
  ${enter} bash

Ctrl-C removes the lab.`;
}
