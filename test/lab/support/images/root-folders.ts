import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where Debian's busybox-static puts its one file. */
const BUSYBOX = '/bin/busybox';

/** The applets that scripts in the lab's images, and people with `crictl exec`, use. */
const APPLETS = 'sh env cat ls ip nc sleep ps grep sed head tail date hostname nslookup wget'.split(
  ' ',
);

/**
 * Waits for ever and ends at once on SIGTERM: as process 1 it must handle the signal itself, or every Pod
 * would need its whole termination grace period.
 */
const PAUSE_SCRIPT = `#!/bin/sh
trap 'exit 0' TERM INT
while :; do sleep 3600 & wait $!; done
`;

/** Where the released image has its entry point; the lab's image holds only the probe role. */
const ENTRY_PROGRAM = `const [role] = process.argv.slice(2);
if (role === 'probe') await import('../dist/probe.mjs');
else {
  console.error("the lab's image holds only the probe role, not '" + role + "'");
  process.exitCode = 64;
}
`;

/** `metrics-diag ROLE` on the path, for Pods written by hand. */
const ENTRY_SCRIPT = `#!/bin/sh
exec node /app/bin/metrics-diag.mjs "$@"
`;

/** A root folder with a shell and the pause script: sandboxes and the idle containers of CNI agents. */
export async function makePauseRoot(root: string): Promise<void> {
  for (const folder of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'usr/bin', 'var/run']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await copyFile(BUSYBOX, join(root, 'bin/busybox'));
  for (const applet of APPLETS) await symlink('busybox', join(root, 'bin', applet));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\n');
  await script(join(root, 'bin/pause'), PAUSE_SCRIPT);
}

/** What is added for programs on Node.js: this machine's own node and ping, with the libraries they load. */
export async function makeNodeRoot(root: string): Promise<void> {
  await mkdir(join(root, 'usr/bin'), { recursive: true });
  await copyProgram(process.execPath, root, 'usr/bin/node');
  await copyProgram('/usr/bin/ping', root, 'usr/bin/ping');
}

/** The probe program on top of {@link makeNodeRoot}, started as the released image starts it. */
export async function makeProbeRoot(root: string, probeBundlePath: string): Promise<void> {
  await mkdir(join(root, 'app/dist'), { recursive: true });
  await mkdir(join(root, 'app/bin'), { recursive: true });
  await mkdir(join(root, 'usr/local/bin'), { recursive: true });
  await writeFile(join(root, 'app/bin/metrics-diag.mjs'), ENTRY_PROGRAM);
  await copyFile(probeBundlePath, join(root, 'app/dist/probe.mjs'));
  // Both names are in use: /app/probe.mjs in hand-written Pods, /app/dist/probe.mjs as in the released image.
  await symlink('dist/probe.mjs', join(root, 'app/probe.mjs'));
  await script(join(root, 'usr/local/bin/metrics-diag'), ENTRY_SCRIPT);
}

async function script(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}

async function copyProgram(program: string, root: string, to: string): Promise<void> {
  await copyFile(await realpath(program), join(root, to));
  await chmod(join(root, to), 0o755);
  const { stdout } = await run('ldd', [await realpath(program)]);
  for (const [, library] of stdout.matchAll(/(\/\S+) \(0x/g)) {
    if (library === undefined) continue;
    const target = join(root, library);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(await realpath(library), target);
    await chmod(target, 0o755);
  }
}

/** A single-file Node.js program on top of {@link makeNodeRoot}, started as `/NAME` like a Go binary would be. */
export async function makeAppRoot(root: string, name: string, bundlePath: string): Promise<void> {
  await mkdir(join(root, 'app'), { recursive: true });
  await copyFile(bundlePath, join(root, 'app', `${name}.mjs`));
  await script(join(root, name), `#!/bin/sh\nexec node /app/${name}.mjs "$@"\n`);
}
