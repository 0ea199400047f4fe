import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExternalError, UserError } from '../errors.ts';
import { fetchRedis } from './fetch-redis.ts';
import { connectProducer, waitUntilReady } from './redis.ts';

const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 3_000;

/** A Redis of our own: a child process on a free loopback port with its own data folder. */
export interface EmbeddedRedis {
  readonly url: string;
  readonly port: number;
  /** Process id of the server itself, for tests that kill it. */
  readonly pid: number | null;
  stop(): Promise<void>;
}

export interface EmbeddedRedisOptions {
  /** Kept between starts; default: a temporary folder that is removed at the end. */
  readonly dataDir?: string;
  /** A fixed port, to start the same Redis again; default: a free one. */
  readonly port?: number;
  readonly extraArguments?: readonly string[];
}

/** How to run the server that was found. */
export interface RedisBinary {
  readonly command: string;
  readonly libraryPath: string | null;
}

/** Where fetched binaries are kept between runs. */
export function redisCacheDir(): string {
  return join(homedir(), '.cache', 'metrics-diag', 'redis');
}

/**
 * `redis-server` or `valkey-server` on PATH, else fetched into the user's cache folder (Debian, Ubuntu).
 *
 * @throws UserError `redis-not-found` with one sentence on how to get it
 */
export function findRedisBinary(): RedisBinary {
  for (const command of ['redis-server', 'valkey-server']) {
    if (spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0) {
      return { command, libraryPath: null };
    }
  }
  const fetched = fetchRedis(redisCacheDir());
  if (fetched !== null) return fetched;
  throw new UserError(
    'redis-not-found',
    'No Redis was found: install redis-server or valkey-server (apt install redis-server, dnf install valkey, brew install redis), or set REDIS_URL.',
  );
}

/** Starts a private Redis and waits until it answers. It ends with this process, however that ends. */
export async function startEmbeddedRedis(
  options: EmbeddedRedisOptions = {},
): Promise<EmbeddedRedis> {
  const binary = findRedisBinary();
  const temporary = options.dataDir === undefined;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'metrics-diag-redis-'));
  if (!existsSync(dataDir)) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (!temporary) claim(dataDir);
  const port = options.port ?? (await freePort());
  const redisArguments = argumentsFor(dataDir, port, options.extraArguments ?? []);
  const child = spawnServer(binary, temporary ? dataDir : '', redisArguments);
  const pid = firstLine(child);
  const url = `redis://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await stopServer(child);
    if (temporary) rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await untilReady(url, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, port, pid: await pid, stop };
}

/**
 * Two servers on one append-only file would ruin it.
 *
 * @throws UserError `redis-in-use` when a living process holds the folder
 */
function claim(dataDir: string): void {
  const file = join(dataDir, 'owner.pid');
  const owner = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : Number.NaN;
  if (owner > 0 && owner !== process.pid && isAlive(owner)) {
    throw new UserError(
      'redis-in-use',
      `Another metrics-diag (process ${owner}) uses the data folder ${dataDir}: stop it, or set REDIS_URL so that both share one Redis.`,
    );
  }
  writeFileSync(file, `${process.pid}\n`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // no such process, or one of another user that took the number over
  }
}

/**
 * The server runs under a shell that holds the reading end of our pipe: when this process dies, by any
 * signal, the pipe closes and the shell ends the server. A session of its own keeps Ctrl-C from ending
 * Redis before our workers have closed. `$1` is a temporary folder to remove at the end, or empty.
 */
const GUARD = `temporary=$1
shift
"$@" >/dev/null 2>&1 &
server=$!
echo $server
cat >/dev/null
kill $server
wait $server
[ -z "$temporary" ] || rm -rf "$temporary"`;

function spawnServer(
  binary: RedisBinary,
  temporaryDir: string,
  redisArguments: readonly string[],
): ChildProcess {
  const libraries =
    binary.libraryPath === null ? [] : ['env', `LD_LIBRARY_PATH=${binary.libraryPath}`];
  const command = [...libraries, binary.command, ...redisArguments];
  return spawn('sh', ['-c', GUARD, 'sh', temporaryDir, ...command], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
}

function argumentsFor(dataDir: string, port: number, extra: readonly string[]): readonly string[] {
  const settings = {
    '--bind': '127.0.0.1',
    '--port': String(port),
    '--dir': dataDir,
    '--appendonly': 'yes',
    '--maxmemory-policy': 'noeviction',
    '--save': '',
    '--daemonize': 'no',
  };
  return [...Object.entries(settings).flat(), ...extra];
}

function firstLine(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.stdout?.once('data', (data: Buffer) =>
      resolve(Number.parseInt(data.toString(), 10) || null),
    );
    child.once('exit', () => resolve(null));
  });
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const redis = connectProducer(url, () => undefined); // refused until it listens
  try {
    await waitUntilReady(redis, START_TIMEOUT_MS);
  } catch (cause) {
    const how = child.exitCode === null ? 'did not answer' : `ended with code ${child.exitCode}`;
    throw new ExternalError('redis-unavailable', `The embedded Redis ${how}.`, {
      retryable: false,
      cause,
    });
  } finally {
    redis.disconnect();
  }
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await gone;
  clearTimeout(timer);
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
