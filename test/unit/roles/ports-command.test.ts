import { expect, it } from 'vitest';
import { runCli } from '../../../src/roles/cli.ts';

async function ports(
  ...args: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runCli(['ports', ...args], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTty: false,
    env: {},
  });
  return { code, out, err };
}

it('without a word on the cluster there is a table for each distribution and its own CNI', async () => {
  const { code, out } = await ports();
  expect(code).toBe(0);
  expect(out.match(/^Ports between the machines of .*$/gm)).toEqual([
    'Ports between the machines of rke2 with canal',
    'Ports between the machines of k3s with flannel',
    ...['canal', 'calico', 'flannel', 'cilium'].map(
      (cni) => `Ports between the machines of kubeadm with ${cni}`,
    ),
  ]);
});

it('with a tool it is one shell script that holds nothing but comments and commands of that tool', async () => {
  const flags = ['--distro', 'rke2', '--servers', '10.0.0.1,10.0.0.2', '--agents', '10.0.0.9'];
  const { code, out } = await ports(...flags, '--tool', 'iptables');
  expect(code).toBe(0);
  const lines = out.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter((line) => !/^iptables -I INPUT 1 .* -j ACCEPT$/.test(line))).toEqual([]);

  const agents = await ports(...flags, '--tool', 'iptables', '--for', 'agents', '--undo');
  expect(agents.out).toContain('===== the agents: 10.0.0.9');
  expect(agents.out).not.toContain('===== the servers');
  expect(agents.out).toContain('iptables -D INPUT -p udp --dport 8472 -s 10.0.0.1 -j ACCEPT');
});

it('as JSON it is the table with its sources, and the rules', async () => {
  const { out } = await ports('--distro', 'k3s', '--output', 'json');
  const [page] = JSON.parse(out) as { cni: string; rows: { source: string }[] }[];
  expect(page?.cni).toBe('flannel');
  expect(page?.rows.every(({ source }) => source.startsWith('https://'))).toBe(true);
  const flags = ['--distro', 'k3s', '--servers', '10.0.0.1', '--tool', 'ufw', '--output', 'json'];
  const rules = await ports(...flags);
  expect(JSON.parse(rules.out)).toMatchObject({ tool: 'ufw', ruleSets: [{ on: 'servers' }] });
});

it('opens etcd between the servers of k3s where there are several', async () => {
  const flags = ['--distro', 'k3s', '--tool', 'nftables', '--for', 'servers'];
  expect((await ports(...flags, '--servers', '10.0.0.1')).out).not.toMatch(/^nft .*2379-2380/m);
  for (const servers of ['10.0.0.1,10.0.0.2', '10.0.0.0/29']) {
    expect((await ports(...flags, '--servers', servers)).out).toMatch(/^nft .*2379-2380/m);
  }
});

it.each([
  [['--tool', 'ufw', '--servers', '10.0.0.1'], '--distro'],
  [['--distro', 'kubeadm', '--tool', 'ufw', '--servers', '10.0.0.1'], '--cni'],
  [['--distro', 'rke2', '--tool', 'ufw'], '--servers'],
  [['--distro', 'rke2', '--tool', 'ufw', '--servers', 'prod01,prod02'], 'prod01 is not an address'],
  [['--distro', 'rke2', '--tool', 'ufw', '--servers', '10.0.0.1,0.0.0.0/0'], 'to everyone'],
  [['--distro', 'minikube'], 'rke2'],
])('%j is a usage error that names what is missing', async (args, words) => {
  const { code, err, out } = await ports(...args);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toContain(words);
});
