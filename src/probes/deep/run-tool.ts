import { execFile } from 'node:child_process';
import { type Missing, missing } from '../../core/evidence/observed.ts';
import { errnoOf } from '../checks/check-result.ts';

/** kube-proxy in a large cluster writes tens of thousands of rules. */
const TOOL_TIMEOUT_MS = 5_000;
const MAX_OUTPUT_BYTES = 64 * 1_024 * 1_024;
const SHOWN_WORDS = 120;

/** Runs a tool that only reads, with fixed arguments and no shell. What went wrong is missing, in words. */
export function runTool(
  program: string,
  args: readonly string[],
  timeoutMs: number = TOOL_TIMEOUT_MS,
): Promise<{ readonly state: 'known'; readonly text: string } | Missing> {
  return new Promise((resolve) => {
    execFile(
      program,
      [...args],
      {
        timeout: timeoutMs,
        maxBuffer: MAX_OUTPUT_BYTES,
        encoding: 'utf8',
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve({ state: 'known', text: stdout });
        const errno = errnoOf(error);
        if (errno === 'ENOENT') {
          return resolve(missing('failed', `${program} is not in the probe image`));
        }
        if (error.killed) {
          return resolve(missing('timed-out', `${program} took longer than ${timeoutMs} ms`));
        }
        const words = stderr.trim().split('\n')[0]?.slice(0, SHOWN_WORDS) ?? '';
        const forbidden = /not permitted|permission denied|must be root/i.test(stderr);
        resolve(
          missing(forbidden ? 'forbidden' : 'failed', `${program}: ${words || errno || 'failed'}`),
        );
      },
    );
  });
}

/** The same for tools that print JSON. */
export async function readJson(
  program: string,
  args: readonly string[],
): Promise<{ readonly state: 'known'; readonly rows: readonly JsonRow[] } | Missing> {
  const read = await runTool(program, args);
  if (read.state === 'missing') return read;
  try {
    const parsed: unknown = read.text.trim() === '' ? [] : JSON.parse(read.text);
    return { state: 'known', rows: Array.isArray(parsed) ? parsed.filter(isRow) : [] };
  } catch {
    return missing('failed', `${program} printed no JSON`);
  }
}

export type JsonRow = Readonly<Record<string, unknown>>;

function isRow(value: unknown): value is JsonRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field as text; null where it is none. */
export function field(row: JsonRow | undefined, name: string): string | null {
  const value = row?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
