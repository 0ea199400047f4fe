import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The bundle itself: what is shipped, and quick to start. `npm test` builds it before this tier. */
const program = fileURLToPath(new URL('../../../dist/app.mjs', import.meta.url));
if (!existsSync(program)) throw new Error('dist/app.mjs is missing: run `npm run build` first');
/** Upper bounds for a busy machine; a start takes about a second. */
const START_MS = 60_000;
const STOP_MS = 20_000;

/** One role of the packaged program as a process of its own. */
export interface RoleProcess {
  readonly child: ChildProcess;
  /** What it logged so far, one JSON line each. */
  readonly log: () => string;
  readonly httpUrl: string;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  kill(): void;
}

/** Writes a configuration file for tests and gives its path. */
export function configFile(yaml: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'metrics-diag-e2e-')), 'metrics-diag.yaml');
  writeFileSync(path, yaml);
  return path;
}

/** Starts a role and waits until it says that it runs. Its environment is `env` alone. */
export async function startRole(
  role: 'bot' | 'worker' | 'all',
  env: Readonly<Record<string, string>>,
): Promise<RoleProcess> {
  const child = spawn(process.execPath, [program, role], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: env['HOME'] ?? tmpdir(), HTTP_PORT: '0', ...env },
  });
  let log = '';
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${role} did not start:\n${log}`)), START_MS);
    const take = (data: Buffer): void => {
      log += data.toString();
      const ready = /"port":(\d+)[^\n]*(?:is|are) running/.exec(log);
      if (ready === null) return;
      clearTimeout(timer);
      resolve(Number(ready[1]));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => reject(new Error(`${role} ended with ${code}:\n${log}`)));
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    child,
    log: () => log,
    httpUrl: `http://127.0.0.1:${port}`,
    kill: () => void child.kill('SIGKILL'),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
        const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
        child.once('exit', (code) => {
          clearTimeout(timer);
          resolve(code);
        });
        child.kill('SIGTERM');
      }),
  };
}

/** Runs one command of the program to its end. */
export async function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}
