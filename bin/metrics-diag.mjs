#!/usr/bin/env node
// Starts the bundle; in a checkout whose sources are newer than the bundle (or that has none), the sources.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = join(root, 'dist', 'app.mjs');
const source = join(root, 'src', 'main.ts');

function newestChange(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (newest, entry) =>
        Math.max(newest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
      0,
    );
}

const inCheckout = existsSync(source);
const fresh =
  existsSync(bundle) && (!inCheckout || statSync(bundle).mtimeMs > newestChange(dirname(source)));
if (fresh) {
  await import(pathToFileURL(bundle).href);
} else if (inCheckout) {
  const { register } = await import('tsx/esm/api').catch(() => {
    process.stderr.write('The packages are not installed: run `npm ci` first.\n');
    process.exit(2);
  });
  register();
  await import(pathToFileURL(source).href);
} else {
  process.stderr.write(
    'dist/app.mjs is missing: reinstall metrics-diag, or run `npm run build`.\n',
  );
  process.exit(2);
}
