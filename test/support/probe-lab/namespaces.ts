import { type ChildProcess, execFileSync, spawn } from 'node:child_process';

/** Three nodes with a VXLAN overlay as flannel makes it, and one pod each, in namespaces with names of this process alone. */
export interface ProbeLab {
  readonly nodes: readonly LabNode[];
  /** Namespace of the bridge between the hosts; node N has port p(N-1). */
  readonly switch: string;
  /** Makes a node's overlay device anew, with routes and neighbours. */
  rebuildOverlay(index: number, options: { readonly vni: number }): void;
  /** Runs a program inside a namespace to its end. */
  exec(namespace: string, command: readonly string[]): string;
  /** Starts a program inside a namespace; it is killed with the lab. */
  spawn(
    namespace: string,
    command: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): ChildProcess;
  close(): void;
}

export interface LabNode {
  readonly name: string;
  /** Namespace that plays the host. */
  readonly host: string;
  /** Namespace that plays a pod. */
  readonly pod: string;
  readonly address: string;
  readonly podAddress: string;
}

export const VXLAN_PORT = 8472;
const VNI = 1;
const UNDERLAY_MTU_BYTES = 1_500;
const OVERLAY_MTU_BYTES = 1_450;

/** Why the lab cannot run here; null when it can. */
export function labIsMissing(): string | null {
  if (process.getuid?.() !== 0) return 'root';
  try {
    execFileSync('ip', ['netns', 'list'], { stdio: 'ignore' });
    execFileSync('nft', ['--version'], { stdio: 'ignore' });
    execFileSync('ping', ['-V'], { stdio: 'ignore' });
    return null;
  } catch (error) {
    return `ip netns, nft and ping (${error instanceof Error ? error.message : 'failed'})`;
  }
}

export function openLab(size = 3): ProbeLab {
  const prefix = `mdp${process.pid.toString(36)}`;
  const sw = `${prefix}-sw`;
  const children: ChildProcess[] = [];
  const nodes = Array.from({ length: size }, (_, i): LabNode => {
    const n = i + 1;
    return {
      name: `prod0${n}`,
      host: `${prefix}-h${n}`,
      pod: `${prefix}-p${n}`,
      address: `192.168.77.${n}`,
      podAddress: `10.42.${i}.20`,
    };
  });
  const all = [sw, ...nodes.flatMap(({ host, pod }) => [host, pod])];
  const close = (): void => {
    for (const child of children) child.kill('SIGKILL');
    for (const name of all) {
      try {
        execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
      } catch {
        // It was never made.
      }
    }
  };
  try {
    build(sw, nodes);
  } catch (error) {
    close();
    throw error;
  }
  return {
    nodes,
    switch: sw,
    rebuildOverlay(index, { vni }) {
      const node = nodes[index];
      if (node === undefined) throw new Error(`no node ${index}`);
      batch(node.host, ['link del flannel.1']);
      buildOverlay(index, nodes, vni);
    },
    exec: (namespace, command) =>
      execFileSync('ip', ['netns', 'exec', namespace, ...command], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    spawn(namespace, command, env) {
      const child = spawn('ip', ['netns', 'exec', namespace, ...command], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, ...env },
      });
      children.push(child);
      return child;
    },
    close,
  };
}

function build(sw: string, nodes: readonly LabNode[]): void {
  batch(null, [
    `netns add ${sw}`,
    ...nodes.flatMap(({ host, pod }) => [`netns add ${host}`, `netns add ${pod}`]),
  ]);
  batch(sw, ['link add br0 type bridge', 'link set br0 up']);
  for (const [i, { host }] of nodes.entries()) {
    batch(sw, [
      `link add p${i} type veth peer name eth0 netns ${host}`,
      `link set p${i} master br0 up`,
    ]);
  }
  for (const [i, node] of nodes.entries()) buildNode(i, node, nodes);
}

function buildNode(
  i: number,
  { host, pod, address, podAddress }: LabNode,
  nodes: readonly LabNode[],
): void {
  batch(host, [
    'link set lo up',
    `addr add ${address}/24 dev eth0`,
    `link set eth0 mtu ${UNDERLAY_MTU_BYTES} up`,
    'link add cni0 type bridge',
    `addr add 10.42.${i}.1/24 dev cni0`,
    `link set cni0 mtu ${OVERLAY_MTU_BYTES} up`,
    `link add pod0 mtu ${OVERLAY_MTU_BYTES} type veth peer name eth0 mtu ${OVERLAY_MTU_BYTES} netns ${pod}`,
    'link set pod0 master cni0 up',
  ]);
  batch(pod, [
    'link set lo up',
    `addr add ${podAddress}/24 dev eth0`,
    'link set eth0 up',
    `route add default via 10.42.${i}.1`,
  ]);
  // The VXLAN device inherits these; rp_filter would drop what arrives over it.
  run([
    'netns',
    'exec',
    host,
    'sysctl',
    '-qw',
    'net.ipv4.ip_forward=1',
    'net.ipv4.conf.all.rp_filter=0',
    'net.ipv4.conf.default.rp_filter=0',
  ]);
  buildOverlay(i, nodes, VNI);
}

/** The overlay device as flannel's VXLAN backend makes it. */
function buildOverlay(i: number, nodes: readonly LabNode[], vni: number): void {
  const node = nodes[i];
  if (node === undefined) throw new Error(`no node ${i}`);
  const { host, address } = node;
  batch(host, [
    `link add flannel.1 type vxlan id ${vni} dev eth0 local ${address} dstport ${VXLAN_PORT} nolearning`,
    `link set flannel.1 address ${vtepMac(i)} mtu ${OVERLAY_MTU_BYTES}`,
    `addr add 10.42.${i}.0/32 dev flannel.1`,
    'link set flannel.1 up',
  ]);
  for (const [j, other] of nodes.entries()) {
    if (j === i) continue;
    batch(host, [
      `neigh replace 10.42.${j}.0 lladdr ${vtepMac(j)} dev flannel.1 nud permanent`,
      `route replace 10.42.${j}.0/24 via 10.42.${j}.0 dev flannel.1 onlink`,
    ]);
    run([
      'netns',
      'exec',
      host,
      'bridge',
      'fdb',
      'append',
      vtepMac(j),
      'dev',
      'flannel.1',
      'dst',
      other.address,
      'self',
      'permanent',
    ]);
  }
}

export function vtepMac(index: number): string {
  return `0e:00:00:00:00:0${index + 1}`;
}

function batch(namespace: string | null, lines: readonly string[]): void {
  const where = namespace === null ? [] : ['-n', namespace];
  execFileSync('ip', [...where, '-batch', '-'], {
    input: `${lines.join('\n')}\n`,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

function run(args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
