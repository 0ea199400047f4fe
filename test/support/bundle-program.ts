import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Makes one file of a TypeScript program, so that a test can start it often: transpiling at each start takes seconds.
 *
 * @param entry - absolute path
 * @returns where the file is; it goes with the temporary folder of the run
 */
export async function bundleProgram(entry: string): Promise<string> {
  const outfile = join(
    mkdtempSync(join(tmpdir(), 'metrics-diag-program-')),
    basename(entry).replace(/\.ts$/u, '.mjs'),
  );
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
    // CommonJS packages in an ES module call require(); it does not exist there.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  return outfile;
}
