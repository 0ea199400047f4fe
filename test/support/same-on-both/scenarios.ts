import type { Report } from '../../../src/core/report/report.ts';
import type { Fault } from '../../sim/faults.ts';
import type { ApiWanted, ServerWanted } from './api-view.ts';

/** What a report must say, whatever cluster it is about. */
export interface ReportWanted {
  readonly verdict: Report['verdict'];
  /** First cause; null when there is none. */
  readonly cause: string | null;
  readonly certainty: 'confirmed' | 'suspected' | null;
  /** Nodes at fault. */
  readonly nodes: readonly string[];
}

/** One fault, made on the stand-in and on the lab, with the same outcome expected of both. */
export interface SharedScenario {
  /** Name of the lab's fault; `healthy` is none. */
  readonly name: string;
  /** The same fault in the stand-in's model; metrics-server is on prod01 in both. */
  readonly standIn: readonly Fault[];
  readonly report: ReportWanted;
  /** The verdict may be this one, too, where real API servers happen to have connections that survive the fault. */
  readonly orVerdict?: Report['verdict'];
  /** What the API servers themselves show; absent where it would repeat another scenario's. */
  readonly api?: ApiWanted;
}

const serves: ServerWanted = { status: 200, body: /"kind":"NodeMetricsList"/, gauge: 0 };
const passed = { status: 'True', reason: 'Passed', message: /^all checks passed$/ } as const;
const unavailable: ServerWanted = { status: 503, body: /^service unavailable\n$/, gauge: 1 };
const absent: ServerWanted = { status: 404, body: /^404 page not found\n$/, gauge: null };
const noEndpoints: ApiWanted = {
  near: unavailable,
  condition: { status: 'False', reason: 'MissingEndpoints', message: /no addresses/ },
};
/** The road to the pod is dead for the API servers of the other nodes, silently. */
const cutOff: ApiWanted = {
  near: serves,
  far: {
    status: 503,
    body: /^(?:error trying to reach service: .*(?:i\/o timeout|connection lost)|service unavailable)\n$/,
    gauge: 1,
  },
  condition: 'quarrel',
};

const broken = (cause: string, nodes: readonly string[] = []): ReportWanted => ({
  verdict: 'broken',
  cause,
  certainty: 'confirmed',
  nodes,
});
const degraded = (cause: string, nodes: readonly string[]): ReportWanted => ({
  ...broken(cause, nodes),
  verdict: 'degraded',
});
const ALL = ['prod01', 'prod02', 'prod03'];

/** Run by `test/unit/sim/stand-in-agrees-with-the-lab.test.ts` and by `test/lab/diagnosis.test.ts`. */
export const SHARED_SCENARIOS: readonly SharedScenario[] = [
  {
    name: 'healthy',
    standIn: [],
    report: { verdict: 'healthy', cause: null, certainty: null, nodes: [] },
    api: { near: serves, condition: passed },
  },
  {
    name: 'overlay-drop-input',
    standIn: [{ kind: 'overlay-blocked', scope: { into: ['prod01'] }, at: 'host', action: 'drop' }],
    report: broken('overlay-port-blocked', ['prod01']),
    api: cutOff,
  },
  {
    name: 'overlay-reject-input',
    standIn: [
      { kind: 'overlay-blocked', scope: { into: ['prod01'] }, at: 'host', action: 'reject' },
    ],
    report: broken('overlay-port-blocked', ['prod01']),
  },
  {
    name: 'overlay-drop-output',
    standIn: [
      { kind: 'overlay-blocked', scope: { outOf: ['prod01'] }, at: 'host', action: 'drop' },
    ],
    report: broken('overlay-port-blocked', ['prod01']),
  },
  {
    name: 'overlay-drop-underlay',
    standIn: [
      { kind: 'overlay-blocked', scope: { into: ['prod01'] }, at: 'fabric', action: 'drop' },
    ],
    report: broken('overlay-port-blocked', ['prod01']),
  },
  {
    name: 'overlay-drop-underlay-pair',
    standIn: [
      {
        kind: 'overlay-blocked',
        scope: {
          between: [
            ['prod01', 'prod02'],
            ['prod02', 'prod01'],
          ],
        },
        at: 'fabric',
        action: 'drop',
      },
    ],
    report: broken('overlay-port-blocked', ['prod01', 'prod02']),
  },
  {
    name: 'overlay-drop-everywhere',
    standIn: [
      { kind: 'overlay-blocked', scope: { everywhere: true }, at: 'fabric', action: 'drop' },
    ],
    report: broken('overlay-port-blocked', ALL),
  },
  {
    name: 'mtu-blackhole',
    standIn: [
      {
        kind: 'mtu-blackhole',
        nodes: ['prod01'],
        largestBytes: 1_400,
        underlayToo: false,
        pooled: true,
      },
    ],
    // What the API servers show depends on how long their old connections live (docs/recorded-answers.md g2, g3, g6).
    report: broken('mtu-blackhole', ['prod01']),
    // Over an old connection a list of three nodes is small enough to pass: then the Metrics API lacks nothing yet.
    orVerdict: 'degraded',
  },
  {
    name: 'outer-checksum',
    standIn: [{ kind: 'checksum-offload', layer: 'outer', nodes: ALL }],
    report: broken('vxlan-checksum-offload', ALL),
  },
  {
    name: 'inner-checksum',
    standIn: [{ kind: 'checksum-offload', layer: 'inner', nodes: ALL }],
    report: broken('vxlan-checksum-offload', ALL),
  },
  {
    name: 'wrong-vxlan-port',
    standIn: [{ kind: 'tunnel-port-differs', nodes: ['prod01'], port: 4789 }],
    report: broken('cni-agent-broken', ['prod01']),
  },
  {
    name: 'cni-agent-broken',
    standIn: [{ kind: 'cni-agent-broken', nodes: ['prod01'] }],
    report: broken('cni-agent-broken', ['prod01']),
  },
  {
    name: 'duplicate-node-ip',
    standIn: [{ kind: 'wrong-node-ip', node: 'prod01', address: '192.168.77.2' }],
    report: broken('duplicate-node-ip', ['prod01', 'prod02']),
  },
  {
    name: 'networkpolicy-denies',
    standIn: [{ kind: 'network-policy-denies', variant: 'default-deny' }],
    report: broken('networkpolicy-denies', ['prod01']),
  },
  {
    name: 'forwarded-10250-dropped',
    standIn: [{ kind: 'provider-port-filtered', at: 'forward', action: 'drop' }],
    report: broken('forwarded-traffic-filtered', ['prod01']),
  },
  {
    name: 'kubelet-port-blocked',
    standIn: [{ kind: 'kubelet-port-blocked', nodes: ['prod02'], action: 'drop' }],
    report: degraded('kubelet-port-blocked', ['prod02']),
    api: { near: { ...serves, body: /^(?!.*"prod02")/s }, condition: passed },
  },
  {
    name: 'pod-to-own-node-blocked',
    standIn: [
      { kind: 'host-firewall-pod-to-node', nodes: ['prod01'], action: 'reject-prohibited' },
    ],
    report: degraded('host-firewall-pod-to-node', ['prod01']),
    api: { near: { ...serves, body: /^(?!.*"prod01")/s }, condition: passed },
  },
  {
    name: 'kubelet-tls-no-ip-san',
    standIn: [{ kind: 'kubelet-certificate', problem: 'no-ip-san', nodes: ['prod02'] }],
    report: degraded('kubelet-tls-no-ip-san', ['prod02']),
  },
  {
    name: 'kubelet-tls-untrusted',
    standIn: [{ kind: 'kubelet-certificate', problem: 'self-signed', nodes: ['prod02'] }],
    report: degraded('kubelet-tls-untrusted', ['prod02']),
  },
  {
    name: 'apiservice-deleted',
    standIn: [{ kind: 'apiservice-missing' }],
    report: broken('apiservice-missing'),
    api: { near: absent, condition: null },
  },
  {
    name: 'metrics-server-not-installed',
    standIn: [{ kind: 'metrics-server', state: 'not-installed' }],
    report: broken('metrics-server-not-installed'),
    api: { near: absent, condition: null },
  },
  {
    name: 'apiservice-wrong-ca',
    standIn: [{ kind: 'apiservice-ca-mismatch' }],
    report: broken('apiservice-ca-mismatch'),
    api: {
      near: { status: 503, body: /^error trying to reach service: .*x509: certificate /, gauge: 0 },
      // The check does not verify the certificate.
      condition: passed,
    },
  },
  {
    name: 'apiservice-wrong-port',
    standIn: [{ kind: 'service-port-mismatch', variant: 'apiservice-port' }],
    report: broken('service-port-mismatch'),
    api: {
      near: unavailable,
      condition: {
        status: 'False',
        reason: 'ServicePortError',
        message: /is not listening on port 8443$/,
      },
    },
  },
  {
    name: 'service-wrong-target-port',
    standIn: [{ kind: 'service-port-mismatch', variant: 'wrong-number' }],
    report: broken('service-port-mismatch'),
    api: {
      near: unavailable,
      condition: {
        status: 'False',
        reason: 'FailedDiscoveryCheck',
        message: /:4443\/apis\/metrics\.k8s\.io\/v1beta1.*:4443: connect: connection refused$/,
      },
    },
  },
  {
    name: 'metrics-server-scaled-to-zero',
    standIn: [{ kind: 'metrics-server', state: 'scaled-to-zero' }],
    report: broken('metrics-server-scaled-to-zero'),
    api: noEndpoints,
  },
  {
    name: 'metrics-server-crashing',
    standIn: [{ kind: 'metrics-server', state: 'crashing' }],
    report: broken('metrics-server-crashing', ['prod01']),
    api: noEndpoints,
  },
  {
    name: 'metrics-server-oom',
    standIn: [{ kind: 'metrics-server', state: 'oom' }],
    report: broken('metrics-server-oom', ['prod01']),
  },
  {
    name: 'image-pull-failed',
    standIn: [{ kind: 'metrics-server', state: 'image-pull' }],
    report: broken('image-pull-failed', ['prod01']),
  },
  {
    name: 'metrics-server-unschedulable',
    standIn: [{ kind: 'metrics-server', state: 'unschedulable' }],
    report: broken('metrics-server-unschedulable'),
    api: noEndpoints,
  },
];

/** The part of a report that is compared, in the shape of {@link ReportWanted}. */
export function essentials({ verdict, causes }: Report): ReportWanted {
  const [first] = causes;
  return {
    verdict,
    cause: first?.id ?? null,
    certainty: first?.verdict ?? null,
    nodes: first?.where.nodes ?? [],
  };
}
