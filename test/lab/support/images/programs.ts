import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { exists } from './docker-archive.ts';
import { type ImagePrograms, imageCacheFolder } from './image-store.ts';

/** Node.js of the images is this machine's own; package.json asks for at least this one. */
const TARGET = 'node20.19';

/** Bundles every program of the lab's images into one file each, so that an image needs no node_modules. */
export async function bundlePrograms(): Promise<ImagePrograms> {
  const folder = join(imageCacheFolder(), '.programs');
  await mkdir(folder, { recursive: true });
  const repository = fileURLToPath(new URL('../../../../', import.meta.url));
  const probeSource = join(repository, 'src/roles/probe.ts');
  const [probe, metricsServer, reference] = await Promise.all([
    bundle(
      folder,
      'probe',
      (await exists(probeSource)) ? probeSource : here('probe-placeholder.mjs'),
    ),
    bundle(folder, 'metrics-server', here('metrics-server/main.ts')),
    bundle(folder, 'reference-server', here('reference-server.mjs')),
  ]);
  return { probe, metricsServer, reference };
}

function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Writes the bundle under a name that holds its hash: an unchanged program keeps its file and its image. */
async function bundle(folder: string, name: string, entryPoint: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    legalComments: 'none',
    // Some packages call require() of a node: builtin; in an ES module there is none.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild made nothing of ${entryPoint}`);
  const hash = createHash('sha256').update(file.contents).digest('hex').slice(0, 16);
  const path = join(folder, `${name}-${hash}.mjs`);
  if (await exists(path)) return path;
  await writeFile(`${path}.${process.pid}`, file.contents);
  await rename(`${path}.${process.pid}`, path);
  return path;
}
