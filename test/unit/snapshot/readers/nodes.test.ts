import { expect, it } from 'vitest';
import { nodeObject } from '../../../../src/snapshot/readers/nodes.ts';
import { node } from '../raw-objects.ts';

it('keeps the annotations of CNIs and distros and the labels of topology and role, no others', () => {
  const read = nodeObject(
    node('prod01', '192.168.77.1', {
      annotations: {
        'flannel.alpha.coreos.com/public-ip': '192.168.77.1',
        'projectcalico.org/IPv4VXLANTunnelAddr': '10.42.0.1',
        'network.cilium.io/ipv4-cilium-host': '10.42.0.2',
        'k3s.io/node-args': '[]',
        'example.com/password': 'hunter2',
      },
      labels: { 'topology.kubernetes.io/zone': 'a' },
    }),
  );

  expect(Object.keys(read.annotations)).toEqual([
    'flannel.alpha.coreos.com/public-ip',
    'projectcalico.org/IPv4VXLANTunnelAddr',
    'network.cilium.io/ipv4-cilium-host',
    'k3s.io/node-args',
  ]);
  expect(Object.keys(read.labels).sort()).toEqual([
    'kubernetes.io/hostname',
    'kubernetes.io/os',
    'node-role.kubernetes.io/control-plane',
    'topology.kubernetes.io/zone',
  ]);
});

it('reads dual-stack addresses, Windows nodes and a moved kubelet port', () => {
  const raw = node('win1', '10.0.0.5', { os: 'windows', controlPlane: false }) as {
    status: { addresses: unknown[]; daemonEndpoints: unknown };
  };
  raw.status.addresses.push(
    { type: 'InternalIP', address: 'fd00::5' },
    { type: 'ExternalIP', address: '198.51.100.5' },
  );
  raw.status.daemonEndpoints = { kubeletEndpoint: { Port: 10_350 } };

  expect(nodeObject(raw)).toMatchObject({
    internalIps: ['10.0.0.5', 'fd00::5'],
    externalIps: ['198.51.100.5'],
    os: 'windows',
    controlPlane: false,
    kubeletPort: 10_350,
  });
});

it('does not read silence of a kubelet as NotReady', () => {
  expect(nodeObject(node('a', '10.0.0.1', { ready: 'False' })).ready).toMatchObject({
    state: 'known',
    value: false,
  });
  expect(nodeObject(node('a', '10.0.0.1', { ready: 'Unknown' })).ready).toMatchObject({
    state: 'missing',
  });
});

it.each([
  null,
  7,
  'x',
  [],
  {},
  { metadata: [], spec: null, status: { conditions: {}, addresses: [null, 3] } },
])('reads %j without throwing', (raw) => {
  expect(nodeObject(raw)).toMatchObject({ name: '', internalIps: [], kubeletPort: 10_250 });
});
