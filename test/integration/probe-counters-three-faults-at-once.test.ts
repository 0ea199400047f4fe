import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stageOf } from '../../src/core/evidence/burst-stage.ts';
import { MAX_MESSAGE_BYTES } from '../../src/probes/codec.ts';
import {
  labIsMissing,
  openLab,
  type ProbeLab,
  VXLAN_PORT,
} from '../support/probe-lab/namespaces.ts';
import { bundleProbe, type LabRun, runWave } from '../support/probe-lab/probe-run.ts';

const lacking = labIsMissing();
if (lacking !== null) console.warn(`SKIPPED probe-counters-three-faults-at-once: lacks ${lacking}`);

/** 500 packets/s. */
const BACKGROUND_INTERVAL_SECONDS = '0.002';

/**
 * Real packets, real counters. Into prod01 the node's own filter drops; into prod02 something before the host
 * does; prod03 has another VNI; prod04 is well. Other overlay traffic of 500 packets/s runs into each.
 */
describe.skipIf(lacking !== null)(
  'counters with three faults at once and 500 packets/s beside them',
  () => {
    let lab: ProbeLab;
    let run: LabRun;
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
      for (const to of lab.nodes.slice(0, 3)) {
        lab.spawn(four.pod, ['ping', '-q', '-i', BACKGROUND_INTERVAL_SECONDS, to.podAddress]);
      }
      lab.spawn(one.pod, ['ping', '-q', '-i', BACKGROUND_INTERVAL_SECONDS, four.podAddress]);
      run = await runWave(lab, probe.path);
    });

    afterAll(() => {
      lab?.close();
      remove();
    });

    it.each([
      ['prod02', 'prod01', 'receiver-filter'],
      ['prod03', 'prod01', 'receiver-filter'],
      ['prod04', 'prod01', 'receiver-filter'],
      ['prod01', 'prod02', 'before-receiver'],
      ['prod03', 'prod02', 'before-receiver'],
      ['prod04', 'prod02', 'before-receiver'],
      ['prod01', 'prod03', 'not-decapsulated'],
      ['prod02', 'prod03', 'not-decapsulated'],
      ['prod04', 'prod03', 'not-decapsulated'],
      ['prod03', 'prod04', 'not-decapsulated'],
      ['prod01', 'prod04', 'arrives'],
      ['prod02', 'prod04', 'arrives'],
    ] as const)('says of the burst from %s to %s: %s', (from, to, stage) => {
      const burst = run.results.bursts.find(
        (candidate) => candidate.from === from && candidate.to === to,
      );
      expect(burst, 'the burst was sent').toBeDefined();
      if (burst !== undefined) expect(stageOf(burst), JSON.stringify(burst)).toBe(stage);
    });

    it('saw the background and still answered within the termination message', () => {
      const into = run.results.bursts.filter(({ to }) => to === 'prod01');
      const background = into.map(({ receiver }) =>
        receiver.state === 'known' ? receiver.value.backgroundPps : 0,
      );
      expect(Math.min(...background)).toBeGreaterThan(250);
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
