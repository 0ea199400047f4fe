import { describe, expect, it } from 'vitest';
import { eventObject } from '../../../../src/snapshot/readers/events.ts';
import { hpaObject } from '../../../../src/snapshot/readers/hpas.ts';
import { networkPolicyObject } from '../../../../src/snapshot/readers/network-policies.ts';
import { podObject } from '../../../../src/snapshot/readers/pods.ts';
import { pod } from '../raw-objects.ts';

describe('podObject', () => {
  it('reads a crash loop: last exit, reason, restarts, hostNetwork, all flags', () => {
    const read = podObject(
      pod('kube-system', 'metrics-server-1', {
        node: 'prod01',
        ip: '10.42.0.20',
        ready: false,
        hostNetwork: true,
        container: {
          command: ['/metrics-server'],
          args: ['--secure-port=4443'],
          ports: [{ containerPort: 4443, name: 'https' }],
          resources: { limits: { memory: '200Mi' } },
        },
        status: {
          restartCount: 7,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
          lastState: {
            terminated: {
              reason: 'OOMKilled',
              exitCode: 137,
              finishedAt: '2026-11-22T14:00:00Z',
              message: 'x',
            },
          },
        },
      }),
    );

    expect(read).toMatchObject({
      hostNetwork: true,
      ready: false,
      podIps: ['10.42.0.20'],
      containers: [
        {
          args: ['/metrics-server', '--secure-port=4443'],
          ports: [{ containerPort: 4443, protocol: 'TCP' }],
          memoryLimit: '200Mi',
        },
      ],
      statuses: [
        {
          state: 'waiting',
          reason: 'CrashLoopBackOff',
          restarts: 7,
          exitCode: null,
          last: { reason: 'OOMKilled', exitCode: 137 },
        },
      ],
    });
  });

  it('reads a Pending pod: no node, no address, the scheduler’s words', () => {
    const raw = pod('kube-system', 'p', { ready: false, phase: 'Pending' }) as {
      status: { conditions: unknown[]; containerStatuses: unknown };
    };
    raw.status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/3 nodes are available',
      },
    ];
    raw.status.containerStatuses = undefined;

    expect(podObject(raw)).toMatchObject({
      phase: 'Pending',
      nodeName: null,
      podIps: [],
      ready: false,
      statuses: [],
      conditions: [{ reason: 'Unschedulable', message: '0/3 nodes are available' }],
    });
  });
});

describe('hpaObject', () => {
  it('reads autoscaling/v1, whose conditions and metrics are annotations', () => {
    const read = hpaObject({
      metadata: {
        namespace: 'shop',
        name: 'web',
        annotations: {
          'autoscaling.alpha.kubernetes.io/conditions': JSON.stringify([
            {
              type: 'ScalingActive',
              status: 'False',
              reason: 'FailedGetResourceMetric',
              message: 'unable to get metrics',
            },
          ]),
        },
      },
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'web' },
        maxReplicas: 5,
        targetCPUUtilizationPercentage: 80,
      },
      status: { currentReplicas: 2 },
    });

    expect(read).toMatchObject({
      target: 'Deployment/web',
      usesResourceMetrics: true,
      minReplicas: 1,
      scalingActive: { status: 'False' },
    });
  });

  it('does not count an external metric as a resource metric', () => {
    const read = hpaObject({
      metadata: { annotations: { 'autoscaling.alpha.kubernetes.io/conditions': '{broken' } },
      spec: { metrics: [{ type: 'External' }] },
    });
    expect(read).toMatchObject({ usesResourceMetrics: false, scalingActive: null });
  });
});

describe('networkPolicyObject', () => {
  it('keeps an empty selector (all) apart from an absent one, and named ports apart from numbers', () => {
    const read = networkPolicyObject({
      metadata: { namespace: 'kube-system', name: 'p' },
      spec: {
        podSelector: {},
        ingress: [
          {
            from: [
              { namespaceSelector: {} },
              { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
            ],
            ports: [
              { port: 'https' },
              { port: 10_250, endPort: 10_260, protocol: 'TCP' },
              { protocol: 'UDP' },
            ],
          },
          {},
        ],
      },
    });

    expect(read).toEqual({
      namespace: 'kube-system',
      name: 'p',
      podSelector: { matchLabels: {}, matchExpressions: [] },
      policyTypes: ['Ingress'],
      egress: [],
      ingress: [
        {
          peers: [
            {
              podSelector: null,
              namespaceSelector: { matchLabels: {}, matchExpressions: [] },
              ipBlock: null,
            },
            {
              podSelector: null,
              namespaceSelector: null,
              ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] },
            },
          ],
          ports: [
            { protocol: 'TCP', port: 'https', endPort: null },
            { protocol: 'TCP', port: 10_250, endPort: 10_260 },
            { protocol: 'UDP', port: null, endPort: null },
          ],
        },
        { peers: [], ports: [] },
      ],
    });
  });
});

it('reads an event of the newer kind, whose count and time are in its series', () => {
  expect(
    eventObject({
      type: 'Warning',
      reason: 'FailedScheduling',
      message: '0/3 nodes are available',
      involvedObject: { kind: 'Pod', namespace: 'kube-system', name: 'p' },
      eventTime: '2026-11-22T14:00:00.000000Z',
      series: { count: 9, lastObservedTime: '2026-11-22T14:30:00.000000Z' },
    }),
  ).toMatchObject({ kind: 'Pod', count: 9, lastSeen: '2026-11-22T14:30:00.000000Z' });
});
