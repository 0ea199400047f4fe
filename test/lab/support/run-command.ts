import { spawn } from 'node:child_process';
import type { ExecOptions, ExecResult } from './types.ts';

const DEFAULT_TIMEOUT_MS = 30_000;

/** The environment of the lab's programs: a plain `su` leaves the folders of ip, nft and iptables out of PATH. */
export function labEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin` };
}

/** Runs one command to its end. Never throws for a non-zero exit; a program that cannot be started is code 127. */
export function runCommand(
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const [program = '', ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: labEnvironment(),
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => {
      stderr += `\n(killed after ${options.timeoutMs ?? DEFAULT_TIMEOUT_MS} ms)`;
      child.kill('SIGKILL');
    }, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, stdout, stderr: `${program}: ${error.message}` });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 137, stdout, stderr });
    });
    if (child.stdin) {
      // A program that ends without reading its input is judged by its exit code, not by EPIPE.
      child.stdin.on('error', () => undefined);
      child.stdin.end(options.stdin);
    }
  });
}

/** Like {@link runCommand}, but an exit code other than 0 is an error with the command and its words. */
export async function mustRun(argv: readonly string[], options: ExecOptions = {}): Promise<string> {
  const result = await runCommand(argv, options);
  if (result.code === 0) return result.stdout;
  const input = options.stdin === undefined ? '' : `\ninput:\n${options.stdin.slice(0, 2_000)}`;
  throw new Error(
    `exit ${result.code}: ${argv.join(' ').slice(0, 500)}\n${(result.stderr || result.stdout).trim()}${input}`,
  );
}
