import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { ImagePrograms } from './image-store.ts';

/** Node.js of the images is this machine's own; package.json asks for at least this one. */
const TARGET = 'node20.19';

/** Bundles every program of the lab's images into one file each, so that an image needs no node_modules. */
export async function bundlePrograms(folder: string): Promise<ImagePrograms> {
  await mkdir(folder, { recursive: true });
  const repository = fileURLToPath(new URL('../../../../', import.meta.url));
  const [probe, metricsServer, reference] = await Promise.all([
    bundle(join(folder, 'probe.mjs'), join(repository, 'src/roles/probe.ts')),
    bundle(join(folder, 'metrics-server.mjs'), here('metrics-server/main.ts')),
    bundle(join(folder, 'echo.mjs'), here('reference-server.mjs')),
  ]);
  return { probe, metricsServer, reference };
}

function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

async function bundle(outfile: string, entryPoint: string): Promise<string> {
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    legalComments: 'none',
    logLevel: 'error',
    // Some packages call require() of a node: builtin; in an ES module there is none.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  return outfile;
}
