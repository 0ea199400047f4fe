import { readFileSync } from 'node:fs';
import type { DeepDevice, DeepPeer, RoutingRule } from '../../core/evidence/deep-results.ts';
import { isTunnel, readDevices, readRoutes } from '../checks/node-facts.ts';
import { deviceFor } from '../checks/proc-net.ts';
import type { DeepAnswer, PodPlan } from '../plan.ts';
import { field, type JsonRow, readJson, runTool } from './run-tool.ts';

type OverlayState = Pick<
  DeepAnswer,
  'overlay' | 'underlay' | 'peers' | 'routingRules' | 'ownPodDevice' | 'forwarding' | 'rpFilter'
> & { readonly missing: readonly string[] };

/** Routes, neighbours and forwarding entries towards the peers, offloads of the cards, routing rules. */
export async function readOverlayState(plan: PodPlan): Promise<OverlayState> {
  const peers = plan.deep?.peers ?? [];
  const devices = readDevices();
  const own = plan.nodeAddress;
  const tunnels = devices.filter((device) => isTunnel(device) && device.up);
  const routes = readRoutes();
  const routed = peers.map(({ address }) => deviceFor(routes, address));
  const overlayName =
    tunnels.find(({ name }) => routed.includes(name))?.name ??
    (tunnels.length === 1 ? tunnels[0]?.name : undefined) ??
    null;
  const underlayName =
    devices.find(({ addresses }) => own !== null && addresses.includes(own))?.name ?? null;
  const missing: string[] = [];
  const note = <T extends { readonly state: string }>(read: T): T => {
    if (read.state === 'missing' && 'detail' in read) missing.push(String(read.detail));
    return read;
  };
  const [tables, rules, ownPod] = await Promise.all([
    overlayName === null
      ? null
      : readTables(overlayName).then((t) => (t.problems.forEach((p) => missing.push(p)), t)),
    readJson('ip', ['-j', 'rule', 'show']).then(note),
    ownPodDevice(plan),
  ]);
  const looked = await Promise.all(
    peers.map(async ({ address }, index) => ({ index, ...(await peerOf(address, tables)) })),
  );
  const device = async (name: string | null): Promise<DeepDevice | null> => {
    const found = devices.find((each) => each.name === name);
    return found === undefined
      ? null
      : { ...(await describe(found.name, note)), addresses: found.addresses };
  };
  return {
    overlay: await device(overlayName),
    underlay: await device(underlayName),
    peers: looked,
    routingRules: rules.state === 'known' ? unusual(rules.rows) : [],
    ownPodDevice: ownPod,
    forwarding: sysctl('ip_forward') === null ? null : sysctl('ip_forward') === 1,
    rpFilter: rpFilterOf(overlayName),
    missing: [...new Set(missing)],
  };
}

interface Tables {
  readonly device: string;
  /** False for devices whose tables are kept elsewhere (`external` of Cilium, IPIP, WireGuard). */
  readonly kept: boolean;
  readonly neighbours: readonly JsonRow[];
  readonly forwarding: readonly JsonRow[];
  readonly problems: readonly string[];
}

async function readTables(device: string): Promise<Tables> {
  const [link, neighbours, forwarding] = await Promise.all([
    readJson('ip', ['-j', '-d', 'link', 'show', 'dev', device]),
    readJson('ip', ['-j', 'neigh', 'show', 'dev', device]),
    readJson('bridge', ['-j', 'fdb', 'show', 'dev', device]),
  ]);
  const info = link.state === 'known' ? link.rows[0]?.['linkinfo'] : undefined;
  const text = JSON.stringify(info ?? {});
  const isVxlan = /"info_kind":"vxlan"/.test(text);
  const external = /"external":true/.test(text);
  return {
    device,
    kept: isVxlan && !external && neighbours.state === 'known' && forwarding.state === 'known',
    neighbours: neighbours.state === 'known' ? neighbours.rows : [],
    forwarding: forwarding.state === 'known' ? forwarding.rows : [],
    problems: [link, neighbours, forwarding].flatMap((read) =>
      read.state === 'missing' ? [read.detail] : [],
    ),
  };
}

async function peerOf(address: string, tables: Tables | null): Promise<Omit<DeepPeer, 'node'>> {
  const route = await routeTo(address);
  const tabled = tables?.kept === true && route?.device === tables.device;
  const next = route?.via ?? address;
  const neighbour = tabled ? tables.neighbours.find((row) => row['dst'] === next) : undefined;
  const mac = field(neighbour, 'lladdr');
  const states = neighbour?.['state'];
  const entry = tabled
    ? tables.forwarding.find((row) => field(row, 'mac') === mac && field(row, 'dst') !== null)
    : undefined;
  return {
    tabled,
    route,
    neighbour:
      mac === null
        ? null
        : { mac, state: Array.isArray(states) ? states.map(String).join(',') : '' },
    vtep: field(entry, 'dst'),
  };
}

/** What the kernel would do with a packet to this address, routing rules and all. Null: it has no route. */
export async function routeTo(
  address: string,
  from: readonly string[] = [],
): Promise<{
  readonly device: string;
  readonly via: string | null;
  readonly source: string | null;
} | null> {
  const read = await readJson('ip', ['-j', 'route', 'get', address, ...from]);
  const [row] = read.state === 'known' ? read.rows : [];
  const device = field(row, 'dev');
  if (device === null) return null;
  return { device, via: field(row, 'gateway'), source: field(row, 'prefsrc') };
}

/** The way that an answer of the host takes to a pod of its own. */
async function ownPodDevice({ ownListener, nodeAddress }: PodPlan): Promise<string | null> {
  if (ownListener === null || nodeAddress === null) return null;
  return (await routeTo(ownListener.address, ['from', nodeAddress]))?.device ?? null;
}

/** Offloads that break overlays when a card gets them wrong. */
const FEATURES = new Set([
  'tx-checksum-ip-generic',
  'tx-checksum-ipv4',
  'tx-udp_tnl-segmentation',
  'tx-udp_tnl-csum-segmentation',
  'rx-checksumming',
  'tx-checksumming',
  'generic-receive-offload',
  'rx-udp-gro-forwarding',
]);

async function describe(
  name: string,
  note: <T extends { readonly state: string }>(read: T) => T,
): Promise<Omit<DeepDevice, 'addresses'>> {
  const listed = note(await runTool('ethtool', ['-k', name]));
  const driver = await runTool('ethtool', ['-i', name]);
  return {
    name,
    mac: read(`/sys/class/net/${name}/address`).trim(),
    driver: driver.state === 'known' ? (/^driver: (\S+)/m.exec(driver.text)?.[1] ?? null) : null,
    offloads: listed.state === 'known' ? offloadsOf(listed.text) : {},
  };
}

/** Reads `ethtool -k`: `tx-checksum-ip-generic: on [fixed]`. */
export function offloadsOf(text: string): Readonly<Record<string, boolean>> {
  return Object.fromEntries(
    [...text.matchAll(/^\s*([\w-]+): (on|off)/gm)].flatMap(([, name = '', state]) =>
      FEATURES.has(name) ? [[name, state === 'on'] as const] : [],
    ),
  );
}

/** local, main and default: on every Linux host. */
const USUAL_PRIORITIES = new Set([0, 32_766, 32_767]);
const MAX_RULES = 12;

function unusual(rows: readonly JsonRow[]): readonly RoutingRule[] {
  return rows
    .flatMap((row): readonly RoutingRule[] => {
      const priority = Number(row['priority']);
      if (USUAL_PRIORITIES.has(priority)) return [];
      const mark = field(row, 'fwmark');
      const length = row['srclen'] === undefined ? '' : `/${Number(row['srclen'])}`;
      const from = `${field(row, 'src') ?? 'all'}${length}${mark === null ? '' : ` fwmark ${mark}`}`;
      return [{ priority, from, table: field(row, 'table') ?? field(row, 'action') ?? '' }];
    })
    .slice(0, MAX_RULES);
}

/** The stricter of the two settings holds (Linux, Documentation/networking/ip-sysctl.rst). */
function rpFilterOf(device: string | null): number | null {
  const all = sysctl('conf/all/rp_filter');
  const own = device === null ? null : sysctl(`conf/${device}/rp_filter`);
  return all === null ? own : Math.max(all, own ?? 0);
}

function sysctl(name: string): number | null {
  const text = read(`/proc/sys/net/ipv4/${name}`).trim();
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** Entries of the connection table, and how often it refused one since boot; null where it is not in use. */
export function readConntrack(): { count: number; max: number; refused: number } | null {
  const number = (name: string): number =>
    Number(read(`/proc/sys/net/netfilter/nf_conntrack_${name}`).trim() || Number.NaN);
  const [count, max] = [number('count'), number('max')];
  if (!Number.isFinite(count) || !Number.isFinite(max)) return null;
  const [head = '', ...rows] = read('/proc/net/stat/nf_conntrack').trim().split('\n');
  const columns = head.trim().split(/\s+/);
  const places = ['insert_failed', 'drop', 'early_drop'].map((name) => columns.indexOf(name));
  const refused = rows
    .map((row) => row.trim().split(/\s+/))
    .flatMap((cells) => places.map((at) => Number.parseInt(cells[at] ?? '0', 16) || 0))
    .reduce((sum, value) => sum + value, 0);
  return { count, max, refused };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
