import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Debian's and Ubuntu's packages: the server, and the libraries that a slim image lacks. */
const SERVER_PACKAGES = ['redis-server', 'redis-tools'];
const LIBRARY_PACKAGES = [
  'liblzf1',
  'libjemalloc2',
  'liblua5.1-0',
  'lua-bitop',
  'lua-cjson',
  'libhiredis0.14',
];
const DOWNLOAD_TIMEOUT_MS = 60_000;

/**
 * Fetches `redis-server` with apt, without root and without installing it, into `cacheDir`. Null where
 * that is not possible (no apt, no package lists, no network).
 */
export function fetchRedis(
  cacheDir: string,
): { readonly command: string; readonly libraryPath: string } | null {
  const cached = binaryIn(cacheDir);
  if (cached !== null) return cached;
  mkdirSync(dirname(cacheDir), { recursive: true });
  const work = mkdtempSync(`${cacheDir}-`);
  try {
    const run = (command: string, args: readonly string[]): boolean =>
      spawnSync(command, args, { cwd: work, stdio: 'ignore', timeout: DOWNLOAD_TIMEOUT_MS })
        .status === 0;
    if (!run('apt-get', ['download', ...SERVER_PACKAGES])) return null;
    // One by one: names differ between releases, and most are installed anyway.
    for (const library of LIBRARY_PACKAGES) run('apt-get', ['download', library]);
    const root = join(work, 'root');
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      if (!run('dpkg', ['-x', file, root])) return null;
    }
    if (binaryIn(root) === null) return null;
    // Another process may have been quicker; its copy is as good.
    if (!existsSync(cacheDir)) renameSync(root, cacheDir);
    return binaryIn(cacheDir);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function binaryIn(root: string): { readonly command: string; readonly libraryPath: string } | null {
  // Debian's redis-server is a link to redis-check-rdb of redis-tools.
  const command = join(root, 'usr', 'bin', 'redis-server');
  if (!existsSync(command)) return null;
  const lib = join(root, 'usr', 'lib');
  const folders = existsSync(lib)
    ? readdirSync(lib, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : [];
  const libraryPath = [lib, ...folders.map((entry) => join(lib, entry.name))].join(':');
  const works = spawnSync(command, ['--version'], {
    stdio: 'ignore',
    env: { LD_LIBRARY_PATH: libraryPath },
  });
  return works.status === 0 ? { command, libraryPath } : null;
}
