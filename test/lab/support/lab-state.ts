import { mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { runCommand } from './run-command.ts';

/**
 * What a lab leaves on the machine is written down before it is made: namespaces by name, processes by
 * pid and start time (a pid alone may belong to somebody else by now). So a lab that died with its
 * process can be swept by the next one without ever guessing by a name.
 */
const stateSchema = z.object({
  id: z.string(),
  owner: z.object({ pid: z.number(), startTicks: z.string() }),
  namespaces: z.array(z.string()),
  processes: z.array(z.object({ pid: z.number(), startTicks: z.string() })),
});
export type LabState = z.infer<typeof stateSchema>;

const STATE_FILE = 'state.json';

/** All labs of this machine live below this folder. */
export function labsDir(): string {
  return path.join(tmpdir(), 'metrics-diag-lab');
}

/** Field 22 of /proc/PID/stat: together with the pid it names one process for ever. Null when there is none. */
export async function startTicksOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in brackets and may hold spaces: count from the last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** Keeps the record of one lab on disk. */
export async function openState(id: string): Promise<{
  readonly dir: string;
  addNamespaces(names: readonly string[]): Promise<void>;
  addProcess(pid: number): Promise<void>;
  remove(): Promise<void>;
}> {
  const dir = path.join(labsDir(), id);
  await mkdir(path.join(dir, 'logs'), { recursive: true, mode: 0o700 });
  const state: LabState = {
    id,
    owner: { pid: process.pid, startTicks: (await startTicksOf(process.pid)) ?? '' },
    namespaces: [],
    processes: [],
  };
  let writing = Promise.resolve();
  const save = (): Promise<void> => {
    writing = writing.then(() => writeFile(path.join(dir, STATE_FILE), JSON.stringify(state)));
    return writing;
  };
  await save();
  return {
    dir,
    addNamespaces(names) {
      state.namespaces.push(...names);
      return save();
    },
    async addProcess(pid) {
      const startTicks = await startTicksOf(pid);
      if (startTicks === null) return;
      state.processes.push({ pid, startTicks });
      await save();
    },
    async remove() {
      await writing;
      await cleanUp(dir, state);
    },
  };
}

/** Removes what labs of dead processes left behind; returns their ids. */
export async function sweepDeadLabs(): Promise<readonly string[]> {
  const swept: string[] = [];
  for (const name of await readdir(labsDir()).catch((): string[] => [])) {
    const dir = path.join(labsDir(), name);
    const text = await readFile(path.join(dir, STATE_FILE), 'utf8').catch(() => null);
    if (text === null) continue;
    const parsed = stateSchema.safeParse(safeJson(text));
    if (!parsed.success) continue;
    const { owner } = parsed.data;
    if ((await startTicksOf(owner.pid)) === owner.startTicks) continue;
    await cleanUp(dir, parsed.data);
    swept.push(parsed.data.id);
  }
  return swept;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Ends the lab's processes with all their descendants, then its mounts, namespaces and folder. */
async function cleanUp(dir: string, state: LabState): Promise<void> {
  const roots: number[] = [];
  for (const { pid, startTicks } of state.processes) {
    if ((await startTicksOf(pid)) === startTicks) roots.push(pid);
  }
  const table = await processTable();
  for (const { pid, cwd } of table) {
    // A container shim works in its bundle folder, which lies below the lab's folder.
    if (cwd?.startsWith(`${dir}/`)) roots.push(pid);
  }
  for (const name of state.namespaces) {
    const inside = await runCommand(['ip', 'netns', 'pids', name]);
    if (inside.code === 0) roots.push(...inside.stdout.split(/\s+/).filter(Boolean).map(Number));
  }
  const doomed = withDescendants(roots, table);
  doomed.delete(process.pid);
  for (const pid of doomed) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
  await waitUntilGone(doomed);
  await unmountBelow(dir);
  await deleteNamespaces(state.namespaces);
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

type ProcessRow = { readonly pid: number; readonly parent: number; readonly cwd: string | null };

async function processTable(): Promise<readonly ProcessRow[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  return Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => null);
      return { pid, parent, cwd };
    }),
  );
}

function withDescendants(roots: readonly number[], table: readonly ProcessRow[]): Set<number> {
  const all = new Set(roots);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { pid, parent } of table) {
      if (all.has(parent) && !all.has(pid)) {
        all.add(pid);
        grew = true;
      }
    }
  }
  return all;
}

async function waitUntilGone(pids: Iterable<number>): Promise<void> {
  const deadline = Date.now() + 5_000;
  for (const pid of pids) {
    while ((await startTicksOf(pid)) !== null && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function unmountBelow(dir: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${dir}/`));
  for (const point of mounts.reverse()) await runCommand(['umount', '-l', point]);
}

async function deleteNamespaces(names: readonly string[]): Promise<void> {
  const present = await readdir('/run/netns').catch((): string[] => []);
  const mine = names.filter((name) => present.includes(name));
  if (mine.length === 0) return;
  await runCommand(['ip', '-force', '-batch', '-'], {
    stdin: mine.map((name) => `netns del ${name}\n`).join(''),
  });
}
