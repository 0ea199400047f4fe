import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PortVerdict } from '../../src/core/ports/judge-ports.ts';
import type { PreflightCheck } from '../../src/core/ports/preflight-checks.ts';
import { runCli } from '../../src/roles/cli.ts';
import type { Fault } from '../sim/faults.ts';
import { healthyWorld } from '../sim/healthy-world.ts';
import {
  type StandInCluster,
  startStandInCluster,
} from '../support/api-server/stand-in-cluster.ts';

let cluster: StandInCluster;
const path = join(mkdtempSync(join(tmpdir(), 'metrics-diag-preflight-')), 'metrics-diag.yaml');

beforeAll(async () => {
  cluster = await startStandInCluster(healthyWorld({ underlayPrefix: '127.77.0' }));
  writeFileSync(path, cluster.configYaml());
});
afterAll(() => cluster?.stop());

async function preflight(faults: readonly Fault[], ...args: readonly string[]) {
  await cluster.setFaults(faults, 60_000);
  let out = '';
  const code = await runCli(['preflight', 'prod', '--config', path, ...args], {
    out: (text) => void (out += text),
    err: () => undefined,
    isTty: false,
    env: {},
  });
  return { code, out };
}

async function asJson(faults: readonly Fault[]) {
  const { code, out } = await preflight(faults, '--output', 'json');
  const found = JSON.parse(out) as {
    table: unknown;
    ports: readonly PortVerdict[];
    checks: readonly PreflightCheck[];
  };
  const state = (port: number) => found.ports.find(({ row }) => row.port === port)?.state;
  return { code, ...found, state };
}

it('finds nothing in the way of a healthy cluster, and leaves no Pod behind', async () => {
  const { code, table, checks, state } = await asJson([]);
  expect(table).toEqual({ distro: 'rke2', cni: 'canal' });
  expect([6443, 10_250, 8472].map(state)).toEqual(['open', 'open', 'open']);
  // The stand-in's machines serve nothing at 9345: they refuse it themselves, so nothing is in the way.
  expect(state(9345)).toBe('nobody-listens');
  expect(checks.filter((check) => ['wrong', 'worth-a-look'].includes(check.state))).toEqual([]);
  expect(checks.filter((check) => check.state === 'ok').length).toBeGreaterThan(5);
  expect(code).toBe(0);
  const left = cluster.objects('pods').filter(({ metadata }) => metadata.name.startsWith('probe-'));
  expect(left).toEqual([]);
});

it("finds a kubelet's port shut to the others, with the rule that opens it", async () => {
  const { code, out } = await preflight([
    { kind: 'kubelet-port-blocked', nodes: ['prod01'], action: 'drop' },
  ]);
  expect(code).toBe(1);
  expect(out).toMatch(
    /\[!\] +10250\/tcp +nodes to nodes +BLOCKED prod0[23] > prod01 \(no answer\)/,
  );
  expect(out).toContain('Fix: Allow 10250/tcp from 127.77.0.');
  expect(out).toMatch(/\[x\] +6443\/tcp +nodes to servers +open on 6 of 6 paths/);
});

it('finds the overlay cut, and says why', async () => {
  const { code, checks, state } = await asJson([
    { kind: 'overlay-blocked', scope: { into: ['prod01'] }, at: 'host', action: 'drop' },
  ]);
  expect(code).toBe(1);
  expect([8472, 10_250].map(state)).toEqual(['blocked', 'open']);
  // A busy machine may leave it at a suspicion; nothing else may be accused.
  const accused = checks.filter(({ state: each }) => ['wrong', 'worth-a-look'].includes(each));
  expect(accused).toMatchObject([
    { subject: 'the pod network carries packets', fixes: [expect.anything()] },
  ]);
});

it('says why where nothing could be tried, and does not call that healthy', async () => {
  const config = path.replace('.yaml', '-without-image.yaml');
  writeFileSync(config, cluster.configYaml().replace(/ +image: .*\n/, ''));
  const { code, out } = await preflight([], '--config', config);
  expect(out).toContain('Not tried: no probe image is known');
  expect(out).toMatch(/\[-\] +6443\/tcp .* not seen/);
  expect(code).toBe(3);
});
