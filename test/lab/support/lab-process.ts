import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { labEnvironment } from './run-command.ts';
import type { LabProcess, StartOptions } from './types.ts';

const DEFAULT_GRACE_MS = 3_000;

/**
 * Starts a long-running program in a network namespace. The wrappers (nsenter, unshare, sh) exec one another,
 * so the pid is the program's own. It is a session of its own: Ctrl-C at the terminal reaches the lab's owner,
 * which stops its processes in order.
 */
export async function startProcess(
  enter: readonly string[],
  argv: readonly string[],
  options: StartOptions & { readonly logFile: string },
): Promise<LabProcess> {
  const command = [...enter];
  if (options.hostname !== undefined || options.ownMounts === true) {
    command.push('unshare');
    if (options.hostname !== undefined) command.push('--uts');
    if (options.ownMounts === true) command.push('--mount');
    command.push('--');
  }
  if (options.hostname !== undefined) {
    command.push('sh', '-c', 'hostname "$0" && exec "$@"', options.hostname);
  }
  command.push(...argv);
  const [program = '', ...args] = command;
  const log = await open(options.logFile, 'a');
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { ...labEnvironment(), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  // Both listeners before the first await: 'spawn' comes on the next tick.
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const spawned = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? -1));
  });
  let pid: number;
  try {
    pid = await spawned;
  } finally {
    await log.close();
  }
  child.unref();
  const alive = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    name: options.name,
    pid,
    logFile: options.logFile,
    alive,
    async stop(graceMs = DEFAULT_GRACE_MS) {
      if (!alive()) return;
      // It was no reason to stay alive while it ran; waiting for its end is one.
      child.ref();
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
    async tail(lines = 20) {
      const text = await readFile(options.logFile, 'utf8').catch(() => '');
      return text.trimEnd().split('\n').slice(-lines).join('\n');
    },
  };
}
