import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { healthyWorld } from '../sim/healthy-world.ts';
import {
  type StandInCluster,
  startStandInCluster,
} from '../support/api-server/stand-in-cluster.ts';
import { configFile, runProgram } from '../support/roles/role-process.ts';

/** Exit codes of `diagnose`: README.md. */
const HEALTHY = 0;
const BROKEN = 1;
const MAX_ASKED = 3;

let cluster: StandInCluster;
let config: string;
const folder = mkdtempSync(join(tmpdir(), 'metrics-diag-bundle-'));
const bundle = join(folder, 'incident.json.gz');
const healthy = join(folder, 'healthy.json');

beforeAll(async () => {
  // Without `apiServers` the program dials the nodes' own addresses: they must be this machine's.
  cluster = await startStandInCluster(healthyWorld({ underlayPrefix: '127.77.0' }));
  config = configFile(cluster.configYaml());
});
afterAll(() => cluster?.stop());

/** A machine that starves the program gets an open verdict; whoever reads that asks again. A promise is taken at its word. */
async function diagnose(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ReturnType<typeof runProgram> {
  for (let asked = 1; ; asked += 1) {
    const ended = await runProgram(['diagnose', ...args], env);
    const confirmed = ended.code === BROKEN && /"verdict":\s*"confirmed"/u.test(ended.out);
    if (ended.code === HEALTHY || confirmed || asked === MAX_ASKED) return ended;
  }
}

it('says healthy and exits 0', async () => {
  const { code, out } = await diagnose(['prod', '--config', config, '--save-bundle', healthy]);

  expect(out).toContain('healthy');
  expect(code).toBe(0);
});

it('says what is broken, saves a bundle, and exits 1', async () => {
  await cluster.setFaults(
    [{ kind: 'overlay-blocked', scope: { into: ['prod01'] }, at: 'host', action: 'drop' }],
    60_000,
  );
  const { code, out, err } = await diagnose(
    ['PROD', '--fast', '--output', 'json', '--save-bundle', bundle],
    { METRICS_DIAG_CONFIG: config },
  );

  expect(code).toBe(1);
  const report = JSON.parse(out) as { verdict: string; causes: { id: string }[] };
  expect(report.verdict).toBe('broken');
  expect(report.causes[0]?.id).toBe('overlay-port-blocked');
  expect(err).toContain('API servers: 1 of 3');
  expect(existsSync(bundle)).toBe(true);
});

it('gives the same report from the bundle, offline', async () => {
  const first = await runProgram(['diagnose', '--bundle', bundle, '--output', 'json']);
  const second = await runProgram(['diagnose', '--bundle', bundle, '--output', 'json']);

  expect(first.code).toBe(1);
  expect(first.out).toBe(second.out);
  expect(first.out).toContain('overlay-port-blocked');
});

it('says what changed since a healthy bundle, and refuses one that is not healthy', async () => {
  const before = join(folder, 'before.json');
  const other = readFileSync(healthy, 'utf8').replaceAll(/"kernel":"[^"]*"/gu, '"kernel":"5.3.18"');
  writeFileSync(before, other);
  const told = await runProgram(['diagnose', '--bundle', bundle, '--baseline', before]);
  expect(told.code).toBe(1);
  expect(told.out).toMatch(
    /What changed since the last healthy run .*\n {2}• the kernel of prod01/u,
  );

  const refused = await runProgram(['diagnose', '--bundle', bundle, '--baseline', bundle]);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('no bundle of a healthy run');
});

it('refuses a bundle with damage inside, in one sentence', async () => {
  const damaged = join(folder, 'damaged.json');
  const keys = {
    takenAt: '',
    vantage: 0,
    apiServers: 0,
    apiService: 0,
    nodes: 7,
    providerPods: [],
  };
  const probes = { ran: 0, pods: 0, reach: 0, bursts: 0, nodeFacts: 0 };
  const head = { schema: 'metrics-diag/evidence/v1', runId: 'x', cluster: 'prod', hints: {} };
  writeFileSync(damaged, JSON.stringify({ ...head, snapshot: keys, probes }));
  const { code, err } = await runProgram(['diagnose', '--bundle', damaged]);

  expect(code).toBe(2);
  expect(err).toContain('make a new one with --save-bundle');
});

it('makes no Pod with --no-probes, and says what to run by hand instead', async () => {
  const before = cluster.requests().length;
  const { code, out } = await runProgram([
    'diagnose',
    '--no-probes',
    '--fast',
    '--output',
    'json',
    '--kubeconfig',
    cluster.kubeconfigPath,
  ]);

  const writes = cluster
    .requests()
    .slice(before)
    .filter(({ method }) => method !== 'GET');
  expect(writes).toEqual([]);
  const report = JSON.parse(out) as {
    causes: { verdict: string }[];
    byHand: { on: { node: string; address: string }[]; commands: string[] }[];
  };
  expect(report.causes.every(({ verdict }) => verdict !== 'confirmed')).toBe(true);
  const commands = report.byHand.flatMap((check) => check.commands).join('\n');
  for (const tool of ['curl -k', 'ping -M do', 'nc -zv', "'udp port 8472'", 'ethtool -k'])
    expect(commands).toContain(tool);
  expect(report.byHand[0]?.on).toContainEqual({ node: 'prod01', address: '127.77.0.1' });
  expect([1, 3]).toContain(code);
});

it.each([
  [['diagnose', 'mars'], 'No cluster is named "mars". Known: prod.'],
  [['diagnose', '--output', 'xml'], 'Allowed choices are text, json, markdown'],
  [['diagnos'], 'Did you mean diagnose?'],
  [['diagnose', '--bundle', '/nowhere/x.json'], 'Cannot read the bundle'],
  [['diagnose', '--kubeconfig', '/nowhere/kubeconfig'], '/nowhere/kubeconfig'],
])('exits 2 with words that help: %j', async (args, words) => {
  const { code, out, err } = await runProgram(args, { METRICS_DIAG_CONFIG: config });

  expect(code).toBe(2);
  expect(err).toContain(words);
  expect(out).toBe('');
});
