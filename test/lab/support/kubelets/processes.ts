import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A killed process that still shows after this long is stuck in the kernel, and worth an error. */
const KILL_WAIT_MS = 5_000;

/** One process, with what is needed to find and clean up after it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly argv: readonly string[];
}

/** Every process of the machine; those that end while we look are left out. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  const names = await readdir('/proc');
  const entries = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))),
  );
  return entries.filter((entry) => entry !== undefined);
}

async function readProcess(pid: number): Promise<ProcessEntry | undefined> {
  const [status, argv] = await Promise.all([
    readGone(`/proc/${pid}/stat`),
    readGone(`/proc/${pid}/cmdline`),
  ]);
  if (status === undefined || argv === undefined) return undefined;
  // The second field, the name in brackets, may itself hold blanks and brackets.
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid] = fields;
  if (state === 'Z') return undefined;
  return { pid, parentPid: Number(parentPid), argv: argv.split('\0').slice(0, -1) };
}

/**
 * The containerd shims of a lab and every process below them. containerd's shims outlive it, and their
 * containers outlive them: both are found by the socket on the shim's command line, which lies in the lab's folder.
 */
export async function shimTree(labDir: string): Promise<ProcessEntry[]> {
  const all = await listProcesses();
  const shims = all.filter(
    ({ argv }) =>
      (argv[0] ?? '').includes('containerd-shim') &&
      argv.some((word) => word.startsWith(`${labDir}/`)),
  );
  const found = new Map(shims.map((shim) => [shim.pid, shim]));
  for (let grown = true; grown; ) {
    grown = false;
    for (const entry of all) {
      if (!found.has(entry.pid) && found.has(entry.parentPid)) {
        found.set(entry.pid, entry);
        grown = true;
      }
    }
  }
  return [...found.values()];
}

/** Kills processes by id and waits until they are gone. */
export async function killAll(entries: readonly ProcessEntry[]): Promise<void> {
  for (const { pid } of entries) signal(pid, 'SIGKILL');
  const deadline = performance.now() + KILL_WAIT_MS;
  for (const { pid, argv } of entries) {
    while ((await readProcess(pid)) !== undefined) {
      if (performance.now() > deadline) throw new Error(`process ${pid} (${argv[0]}) does not end`);
      await sleep(10);
    }
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function readGone(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
