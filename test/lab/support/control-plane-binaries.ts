import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { runCommand } from './run-command.ts';

/** The version that `scripts/build-control-plane.sh` builds. */
export const BUILT_VERSION = '1.20.2';

export type ControlPlaneBinaries = {
  readonly etcd: string;
  readonly apiServer: string;
  /** Of the API server, as it says itself, without the leading v. */
  readonly version: string;
  readonly controllerManager: string | null;
  readonly scheduler: string | null;
};

/** Where the built binaries lie. */
export function builtBinariesDir(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return path.join(cache, 'metrics-diag', `kubernetes-${BUILT_VERSION}`);
}

/** Finds the binaries; LAB_KUBE_APISERVER names another API server, whose sisters are looked for beside it. */
export async function findControlPlane(): Promise<ControlPlaneBinaries | { readonly why: string }> {
  const given = process.env['LAB_KUBE_APISERVER'];
  const apiServer = given ?? path.join(builtBinariesDir(), 'kube-apiserver');
  if (!(await isExecutable(apiServer))) {
    return {
      why: given
        ? `LAB_KUBE_APISERVER=${given} is not an executable file`
        : `no kube-apiserver: run "npm run lab:control-plane" (10 to 15 minutes, once) or set LAB_KUBE_APISERVER=/path`,
    };
  }
  const etcd = await runCommand(['sh', '-c', 'command -v etcd']);
  if (etcd.code !== 0) return { why: 'no etcd: run "npm run setup:lab" (package etcd-server)' };
  const said = await runCommand([apiServer, '--version']);
  const version = /v(\d+\.\d+\.\d+)/.exec(said.stdout)?.[1];
  if (version === undefined)
    return { why: `${apiServer} --version says: ${said.stdout || said.stderr}` };
  // A controller-manager or scheduler of another minor version than the API server is no cluster anybody runs.
  const dir = given ? path.dirname(given) : builtBinariesDir();
  const sister = async (name: string): Promise<string | null> => {
    const file = path.join(dir, name);
    return (await isExecutable(file)) ? file : null;
  };
  return {
    etcd: etcd.stdout.trim(),
    apiServer,
    version,
    controllerManager: await sister('kube-controller-manager'),
    scheduler: await sister('kube-scheduler'),
  };
}

/** `kube-apiserver 1.20.2 (/path, LAB_KUBE_APISERVER) with kube-controller-manager, without kube-scheduler`. */
export function describeBinaries(binaries: ControlPlaneBinaries): string {
  const from = process.env['LAB_KUBE_APISERVER'] === undefined ? 'built' : 'LAB_KUBE_APISERVER';
  const sisters = [
    ['kube-controller-manager', binaries.controllerManager],
    ['kube-scheduler', binaries.scheduler],
  ].map(([name, path]) => `${path === null ? 'without' : 'with'} ${name}`);
  return `kube-apiserver ${binaries.version} (${binaries.apiServer}, ${from}) ${sisters.join(', ')}`;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
