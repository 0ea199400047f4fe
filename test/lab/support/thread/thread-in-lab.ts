import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { labConfig } from '../diagnose-lab.ts';
import type { Lab } from '../types.ts';
import type { ThreadRun, ThreadWish } from './types.ts';

const PROGRAM = fileURLToPath(new URL('./program.ts', import.meta.url));

/** A Slack channel and the bot, inside the lab. */
export interface LabThreads {
  /** Types `/metrics-diag lab` and waits for the verdict. */
  run(): Promise<ThreadRun>;
  killInMidRun(afterMs: number): Promise<ThreadRun>;
  stop(): Promise<void>;
}

/** Starts Slack's stand-in, an embedded Redis and the packaged roles in the lab's ops namespace. */
export async function startThreads(lab: Lab): Promise<LabThreads> {
  const home = await mkdtemp(path.join(lab.network.dir, 'home-'));
  const argv: readonly string[] = [
    ...lab.network.enter('ops'),
    process.execPath,
    '--import',
    'tsx',
    PROGRAM,
    await labConfig(lab),
    home,
  ];
  const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the program in the ops namespace ended');
    return value;
  };
  await next();
  const wish = async (what: ThreadWish): Promise<ThreadRun> => {
    child.stdin.write(`${JSON.stringify(what)}\n`);
    const answer = JSON.parse(await next()) as ThreadRun | { readonly error: string };
    if ('error' in answer) throw new Error(answer.error);
    return answer;
  };
  return {
    run: () => wish({ kind: 'run', cluster: 'lab' }),
    killInMidRun: (afterMs) => wish({ kind: 'kill-in-mid-run', cluster: 'lab', afterMs }),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.write(`${JSON.stringify({ kind: 'quit' } satisfies ThreadWish)}\n`);
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

const STOP_MS = 30_000;
