import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { basename } from 'node:path';
import type { NodeFactsAnswer } from '../plan.ts';
import { type CounterPaths, KERNEL_PATHS } from './counters.ts';
import { readKernelFacts } from './kernel-facts.ts';
import { cidrOf, parseRoutes, parseUdpPorts, type Route } from './proc-net.ts';

type Device = NodeFactsAnswer['devices'][number];

/** A node with a hundred pods has a hundred veths and host routes: these bounds keep what causes read. */
const MAX_DEVICES = 24;
const MAX_ROUTES = 40;
const MAX_UDP_PORTS = 64;
/** Ports that an overlay may use (IANA, and the kernels' and CNIs' defaults): never cut from the list. */
const OVERLAY_PORTS = new Set([8472, 4789, 6081, 51_820, 51_821, 51_871, 4790]);
/** ARPHRD_* of linux/if_arp.h for devices that have no DEVTYPE. */
const KIND_BY_TYPE: Readonly<Record<string, string>> = {
  '772': 'loopback',
  '768': 'ipip',
  '769': 'ip6tnl',
  '776': 'sit',
  '778': 'gre',
  '823': 'ip6gre',
  '65534': 'tun',
};
const TUNNEL_KINDS = new Set([
  'vxlan',
  'geneve',
  'wireguard',
  'ipip',
  'ip6tnl',
  'sit',
  'gre',
  'ip6gre',
]);
const CGROUP_ROOT = '/sys/fs/cgroup';
const IFF_UP = 0x1;
const NOT_UP = new Set(['down', 'lowerlayerdown', 'notpresent', 'dormant']);

/** What the node says of its own network, without privilege. `checksumErrors` come from the whole run. */
export function readNodeFacts(
  checksumErrors: { readonly udp: number; readonly tcp: number },
  paths: CounterPaths = KERNEL_PATHS,
): NodeFactsAnswer {
  return {
    devices: mostTelling(readDevices(paths)),
    udpPorts: boundedPorts([
      ...parseUdpPorts(read(`${paths.procNet}/udp`)),
      ...parseUdpPorts(read(`${paths.procNet}/udp6`)),
    ]),
    routes: readRoutes(paths)
      // Host routes to local pods (Calico, Cilium) say nothing about other nodes.
      .filter(({ prefixLength, gateway }) => prefixLength < 32 || gateway !== null)
      .slice(0, MAX_ROUTES)
      .map((route) => ({ device: route.device, cidr: cidrOf(route), gateway: route.gateway })),
    udpInCsumErrors: checksumErrors.udp,
    tcpInCsumErrors: checksumErrors.tcp,
    cgroup: cgroupVersion(),
    kernel: readKernelFacts(),
  };
}

/** A container sees the hierarchy that its host runs: v2 has this one file at its root, v1 a folder for each controller. */
function cgroupVersion(): 1 | 2 | null {
  const entries = names(CGROUP_ROOT);
  if (entries.includes('cgroup.controllers')) return 2;
  return entries.includes('memory') || entries.includes('cpu') ? 1 : null;
}

/** IPv4 routes of the main table. */
export function readRoutes(paths: CounterPaths = KERNEL_PATHS): readonly Route[] {
  return parseRoutes(read(`${paths.procNet}/route`));
}

/** All devices of this network namespace. */
export function readDevices(paths: CounterPaths = KERNEL_PATHS): readonly Device[] {
  const addresses = networkInterfaces();
  return names(paths.sysClassNet).flatMap((name) => {
    const field = (file: string): string => read(`${paths.sysClassNet}/${name}/${file}`).trim();
    const mtuBytes = Number(field('mtu'));
    if (!Number.isInteger(mtuBytes) || mtuBytes === 0) return [];
    const driver = driverOf(`${paths.sysClassNet}/${name}`);
    return [
      {
        name,
        mtuBytes,
        kind: kindOf({
          uevent: field('uevent'),
          type: field('type'),
          index: field('ifindex'),
          link: field('iflink'),
        }),
        up: (Number(field('flags')) & IFF_UP) !== 0 && !NOT_UP.has(field('operstate')),
        addresses: (addresses[name] ?? []).map(({ address }) => address).filter(isGlobal),
        ...(driver === null ? {} : { driver }),
      },
    ];
  });
}

/** The kind of a device from its sysfs files: `vxlan`, `bridge`, `wireguard`, `ipip`, `veth`, `ether`… */
export function kindOf(files: {
  readonly uevent: string;
  readonly type: string;
  readonly index: string;
  readonly link: string;
}): string {
  const declared = /^DEVTYPE=(.+)$/m.exec(files.uevent)?.[1];
  if (declared !== undefined) return declared;
  const known = KIND_BY_TYPE[files.type];
  if (known !== undefined) return known;
  // A veth's link is its peer; a device that stands alone links to itself.
  return files.index !== files.link ? 'veth' : 'ether';
}

/** Whether a device carries pod traffic between nodes. */
export function isTunnel(device: Device): boolean {
  return TUNNEL_KINDS.has(device.kind);
}

/** Devices with an address and tunnels first; the pods' own veths last. */
function mostTelling(devices: readonly Device[]): readonly Device[] {
  const weight = (device: Device): number => {
    if (device.addresses.length > 0 || isTunnel(device)) return 0;
    return device.kind === 'veth' || device.kind === 'loopback' ? 2 : 1;
  };
  return [...devices]
    .filter((device) => weight(device) < 2)
    .sort((a, b) => weight(a) - weight(b))
    .slice(0, MAX_DEVICES);
}

function boundedPorts(ports: readonly number[]): readonly number[] {
  const unique = [...new Set(ports)].sort((a, b) => a - b);
  const overlay = unique.filter((port) => OVERLAY_PORTS.has(port));
  const others = unique.filter((port) => !OVERLAY_PORTS.has(port));
  return [...overlay, ...others].slice(0, MAX_UDP_PORTS);
}

/** Link-local addresses are on every device and name none. */
function isGlobal(address: string): boolean {
  return !address.startsWith('fe80:');
}

/** A physical or virtual card has a device with a driver behind it; what the kernel made up has none. */
function driverOf(folder: string): string | null {
  try {
    return basename(readlinkSync(`${folder}/device/driver`));
  } catch {
    return null;
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
