import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FAULTS } from './support/faults/index.ts';
import { startTicksOf, sweepDeadLabs } from './support/lab-state.ts';
import { createNetwork, whyNoLab } from './support/network.ts';
import { networkTrace, traceDifference } from './support/trace.ts';
import { startTraffic } from './support/traffic.ts';
import type { BarePod, CniFlavour, FaultTarget, LabNetwork } from './support/types.ts';

const NETWORK_MODULE = new URL('./support/network.ts', import.meta.url).href;
const ECHO_SERVER = `
  const net = require('node:net');
  for (const port of [10250, 6443]) net.createServer((s) => s.pipe(s).on('error', () => {})).listen(port, '0.0.0.0');
`;
/** 1450 bytes of IP packet inside the overlay, 1500 outside: as much as fits. */
const FULL_PING_BYTES = 1422;

async function ping(network: LabNetwork, from: string, to: string, bytes = 56): Promise<boolean> {
  const argv = ['ping', '-n', '-c', '1', '-W', '0.5', '-M', 'do', '-s', String(bytes), to];
  return (await network.tryExec(from, argv)).code === 0;
}

async function connects(
  network: LabNetwork,
  from: string,
  to: string,
  port = 10250,
): Promise<boolean> {
  const argv = ['timeout', '0.6', 'bash', '-c', `exec 3<>/dev/tcp/${to}/${port}`];
  return (await network.tryExec(from, argv)).code === 0;
}

/** One counter of /proc/net/snmp in a namespace. */
async function counter(
  network: LabNetwork,
  netns: string,
  protocol: string,
  name: string,
): Promise<number> {
  const rows = (await network.exec(netns, ['cat', '/proc/net/snmp']))
    .split('\n')
    .filter((line) => line.startsWith(`${protocol}:`))
    .map((line) => line.split(' '));
  const [names = [], values = []] = rows;
  return Number(values[names.indexOf(name)] ?? Number.NaN);
}

type Reach = {
  /** pod of prod02 -> pod of prod01, as the API server's road to metrics-server. */
  readonly ping: boolean;
  readonly fullPing: boolean;
  readonly tcp: boolean;
  /** pod of prod02 -> pod of prod03: not concerned by faults at prod01. */
  readonly elsewhere: boolean;
  /** prod01 itself -> its own pod. */
  readonly sameNode: boolean;
  /** prod02 -> prod01 on the underlay. */
  readonly underlay: boolean;
};

const ALL_WELL: Reach = {
  ping: true,
  fullPing: true,
  tcp: true,
  elsewhere: true,
  sameNode: true,
  underlay: true,
};
const OVERLAY_DEAD: Reach = { ...ALL_WELL, ping: false, fullPing: false, tcp: false };

/** What each fault cuts when it is made at prod01. */
const CUTS: Readonly<Record<string, Reach>> = {
  'overlay-drop-input': OVERLAY_DEAD,
  'overlay-reject-input': OVERLAY_DEAD,
  'overlay-drop-raw': OVERLAY_DEAD,
  'overlay-drop-output': OVERLAY_DEAD,
  'overlay-drop-underlay': OVERLAY_DEAD,
  'overlay-drop-underlay-pair': OVERLAY_DEAD,
  'overlay-drop-everywhere': { ...OVERLAY_DEAD, elsewhere: false },
  'overlay-drop-input-everywhere': { ...OVERLAY_DEAD, elsewhere: false },
  'mtu-blackhole': { ...ALL_WELL, fullPing: false },
  'outer-checksum': { ...ALL_WELL, tcp: false },
  'inner-checksum': { ...ALL_WELL, tcp: false },
  'underlay-cut-pair': { ...OVERLAY_DEAD, underlay: false },
  'overlay-withdrawn': OVERLAY_DEAD,
  'stale-fdb': OVERLAY_DEAD,
  'wrong-vtep-mac': OVERLAY_DEAD,
  'wrong-vni': OVERLAY_DEAD,
  'wrong-vxlan-port': OVERLAY_DEAD,
  'forwarded-10250-dropped': { ...ALL_WELL, tcp: false },
};

const why = await whyNoLab();
if (why !== null) process.stderr.write(`\nSKIPPED test/lab/network.test.ts: ${why}\n`);

/** One network with a bare pod on each node. */
interface Scene {
  readonly flavour: CniFlavour;
  readonly network: LabNetwork;
  readonly target: FaultTarget;
  readonly pods: readonly [BarePod, BarePod, BarePod];
}

async function setScene(flavour: CniFlavour): Promise<Scene> {
  const network = await createNetwork({ flavour, nodes: 3 });
  const pods = [
    await network.addBarePod('prod01'),
    await network.addBarePod('prod02'),
    await network.addBarePod('prod03'),
  ] as const;
  for (const where of [...pods.map(({ netns }) => netns), 'prod01', 'prod02', 'prod03']) {
    await network.start(where, [process.execPath, '-e', ECHO_SERVER], { name: `echo-${where}` });
  }
  return { flavour, network, target: { network, metricsNode: 'prod01' }, pods };
}

async function look({ network, pods }: Scene): Promise<Reach> {
  const [one, two, three] = pods;
  const [small, full, tcp, elsewhere, sameNode, underlay] = await Promise.all([
    ping(network, two.netns, one.ip),
    ping(network, two.netns, one.ip, FULL_PING_BYTES),
    connects(network, two.netns, one.ip),
    connects(network, two.netns, three.ip),
    connects(network, 'prod01', one.ip),
    ping(network, 'prod02', network.node('prod01').ip),
  ]);
  return { ping: small, fullPing: full, tcp, elsewhere, sameNode, underlay };
}

describe.skipIf(why !== null)('networks of a Canal and a Calico cluster, side by side', () => {
  let scenes: readonly Scene[] = [];
  const inEach = (play: (scene: Scene) => Promise<void>): Promise<unknown> =>
    Promise.all(scenes.map(play));

  beforeAll(async () => {
    scenes = [await setScene('canal'), await setScene('calico')];
  });

  afterAll(async () => {
    for (const { network } of scenes) await network.destroy();
  });

  it('are healthy to begin with', () =>
    inEach(async (scene) => {
      // The echo servers need a moment.
      await expect.poll(() => look(scene), { timeout: 20_000 }).toEqual(ALL_WELL);
    }));

  it('reach nodes from ops and, masqueraded, other nodes from pods', () =>
    inEach(async ({ network, pods }) => {
      expect(await connects(network, 'ops', network.node('prod02').ip)).toBe(true);
      expect(await connects(network, pods[0].netns, network.node('prod02').ip)).toBe(true);
    }));

  for (const [name, cut] of Object.entries(CUTS)) {
    it(`${name} cuts what it says, and its undo leaves nothing`, () =>
      inEach(async (scene) => {
        const { flavour, network, target } = scene;
        const before = await networkTrace(network);
        const undo = await FAULTS.get(name)!.apply(target, { node: 'prod01', peer: 'prod02' });
        try {
          expect(await look(scene), flavour).toEqual(cut);
          expect(traceDifference(before, await networkTrace(network)), flavour).not.toEqual([]);
        } finally {
          await undo();
        }
        expect(traceDifference(before, await networkTrace(network)), flavour).toEqual([]);
        expect(await look(scene), flavour).toEqual(ALL_WELL);
      }));
  }

  it('outer-checksum shows at the node, inner-checksum only inside the pod', () =>
    inEach(async ({ flavour, network, target, pods }) => {
      const [one, two] = pods;
      const read = async () => ({
        node: await counter(network, 'prod01', 'Udp', 'InCsumErrors'),
        pod: await counter(network, one.netns, 'Tcp', 'InCsumErrors'),
      });
      for (const [name, where] of [
        ['outer-checksum', 'node'],
        ['inner-checksum', 'pod'],
      ] as const) {
        const before = await read();
        const undo = await FAULTS.get(name)!.apply(target, { node: 'prod01' });
        try {
          expect(await connects(network, two.netns, one.ip), flavour).toBe(false);
          const after = await read();
          const other = where === 'node' ? 'pod' : 'node';
          expect(after[where], flavour).toBeGreaterThan(before[where]);
          expect(after[other], flavour).toBe(before[other]);
        } finally {
          await undo();
        }
      }
    }));

  it('port faults close the port for whom they say and nobody else', () =>
    inEach(async ({ flavour, network, target, pods }) => {
      const [one, two] = pods;
      const { ip } = network.node('prod01');
      const cases = [
        {
          name: 'kubelet-port-blocked',
          port: 10250,
          closed: ['prod02', two.netns],
          open: ['prod01', one.netns],
        },
        {
          name: 'pod-to-own-node-blocked',
          port: 10250,
          closed: [one.netns],
          open: ['prod01', 'prod02'],
        },
        {
          name: 'pod-to-api-server-blocked',
          port: 6443,
          closed: [one.netns],
          open: ['prod01', 'prod02', 'ops'],
        },
        {
          name: 'api-server-port-blocked',
          port: 6443,
          closed: ['prod02', 'ops'],
          open: ['prod01'],
        },
      ];
      for (const { name, port, closed, open } of cases) {
        const before = await networkTrace(network);
        const undo = await FAULTS.get(name)!.apply(target, { node: 'prod01' });
        try {
          for (const [sources, expected] of [
            [closed, false],
            [open, true],
          ] as const) {
            for (const from of sources) {
              const message = `${flavour}, ${name}: ${from}`;
              expect(await connects(network, from, ip, port), message).toBe(expected);
            }
          }
        } finally {
          await undo();
        }
        expect(traceDifference(before, await networkTrace(network)), flavour).toEqual([]);
      }
    }));

  it('carry background traffic of 500 packets a second each way', () =>
    inEach(async ({ network, pods }) => {
      const [one, two] = pods;
      const traffic = await startTraffic(network, one, two);
      try {
        const rate = async (): Promise<number> => {
          const since = performance.now();
          const before = await counter(network, two.netns, 'Udp', 'InDatagrams');
          await new Promise((resolve) => setTimeout(resolve, 1_000));
          const seen = (await counter(network, two.netns, 'Udp', 'InDatagrams')) - before;
          return (seen * 1_000) / (performance.now() - since);
        };
        await expect.poll(rate, { timeout: 10_000 }).toBeGreaterThan(400);
        expect(await rate()).toBeLessThan(700);
      } finally {
        await traffic.stop();
      }
    }));
});

describe.skipIf(why !== null)('what a dead lab leaves', () => {
  it('is swept by the next one: processes, namespaces, folder', async () => {
    const program = `
      const { createNetwork } = await import(${JSON.stringify(NETWORK_MODULE)});
      const network = await createNetwork({ nodes: 2 });
      const { pid } = await network.start('prod01', ['sleep', '1000'], { name: 'left-over' });
      process.stdout.write(JSON.stringify({ id: network.id, dir: network.dir, pid }) + '\\n');
      setInterval(() => {}, 1000);
    `;
    const owner = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', program],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const left = z
      .object({ id: z.string(), dir: z.string(), pid: z.number() })
      .parse(JSON.parse(line.toString()));
    const ownerGone = once(owner, 'exit');
    owner.kill('SIGKILL');
    await ownerGone;
    expect(await startTicksOf(left.pid)).not.toBeNull();

    expect(await sweepDeadLabs()).toContain(left.id);

    expect(await startTicksOf(left.pid)).toBeNull();
    const namespaces = await readdir('/run/netns');
    expect(namespaces.filter((name) => name.startsWith(left.id))).toEqual([]);
    expect(existsSync(left.dir)).toBe(false);
  });
});
