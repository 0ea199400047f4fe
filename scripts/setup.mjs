// What `npm test` and `npm run demo` need in a fresh clone: the packages, and a Redis to start.
// Plain JavaScript with Node's own modules, since nothing else is there yet.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');
const OLDEST_NODE = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  fail(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`);
}

if (!existsSync(installed) || statSync(lock).mtimeMs > statSync(installed).mtimeMs) {
  console.log('Installing the packages (npm ci)…');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
  if (npm.status !== 0) fail('npm ci failed; its last lines say why.');
}

// The program's own search: PATH, then the cache, then apt without root.
const search = `
  import { findRedisBinary } from './src/clients/embedded-redis.ts';
  try {
    console.log('Redis: ' + findRedisBinary().command);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }`;
const redis = spawnSync(
  process.execPath,
  ['--import', 'tsx', '--input-type=module', '--eval', search],
  { cwd: root, stdio: 'inherit' },
);
if (redis.status !== 0) fail('No Redis: the tests and the demo start one of their own.');

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
