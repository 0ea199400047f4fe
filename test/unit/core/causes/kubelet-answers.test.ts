import { describe, expect, it } from 'vitest';
import { kubeletHousekeepingInterval } from '../../../../src/core/causes/kubelet-housekeeping-interval.ts';
import { kubeletNotListening } from '../../../../src/core/causes/kubelet-not-listening.ts';
import { kubeletPortBlocked } from '../../../../src/core/causes/kubelet-port-blocked.ts';
import { kubeletZeroNodeMetrics } from '../../../../src/core/causes/kubelet-zero-node-metrics.ts';
import { scrapeTimeoutSlowNode } from '../../../../src/core/causes/scrape-timeout-slow-node.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import type { ReachResult } from '../../../../src/core/evidence/probe-results.ts';
import type { NodeObject } from '../../../../src/core/evidence/snapshot.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  evidence,
  withProbes,
  withReach,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { withLog } from './provider-world.ts';
import { complaining, onceOnly } from './scrape-world.ts';

const DIED = 'prod02';

function withNode(e: Evidence, name: string, fields: Partial<NodeObject>): Evidence {
  const { nodes } = e.snapshot;
  if (nodes.state === 'missing') throw new Error('the builder has nodes');
  return withSnapshot(e, {
    nodes: known(
      nodes.value.map((node) => (node.name === name ? { ...node, ...fields } : node)),
      nodes.source,
    ),
  });
}

function without(e: Evidence, ...names: readonly string[]): Evidence {
  const { nodeMetrics } = e.snapshot;
  if (nodeMetrics.state === 'missing') throw new Error('the builder has node metrics');
  return withSnapshot(e, {
    nodeMetrics: known(
      nodeMetrics.value.filter((name) => !names.includes(name)),
      nodeMetrics.source,
    ),
  });
}

describe('kubelet-not-listening', () => {
  const toKubelet = (r: ReachResult): boolean => r.to.kind === 'kubelet' && r.to.node === DIED;
  const refused = without(withReach(evidence(), toKubelet, 'refused'), DIED);
  /** A stopped kubelet starts no probe: nothing comes from that node. */
  const silent = withReach(refused, (r) => r.from.node === DIED, null);

  function heartbeat(e: Evidence, secondsAgo: number): Evidence {
    return withSnapshot(e, {
      nodeHeartbeats: known(
        {
          serverDate: '2026-11-22T14:03:00.000Z',
          leases: [
            {
              node: DIED,
              renewTime: new Date(
                Date.parse('2026-11-22T14:03:00Z') - secondsAgo * 1_000,
              ).toISOString(),
              durationSeconds: 40,
            },
          ],
        },
        'GET leases',
      ),
    });
  }

  it('is confirmed when the kubelet is refused on its own node, too', () => {
    expect(buildReport(refused)).toMatchObject({
      verdict: 'degraded',
      causes: [{ id: 'kubelet-not-listening', verdict: 'confirmed', where: { nodes: [DIED] } }],
      unexplained: [],
    });
  });
  it('is confirmed without a probe there when the heartbeat is overdue', () => {
    expect(buildReport(heartbeat(silent, 26)).causes[0]).toMatchObject({
      id: 'kubelet-not-listening',
      verdict: 'confirmed',
    });
  });
  it('is confirmed without a probe there when the node controller has given it up', () => {
    const unknown = withNode(silent, DIED, {
      ready: missing('failed', 'Ready is Unknown'),
      conditions: [
        {
          type: 'Ready',
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: '',
          lastTransitionTime: null,
        },
      ],
    });
    expect(judgeOne(kubeletNotListening, unknown).kind).toBe('confirmed');
  });
  it('is only suspected without a probe there while the kubelet is heard of', () => {
    expect(judgeOne(kubeletNotListening, heartbeat(silent, 9)).kind).toBe('suspected');
    expect(judgeOne(kubeletNotListening, silent).kind).toBe('suspected');
  });
  it('is only suspected when the whole machine refuses: a filter may, too', () => {
    const all = withReach(
      heartbeat(silent, 26),
      (r) => r.to.node === DIED && r.from.node !== DIED,
      'refused',
    );
    expect(judgeOne(kubeletNotListening, all).kind).toBe('suspected');
  });
  it('is ruled out when the port is open on the node: something rejects in between', () => {
    const rejected = withReach(evidence(), (r) => toKubelet(r) && r.from.node !== DIED, 'refused');
    expect(judgeOne(kubeletNotListening, rejected).kind).toBe('ruled-out');
    expect(judgeOne(kubeletPortBlocked, rejected).kind).toBe('confirmed');
    expect(judgeOne(kubeletPortBlocked, refused).kind).toBe('ruled-out');
  });
  it('is ruled out by silence, and on a healthy cluster', () => {
    const dropped = withReach(evidence(), toKubelet, 'timeout');
    expect(judgeOne(kubeletNotListening, dropped).kind).toBe('ruled-out');
    expect(judgeOne(kubeletNotListening, evidence()).kind).toBe('ruled-out');
  });
});

describe('scrape-timeout-slow-node', () => {
  const LATE = 'Get "https://{ip}:10250/metrics/resource": context deadline exceeded';
  /** The builder tries kubelets by TCP; a probe adds the handshake. */
  function withTls(e: Evidence): Evidence {
    const handshakes = e.probes.reach
      .filter((r) => r.to.kind === 'kubelet' && r.check === 'tcp')
      .map((r): ReachResult => ({ ...r, id: `tls ${r.id}`, check: 'tls' }));
    return withProbes(e, { reach: [...e.probes.reach, ...handshakes] });
  }
  const slow = withTls(complaining([DIED], LATE));

  it.each([
    LATE,
    'Get "https://{ip}:10250/metrics/resource": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    'failed to read response body - context deadline exceeded (Client.Timeout or context cancellation while reading body)',
    'Get https://{ip}:10250/stats/summary?only_cpu_and_memory=true: context deadline exceeded',
  ])('is confirmed when TCP and TLS work and the answer is late: %s', (words) => {
    expect(buildReport(withTls(complaining([DIED], words)))).toMatchObject({
      verdict: 'degraded',
      causes: [{ id: 'scrape-timeout-slow-node', verdict: 'confirmed', where: { nodes: [DIED] } }],
      unexplained: [],
    });
  });
  it('is only suspected after one late scrape, and when the one before failed otherwise', () => {
    const once = onceOnly(slow);
    expect(judgeOne(scrapeTimeoutSlowNode, once).kind).toBe('suspected');
    const logs = slow.snapshot.providerLogs;
    const [first = '', ...others] = logs.state === 'known' ? (logs.value[0]?.lines ?? []) : [];
    const changed = withLog(slow, [first.replace('context deadline exceeded', 'EOF'), ...others]);
    expect(judgeOne(scrapeTimeoutSlowNode, changed).kind).toBe('suspected');
  });
  it('is only suspected when the paths were not tried', () => {
    const blind = withProbes(slow, { reach: [], ran: missing('forbidden', 'no pods/create') });
    expect(judgeOne(scrapeTimeoutSlowNode, blind).kind).toBe('suspected');
  });
  it('is only suspected when metrics-server asks for a host name: the lookup may hang', () => {
    const named = withTls(complaining([DIED], LATE.replace('{ip}', DIED)));
    expect(judgeOne(scrapeTimeoutSlowNode, named).kind).toBe('suspected');
  });
  it('is only suspected when full-size packets of the pair are lost', () => {
    const lossy = withReach(
      slow,
      (r) => r.check === 'icmp-full' && r.from.node === 'prod01' && r.to.node === DIED,
      'timeout',
    );
    expect(judgeOne(scrapeTimeoutSlowNode, lossy).kind).toBe('suspected');
  });
  it('is ruled out where the path itself is dead: the same words, another fault', () => {
    const dead = withReach(
      slow,
      (r) => r.to.kind === 'kubelet' && r.to.node === DIED && r.from.node !== DIED,
      'timeout',
    );
    expect(judgeOne(scrapeTimeoutSlowNode, dead).kind).toBe('ruled-out');
    expect(buildReport(dead).causes[0]).toMatchObject({
      id: 'kubelet-port-blocked',
      verdict: 'confirmed',
    });
  });
  it('is ruled out by a dial that timed out, and on a healthy cluster', () => {
    const dial = withTls(
      complaining(
        [DIED],
        'Get "https://{ip}:10250/metrics/resource": dial tcp {ip}:10250: i/o timeout',
      ),
    );
    expect(judgeOne(scrapeTimeoutSlowNode, dial).kind).toBe('ruled-out');
    expect(judgeOne(scrapeTimeoutSlowNode, evidence()).kind).toBe('ruled-out');
  });
});

/** Pod metrics of the provider's namespace: of the CNI agents on these nodes. */
function podsMeasured(e: Evidence, nodes: readonly string[]): Evidence {
  const { cniPods } = e.snapshot;
  if (cniPods.state === 'missing') throw new Error('the builder has CNI pods');
  return withSnapshot(e, {
    podMetrics: known(
      cniPods.value
        .filter(({ nodeName }) => nodes.includes(nodeName ?? ''))
        .map(({ namespace, name }) => ({ namespace, name })),
      'GET pods.metrics.k8s.io',
    ),
  });
}

describe('kubelet-zero-node-metrics', () => {
  const zero = podsMeasured(without(evidence(), DIED), ['prod01', DIED, 'prod03']);

  it('is confirmed when pods on the node have numbers and the node has none', () => {
    expect(buildReport(zero)).toMatchObject({
      verdict: 'degraded',
      causes: [{ id: 'kubelet-zero-node-metrics', verdict: 'confirmed', where: { nodes: [DIED] } }],
      unexplained: [],
    });
  });
  it.each([
    `I1122 14:02:51.000000       1 decode.go:100] "Failed getting complete node metric" node="${DIED}" metric={}`,
    `E1122 14:02:51.000000       1 manager.go:111] unable to fully collect metrics: unable to get CPU for node "192.168.77.2", discarding data: missing cpu usage metric`,
  ])('is confirmed when metrics-server says so: %s', (line) => {
    const e = withLog(podsMeasured(without(evidence(), DIED), ['prod01']), [line]);
    expect(judgeOne(kubeletZeroNodeMetrics, e).kind).toBe('confirmed');
  });
  it('is suspected by cgroup v2 on an old kernel alone, and unknown without that', () => {
    const bare = without(evidence(), DIED);
    expect(judgeOne(kubeletZeroNodeMetrics, bare).kind).toBe('unknown');
    const old = withProbes(withNode(bare, DIED, { kernel: '4.18.0-553.el8_10.x86_64' }), {
      nodeFacts: bare.probes.nodeFacts.map((facts) => ({ ...facts, cgroup: 2 })),
    });
    expect(judgeOne(kubeletZeroNodeMetrics, old).kind).toBe('suspected');
    expect(judgeOne(kubeletZeroNodeMetrics, withNode(old, DIED, { kernel: '6.4.0-1' })).kind).toBe(
      'unknown',
    );
  });
  it('is ruled out where metrics-server complains of the scrape', () => {
    const e = podsMeasured(complaining([DIED], 'request failed, status: "401 Unauthorized"'), [
      DIED,
    ]);
    expect(judgeOne(kubeletZeroNodeMetrics, e).kind).toBe('ruled-out');
  });
  it('is ruled out while metrics-server or the node is young, and where it only picks some nodes', () => {
    const { providerPods } = zero.snapshot;
    if (providerPods.state === 'missing') throw new Error('the builder has provider pods');
    const [pod] = providerPods.value;
    if (pod === undefined) throw new Error('the builder has a provider pod');
    const started = withSnapshot(zero, {
      providerPods: known([{ ...pod, createdAt: '2026-11-22T14:02:00Z' }], 'GET pods'),
    });
    expect(judgeOne(kubeletZeroNodeMetrics, started).kind).toBe('ruled-out');
    const joined = withNode(zero, DIED, { createdAt: '2026-11-22T14:02:00Z' });
    expect(judgeOne(kubeletZeroNodeMetrics, joined).kind).toBe('ruled-out');
    const [container] = pod.containers;
    if (container === undefined) throw new Error('the builder has a container');
    const picky = withSnapshot(zero, {
      providerPods: known(
        [{ ...pod, containers: [{ ...container, args: ['--node-selector=metrics=yes'] }] }],
        'GET pods',
      ),
    });
    expect(judgeOne(kubeletZeroNodeMetrics, picky).kind).toBe('ruled-out');
  });
  it('is ruled out on a healthy cluster', () => {
    expect(judgeOne(kubeletZeroNodeMetrics, evidence()).kind).toBe('ruled-out');
  });
});

describe('kubelet-housekeeping-interval', () => {
  it('is suspected, never confirmed, when nodes have numbers and their pods have none', () => {
    expect(buildReport(podsMeasured(evidence(), ['prod01', 'prod03']))).toMatchObject({
      verdict: 'degraded',
      causes: [
        { id: 'kubelet-housekeeping-interval', verdict: 'suspected', where: { nodes: [DIED] } },
      ],
      unexplained: [],
    });
  });
  it('is ruled out where pods have numbers, and leaves a healthy cluster healthy', () => {
    const fine = podsMeasured(evidence(), ['prod01', DIED, 'prod03']);
    expect(judgeOne(kubeletHousekeepingInterval, fine).kind).toBe('ruled-out');
    expect(buildReport(fine).verdict).toBe('healthy');
  });
  it('does not count pods that are young, not ready, or restarted just now', () => {
    const bare = podsMeasured(evidence(), ['prod01', 'prod03']);
    const { cniPods } = bare.snapshot;
    if (cniPods.state === 'missing') throw new Error('the builder has CNI pods');
    for (const fields of [
      { createdAt: '2026-11-22T14:02:00Z' },
      { ready: false },
      { deleting: true },
    ]) {
      const e = withSnapshot(bare, {
        cniPods: known(
          cniPods.value.map((pod) => (pod.nodeName === DIED ? { ...pod, ...fields } : pod)),
          'GET pods',
        ),
      });
      expect(judgeOne(kubeletHousekeepingInterval, e).kind).toBe('ruled-out');
    }
  });
  it('is unknown where pod metrics were not read', () => {
    expect(judgeOne(kubeletHousekeepingInterval, evidence()).kind).toBe('unknown');
  });
  it('leaves a node without metrics to other causes', () => {
    const e = podsMeasured(without(evidence(), DIED), ['prod01', 'prod03']);
    expect(judgeOne(kubeletHousekeepingInterval, e).kind).toBe('ruled-out');
  });
});
