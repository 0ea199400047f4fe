import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startControlPlane } from './support/control-plane.ts';
import { findControlPlane } from './support/control-plane-binaries.ts';
import { PROBE_IMAGE } from './support/images/definitions.ts';
import { containerCgroups } from './support/kubelets/cgroups.ts';
import { field, text } from './support/kubelets/node-objects.ts';
import { shimTree } from './support/kubelets/processes.ts';
import {
  findKubelet,
  type RunningKubelets,
  startKubelets,
} from './support/kubelets/start-kubelets.ts';
import { createNetwork, whyNoLab } from './support/network.ts';
import { createClusterObjects } from './support/objects/cluster-objects.ts';
import type { ControlPlane, LabNetwork } from './support/types.ts';

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

const why = await whyItCannotRun();
if (why !== null) process.stderr.write(`\nSKIPPED test/lab/kubelets.test.ts: ${why}\n`);

describe.skipIf(why !== null)('real kubelets on three nodes', () => {
  let network: LabNetwork;
  let controlPlane: ControlPlane;
  let kubelets: RunningKubelets;

  beforeAll(async () => {
    network = await createNetwork({ nodes: 3 });
    controlPlane = await startControlPlane(network, { kubelets: true });
    await createClusterObjects(network, controlPlane);
    kubelets = await startKubelets(network, controlPlane);
  }, 300_000);

  afterAll(async () => {
    await network?.destroy();
  }, 60_000);

  it('runs a Pod in the host network of each node, which sees the node’s own devices', async () => {
    const messages = await runOnEach(true);

    for (const node of network.nodes) {
      const { devices, address } = messages.get(node.name) ?? {};
      expect(address).toBe(node.ip);
      expect(devices).toEqual(
        expect.arrayContaining([node.uplink, node.cniDevice, node.overlay.device]),
      );
    }
  });

  it('runs a Pod in the pod network of each node, with an address of the node’s block', async () => {
    const messages = await runOnEach(false);

    for (const node of network.nodes) {
      const { devices, address } = messages.get(node.name) ?? {};
      expect(new Set(devices)).toEqual(new Set(['eth0', 'lo']));
      expect(address?.split('.').slice(0, 2)).toEqual(node.podGateway.split('.').slice(0, 2));
    }
  });

  it('serves node metrics through the aggregation layer of every API server', async () => {
    for (const server of controlPlane.servers) {
      const said = await network.exec('ops', [
        'curl',
        '--silent',
        '--show-error',
        '--cacert',
        controlPlane.pki.ca.cert,
        '--cert',
        controlPlane.pki.admin.cert,
        '--key',
        controlPlane.pki.admin.key,
        `${server.url}/apis/metrics.k8s.io/v1beta1/nodes`,
      ]);
      const items = field(JSON.parse(said), 'items');
      const names = Array.isArray(items)
        ? items.map((item: unknown) => field(field(item, 'metadata'), 'name'))
        : [];
      expect(new Set(names)).toEqual(new Set(network.nodes.map(({ name }) => name)));
    }
  });

  it.each([
    [
      'no-ip-san',
      (ip: string) =>
        `x509: cannot validate certificate for ${ip} because it doesn't contain any IP SANs`,
    ],
    ['foreign-ca', () => 'x509: certificate signed by unknown authority'],
  ] as const)(
    'shows a kubelet certificate of kind %s in metrics-server’s log, in Go’s words',
    async (certVariant, words) => {
      const node = network.nodes[1];
      if (node === undefined) throw new Error('the lab has three nodes');

      await kubelets.restartKubeletWith(node.name, { certVariant });

      await expect
        .poll(() => metricsServerLog(), { timeout: 60_000, interval: 1_000 })
        .toContain(
          `"Failed to scrape node" err="Get \\"https://${node.ip}:10250/metrics/resource\\": ` +
            `tls: failed to verify certificate: ${words(node.ip)}" node="${node.name}"`,
        );
      await kubelets.restartKubeletWith(node.name, { certVariant: 'good' });
    },
  );

  it('leaves no process, mount, namespace, cgroup or folder behind', async () => {
    const { id, dir } = network;
    const containers = await shimTree(dir);
    const cgroups = await containerCgroups(containers.map(({ pid }) => pid));
    expect(cgroups).not.toEqual([]);
    expect(await leftOvers(id, dir, cgroups)).toEqual(expect.arrayContaining(cgroups));

    await network.destroy();

    expect(await leftOvers(id, dir, cgroups)).toEqual([]);
  });

  interface Seen {
    readonly devices: string[];
    readonly address: string;
  }

  /** Runs the program on every node at once and returns the termination messages by node. */
  async function runOnEach(hostNetwork: boolean): Promise<Map<string, Seen>> {
    const kind = hostNetwork ? 'host' : 'pod';
    const path = '/api/v1/namespaces/default/pods';
    const pods = network.nodes.map(({ name }) => ({ node: name, pod: `seen-${kind}-${name}` }));
    await Promise.all(
      pods.map(({ node, pod }) =>
        controlPlane.request('POST', path, {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: pod },
          spec: {
            nodeName: node,
            hostNetwork,
            restartPolicy: 'Never',
            automountServiceAccountToken: false,
            tolerations: [{ operator: 'Exists' }],
            containers: [{ name: 'see', image: PROBE_IMAGE, command: ['node', '-e', PROGRAM] }],
          },
        }),
      ),
    );
    const messages = new Map<string, Seen>();
    await Promise.all(
      pods.map(async ({ node, pod }) => {
        const message = await expect
          .poll(() => terminationMessage(`${path}/${pod}`), { timeout: POD_DONE_MS })
          .toBeTruthy()
          .then(() => terminationMessage(`${path}/${pod}`));
        messages.set(node, JSON.parse(message) as Seen);
      }),
    );
    return messages;
  }

  async function terminationMessage(path: string): Promise<string> {
    const { body } = await controlPlane.request('GET', path);
    const statuses = field(field(body, 'status'), 'containerStatuses');
    const state = field(Array.isArray(statuses) ? statuses[0] : undefined, 'state');
    return text(field(field(state, 'terminated'), 'message'));
  }

  /** The log as the API server gets it from the kubelet. */
  async function metricsServerLog(): Promise<string> {
    const pods = '/api/v1/namespaces/kube-system/pods';
    const { body } = await controlPlane.request(
      'GET',
      `${pods}?labelSelector=app%3Drke2-metrics-server`,
    );
    const items = field(body, 'items');
    const name = field(field(Array.isArray(items) ? items[0] : undefined, 'metadata'), 'name');
    return (await controlPlane.request('GET', `${pods}/${String(name)}/log`, undefined, [500]))
      .text;
  }
});

async function whyItCannotRun(): Promise<string | null> {
  const noNetwork = await whyNoLab();
  if (noNetwork !== null) return noNetwork;
  const binaries = await findControlPlane();
  if ('why' in binaries) return binaries.why;
  if ((await findKubelet()) === null) return 'no kubelet: run "npm run lab:control-plane"';
  const containerd = await run('sh', ['-c', 'command -v containerd runc']).catch(() => null);
  return containerd === null ? 'no containerd or runc: run "npm run setup:lab"' : null;
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
