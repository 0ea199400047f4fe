import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { PROBE_IMAGE } from '../images/definitions.ts';
import type { ControlPlane, Lab, LabNode } from '../types.ts';
import { containerCgroups } from './cgroups.ts';
import { field, text } from './node-objects.ts';
import { shimTree } from './processes.ts';
import { scrapeNow } from './scrape-now.ts';

const run = promisify(execFile);

/** A Pod takes 1 to 3 s from its creation to its last status; a busy machine takes longer. */
const POD_DONE_MS = 60_000;

/** Says what it sees, as the probe does, and waits a moment so that nothing depends on a race with the kubelet. */
const PROGRAM = `
const { writeFileSync, readdirSync } = require('node:fs');
const { networkInterfaces } = require('node:os');
const { eth0 } = networkInterfaces();
writeFileSync('/dev/termination-log', JSON.stringify({ devices: readdirSync('/sys/class/net'), address: eth0?.[0]?.address }));
`;

/** Words of Go's TLS for each kind of bad serving certificate, by the node's address. */
const REFUSALS = {
  'no-ip-san': (ip: string) =>
    `x509: cannot validate certificate for ${ip} because it doesn't contain any IP SANs`,
  'foreign-ca': () => 'x509: certificate signed by unknown authority',
} as const;

/** What the lab promises of its kubelets: tests for a lab that is up. */
export function describeKubelets(labOf: () => Lab): void {
  it('runs a Pod in the host network of each node, which sees the node’s own devices', async () => {
    const lab = labOf();
    const messages = await runOnEach(lab, true);

    for (const node of lab.network.nodes) {
      const { devices, address } = messages.get(node.name) ?? {};
      expect(address).toBe(node.ip);
      expect(devices).toEqual(
        expect.arrayContaining([node.uplink, node.cniDevice, node.overlay.device]),
      );
    }
  });

  it('runs a Pod in the pod network of each node, with an address of the node’s block', async () => {
    const lab = labOf();
    const messages = await runOnEach(lab, false);

    for (const node of lab.network.nodes) {
      const { devices, address } = messages.get(node.name) ?? {};
      expect(new Set(devices)).toEqual(new Set(['eth0', 'lo']));
      expect(address?.split('.').slice(0, 2)).toEqual(node.podGateway.split('.').slice(0, 2));
    }
  });

  it('shows bad kubelet certificates in metrics-server’s log, in Go’s words', async () => {
    const { network, controlPlane, kubelets } = labOf();
    if (kubelets === undefined) throw new Error('the lab runs no kubelets');
    const bad = network.nodes.slice(1, 3).map((node, i) => {
      const certVariant = i === 0 ? 'no-ip-san' : 'foreign-ca';
      return { node, certVariant, words: REFUSALS[certVariant](node.ip) } as const;
    });
    const restart = (certVariant: 'good' | null): Promise<unknown> =>
      Promise.all(
        bad.map((each) =>
          kubelets.restartKubeletWith(each.node.name, {
            certVariant: certVariant ?? each.certVariant,
          }),
        ),
      );

    await restart(null);
    try {
      await scrapeNow(controlPlane, kubelets);
      const log = await metricsServerLog(controlPlane);
      for (const { node, words } of bad) expect(log).toContain(refusal(node, words));
    } finally {
      await restart('good');
      await labOf().untilHealthy();
    }
  });
}

function refusal({ name, ip }: LabNode, words: string): string {
  const get = `Get \\"https://${ip}:10250/metrics/resource\\"`;
  return `"Failed to scrape node" err="${get}: tls: failed to verify certificate: ${words}" node="${name}"`;
}

interface Seen {
  readonly devices: string[];
  readonly address: string;
}

/** Runs the program on every node at once and returns the termination messages by node. */
async function runOnEach(
  { network, controlPlane }: Lab,
  hostNetwork: boolean,
): Promise<ReadonlyMap<string, Seen>> {
  const kind = hostNetwork ? 'host' : 'pod';
  const path = '/api/v1/namespaces/default/pods';
  const seen = await Promise.all(
    network.nodes.map(async ({ name }) => {
      const pod = `seen-${kind}-${name}`;
      await controlPlane.request('POST', path, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: pod },
        spec: {
          nodeName: name,
          hostNetwork,
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          tolerations: [{ operator: 'Exists' }],
          containers: [{ name: 'see', image: PROBE_IMAGE, command: ['node', '-e', PROGRAM] }],
        },
      });
      let message = '';
      await expect
        .poll(
          async () => {
            message = await terminationMessage(controlPlane, `${path}/${pod}`);
            return message;
          },
          { timeout: POD_DONE_MS },
        )
        .toBeTruthy();
      await controlPlane.request('DELETE', `${path}/${pod}`, { gracePeriodSeconds: 0 });
      return [name, JSON.parse(message) as Seen] as const;
    }),
  );
  return new Map(seen);
}

async function terminationMessage(controlPlane: ControlPlane, path: string): Promise<string> {
  const { body } = await controlPlane.request('GET', path);
  const statuses = field(field(body, 'status'), 'containerStatuses');
  const state = field(Array.isArray(statuses) ? statuses[0] : undefined, 'state');
  return text(field(field(state, 'terminated'), 'message'));
}

/** The log as the API server gets it from the kubelet. */
async function metricsServerLog(controlPlane: ControlPlane): Promise<string> {
  const pods = '/api/v1/namespaces/kube-system/pods';
  const list = await controlPlane.request('GET', `${pods}?labelSelector=app%3Drke2-metrics-server`);
  const items = field(list.body, 'items');
  const name = field(field(Array.isArray(items) ? items[0] : undefined, 'metadata'), 'name');
  return (await controlPlane.request('GET', `${pods}/${String(name)}/log`)).text;
}

/** Everything on this machine that bears the lab's id: processes, mounts, network namespaces, cgroups, folder. */
async function leftOvers(id: string, dir: string, cgroups: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (argv.includes(dir)) found.push(`process ${pid} ${argv}`);
  }
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  found.push(...mounts.split('\n').filter((line) => line.includes(id)));
  found.push(...(await readdir('/run/netns')).filter((name) => name.startsWith(id)));
  for (const path of cgroups) {
    const present = await stat(path).then(
      () => true,
      () => false,
    );
    if (present) found.push(path);
  }
  const { stdout: folder } = await run('find', ['/tmp', '-maxdepth', '2', '-name', id]);
  found.push(...folder.split('\n').filter((line) => line !== ''));
  return found;
}

/** Destroys the lab and expects that nothing of it is left. */
export async function expectNothingLeft({ network }: Lab): Promise<void> {
  const { id, dir } = network;
  const containers = await shimTree(dir);
  const cgroups = await containerCgroups(containers.map(({ pid }) => pid));
  expect(cgroups).not.toEqual([]);
  expect(await leftOvers(id, dir, cgroups)).toEqual(expect.arrayContaining(cgroups));

  await network.destroy();

  expect(await leftOvers(id, dir, cgroups)).toEqual([]);
}
