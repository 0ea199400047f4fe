import { open, stat } from 'node:fs/promises';
import { explainText } from '../core/report/explain-report.ts';
import { MAX_TEXT_CHARS } from '../core/words/split-text.ts';
import { UserError } from '../errors.ts';
import { renderJson } from '../renderers/json.ts';
import { renderTerminal } from '../renderers/terminal.ts';
import { newRunId } from '../runs/diagnose.ts';
import { withoutSecrets } from '../scrub.ts';
import type { Terminal } from './cli.ts';
import { exitCodeOf } from './exit-codes.ts';
import { readStandardInput } from './standard-input.ts';
import { spokenToTerminal } from './terminal-language.ts';

export interface ExplainArguments {
  /** A file, `-` or nothing for standard input. */
  readonly file?: string;
  readonly platform?: string;
  readonly cni?: string;
  readonly k8sVersion?: string;
  readonly output: 'text' | 'json';
  readonly lang?: string;
}

/** `metrics-diag explain`: what a pasted text says is wrong. Reads one file, writes one report, asks nobody. */
export async function runExplain(
  args: ExplainArguments,
  terminal: Pick<Terminal, 'out' | 'isTty' | 'env' | 'readInput'>,
): Promise<number> {
  const startedAt = Date.now();
  const text = withoutSecrets(
    args.file === undefined || args.file === '-'
      ? await (terminal.readInput ?? readStandardInput)(MAX_READ_BYTES)
      : await readText(args.file),
  );
  const report = explainText({
    text,
    context: {
      platform: args.platform ?? null,
      cni: args.cni ?? null,
      k8sVersion: args.k8sVersion ?? null,
    },
    runId: newRunId(),
    takenAt: new Date(startedAt).toISOString(),
    tookMs: Date.now() - startedAt,
  });
  terminal.out(
    args.output === 'json'
      ? renderJson(report)
      : await spokenToTerminal(
          renderTerminal(report, { colour: terminal.isTty && !terminal.env['NO_COLOR'] }),
          args.lang,
          terminal,
        ),
  );
  return exitCodeOf(report);
}

/** A character is at most four bytes of UTF-8; of a longer input the start and the end are read. */
const MAX_READ_BYTES = 4 * MAX_TEXT_CHARS;

/** Reads a file, and of a huge one its first and last part only. */
async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    const file = await open(path, 'r');
    try {
      const half = Math.floor(MAX_READ_BYTES / 2);
      const first = await part(file, 0, size > MAX_READ_BYTES ? half : MAX_READ_BYTES);
      return size > MAX_READ_BYTES ? `${first}\n${await part(file, size - half, half)}` : first;
    } finally {
      await file.close();
    }
  } catch {
    throw new UserError(
      'text-unreadable',
      `${path} could not be read as a text: check the path, or paste the text into standard input with -.`,
    );
  }
}

async function part(
  file: Awaited<ReturnType<typeof open>>,
  position: number,
  length: number,
): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString('utf8', 0, bytesRead);
}
