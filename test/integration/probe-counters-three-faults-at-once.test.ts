import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../../src/probes/codec.ts';
import {
  labIsMissing,
  openLab,
  type ProbeLab,
  VXLAN_PORT,
} from '../support/probe-lab/namespaces.ts';
import { startOverlayTraffic } from '../support/probe-lab/overlay-traffic.ts';
import {
  bundleProbe,
  isOverloaded,
  type LabRun,
  runUntilDecided,
} from '../support/probe-lab/probe-run.ts';

/** Three waves on a busy machine. */
const LAB_TIMEOUT_MS = 180_000;

const lacking = labIsMissing();
if (lacking !== null) console.warn(`SKIPPED probe-counters-three-faults-at-once: lacks ${lacking}`);

const BACKGROUND_PPS = 500;

const EXPECTED = {
  'prod02 to prod01': 'receiver-filter',
  'prod03 to prod01': 'receiver-filter',
  'prod04 to prod01': 'receiver-filter',
  'prod01 to prod02': 'before-receiver',
  'prod03 to prod02': 'before-receiver',
  'prod04 to prod02': 'before-receiver',
  'prod01 to prod03': 'not-decapsulated',
  'prod02 to prod03': 'not-decapsulated',
  'prod04 to prod03': 'not-decapsulated',
  'prod03 to prod04': 'not-decapsulated',
  'prod01 to prod04': 'arrives',
  'prod02 to prod04': 'arrives',
} as const;

/**
 * Real packets, real counters. Into prod01 the node's own filter drops; into prod02 something before the host
 * does; prod03 has another VNI; prod04 is well. Other overlay traffic of 500 packets/s runs into each.
 */
describe.skipIf(lacking !== null)(
  'counters with three faults at once and 500 packets/s beside them',
  () => {
    let lab: ProbeLab;
    let run: LabRun;
    let told: Awaited<ReturnType<typeof runUntilDecided>>;
    let remove = (): void => undefined;

    beforeAll(async () => {
      const probe = await bundleProbe();
      remove = probe.remove;
      lab = openLab(4);
      const [one, , , four] = lab.nodes;
      if (one === undefined || four === undefined) throw new Error('four nodes');
      lab.exec(one.host, [
        'iptables',
        '-A',
        'INPUT',
        '-p',
        'udp',
        '--dport',
        `${VXLAN_PORT}`,
        '-j',
        'DROP',
      ]);
      lab.exec(lab.switch, ['nft', 'add table bridge cut']);
      lab.exec(lab.switch, [
        'nft',
        'add chain bridge cut forward { type filter hook forward priority 0; }',
      ]);
      lab.exec(lab.switch, [
        'nft',
        `add rule bridge cut forward oifname p1 udp dport ${VXLAN_PORT} drop`,
      ]);
      lab.rebuildOverlay(2, { vni: 7 });
      startOverlayTraffic(lab, {
        fromPod: four.pod,
        to: lab.nodes.slice(0, 3).map(({ podAddress }) => podAddress),
        packetsPerSecond: BACKGROUND_PPS,
      });
      startOverlayTraffic(lab, {
        fromPod: one.pod,
        to: [four.podAddress],
        packetsPerSecond: BACKGROUND_PPS,
      });
      told = await runUntilDecided(lab, probe.path, { expected: EXPECTED });
      run = told.last;
    }, LAB_TIMEOUT_MS);

    afterAll(() => {
      lab?.close();
      remove();
    });

    it('says of every burst where it ended, and never anything wrong', (context) => {
      expect(told.wrong).toEqual([]);
      if (!told.decided && isOverloaded())
        context.skip('this machine is too busy to keep the rounds');
      expect(told.stages).toEqual(EXPECTED);
    });

    it('saw the background and still answered within the termination message', () => {
      const into = run.results.bursts.filter(({ to }) => to === 'prod01');
      const background = into.map(({ receiver }) =>
        receiver.state === 'known' ? receiver.value.backgroundPps : 0,
      );
      expect(Math.min(...background)).toBeGreaterThan(BACKGROUND_PPS / 2);
      expect(run.largestMessageBytes).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
      expect(run.runs.map(({ answer }) => answer.state)).toEqual([
        'known',
        'known',
        'known',
        'known',
      ]);
    });

    it('knows the devices, ports and routes of each node', () => {
      expect(run.results.nodeFacts).toHaveLength(4);
      expect(run.results.nodeFacts[0]).toMatchObject({
        node: 'prod01',
        devices: expect.arrayContaining([
          expect.objectContaining({ name: 'flannel.1', kind: 'vxlan', mtuBytes: 1_450, up: true }),
          expect.objectContaining({ name: 'eth0', mtuBytes: 1_500, addresses: ['192.168.77.1'] }),
        ]),
        udpPorts: expect.arrayContaining([VXLAN_PORT]),
        routes: expect.arrayContaining([
          { device: 'flannel.1', cidr: '10.42.1.0/24', gateway: '10.42.1.0' },
        ]),
        listenerTcpInCsumErrors: { state: 'known', value: 0 },
      });
    });

    it('reaches over the underlay what the overlay has lost', () => {
      const outcome = (id: string): string | undefined => {
        const found = run.results.reach.find((candidate) => candidate.id === id);
        return found?.result.state === 'known' ? found.result.value.outcome : found?.result.state;
      };
      expect(outcome('tcp prod04>listener@prod01')).toBe('timeout');
      expect(outcome('icmp prod04>listener@prod01')).toBe('timeout');
      expect(outcome('icmp-full prod04>node@prod01')).toBe('open');
      expect(outcome('tcp prod04>kubelet@prod01')).toBe('refused');
      expect(outcome('tcp-full prod01>listener@prod01')).toBe('open');
    });
  },
);
