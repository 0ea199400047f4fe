import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { judgePorts, type PortVerdict } from '../../src/core/ports/judge-ports.ts';
import { portTable } from '../../src/core/ports/port-table.ts';
import { decodeAnswer } from '../../src/probes/decode-answer.ts';
import { joinResults } from '../../src/probes/join-results.ts';
import type { PodPlan } from '../../src/probes/plan.ts';
import { planPorts } from '../../src/probes/plan-ports.ts';
import type { PodRun } from '../../src/probes/run-pods.ts';
import { dialledPorts } from '../../src/runs/preflight.ts';
import { labIsMissing, openLab, type ProbeLab } from '../support/probe-lab/namespaces.ts';
import { bundleProbe, environment, find, nodeObject } from '../support/probe-lab/probe-run.ts';

const lacking = labIsMissing();
if (lacking !== null) console.warn(`SKIPPED preflight-sees-real-filters: lacks ${lacking}`);

const SERVED = [6443, 9345, 10_250, 2379, 9099];
const SERVER = SERVED.map(
  (port) => `require('node:net').createServer((s) => s.end()).listen(${port}, '0.0.0.0')`,
).join(';');
const rows = portTable({ distro: 'rke2', cni: 'canal', encapsulation: null });

/** The shipped probe program on three machines with real filters; what is printed is typed. */
describe.skipIf(lacking !== null)('a preflight of real machines', () => {
  let lab: ProbeLab;
  let probe: Awaited<ReturnType<typeof bundleProbe>>;
  const folder = mkdtempSync(join(tmpdir(), 'metrics-diag-preflight-'));

  beforeAll(async () => {
    lab = openLab(3);
    probe = await bundleProbe();
    for (const { host } of lab.nodes) lab.spawn(host, [process.execPath, '-e', SERVER]);
    await vi.waitUntil(
      () =>
        lab.nodes.every(
          ({ host }) => lab.exec(host, ['ss', '-Hltn']).trim().split('\n').length >= 5,
        ),
      { timeout: 60_000 },
    );
  }, 120_000);
  afterAll(() => {
    lab?.close();
    probe?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(plan: PodPlan): Promise<PodRun> {
    const file = join(folder, `${plan.node}-${plan.batch}`);
    const child = lab.spawn(
      find(lab, plan.node).host,
      ['node', probe.path],
      environment(plan, file),
    );
    await new Promise((resolve) => child.once('exit', resolve));
    return {
      plan,
      outcome: { node: plan.node, kind: 'node', outcome: 'ok', detail: '', podIp: null },
      answer: decodeAnswer(readFileSync(file, 'utf8')),
    };
  }

  async function preflight(): Promise<(port: number) => PortVerdict | undefined> {
    const nodes = lab.nodes.map(nodeObject);
    const { plans } = planPorts({ runId: 'run-1', wave: 4, nodes, ports: dialledPorts(rows) });
    const runs = await Promise.all(plans.map(run));
    const verdicts = judgePorts(rows, {
      nodes: lab.nodes.map(({ name, address }) => ({ name, address, server: true })),
      dialled: joinResults({ listeners: [], runs, notProbed: [] }).reach,
      links: [],
    });
    return (port) => verdicts.find(({ row }) => row.port === port);
  }

  it('tells dropped, rejected and unserved ports apart, and its rules open what was shut', async () => {
    const filter = (node: string, rule: string): void =>
      void lab.exec(find(lab, node).host, ['sh', '-c', `iptables -A INPUT ${rule}`]);
    filter('prod01', '-p tcp --dport 9345 -s 192.168.77.2 -j DROP');
    filter('prod01', '-p tcp --dport 10250 ! -s 192.168.77.1 -j REJECT');
    filter('prod02', '-p tcp --dport 2381 ! -s 192.168.77.2 -j DROP');

    const before = await preflight();
    expect(before(6443)).toMatchObject({ state: 'open', tried: 6, open: 6 });
    expect(before(2379)).toMatchObject({ state: 'open', tried: 6 });
    expect(before(9345)).toMatchObject({
      state: 'blocked',
      open: 5,
      refusals: [{ from: 'prod02', to: 'prod01', how: 'no answer' }],
    });
    expect(before(10_250)).toMatchObject({ state: 'blocked', open: 4 });
    expect(before(10_250)?.refusals.map(({ to, how }) => `${to} ${how}`)).toEqual([
      'prod01 refused',
      'prod01 refused',
    ]);
    expect(before(2380)).toMatchObject({ state: 'nobody-listens', fixes: [] });
    // Nobody serves there, and the silence is a filter's all the same.
    expect(before(2381)?.refusals.map(({ to }) => to)).toEqual(['prod02', 'prod02']);

    for (const port of [9345, 10_250, 2381]) {
      for (const fix of before(port)?.fixes ?? []) {
        const { commands = [] } = fix.variants.find(({ tool }) => tool === 'iptables') ?? {};
        for (const node of fix.where) {
          lab.exec(find(lab, node).host, ['bash', '-e', '-c', commands.join('\n')]);
        }
      }
    }
    const after = await preflight();
    expect([9345, 10_250].map((port) => after(port)?.state)).toEqual(['open', 'open']);
    expect(after(2381)?.state).toBe('nobody-listens');
  });
});
