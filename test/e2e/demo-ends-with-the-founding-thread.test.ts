import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The verdict must come within a minute; packages are in. */
const LIMIT_MS = 90_000;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function demo(): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['scripts/demo.mjs', '--once'], {
      cwd: root,
      env: { ...process.env, METRICS_DIAG_DEMO: '1' },
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

/** Processes and folders of demos; other tests may have some of their own. */
function leftovers(): readonly string[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes('METRICS_DIAG_DEMO=1');
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
  const { code, output } = await demo();

  expect(output).toContain('prod: Metrics API broken.');
  expect(output).toContain('Confirmed: overlay-port-blocked');
  expect(output).toContain('8472/udp');
  expect(output).toContain('firewall-cmd --reload');
  expect(output).toContain('[file paths.png: ');
  expect(output).toContain('[Run again]');
  expect(code).toBe(0);
  expect(leftovers()).toEqual([]);
});
