import { readdir, rmdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const CGROUP_MOUNTS = '/sys/fs/cgroup';
/** Parent of the cgroups of all labs. */
const LABS_CGROUP = 'metrics-diag-lab';
/** The kernel lets go of a killed process's cgroup a moment after the process is gone. */
const RELEASE_MS = 3_000;

/** Where the containers of a lab have their cgroups: the kubelet's `cgroupRoot`. */
export function cgroupRootOf(labId: string): string {
  return `/${LABS_CGROUP}/${labId}`;
}

/** Removes the cgroups of one lab, in every hierarchy; its processes must have ended. */
export async function removeLabCgroups(labId: string): Promise<void> {
  for (const parent of await labsParents()) {
    await removeTree(join(parent, labId), performance.now() + RELEASE_MS);
    // The shared parent goes with the last lab; while another lab lives the kernel refuses.
    await rmdir(parent).catch(ignore('ENOTEMPTY', 'EBUSY', 'ENOENT'));
  }
}

/** Removes the cgroups of labs whose folder is gone: they died without cleaning up and were swept since. */
export async function sweepLabCgroups(labsFolder: string): Promise<void> {
  const alive = new Set(await readdir(labsFolder).catch(() => []));
  const seen = new Set<string>();
  for (const parent of await labsParents()) {
    for (const entry of await readdir(parent, { withFileTypes: true })) {
      if (entry.isDirectory() && !alive.has(entry.name)) seen.add(entry.name);
    }
  }
  for (const labId of seen) await removeLabCgroups(labId);
}

/** The labs' parent cgroup in each hierarchy (one with cgroup v2, a dozen with v1) that has it. */
async function labsParents(): Promise<string[]> {
  const hierarchies = await readdir(CGROUP_MOUNTS).catch(() => []);
  const candidates = ['.', ...hierarchies].map((name) => join(CGROUP_MOUNTS, name, LABS_CGROUP));
  const present = await Promise.all(
    candidates.map((path) =>
      stat(path).then(
        (found) => found.isDirectory() && basename(path) === LABS_CGROUP,
        () => false,
      ),
    ),
  );
  return candidates.filter((_, i) => present[i]);
}

async function removeTree(path: string, deadline: number): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory()) await removeTree(join(path, entry.name), deadline);
  }
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
