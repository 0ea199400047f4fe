import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sim/faults.ts';
import { applyFaults } from '../../sim/faults.ts';
import { healthyWorld } from '../../sim/healthy-world.ts';
import type { OverlayName } from '../../sim/overlays.ts';
import type { CounterName, Party } from '../../sim/packets.ts';
import { send, sourceAddress } from '../../sim/packets.ts';
import { connect, connectFull, ping } from '../../sim/paths.ts';
import {
  KUBELET_PORT,
  nodeNamed,
  podAddress,
  providerPods,
  type SimPod,
  type World,
  withPods,
} from '../../sim/world.ts';

const FLAVOURS: readonly OverlayName[] = ['canal', 'calico', 'flannel', 'cilium'];
const LISTENER_PORT = 19_472;
const NAMES = ['prod01', 'prod02', 'prod03'];

/** A world with one of our listeners on every node, as the probe stage makes them. */
function worldWith(faults: readonly Fault[], cni: OverlayName = 'canal'): World {
  const world = applyFaults(healthyWorld({ cni, nowMs: 0 }), faults);
  return withPods(
    world,
    world.nodes.map(
      (node): SimPod => ({
        namespace: 'metrics-diag',
        name: `listener-${node.name}`,
        node: node.name,
        ip: podAddress(node, 50),
        hostNetwork: false,
        labels: {},
        ports: [{ name: 'probe', port: LISTENER_PORT, listening: true, tls: false }],
      }),
    ),
  );
}

function listenerOn(world: World, node: string): { address: string; port: number } {
  return { address: podAddress(nodeNamed(world, node), 50), port: LISTENER_PORT };
}

type Check = 'tcp' | 'tcp-full' | 'icmp' | 'icmp-full';

function outcome(
  world: World,
  from: Party,
  target: { address: string; port: number },
  check: Check,
) {
  const exchange = { world, from, target, timeoutMs: 4_000, count: () => undefined };
  switch (check) {
    case 'tcp':
      return connect(exchange);
    case 'tcp-full':
      return connectFull(exchange);
    case 'icmp':
      return ping(exchange, null);
    case 'icmp-full':
      return ping(exchange, 'full');
  }
}

function node(name: string): Party {
  return { kind: 'node', node: name };
}

function overlay(world: World, from: string, to: string, check: Check): string {
  return outcome(world, node(from), listenerOn(world, to), check).outcome;
}

function kubelet(world: World, from: Party, to: string) {
  return outcome(world, from, { address: nodeNamed(world, to).ip, port: KUBELET_PORT }, 'tcp');
}

const CHECKS: readonly Check[] = ['tcp', 'tcp-full', 'icmp', 'icmp-full'];

/** Moves of each node's counters when one small datagram goes from one node to another's listener. */
function datagram(world: World, from: string, to: string) {
  const moves: Record<string, Partial<Record<CounterName, number>>> = {};
  const target = listenerOn(world, to);
  const arrival = send(
    world,
    node(from),
    {
      protocol: 'udp',
      source: sourceAddress(world, node(from), target.address),
      destination: target.address,
      port: target.port,
      ipBytes: 88,
      reply: false,
    },
    (at, counter) => {
      const own = (moves[at] ??= {});
      own[counter] = (own[counter] ?? 0) + 1;
    },
  );
  return {
    arrived: arrival.kind === 'delivered',
    sender: moves[from] ?? {},
    receiver: moves[to] ?? {},
  };
}

describe('a healthy world', () => {
  it.each(FLAVOURS)('has every path open under %s', (cni) => {
    const world = worldWith([], cni);

    for (const from of NAMES) {
      for (const to of NAMES) {
        for (const check of CHECKS)
          expect([from, to, check, overlay(world, from, to, check)]).toEqual([
            from,
            to,
            check,
            'open',
          ]);
        expect(kubelet(world, node(from), to).outcome).toBe('open');
      }
    }
    const pod = providerPods(world)[0] as SimPod;
    if (pod === null) throw new Error('no provider');
    for (const to of NAMES) expect(kubelet(world, { kind: 'pod', pod }, to).outcome).toBe('open');
  });

  it('passes a datagram twice through the receiver IP layer: outside and inside the tunnel', () => {
    const { arrived, sender, receiver } = datagram(worldWith([]), 'prod02', 'prod01');

    expect(arrived).toBe(true);
    expect(sender).toEqual({ overlayTx: 1, underlayTx: 1, ipOutRequests: 2 });
    expect(receiver).toEqual({
      underlayRx: 1,
      ipInReceives: 2,
      ipInDelivers: 1,
      udpInDatagrams: 1,
      overlayRx: 1,
    });
  });

  it('passes it once under Cilium, whose eBPF goes around the IP layer', () => {
    expect(datagram(worldWith([], 'cilium'), 'prod02', 'prod01').receiver.ipInReceives).toBe(1);
  });

  it('refuses a port where nobody listens, and finds no neighbour for a pod that is not there', () => {
    const world = worldWith([]);
    const { address } = listenerOn(world, 'prod01');

    expect(outcome(world, node('prod02'), { address, port: 1 }, 'tcp')).toMatchObject({
      outcome: 'refused',
      errno: 'ECONNREFUSED',
    });
    expect(outcome(world, node('prod01'), { address: '10.42.0.99', port: 1 }, 'tcp')).toMatchObject(
      { outcome: 'unreachable', errno: 'EHOSTUNREACH', ms: 3_100 },
    );
  });
});

describe('the overlay dropped into one node', () => {
  const into = (at: 'host' | 'fabric', action: 'drop' | 'reject' = 'drop'): readonly Fault[] => [
    { kind: 'overlay-blocked', scope: { into: ['prod01'] }, at, action },
  ];

  it.each([
    ['host', 'drop'],
    ['fabric', 'drop'],
    ['host', 'reject'],
  ] as const)('kills every round trip with it, both ways, in silence (%s, %s)', (at, action) => {
    const world = worldWith(into(at, action));

    for (const check of ['tcp', 'tcp-full', 'icmp'] as const) {
      expect(overlay(world, 'prod02', 'prod01', check)).toBe('timeout');
      expect(overlay(world, 'prod01', 'prod02', check)).toBe('timeout');
      expect(overlay(world, 'prod02', 'prod03', check)).toBe('open');
      expect(overlay(world, 'prod01', 'prod01', check)).toBe('open');
    }
    expect(kubelet(world, node('prod02'), 'prod01').outcome).toBe('open');
  });

  it('is counted by the IP layer and not delivered when the host drops it', () => {
    const { arrived, sender, receiver } = datagram(worldWith(into('host')), 'prod02', 'prod01');

    expect(arrived).toBe(false);
    expect(sender).toEqual({ overlayTx: 1, underlayTx: 1, ipOutRequests: 2 });
    expect(receiver).toEqual({ underlayRx: 1, ipInReceives: 1 });
  });

  it('is not counted at all when it is dropped before the host', () => {
    expect(datagram(worldWith(into('fabric')), 'prod02', 'prod01').receiver).toEqual({});
  });

  it('still carries datagrams out of that node: one-way evidence differs from round trips', () => {
    expect(datagram(worldWith(into('host')), 'prod01', 'prod02').arrived).toBe(true);
  });
});

it('counts a datagram that the sender refuses itself as a transmit error', () => {
  const world = worldWith([
    { kind: 'overlay-blocked', scope: { outOf: ['prod01'] }, at: 'host', action: 'drop' },
  ]);

  expect(datagram(world, 'prod01', 'prod02')).toMatchObject({
    arrived: false,
    sender: { overlayTxErrors: 1 },
    receiver: {},
  });
  expect(datagram(world, 'prod02', 'prod01').arrived).toBe(true);
});

it('cuts one direction between two nodes and leaves the third alone', () => {
  const world = worldWith([
    {
      kind: 'overlay-blocked',
      scope: { between: [['prod02', 'prod01']] },
      at: 'fabric',
      action: 'drop',
    },
  ]);

  expect(datagram(world, 'prod02', 'prod01').arrived).toBe(false);
  expect(datagram(world, 'prod01', 'prod02').arrived).toBe(true);
  expect(overlay(world, 'prod01', 'prod02', 'tcp')).toBe('timeout');
  expect(overlay(world, 'prod03', 'prod01', 'tcp')).toBe('open');
});

describe('checksum offload', () => {
  it('lets ping through and kills TCP, counted by the receiving node (outer)', () => {
    const world = worldWith([{ kind: 'checksum-offload', layer: 'outer', nodes: NAMES }]);

    expect(overlay(world, 'prod02', 'prod01', 'icmp-full')).toBe('open');
    expect(overlay(world, 'prod02', 'prod01', 'tcp')).toBe('timeout');
    expect(datagram(world, 'prod02', 'prod01').receiver).toMatchObject({
      ipInDelivers: 1,
      udpInErrors: 1,
      udpInCsumErrors: 1,
    });
  });

  it('is seen by no counter of the node when the inner checksum is wrong', () => {
    const world = worldWith([{ kind: 'checksum-offload', layer: 'inner', nodes: NAMES }]);
    const counters: string[] = [];
    connect({
      world,
      from: node('prod02'),
      target: listenerOn(world, 'prod01'),
      timeoutMs: 4_000,
      count: (at, counter) => counters.push(`${at} ${counter}`),
    });

    expect(overlay(world, 'prod02', 'prod01', 'tcp')).toBe('timeout');
    expect(overlay(world, 'prod02', 'prod01', 'icmp')).toBe('open');
    expect(counters).toContain('prod01 podTcpInCsumErrors');
    expect(counters).not.toContain('prod01 udpInCsumErrors');
  });
});

it.each([true, false])('swallows full-size packets only (underlay too: %s)', (underlayToo) => {
  const world = worldWith([
    { kind: 'mtu-blackhole', nodes: ['prod01'], largestBytes: 1_400, underlayToo, pooled: false },
  ]);

  for (const [from, to] of [
    ['prod02', 'prod01'],
    ['prod01', 'prod02'],
  ] as const) {
    expect(overlay(world, from, to, 'tcp')).toBe('open');
    expect(overlay(world, from, to, 'icmp')).toBe('open');
    expect(overlay(world, from, to, 'tcp-full')).toBe('stalled');
    expect(overlay(world, from, to, 'icmp-full')).toBe('timeout');
  }
  expect(overlay(world, 'prod02', 'prod03', 'tcp-full')).toBe('open');
  const underlay = { address: nodeNamed(world, 'prod01').ip, port: KUBELET_PORT };
  expect(outcome(world, node('prod02'), underlay, 'tcp-full').outcome).toBe(
    underlayToo ? 'stalled' : 'open',
  );
});

describe('a network policy', () => {
  it.each(['default-deny', 'label-lost'] as const)(
    'shuts other nodes out of one pod alone (%s)',
    (variant) => {
      const world = worldWith([{ kind: 'network-policy-denies', variant }]);
      const target = {
        address: world.provider.replicas[0].podIp,
        port: world.provider.containerPort,
      };

      expect(outcome(world, node('prod02'), target, 'tcp').outcome).toBe('timeout');
      expect(outcome(world, node('prod02'), target, 'icmp').outcome).toBe('timeout');
      expect(outcome(world, node('prod01'), target, 'tcp').outcome).toBe('open');
      expect(overlay(world, 'prod02', 'prod01', 'tcp')).toBe('open');
      const pod = providerPods(world)[0] as SimPod;
      if (pod === null) throw new Error('no provider');
      expect(kubelet(world, { kind: 'pod', pod }, 'prod02').outcome).toBe('open');
    },
  );

  it('lets the allow policy work while the label is there', () => {
    const lost = worldWith([{ kind: 'network-policy-denies', variant: 'label-lost' }]);
    const world = {
      ...lost,
      provider: {
        ...lost.provider,
        podLabels: { ...lost.provider.podLabels, app: 'rke2-metrics-server' },
      },
    };
    const target = {
      address: world.provider.replicas[0].podIp,
      port: world.provider.containerPort,
    };

    expect(outcome(world, node('prod02'), target, 'tcp').outcome).toBe('open');
  });
});

it('leads packets for a doubled address to one machine, where the tunnel knows the wrong MAC', () => {
  const world = worldWith([{ kind: 'duplicate-node-ip', keeps: 'prod01', loses: 'prod02' }]);
  const { arrived, receiver } = datagram(world, 'prod03', 'prod02');

  expect(arrived).toBe(false);
  expect(receiver).toEqual({});
  expect(overlay(world, 'prod03', 'prod02', 'icmp')).toBe('timeout');
  expect(overlay(world, 'prod02', 'prod03', 'icmp')).toBe('timeout');
  expect(overlay(world, 'prod03', 'prod01', 'tcp-full')).toBe('open');
});

it('sends pod traffic to the default router when the CNI wrote no routes', () => {
  const world = worldWith([{ kind: 'cni-agent-broken', nodes: ['prod03'] }]);

  expect(datagram(world, 'prod03', 'prod01')).toMatchObject({
    arrived: false,
    sender: { underlayTx: 1 },
  });
  expect(datagram(world, 'prod03', 'prod01').sender.overlayTx).toBeUndefined();
  expect(datagram(world, 'prod01', 'prod03').arrived).toBe(true);
  expect(overlay(world, 'prod01', 'prod02', 'tcp-full')).toBe('open');
});

it('counts NoPorts when the two ends disagree on the port', () => {
  const world = worldWith([{ kind: 'tunnel-port-differs', nodes: ['prod01'], port: 4789 }]);

  expect(datagram(world, 'prod02', 'prod01').receiver).toMatchObject({
    ipInDelivers: 1,
    udpNoPorts: 1,
  });
});

describe('the kubelet port', () => {
  const pod = (world: World): Party => {
    const provider = providerPods(world)[0] as SimPod;
    if (provider === null) throw new Error('no provider');
    return { kind: 'pod', pod: provider };
  };

  it('closed between machines is open from the node itself', () => {
    const world = worldWith([{ kind: 'kubelet-port-blocked', nodes: ['prod02'], action: 'drop' }]);

    expect(kubelet(world, pod(world), 'prod02').outcome).toBe('timeout');
    expect(kubelet(world, node('prod03'), 'prod02').outcome).toBe('timeout');
    expect(kubelet(world, node('prod02'), 'prod02').outcome).toBe('open');
    expect(kubelet(world, pod(world), 'prod01').outcome).toBe('open');
  });

  it('closed to pods is open from the node and from other machines', () => {
    const world = worldWith([
      { kind: 'host-firewall-pod-to-node', nodes: ['prod01'], action: 'reject-prohibited' },
    ]);

    expect(kubelet(world, pod(world), 'prod01')).toMatchObject({
      outcome: 'unreachable',
      errno: 'EHOSTUNREACH',
    });
    expect(kubelet(world, node('prod01'), 'prod01').outcome).toBe('open');
    expect(kubelet(world, node('prod02'), 'prod01').outcome).toBe('open');
    expect(kubelet(world, pod(world), 'prod02').outcome).toBe('open');
  });

  it.each([
    ['drop', 'timeout'],
    ['reject-port', 'refused'],
    ['reject-prohibited', 'unreachable'],
  ] as const)('tells how it is closed: %s reads as %s', (action, expected) => {
    const world = worldWith([{ kind: 'kubelet-port-blocked', nodes: ['prod02'], action }]);

    expect(kubelet(world, pod(world), 'prod02').outcome).toBe(expected);
  });
});
