// Bundles the program: dist/app.mjs (bot, worker, CLI; what a command needs is loaded from dist/chunks when it is
// called), and dist/probe.mjs and dist/deep-probe.mjs (run on nodes for a few seconds; Node built-ins and our own code only, so that it starts at once).
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  absWorkingDir: root,
  logLevel: 'warning',
  legalComments: 'none',
  metafile: true,
};

mkdirSync(join(root, 'dist'), { recursive: true });

for (const name of ['probe', 'deep-probe']) {
  const outfile = `dist/${name}.mjs`;
  const built = await build({ ...common, entryPoints: [`src/roles/${name}.ts`], outfile });
  const foreign = Object.keys(built.metafile.inputs).filter((path) =>
    path.includes('node_modules'),
  );
  if (foreign.length > 0) {
    console.error(`${outfile} may hold only our own code, but imports ${foreign[0]}`);
    process.exit(1);
  }
  report(outfile, built);
}

const entry = ['src/main.ts', 'src/roles/cli.ts'].find((path) => existsSync(join(root, path)));
if (entry === undefined) {
  console.error('no src/main.ts or src/roles/cli.ts: dist/app.mjs was not built');
  process.exit(1);
}
rmSync(join(root, 'dist', 'chunks'), { recursive: true, force: true });
const app = await build({
  ...common,
  entryPoints: [entry],
  entryNames: 'app',
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  // Halves the file; identifiers stay, so that stacks can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  // CommonJS packages in an ES module call require(); it does not exist there.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  // Native add-on.
  external: ['@resvg/resvg-js'],
});
report('dist/app.mjs', app);

function report(file, result) {
  const bytes = Object.values(result.metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`${file}  ${Math.ceil(bytes / 1024)} KiB`);
}
