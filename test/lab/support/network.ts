import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { startProcess } from './lab-process.ts';
import { openState, sweepDeadLabs } from './lab-state.ts';
import { barePodIp, macOf, type NetworkPlan, planNetwork } from './network-plan.ts';
import { opsTunnels } from './ops-tunnels.ts';
import { mustRun, runCommand } from './run-command.ts';
import type { BarePod, LabNetwork, LabNode, LabProcess, LabSpec } from './types.ts';

const DESTROY_GRACE_MS = 300;

/**
 * Builds the network of a lab: a namespace for the switch, one per node, one (`ops`) for whoever looks at
 * the cluster from outside. Every device lives inside them; the machine's own namespace is not touched.
 */
export async function createNetwork(spec: LabSpec = {}): Promise<LabNetwork> {
  await assertPossible();
  await sweepDeadLabs();
  const id = `md${randomBytes(2).toString('hex')}`;
  const plan = planNetwork(id, spec);
  const state = await openState(id);
  const switchNetns = `${id}-sw`;
  const opsNetns = `${id}-ops`;
  const processes: LabProcess[] = [];
  const cleanups: (() => Promise<void>)[] = [];
  const pods = new Map<string, BarePod>();
  let destroyed = false;

  const resolveNetns = (name: string): string => {
    if (name === 'ops') return opsNetns;
    if (name === 'switch') return switchNetns;
    return plan.nodes.find((node) => node.name === name)?.netns ?? name;
  };
  const enter = (name: string): readonly string[] => [
    'nsenter',
    `--net=/run/netns/${resolveNetns(name)}`,
    '--',
  ];
  const node = (name: string): LabNode => {
    const found = plan.nodes.find((candidate) => candidate.name === name);
    if (!found) {
      const known = plan.nodes.map((candidate) => candidate.name).join(', ');
      throw new Error(`no node '${name}' in this lab (${known})`);
    }
    return found;
  };

  const tunnels = opsTunnels({
    enter: enter(opsNetns),
    dir: state.dir,
    onStart: (pid) => state.addProcess(pid),
  });
  const network: LabNetwork = {
    id,
    dir: state.dir,
    flavour: plan.flavour,
    nodes: plan.nodes,
    servers: plan.nodes.filter(({ role }) => role === 'server'),
    podCidr: plan.podCidr,
    nodeCidr: plan.nodeCidr,
    switchNetns,
    opsNetns,
    opsIp: plan.opsIp,
    node,
    enter,
    exec: (netns, argv, options) => mustRun([...enter(netns), ...argv], options),
    tryExec: (netns, argv, options) => runCommand([...enter(netns), ...argv], options),
    async start(netns, argv, options) {
      const logFile = options.logFile ?? path.join(state.dir, 'logs', `${options.name}.log`);
      const started = await startProcess(enter(netns), argv, { ...options, logFile });
      processes.push(started);
      await state.addProcess(started.pid);
      return started;
    },
    tunnel: (host, portNumber) => tunnels.open(host, portNumber),
    async addBarePod(nodeName, name) {
      const host = node(nodeName);
      const taken = new Set([...pods.values()].map(({ ip }) => ip));
      let n = 0;
      while (taken.has(barePodIp(host, n))) n += 1;
      const ip = barePodIp(host, n);
      const podName = name ?? `${host.name}-pod${n}`;
      const pod: BarePod = {
        name: podName,
        netns: `${id}-${podName}`,
        ip,
        node: host.name,
        hostDevice: `veth${host.index}p${n}`,
      };
      pods.set(podName, pod);
      await state.addNamespaces([pod.netns]);
      await plugBarePod(host, pod);
      return pod;
    },
    async removeBarePod(pod) {
      pods.delete(pod.name);
      await mustRun(['ip', 'netns', 'del', pod.netns]);
    },
    onDestroy(cleanup) {
      cleanups.push(cleanup);
    },
    async destroy() {
      if (destroyed) return;
      destroyed = true;
      for (const cleanup of cleanups.reverse()) await cleanup().catch(() => undefined);
      // Nothing in a lab is worth a long good-bye.
      await Promise.all(processes.map((started) => started.stop(DESTROY_GRACE_MS)));
      tunnels.close();
      await state.remove();
    },
  };

  try {
    await state.addNamespaces([switchNetns, opsNetns, ...plan.nodes.map(({ netns }) => netns)]);
    await buildLinks(plan, switchNetns, opsNetns);
    await Promise.all(plan.nodes.map((each) => buildNode(network, plan, each)));
    return network;
  } catch (error) {
    await network.destroy();
    throw error;
  }
}

/** Says in one sentence what the lab lacks on this machine; null when nothing. */
export async function whyNoLab(): Promise<string | null> {
  if (process.platform !== 'linux') return 'the lab needs Linux (network namespaces, VXLAN)';
  if (process.getuid?.() !== 0) return 'the lab needs root: network namespaces are made with it';
  const programs = [
    'ip',
    'bridge',
    'nft',
    'iptables',
    'nsenter',
    'unshare',
    'openssl',
    'ping',
    'ethtool',
  ];
  const found = await Promise.all(
    programs.map((name) => runCommand(['sh', '-c', `command -v ${name}`])),
  );
  const missing = programs.filter((_, i) => found[i]?.code !== 0);
  if (missing.length === 0) return null;
  return `the lab needs ${missing.join(', ')}: run "npm run setup:lab" (packages iproute2, nftables, iptables, util-linux, openssl, iputils-ping, ethtool)`;
}

async function assertPossible(): Promise<void> {
  const why = await whyNoLab();
  if (why !== null) throw new Error(why);
}

/** Namespaces, veth pairs and the bridge; each pair is made inside the namespaces at once. */
async function buildLinks(plan: NetworkPlan, sw: string, ops: string): Promise<void> {
  const names = [sw, ops, ...plan.nodes.map(({ netns }) => netns)];
  await mustRun(['ip', '-batch', '-'], {
    stdin: names.map((name) => `netns add ${name}\n`).join(''),
  });
  // Before any device exists: no IPv6 chatter (router solicitations, MLD) in counters that tests read.
  await Promise.all(names.map((name) => sysctl(name, ['net.ipv6.conf.default.disable_ipv6=1'])));
  const ports = [
    ...plan.nodes.map(({ switchPort, netns, uplink, uplinkMac }) => ({
      port: switchPort,
      netns,
      device: uplink,
      mac: uplinkMac,
    })),
    { port: 'pops', netns: ops, device: 'eth0', mac: macOf('uplink', 'ops') },
  ];
  await mustRun(['ip', '-n', sw, '-batch', '-'], {
    stdin: [
      'link add br0 type bridge',
      ...ports.flatMap(({ port, netns, device, mac }) => [
        `link add ${port} type veth peer name ${device} address ${mac} netns ${netns}`,
        `link set ${port} master br0 up`,
      ]),
      'link set br0 up',
      'link set lo up',
      '',
    ].join('\n'),
  });
  await sysctl(sw, [
    'net.bridge.bridge-nf-call-iptables=0',
    'net.bridge.bridge-nf-call-arptables=0',
  ]);
  await mustRun(['ip', '-n', ops, '-batch', '-'], {
    stdin: `link set lo up\naddr add ${plan.opsIp}/24 dev eth0\nlink set eth0 up\n`,
  });
}

/** Uplink, pod bridge, overlay device with the entries that the CNI's agent would write for every peer. */
async function buildNode(network: LabNetwork, plan: NetworkPlan, node: LabNode): Promise<void> {
  const prefix = node.podBlock.split('/')[1] ?? '24';
  await sysctl(node.netns, [
    'net.ipv4.ip_forward=1',
    'net.ipv4.conf.all.rp_filter=0',
    'net.ipv4.conf.default.rp_filter=0',
  ]);
  await mustRun(['ip', '-n', node.netns, '-batch', '-'], {
    stdin: [
      'link set lo up',
      `addr add ${node.ip}/24 dev ${node.uplink}`,
      `link set ${node.uplink} up`,
      `link add ${node.cniDevice} address ${macOf('cni', node.name)} type bridge`,
      `link set ${node.cniDevice} mtu ${node.podMtuBytes}`,
      `addr add ${node.podGateway}/${prefix} dev ${node.cniDevice}`,
      `link set ${node.cniDevice} up`,
      ...overlayDevice(plan, node),
      '',
    ].join('\n'),
  });
  await restoreOverlayPeers(network, node);
  // The node address stands for pod traffic that leaves the pod range, as flannel and Calico masquerade it.
  await network.exec(node.name, ['nft', '-f', '-'], {
    stdin: `table ip lab_masquerade {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${plan.podCidr} ip daddr != ${plan.podCidr} oifname "${node.uplink}" masquerade
  }
}
`,
  });
}

function overlayDevice(plan: NetworkPlan, node: LabNode): readonly string[] {
  const { device, vni, portNumber, mac, ip } = node.overlay;
  const lines = [
    // udpcsum: real NICs fill the outer checksum; without it the fault "bad outer checksum" cannot be made.
    `link add ${device} address ${mac} type vxlan id ${vni} dev ${node.uplink} local ${node.ip} dstport ${portNumber} nolearning udpcsum`,
    `link set ${device} mtu ${node.podMtuBytes}`,
    `link set ${device} up`,
  ];
  if (plan.flavour === 'cilium') {
    // Cilium's VXLAN device has no address; the router address sits on cilium_host.
    return [
      'link add cilium_net type veth peer name cilium_host',
      'link set cilium_net up',
      `addr add ${ip}/32 dev cilium_host`,
      'link set cilium_host up',
      ...lines,
    ];
  }
  return [...lines, `addr add ${ip}/32 dev ${device}`];
}

/** Writes (again) the neighbour, FDB and route entries of a node towards all its peers. */
export async function restoreOverlayPeers(network: LabNetwork, node: LabNode): Promise<void> {
  const peers = network.nodes.filter(({ name }) => name !== node.name);
  if (peers.length === 0) return;
  const { device, ip } = node.overlay;
  await mustRun(['ip', '-n', node.netns, '-batch', '-'], {
    stdin: peers
      .flatMap((peer) => [
        `neigh replace ${peer.overlay.ip} lladdr ${peer.overlay.mac} dev ${device} nud permanent`,
        `route replace ${peer.podBlock} via ${peer.overlay.ip} dev ${device} onlink src ${ip}`,
      ])
      .join('\n')
      .concat('\n'),
  });
  await mustRun(['bridge', '-n', node.netns, '-batch', '-'], {
    stdin: peers
      .map(
        (peer) => `fdb replace ${peer.overlay.mac} dev ${device} dst ${peer.ip} self permanent\n`,
      )
      .join(''),
  });
}

async function plugBarePod(node: LabNode, pod: BarePod): Promise<void> {
  await mustRun(['ip', 'netns', 'add', pod.netns]);
  await sysctl(pod.netns, ['net.ipv6.conf.default.disable_ipv6=1']);
  await mustRun(['ip', '-n', node.netns, '-batch', '-'], {
    stdin: [
      `link add ${pod.hostDevice} mtu ${node.podMtuBytes} type veth peer name eth0 mtu ${node.podMtuBytes} netns ${pod.netns}`,
      `link set ${pod.hostDevice} master ${node.cniDevice} up`,
      '',
    ].join('\n'),
  });
  const prefix = node.podBlock.split('/')[1] ?? '24';
  await mustRun(['ip', '-n', pod.netns, '-batch', '-'], {
    stdin: `link set lo up\naddr add ${pod.ip}/${prefix} dev eth0\nlink set eth0 up\nroute add default via ${node.podGateway}\n`,
  });
}

async function sysctl(netns: string, settings: readonly string[]): Promise<void> {
  const script = settings
    .map((setting) => {
      const [key = '', value = ''] = setting.split('=');
      const file = `/proc/sys/${key.replaceAll('.', '/')}`;
      // Written directly: no need for the sysctl program; a key the kernel lacks is skipped.
      return `[ ! -e ${file} ] || echo ${value} > ${file}`;
    })
    .join('\n');
  await mustRun(['nsenter', `--net=/run/netns/${netns}`, '--', 'sh', '-c', script]);
}
