import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bundleProgram } from '../support/bundle-program.ts';
import { until } from '../support/runs/run-bench.ts';

const program = fileURLToPath(new URL('../support/runs/redis-owner-process.ts', import.meta.url));

it('ends, and removes its folder, when its owner is killed with -9', async () => {
  const owner = spawn(process.execPath, [await bundleProgram(program)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve, reject) => {
    owner.stdout.once('data', (data: Buffer) => resolve(Number(data.toString())));
    owner.once('exit', (code) => reject(new Error(`owner ended with ${code}`)));
  });
  expect(existsSync(`/proc/${pid}`)).toBe(true);

  owner.kill('SIGKILL');

  await until('redis is gone', () => !existsSync(`/proc/${pid}`));
});
