import { describe, expect, it } from 'vitest';
import { deriveNetwork } from '../../../src/core/evidence/derive-network.ts';
import type { Evidence } from '../../../src/core/evidence/evidence.ts';
import type { NetworkFacts } from '../../../src/core/evidence/facts.ts';
import { known, missing } from '../../../src/core/evidence/observed.ts';
import {
  type EvidenceShape,
  evidence,
  pipe,
  withProbes,
  withSnapshot,
} from '../../support/evidence-builder.ts';

function networkOf(e: Evidence): NetworkFacts {
  const fact = deriveNetwork(e);
  if (fact.state === 'missing') throw new TypeError(fact.detail);
  return fact.value;
}

const noProbes = (e: Evidence): Evidence => withProbes(e, { nodeFacts: [] });
const noConfig = (e: Evidence): Evidence =>
  withSnapshot(e, { cniConfig: missing('forbidden', 'configmaps is forbidden') });
const netConf =
  (text: string) =>
  (e: Evidence): Evidence =>
    withSnapshot(e, {
      cniConfig: known(
        {
          configMaps: [
            {
              namespace: 'kube-flannel',
              name: 'kube-flannel-cfg',
              data: { 'net-conf.json': text },
            },
          ],
          calicoIpPools: missing('absent-api', 'not served'),
          felix: missing('absent-api', 'not served'),
        },
        'GET configmaps',
      ),
    });
const felix =
  (spec: Readonly<Record<string, unknown>>) =>
  (e: Evidence): Evidence =>
    withSnapshot(e, {
      cniConfig:
        e.snapshot.cniConfig.state === 'known'
          ? known(
              { ...e.snapshot.cniConfig.value, felix: known(spec, 'GET felixconfigurations') },
              'GET',
            )
          : e.snapshot.cniConfig,
    });
const ports =
  (...udpPorts: number[]) =>
  (e: Evidence): Evidence =>
    withProbes(e, { nodeFacts: e.probes.nodeFacts.map((row) => ({ ...row, udpPorts })) });

describe('deriveNetwork', () => {
  it.each([
    ['canal', 'rke2', 'canal', 'vxlan', 8472, 1],
    ['flannel', 'rke2', 'flannel', 'vxlan', 4789, 4096],
    ['calico', 'rke2', 'calico', 'vxlan', 4789, 4096],
    ['cilium', 'rke2', 'cilium', 'vxlan', 8472, null],
    ['calico-ipip', 'kubeadm', 'calico', 'ipip', null, null],
  ] as const)('%s on %s', (cni, platform, name, encapsulation, port, vni) => {
    const shape: EvidenceShape = { cni, platform };
    for (const e of [evidence(shape), noProbes(evidence(shape)), noConfig(evidence(shape))]) {
      const network = networkOf(e);
      expect(network.cni).toBe(name);
      expect(network.encapsulation).toBe(encapsulation);
      expect(network.port).toBe(port);
      expect(network.disagrees).toBe(false);
      expect(network.basis.length).toBeGreaterThan(0);
    }
    expect(networkOf(evidence(shape)).vni).toBe(vni);
  });

  it('takes 4789 for flannel VNI 4096 from annotations alone, 8472 for VNI 1', () => {
    const bare = (cni: 'flannel' | 'canal') =>
      pipe(evidence({ cni, platform: 'kubeadm' }), noProbes, noConfig);
    expect(networkOf(bare('flannel')).port).toBe(4789);
    expect(networkOf(bare('canal')).port).toBe(8472);
  });

  it('says so when the nodes have another port bound than the configuration states', () => {
    const network = networkOf(pipe(evidence({ cni: 'canal' }), ports(4789)));
    expect(network.disagrees).toBe(true);
    expect(network.port).toBe(4789);
    expect(network.basis.join()).toContain('4789/udp bound, not 8472/udp');
  });

  it('follows a port that the configuration states', () => {
    const text = '{"Backend":{"Type":"vxlan","Port":9999}}';
    expect(
      networkOf(pipe(evidence({ cni: 'flannel', platform: 'k3s' }), netConf(text), noProbes)).port,
    ).toBe(9999);
    expect(
      networkOf(
        pipe(evidence({ cni: 'calico' }), felix({ vxlanPort: 6789, vxlanVNI: 7 }), noProbes),
      ),
    ).toMatchObject({ port: 6789, vni: 7 });
  });

  it.each([
    ['{"Backend":{"Type":"host-gw"}}', 'none', null],
    ['{"Backend":{"Type":"wireguard"}}', 'wireguard', 51820],
  ] as const)('reads %s', (text, encapsulation, port) => {
    const e = pipe(evidence({ cni: 'native' }), netConf(text), noProbes);
    expect(networkOf(e)).toMatchObject({ encapsulation, port });
  });

  it('Calico with WireGuard', () => {
    const e = pipe(evidence({ cni: 'calico' }), felix({ wireguardEnabled: true }), noProbes);
    expect(networkOf(e)).toMatchObject({ cni: 'calico', encapsulation: 'wireguard', port: 51820 });
  });

  it('does not count flannel annotations that an earlier CNI left', () => {
    const e = evidence({ cni: 'calico' });
    const nodes = e.snapshot.nodes.state === 'known' ? e.snapshot.nodes.value : [];
    const old = withSnapshot(e, {
      nodes: known(
        nodes.map((n) => ({
          ...n,
          annotations: {
            ...n.annotations,
            'flannel.alpha.coreos.com/backend-type': 'vxlan',
            'flannel.alpha.coreos.com/backend-data': '{"VNI":1}',
          },
        })),
        'GET nodes',
      ),
    });
    expect(networkOf(old)).toMatchObject({ cni: 'calico', port: 4789 });
  });

  it('an unused tunl0 is no IPIP', () => {
    const e = evidence({ cni: 'canal' });
    const withTunl = withProbes(e, {
      nodeFacts: e.probes.nodeFacts.map((row) => ({
        ...row,
        devices: [
          { name: 'tunl0', mtuBytes: 1480, kind: 'ipip', up: true, addresses: [] },
          ...row.devices,
        ],
      })),
    });
    expect(networkOf(withTunl)).toMatchObject({ encapsulation: 'vxlan', device: 'flannel.1' });
  });

  it('is missing, not guessed, when nothing names the CNI', () => {
    const e = pipe(evidence({ cni: 'native' }), noProbes, noConfig, (x) =>
      withSnapshot(x, { cniPods: missing('forbidden', 'pods is forbidden') }),
    );
    expect(deriveNetwork(e).state).toBe('missing');
  });

  it('does not choke on a broken ConfigMap', () => {
    expect(networkOf(pipe(evidence({ cni: 'canal' }), netConf('{not json'))).port).toBe(8472);
  });
});

it("knows that a VPC routes its pods' addresses itself", () => {
  const e = pipe(evidence({ cni: 'native' }), noProbes, noConfig);
  const pods = e.snapshot.cniPods.state === 'known' ? e.snapshot.cniPods.value : [];
  const aws = withSnapshot(e, {
    cniPods: known(
      pods.map((p) => ({
        ...p,
        name: `aws-node-${p.nodeName}`,
        labels: { 'k8s-app': 'aws-node' },
        owner: { kind: 'DaemonSet', name: 'aws-node' },
      })),
      'GET pods',
    ),
  });

  expect(networkOf(aws).encapsulation).toBe('none');
});
