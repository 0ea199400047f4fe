import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digest } from '../core/changes/digest.ts';
import type { HealthySummary } from '../core/changes/healthy-summary.ts';
import { parseSummary } from '../runs/baseline-store.ts';

/**
 * Where the last healthy run of a cluster is kept: `$XDG_CACHE_HOME/metrics-diag/healthy/<cluster>-<digest>.json`, else below `~/.cache`; null without a home.
 *
 * @param access - the way in: a name alone may mean two clusters
 */
export function baselinePath(
  cluster: string,
  access: string,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  const home = env['HOME'];
  const cache =
    env['XDG_CACHE_HOME'] || (home === undefined || home === '' ? null : join(home, '.cache'));
  if (cache === null) return null;
  // Names of contexts hold slashes and more, and two kubeconfigs may share one: the digest keeps them apart.
  const name = `${cluster.replaceAll(/[^\w.-]/g, '_').slice(0, 60)}-${digest(`${cluster}\n${access}`)}.json`;
  return join(cache, 'metrics-diag', 'healthy', name);
}

/** Null where there is none, or where it cannot be read: a cache is never worth an error. */
export async function loadBaseline(path: string | null): Promise<HealthySummary | null> {
  if (path === null) return null;
  try {
    return parseSummary(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Written whole or not at all. @returns false where it could not be written */
export async function saveBaseline(path: string | null, summary: HealthySummary): Promise<boolean> {
  if (path === null) return false;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const fresh = `${path}.${process.pid}`;
    await writeFile(fresh, JSON.stringify(summary), { mode: 0o600 });
    await rename(fresh, path);
    return true;
  } catch {
    return false;
  }
}
