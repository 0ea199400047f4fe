import { execFile, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  AGENT_IMAGES,
  METRICS_SERVER_IMAGE,
  PAUSE_IMAGE,
  PROBE_IMAGE,
  REFERENCE_IMAGE,
} from './definitions.ts';
import {
  exists,
  type ImageSpec,
  type Layer,
  packLayer,
  writeDockerArchive,
} from './docker-archive.ts';
import { makeAppRoot, makeNodeRoot, makePauseRoot, makeProbeRoot } from './root-folders.ts';

const run = promisify(execFile);

/** Raise when the way images are made changes, so that no old store is taken for a new one. */
const STORE_VERSION = 1;

/** How long the one-off containerd that unpacks the images may take to answer. */
const CONTAINERD_START_MS = 20_000;

/** Old stores of the cache folder that are kept beside the present one. */
const KEPT_STORES = 2;

/**
 * The programs in the images; absolute paths of single-file bundles. They change often and the rest hardly ever,
 * so the store keeps whatever they were when it was made, and each node lays the present ones over
 * ({@link PROGRAM_PATHS}): a changed program costs no new import of 100 MB of Node.js.
 */
export interface ImagePrograms {
  readonly probe: string;
  readonly metricsServer: string;
  readonly reference: string;
}

/** Where each program lies in its image, below the root. */
export const PROGRAM_PATHS: Readonly<Record<keyof ImagePrograms, string>> = {
  probe: 'app/dist/probe.mjs',
  metricsServer: 'app/metrics-server.mjs',
  reference: 'app/echo.mjs',
};

/**
 * A containerd root folder into which every image was imported once. Nodes do not import: each takes a copy
 * of the two small databases and binds the unpacked snapshots and the content, read by all and written by none.
 */
export interface ImageStore {
  readonly root: string;
  readonly hash: string;
  /** True when it was made now, false when an earlier run had left it. */
  readonly fresh: boolean;
}

/** Where finished stores are kept, by hash. */
export function imageCacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(base, 'metrics-diag', 'lab-images');
}

/** Builds the images and imports them, or returns the store that an earlier run made on the same system. */
export async function prepareImages(programs: ImagePrograms): Promise<ImageStore> {
  const hash = await inputHash();
  const cache = imageCacheFolder();
  const folder = join(cache, hash);
  const root = join(folder, 'root');
  if (await exists(join(folder, 'done'))) return { root, hash, fresh: false };

  await mkdir(cache, { recursive: true });
  const scratch = join(cache, `.making-${randomUUID()}`);
  try {
    await mkdir(scratch, { recursive: true });
    const archive = join(scratch, 'images.tar');
    await writeDockerArchive(await buildImages(programs, scratch), archive, join(scratch, 'meta'));
    await importInto(join(scratch, 'store', 'root'), archive);
    await writeFile(join(scratch, 'store', 'done'), new Date().toISOString());
    await rename(join(scratch, 'store'), folder).catch(async (error: NodeJS.ErrnoException) => {
      // Another run finished the same store first: theirs is as good as ours.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  await dropOldStores(cache, hash);
  return { root, hash, fresh: true };
}

async function inputHash(): Promise<string> {
  const hash = createHash('sha256').update(`${STORE_VERSION}\n`);
  for (const system of [process.execPath, '/usr/bin/ping', '/bin/busybox']) {
    const { size, mtimeMs } = await stat(await realpath(system));
    hash.update(`${system} ${size} ${mtimeMs}\n`);
  }
  for (const name of ['definitions.ts', 'docker-archive.ts', 'root-folders.ts']) {
    hash.update(await readFile(new URL(name, import.meta.url)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function buildImages(programs: ImagePrograms, scratch: string): Promise<ImageSpec[]> {
  const layer = async (name: string, fill: (root: string) => Promise<void>): Promise<Layer> => {
    const root = join(scratch, `root-${name}`);
    await mkdir(root, { recursive: true });
    await fill(root);
    const packed = await packLayer(root, join(scratch, `layer-${name}.tar`));
    await rm(root, { recursive: true });
    return packed;
  };
  const pause = await layer('pause', makePauseRoot);
  const node = await layer('node', makeNodeRoot);
  const probe = await layer('probe', (root) => makeProbeRoot(root, programs.probe));
  const metricsServer = await layer('metrics-server', (root) =>
    makeAppRoot(root, 'metrics-server', programs.metricsServer),
  );
  const reference = await layer('reference', (root) =>
    makeAppRoot(root, 'echo', programs.reference),
  );
  const image = (
    names: readonly string[],
    layers: readonly Layer[],
    ...entrypoint: readonly string[]
  ): ImageSpec => ({ names, layers, entrypoint, workingDir: '/' });
  return [
    image([PAUSE_IMAGE, ...Object.values(AGENT_IMAGES)], [pause], '/bin/pause'),
    image([PROBE_IMAGE], [pause, node, probe], 'node', '/app/bin/metrics-diag.mjs'),
    image([METRICS_SERVER_IMAGE], [pause, node, metricsServer], '/metrics-server'),
    image([REFERENCE_IMAGE], [pause, node, reference], '/echo'),
  ];
}

async function importInto(root: string, archive: string): Promise<void> {
  // Unix socket paths end at 107 bytes, so the socket lies in the system's temporary folder.
  const runFolder = join(tmpdir(), `md-images-${process.pid}-${randomUUID().slice(0, 8)}`);
  await mkdir(runFolder, { recursive: true });
  const socket = join(runFolder, 's');
  const config = join(runFolder, 'containerd.toml');
  await writeFile(
    config,
    [
      'version = 2',
      `root = ${JSON.stringify(root)}`,
      `state = ${JSON.stringify(join(runFolder, 'state'))}`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]',
      `[grpc]`,
      `  address = ${JSON.stringify(socket)}`,
    ].join('\n'),
  );
  const containerd = spawn('containerd', ['--config', config, '--log-level', 'warn'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  containerd.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000);
  });
  const exited = new Promise<void>((resolve) => {
    containerd.once('error', (error) => {
      said += String(error);
      resolve();
    });
    containerd.once('exit', () => resolve());
  });
  const ctr = (...args: string[]) =>
    run('ctr', ['--address', socket, '--namespace', 'k8s.io', ...args]);
  try {
    await untilAnswers(() => ctr('version'), CONTAINERD_START_MS);
    await ctr('images', 'import', '--snapshotter', 'overlayfs', archive);
  } catch (error) {
    throw new Error(`containerd did not take the lab's images: ${said}`, { cause: error });
  } finally {
    containerd.kill('SIGTERM');
    await exited;
    await rm(runFolder, { recursive: true, force: true });
  }
}

async function untilAnswers(ask: () => Promise<unknown>, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

async function dropOldStores(cache: string, present: string): Promise<void> {
  const entries = await readdir(cache);
  const others = await Promise.all(
    entries
      .filter((name) => name !== present && !name.startsWith('.'))
      .map(async (name) => ({ name, mtimeMs: (await stat(join(cache, name))).mtimeMs })),
  );
  others.sort((a, b) => b.mtimeMs - a.mtimeMs);
  for (const { name } of others.slice(KEPT_STORES)) {
    await rm(join(cache, name), { recursive: true, force: true });
  }
}
