import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type ImagePrograms, type ImageStore, PROGRAM_PATHS } from '../images/image-store.ts';
import type { ControlPlane, KeyPair, LabNetwork, LabNode, LabProcess } from '../types.ts';
import {
  cniConfig,
  containerdConfig,
  kubeletConfig,
  machineAbilities,
  NODE_PATHS,
  type NodeFolder,
  nodeFolder,
} from './node-config.ts';

const run = promisify(execFile);

/** containerd answers 0.2 to 0.5 s after its start; a busy machine takes longer. */
const CONTAINERD_START_MS = 20_000;

/** Size limit of one node's tmpfs; about 5 MB are used, images are bound from the disk. */
const NODE_TMPFS = '512m';

/** The Go garbage collector at work less often: the lab has memory to spare and few CPUs. */
const GO_ENV = { GOGC: '400', GOMAXPROCS: '2' };

const PROGRAM_NAMES = ['probe', 'metricsServer', 'reference'] as const;

/** A running node: its containerd and its kubelet. */
export interface NodeRuntime {
  readonly node: LabNode;
  readonly files: NodeFolder;
  readonly containerd: LabProcess;
}

/**
 * Builds the node's private file tree, then becomes containerd. Runs in a mount namespace of its own.
 * Arguments: mount point, image store, config file, tmpfs size, then PATH_IN_IMAGE=FILE for every program.
 */
const CONTAINERD_SCRIPT = `
set -eu
mnt=$1 store=$2 config=$3
mount -t tmpfs -o size=$4,mode=755 tmpfs "$mnt"
shift 4
root="$mnt/lib/containerd"
overlay=io.containerd.snapshotter.v1.overlayfs content=io.containerd.content.v1.content bolt=io.containerd.metadata.v1.bolt
mkdir -p "$root/$overlay/snapshots" "$root/$content" "$root/$bolt" "$mnt/lib/kubelet" "$mnt/lib/cni" "$mnt/log" "$mnt/run/containerd" "$mnt/run/lock"
cp "$store/$bolt/meta.db" "$root/$bolt/meta.db"
cp "$store/$overlay/metadata.db" "$root/$overlay/metadata.db"
cp -R "$store/$content/." "$root/$content/" 2>/dev/null || true
for snapshot in "$store/$overlay/snapshots"/*; do
  target="$root/$overlay/snapshots/\${snapshot##*/}"
  mkdir "$target"
  layer=
  for program in "$@"; do
    if [ -f "$snapshot/fs/\${program%%=*}" ]; then layer=\${program%%=*} newest=\${program#*=}; fi
  done
  if [ -n "$layer" ]; then
    cp -a "$snapshot/." "$target/"
    cp "$newest" "$target/fs/$layer"
  else
    mount --bind "$snapshot" "$target"
  fi
done
# crun refuses a cgroup v1 machine that has version 2 mounted beside it.
umount /sys/fs/cgroup/unified 2>/dev/null || true
mount --rbind "$mnt/lib" /var/lib
mount --bind "$mnt/log" /var/log
mount --bind "$mnt/run" /run
exec containerd --config "$config" --log-level "\${CONTAINERD_LOG_LEVEL:-warn}"
`;

/** Starts the node's containerd, in the node's network namespace and a mount namespace of its own. */
export async function startContainerd(
  network: LabNetwork,
  node: LabNode,
  images: { readonly store: ImageStore; readonly programs: ImagePrograms },
): Promise<NodeRuntime> {
  const files = nodeFolder(network.dir, node);
  await mkdir(files.mnt, { recursive: true });
  await mkdir(files.cniFolder, { recursive: true });
  await writeFile(join(files.cniFolder, '10-lab.conflist'), cniConfig(node));
  await writeFile(files.containerdConfig, containerdConfig(files, await machineAbilities()));
  const argv = ['sh', '-c', CONTAINERD_SCRIPT, 'containerd', files.mnt, images.store.root];
  const programs = PROGRAM_NAMES.map((name) => `${PROGRAM_PATHS[name]}=${images.programs[name]}`);
  const containerd = await network.start(
    node.netns,
    [...argv, files.containerdConfig, NODE_TMPFS, ...programs],
    { name: `containerd-${node.name}`, hostname: node.name, ownMounts: true, env: GO_ENV },
  );
  await untilContainerdAnswers(containerd, files.containerdSocket);
  return { node, files, containerd };
}

async function untilContainerdAnswers(containerd: LabProcess, socket: string): Promise<void> {
  const deadline = performance.now() + CONTAINERD_START_MS;
  for (;;) {
    try {
      await run('ctr', ['--address', socket, '--connect-timeout', '1s', 'version']);
      return;
    } catch (error) {
      if (!containerd.alive() || performance.now() > deadline) {
        throw new Error(`${containerd.name} does not answer:\n${await containerd.tail(15)}`, {
          cause: error,
        });
      }
      await sleep(50);
    }
  }
}

export interface KubeletStart {
  readonly binary: string;
  readonly kubeconfig: string;
  readonly serving: KeyPair;
  /** Socket of {@link answerForDocker}. */
  readonly dockerSocket: string;
}

/** Starts the node's kubelet beside its containerd (same mount namespace, so both see the same paths). */
export async function startKubelet(
  network: LabNetwork,
  controlPlane: ControlPlane,
  runtime: NodeRuntime,
  start: KubeletStart,
): Promise<LabProcess> {
  const { node, files, containerd } = runtime;
  await writeFile(files.kubeletConfig, kubeletConfig(controlPlane.pki.ca.cert, start.serving));
  return network.start(
    node.netns,
    [
      'nsenter',
      `--mount=/proc/${containerd.pid}/ns/mnt`,
      '--',
      start.binary,
      `--config=${files.kubeletConfig}`,
      `--kubeconfig=${start.kubeconfig}`,
      `--root-dir=${NODE_PATHS.kubeletRoot}`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.ip}`,
      '--container-runtime=remote',
      `--container-runtime-endpoint=unix://${files.containerdSocket}`,
      `--docker=unix://${start.dockerSocket}`,
      '--oom-score-adj=0',
      // Measures every 2 s in place of 10: metrics-server needs two measurements of a node to show it.
      '--housekeeping-interval=2s',
      '--v=2',
    ],
    { name: `kubelet-${node.name}`, hostname: node.name, env: GO_ENV },
  );
}
