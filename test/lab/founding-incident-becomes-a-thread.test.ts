import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bringUpLab } from './support/bring-up-lab.ts';
import { type LabThreads, startThreads } from './support/thread/thread-in-lab.ts';
import type { CniFlavour, Lab } from './support/types.ts';
import { whyNoCluster } from './support/why-no-cluster.ts';

/** The port that each CNI speaks here: never assumed by the program, and not told to it by the lab. */
const FLAVOURS: readonly (readonly [CniFlavour, string])[] = [
  ['calico', '4789/udp'],
  ['flannel', '4789/udp'],
];
const BRING_UP_MS = 400_000;

const why = await whyNoCluster();
if (why !== null)
  process.stderr.write(`\nSKIPPED test/lab/founding-incident-becomes-a-thread.test.ts: ${why}\n`);

describe.skipIf(why !== null).each(FLAVOURS)('a channel beside a %s cluster', (flavour, port) => {
  let lab: Lab;
  let threads: LabThreads;

  beforeAll(async () => {
    lab = await bringUpLab({
      flavour,
      nodeNames: ['alpha', 'bravo', 'charlie'],
      nodePrefix: '192.168.91',
      podPrefix: '10.66',
      metricsNode: 'bravo',
    });
    threads = await startThreads(lab);
  }, BRING_UP_MS);

  afterAll(async () => {
    await threads?.stop();
    await lab?.destroy();
  }, 60_000);

  it(`healthy, then the overlay into the metrics-server node is cut (${port}), then healthy again`, async () => {
    expect((await threads.run()).root).toContain('Metrics API healthy');

    const undo = await lab.applyFault('overlay-drop-input', {});
    const run = await threads.run();
    expect(run.root).toContain('Metrics API broken');
    expect(run.root).toContain('bravo');
    expect(run.root).toContain(port);
    const thread = run.thread.join('\n');
    expect(thread).toContain('1 of 3');
    expect(thread).toContain('overlay-port-blocked');
    expect(thread).toContain(`${lab.network.node('alpha').ip}`);
    expect(thread).toContain(`${lab.network.node('charlie').ip}`);
    expect(run.roots).toBe(1);

    await undo();
    await lab.untilHealthy();
    const healed = await threads.run();
    expect(healed.root).toContain('Metrics API healthy');
    expect(healed.complaints).toEqual([]);
  });

  // Once is enough: it is the queues that bring the run to its end, whatever the CNI.
  if (flavour !== 'calico') return;

  it('a worker killed with -9 in mid-run finishes after its restart, in the same thread, and leaves no Pod', async () => {
    const undo = await lab.applyFault('overlay-drop-input', {});
    const run = await threads.killInMidRun(3_500);
    expect(run.root).toContain('Metrics API broken');
    expect(run.roots).toBe(1);
    // The root and six replies at most. Messages that only carry a file (the picture, the fixes) show no words.
    const words = run.thread.filter((text) => /[a-z]{3}/i.test(text));
    expect(new Set(words).size).toBe(words.length);
    expect(run.thread.length, run.thread.join('\n----\n')).toBeLessThanOrEqual(7);
    expect(await leftPods(lab)).toBe(0);
    await undo();
  });
});

/** Probe Pods that are still there, at most 60 s later. */
async function leftPods({ controlPlane }: Lab): Promise<number> {
  for (let second = 0; ; second += 1) {
    const { body } = await controlPlane.request(
      'GET',
      '/api/v1/namespaces/metrics-diag/pods?labelSelector=metrics-diag%2Frun-id',
    );
    const { items } = body as { readonly items: readonly unknown[] };
    if (items.length === 0 || second === 60) return items.length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
