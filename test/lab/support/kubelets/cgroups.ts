import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const CGROUP_MOUNTS = '/sys/fs/cgroup';
/**
 * Where containerd's CRI puts containers when the kubelet names no parent, which is so with
 * `cgroupsPerQOS: false` (kubelet 1.20 then passes an empty parent, whatever `cgroupRoot` says).
 */
const CONTAINERS_CGROUP = 'k8s.io';
const CONTAINER_ID = /^[0-9a-f]{64}$/;

/** The kernel lets go of a killed process's cgroup a moment after the process is gone. */
const RELEASE_MS = 3_000;
/** An empty cgroup younger than this may belong to a container that another lab is just starting. */
const ABANDONED_AFTER_MS = 60_000;
/** How many ordinary processes the containers of all labs count for. */
const CONTAINERS_WEIGHT = 10;

/** The cgroup folders, in every hierarchy, of the containers that these processes belong to. */
export async function containerCgroups(pids: readonly number[]): Promise<string[]> {
  const texts = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')),
  );
  const found = new Set<string>();
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const [, controllers, path] = /^\d+:([^:]*):(\/k8s\.io\/[0-9a-f]{64})$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    // With v1 a folder per hierarchy, named by its controllers; with v2 the one tree.
    found.add(join(CGROUP_MOUNTS, controllers.replace(/^name=/, ''), path));
  }
  return [...found];
}

/** Removes the cgroups of containers whose processes have ended. */
export async function removeCgroups(paths: readonly string[]): Promise<void> {
  const deadline = performance.now() + RELEASE_MS;
  for (const path of paths) await removeOne(path, deadline);
  // The shared parent goes with the last container of the machine; while there is another the kernel refuses.
  for (const parent of await parents()) await rmdir(parent).catch(ignore(...STILL_USED, 'ENOENT'));
}

/** Removes empty cgroups of containers that died with their lab. */
export async function sweepCgroups(): Promise<void> {
  for (const parent of await parents()) {
    for (const name of await readdir(parent)) {
      const path = join(parent, name);
      const found = CONTAINER_ID.test(name) ? await stat(path).catch(() => null) : null;
      if (found === null || Date.now() - found.mtimeMs < ABANDONED_AFTER_MS) continue;
      await rmdir(path).catch(ignore(...STILL_USED, 'ENOENT'));
    }
  }
}

/**
 * Gives the containers' parent cgroup the weight of many processes, before the first container is there. With an
 * ordinary weight all containers together count like one process of the machine: at a load of 20 on two cores
 * Node.js took 3 to 10 s to start in a Pod and 1 to 2 s outside (0.05 to 0.3 s in a Pod with a weight of 40).
 */
export async function raiseContainerWeight(): Promise<void> {
  // cpu.shares is cgroup v1 (1,024 is ordinary), cpu.weight v2 (100 is ordinary).
  const hierarchies = [
    { folder: join(CGROUP_MOUNTS, 'cpu'), file: 'cpu.shares', ordinary: 1_024 },
    { folder: CGROUP_MOUNTS, file: 'cpu.weight', ordinary: 100 },
  ];
  for (const { folder, file, ordinary } of hierarchies) {
    const procs = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => null);
    if (procs === null) continue;
    const parent = join(folder, CONTAINERS_CGROUP);
    await mkdir(parent, { recursive: true });
    // Without a CPU controller there is no such file, and nothing to set.
    await writeFile(join(parent, file), String(ordinary * CONTAINERS_WEIGHT)).catch(
      ignore('ENOENT', 'EACCES', 'EPERM'),
    );
  }
}

const STILL_USED = ['EBUSY', 'ENOTEMPTY'] as const;

/** The containers' parent in each hierarchy that has it: one with cgroup v2, a dozen with v1. */
async function parents(): Promise<string[]> {
  const hierarchies = await readdir(CGROUP_MOUNTS).catch(() => []);
  const candidates = ['.', ...hierarchies].map((name) =>
    join(CGROUP_MOUNTS, name, CONTAINERS_CGROUP),
  );
  const present = await Promise.all(
    candidates.map((path) =>
      stat(path).then(
        (found) => found.isDirectory(),
        () => false,
      ),
    ),
  );
  return candidates.filter((_, i) => present[i]);
}

async function removeOne(path: string, deadline: number): Promise<void> {
  for (;;) {
    try {
      await rmdir(path);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || performance.now() > deadline) throw error;
      await sleep(10);
    }
  }
}

function ignore(...codes: readonly string[]): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (!codes.includes(error.code ?? '')) throw error;
  };
}
