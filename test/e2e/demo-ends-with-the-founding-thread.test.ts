import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The demo itself allows its verdict a minute; this only ends one that hangs. */
const LIMIT_MS = 150_000;
/** A machine that starves the demo gets an open verdict, and whoever reads it starts the demo again. */
const MAX_STARTED = 2;
/** In the environment of every process of a demo of this test. */
const MARK = randomUUID();

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function demo(): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['scripts/demo.mjs', '--once'], {
      cwd: root,
      env: { ...process.env, METRICS_DIAG_DEMO: MARK },
    });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

/** Processes and folders of this test's demos; the temporary folder is of this run alone. */
function leftovers(): readonly string[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`METRICS_DIAG_DEMO=${MARK}`);
      } catch {
        return false; // ended meanwhile, or not ours to read
      }
    });
  return [
    ...processes,
    ...readdirSync(tmpdir()).filter((name) => name.startsWith('metrics-diag-demo-')),
  ];
}

it('prints the thread, exits 0 and leaves nothing behind', async () => {
  let { code, output } = await demo();
  for (let n = 1; !output.includes('Confirmed: ') && n < MAX_STARTED; n += 1) {
    ({ code, output } = await demo());
  }

  expect(output).toContain('prod: Metrics API broken.');
  expect(output).toContain('Confirmed: overlay-port-blocked');
  expect(output).toContain('8472/udp');
  expect(output).toContain('firewall-cmd --reload');
  expect(output).toContain('[file paths.png: ');
  expect(output).toContain('[Run again]');
  expect(code).toBe(0);
  expect(leftovers()).toEqual([]);
});
