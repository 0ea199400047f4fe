import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { needBinary } from '../support/debian-binary.ts';
import { evidence, foundingIncident } from '../support/evidence-builder.ts';
import { type AlertBench, openAlertBench, WEBHOOK_TOKEN } from '../support/runs/alert-bench.ts';
import { until } from '../support/runs/run-bench.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
/** The rules' own patience is minutes; the test's is not. */
const RULES = read('helm/metrics-diag/rules/metrics-diag.yaml').replaceAll(
  /for: \d+m/gu,
  'for: 0s',
);
/** Route and receiver as documented, with addresses and times of the test. */
const DOCUMENTED = /```yaml\n(?<yaml>route:\n.*?)```/su.exec(read('docs/alerts.md'))?.groups?.[
  'yaml'
];

const folder = mkdtempSync(join(tmpdir(), 'metrics-diag-alertmanager-'));
const children: ChildProcess[] = [];
const servers: Server[] = [];
let bench: AlertBench | null = null;
afterAll(async () => {
  await Promise.all(children.map(stop));
  for (const server of servers) server.close();
  await bench?.close();
  rmSync(folder, { recursive: true, force: true });
});

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

const logs: string[] = [];
function start(command: string, args: readonly string[]): void {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => void logs.push(data.toString()));
  }
  children.push(child);
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** What kube-apiserver's /metrics says of the Metrics API, on loopback. */
async function gauge(): Promise<{ readonly port: number; set(value: 0 | 1): void }> {
  let value = 0;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`aggregator_unavailable_apiservice{name="v1beta1.metrics.k8s.io"} ${value}\n`);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, set: (now) => void (value = now) };
}

function alertmanagerConfig(url: string): string {
  const { route, receivers } = parse(DOCUMENTED ?? '') as {
    readonly route: { readonly routes: readonly object[] };
    readonly receivers: readonly { readonly webhook_configs: readonly object[] }[];
  };
  const token = join(folder, 'token');
  writeFileSync(token, WEBHOOK_TOKEN);
  return stringify({
    route: {
      ...route,
      receiver: 'nobody',
      group_wait: '1s',
      group_interval: '2s',
      repeat_interval: '4s',
    },
    receivers: [
      { name: 'nobody' },
      ...receivers.map((receiver) => ({
        ...receiver,
        webhook_configs: receiver.webhook_configs.map((webhook) => ({
          ...webhook,
          url: `${url}/webhooks/alertmanager`,
          http_config: { authorization: { credentials_file: token } },
        })),
      })),
    ],
  });
}

/** Two that know of each other, and one Prometheus that tells both. */
async function startPair(
  programs: { readonly alertmanager: string; readonly prometheus: string },
  { botUrl, target }: { readonly botUrl: string; readonly target: number },
): Promise<readonly number[]> {
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, alertmanagerConfig(botUrl));
  const web = [await freePort(), await freePort()];
  const gossip = [await freePort(), await freePort()];
  for (const index of [0, 1]) {
    start(programs.alertmanager, [
      `--config.file=${config}`,
      `--storage.path=${join(folder, `am-${index}`)}`,
      `--web.listen-address=127.0.0.1:${web[index]}`,
      `--cluster.listen-address=127.0.0.1:${gossip[index]}`,
      `--cluster.peer=127.0.0.1:${gossip[1 - index]}`,
      '--cluster.peer-timeout=1s',
      '--cluster.settle-timeout=5s',
    ]);
  }
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'rules', 'rules.yaml'), RULES);
  const prometheus = join(folder, 'prometheus.yml');
  writeFileSync(
    prometheus,
    stringify({
      global: {
        scrape_interval: '1s',
        evaluation_interval: '1s',
        external_labels: { cluster: 'prod' },
      },
      rule_files: [join(folder, 'rules', '*.yaml')],
      scrape_configs: [
        { job_name: 'apiserver', static_configs: [{ targets: [`127.0.0.1:${target}`] }] },
      ],
      alerting: {
        alertmanagers: [{ static_configs: [{ targets: web.map((port) => `127.0.0.1:${port}`) }] }],
      },
    }),
  );
  start(programs.prometheus, [
    `--config.file=${prometheus}`,
    `--storage.tsdb.path=${join(folder, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${await freePort()}`,
    '--rules.alert.resend-delay=2s',
  ]);
  return web;
}

/** How many notifications a member has sent well. */
async function sentBy(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
  const text = (await response?.text()) ?? '';
  const count = (name: string): number =>
    Number(
      new RegExp(`^${name}\\{integration="webhook"[^}]*\\} (\\d+)`, 'mu').exec(text)?.[1] ?? 0,
    );
  return (
    count('alertmanager_notifications_total') - count('alertmanager_notifications_failed_total')
  );
}

it('from rule to closed thread, by a pair of real Alertmanagers with the documented receiver', async (context) => {
  const programs = {
    alertmanager: needBinary(context, 'prometheus-alertmanager', 'prometheus-alertmanager'),
    prometheus: needBinary(context, 'prometheus', 'prometheus'),
  };
  bench = await openAlertBench();
  const { slack, outcomes, thread, roots } = bench;
  bench.runs.startWorker({ waves: 0, seen: [foundingIncident(), evidence(), evidence()] });
  const apiServer = await gauge();
  const members = await startPair(programs, { botUrl: bench.url, target: apiServer.port });
  const tail = () => logs.join('').slice(-4_000);

  apiServer.set(1);
  await slack
    .until('the thread', () => roots().length > 0, 90_000)
    .catch((error: unknown) => {
      throw new Error(tail(), { cause: error });
    });
  await slack.until('the verdict', () => thread()[0]?.includes('Metrics API broken'));
  expect(thread()[0]).toContain('`MetricsApiUnavailable` firing since');
  await until('repeats', () => outcomes.filter((outcome) => outcome === 'repeated').length >= 2);

  apiServer.set(0);
  await slack.until(
    'the end',
    () => thread().find((text) => text.includes('this thread is closed')),
    90_000,
  );
  expect(thread()[0]).toMatch(/✅ Resolved \d\d:\d\d UTC, \d+ (?:s|min) after it fired/u);
  expect(roots()).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'opened')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'resolved')).toHaveLength(1);
  const sent = await Promise.all(members.map(sentBy));
  expect(sent.reduce((all, count) => all + count, 0)).toBeGreaterThanOrEqual(outcomes.length);
  expect(slack.complaints).toEqual([]);
});
