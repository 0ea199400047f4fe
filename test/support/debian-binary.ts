import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'vitest';

const CACHE = join(homedir(), '.cache', 'metrics-diag', 'debian');
const DOWNLOAD_TIMEOUT_MS = 120_000;

/** A program of a Debian package: on PATH, in the cache, or unpacked there with apt and without root. Null: not to be had. */
export function debianBinary(packageName: string, program: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const installed = folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
  const unpacked = join(CACHE, packageName);
  const cached = join(unpacked, 'usr', 'bin', program);
  if (installed !== undefined) return installed;
  if (!existsSync(cached)) unpack(packageName, unpacked);
  return existsSync(cached) ? cached : null;
}

function unpack(packageName: string, target: string): void {
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(`${target}-`);
  const run = (command: string, ...args: readonly string[]): boolean =>
    spawnSync(command, args, { cwd: work, stdio: 'ignore', timeout: DOWNLOAD_TIMEOUT_MS })
      .status === 0;
  try {
    // A machine without package lists has them fetched, where it may.
    const isThere =
      run('apt-get', 'download', packageName) ||
      (run('apt-get', 'update', '-qq') && run('apt-get', 'download', packageName));
    const file = isThere ? readdirSync(work).find((name) => name.endsWith('.deb')) : undefined;
    if (file === undefined || !run('dpkg', '-x', file, 'root')) return;
    // Another process may have been quicker; its copy is as good.
    if (!existsSync(target)) renameSync(join(work, 'root'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The program, or the test is left out aloud; where everything must run (CI), it fails instead. */
export function needBinary(context: TestContext, packageName: string, program: string): string {
  const path = debianBinary(packageName, program);
  if (path !== null) return path;
  const why = `${program} is missing, so nothing of this test has run: apt-get install ${packageName}`;
  if (process.env['CI'] !== undefined) throw new Error(why);
  process.stderr.write(`NOT TESTED: ${why}\n`);
  return context.skip(why);
}
