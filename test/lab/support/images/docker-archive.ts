import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One layer of an image: a tar file and the digest by which containerd knows it. */
export interface Layer {
  readonly tarPath: string;
  /** Hex SHA-256 of the tar file; also its `diff_id`, since it is not compressed. */
  readonly sha256: string;
}

export interface ImageSpec {
  /** Full names with registry and tag, such as `docker.io/rancher/hardened-flannel:v0.26.7`. */
  readonly names: readonly string[];
  readonly layers: readonly Layer[];
  readonly entrypoint: readonly string[];
  readonly workingDir: string;
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/**
 * Packs a folder into a layer. The same folder gives the same bytes (sorted names, owner and time fixed),
 * so that an unchanged layer keeps its digest and is unpacked once.
 */
export async function packLayer(rootFolder: string, tarPath: string): Promise<Layer> {
  await mkdir(dirname(tarPath), { recursive: true });
  const partial = `${tarPath}.partial`;
  await run('tar', [
    '--sort=name',
    '--mtime=@0',
    '--numeric-owner',
    '--owner=0',
    '--group=0',
    '--format=ustar',
    '-C',
    rootFolder,
    '-cf',
    partial,
    '.',
  ]);
  await rename(partial, tarPath);
  return { tarPath, sha256: await sha256OfFile(tarPath) };
}

/**
 * Writes a docker-archive (`docker load` format, Docker Image Specification v1.2) that holds all the given
 * images, layers shared, for `ctr images import`: no registry is asked for anything.
 */
export async function writeDockerArchive(
  images: readonly ImageSpec[],
  archivePath: string,
  scratchFolder: string,
): Promise<void> {
  await mkdir(scratchFolder, { recursive: true });
  const manifest = [];
  const members = new Map<string, string>();
  for (const image of images) {
    const config = JSON.stringify(imageConfig(image));
    const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
    await writeFile(join(scratchFolder, configName), config);
    for (const layer of image.layers) members.set(`${layer.sha256}.tar`, layer.tarPath);
    manifest.push({
      Config: configName,
      RepoTags: image.names,
      Layers: image.layers.map((layer) => `${layer.sha256}.tar`),
    });
  }
  await writeFile(join(scratchFolder, 'manifest.json'), JSON.stringify(manifest));
  const configs = manifest.map((entry) => entry.Config);
  // Layers are added from where they lie under the name that the manifest gives them: nothing is copied twice.
  const partial = `${archivePath}.partial`;
  await run('tar', ['-C', scratchFolder, '-cf', partial, 'manifest.json', ...new Set(configs)]);
  for (const [name, path] of members) {
    const base = path.slice(path.lastIndexOf('/') + 1);
    const args = ['--transform', `s,^${base}$,${name},`, '-C', dirname(path), '-rf', partial, base];
    await run('tar', args);
  }
  await rename(partial, archivePath);
}

function imageConfig(image: ImageSpec): object {
  return {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Entrypoint: image.entrypoint,
      WorkingDir: image.workingDir,
    },
    rootfs: { type: 'layers', diff_ids: image.layers.map((layer) => `sha256:${layer.sha256}`) },
    history: image.layers.map(() => ({ created: '1970-01-01T00:00:00Z', created_by: 'lab' })),
  };
}

/** True where a file is there; a missing file is an answer, any other failure is thrown. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
