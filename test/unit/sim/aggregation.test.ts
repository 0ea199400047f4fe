import { describe, expect, it } from 'vitest';
import type { PlannedCheck } from '../../../src/probes/plan.ts';
import {
  type AggregatedAnswer,
  allUnavailable,
  availability,
  proxied,
} from '../../sim/aggregation.ts';
import { applyFaults } from '../../sim/faults.ts';
import { healthyWorld } from '../../sim/healthy-world.ts';
import { objectsOf } from '../../sim/objects/objects.ts';
import { providerLog } from '../../sim/objects/provider.ts';
import { hpaControllerSees } from '../../sim/objects/workloads.ts';
import { runCheckInModel } from '../../sim/probe-checks.ts';
import { SCENARIOS, type ScenarioName, scenario } from '../../sim/scenarios.ts';
import { API_SERVER_PORT, KUBELET_PORT, type World } from '../../sim/world.ts';

const NODES = '/apis/metrics.k8s.io/v1beta1/nodes';

function ask(world: World, node: string): AggregatedAnswer {
  return proxied(world, node, { path: NODES, pooled: false });
}

const ADDRESS = '10.42.0.20:10250';
const FAR = ['prod02', 'prod03'];

/** docs/recorded-answers.md, "Recorded outputs": what api2 and api3 answer, and when. */
const RECORDED: readonly (readonly [ScenarioName, string, number])[] = [
  [
    'founding-incident',
    `error trying to reach service: dial tcp ${ADDRESS}: i/o timeout\n`,
    30_000,
  ],
  [
    'overlay-rejected-into-node',
    `error trying to reach service: dial tcp ${ADDRESS}: i/o timeout\n`,
    30_000,
  ],
  [
    'provider-port-dropped-in-forward',
    `error trying to reach service: dial tcp ${ADDRESS}: i/o timeout\n`,
    30_000,
  ],
  [
    'provider-port-rejected-in-forward',
    `error trying to reach service: dial tcp ${ADDRESS}: connect: no route to host\n`,
    8,
  ],
  ['mtu-blackhole', 'error trying to reach service: net/http: TLS handshake timeout\n', 10_000],
];

describe('the API servers that are cut off', () => {
  it.each(RECORDED)('answer as recorded: %s', (name, body, afterMs) => {
    const world = scenario(name);

    for (const node of FAR) {
      expect(ask(world, node)).toMatchObject({ kind: 'answer', status: 503, body, afterMs });
      expect(availability(world, node)).toMatchObject({
        available: false,
        reason: 'FailedDiscoveryCheck',
      });
    }
    expect(ask(world, 'prod01')).toMatchObject({ status: 200 });
    expect(allUnavailable(world)).toBe(false);
  });

  it('answer 200 over old connections while answers are small, and hang when they are not', () => {
    const world = scenario('mtu-blackhole-pooled');

    expect(ask(world, 'prod02')).toMatchObject({ kind: 'answer', status: 200 });
    expect(availability(world, 'prod02').available).toBe(true);
    const many = scenario('mtu-blackhole-pooled', { nodes: 9 });
    expect(ask(many, 'prod02')).toMatchObject({ kind: 'hung-body' });
  });
});

it('refuses a foreign certificate in the answer and not in the check', () => {
  const world = scenario('apiservice-ca-mismatch');

  for (const node of ['prod01', ...FAR]) {
    expect(ask(world, node)).toMatchObject({ status: 503, body: expect.stringContaining('x509') });
    expect(availability(world, node).available).toBe(true);
  }
});

it.each([
  ['service-port-unknown-name', 'MissingEndpoints'],
  ['service-port-wrong-number', 'FailedDiscoveryCheck'],
  ['apiservice-port-mismatch', 'ServicePortError'],
  ['metrics-server-crashing', 'MissingEndpoints'],
  ['metrics-server-scaled-to-zero', 'MissingEndpoints'],
  ['kubelet-tls-untrusted', 'MissingEndpoints'],
] as const)('agree that nothing answers: %s is %s', (name, reason) => {
  const world = scenario(name);

  expect(allUnavailable(world)).toBe(true);
  expect(availability(world, 'prod02').reason).toBe(reason);
});

it.each([
  ['kubelet-port-blocked', ['prod01'], 'context deadline exceeded'],
  ['host-firewall-pod-to-node', ['prod02', 'prod03'], 'connect: no route to host'],
  ['kubelet-tls-no-ip-san', ['prod01', 'prod03'], "doesn't contain any IP SANs"],
] as const)('leaves nodes without metrics and says so in the log: %s', (name, nodes, words) => {
  const world = scenario(name);
  const answer = ask(world, 'prod01');
  const body =
    answer.kind === 'answer'
      ? (JSON.parse(answer.body) as { items: { metadata: { name: string } }[] })
      : null;

  expect(body?.items.map(({ metadata }) => metadata.name)).toEqual(nodes);
  expect(providerLog(world, world.provider.replicas[0].podName, false).join('\n')).toContain(words);
});

it('blinds the autoscalers when their controller asks a cut-off server', () => {
  expect(hpaControllerSees(healthyWorld())).toBe(true);
  expect(hpaControllerSees(scenario('founding-incident'))).toBe(false);
});

/** All that anyone outside could see of a world: objects, answers, logs, and every path between machines. */
function sight(world: World): string {
  const paths = world.nodes.flatMap(({ name: from }) =>
    world.nodes.flatMap(({ name: to, ip }) =>
      [
        ...world.pods
          .filter(({ node }) => node === to)
          .map((pod) => ({ address: pod.ip, port: pod.ports[0]?.port ?? null })),
        { address: ip, port: API_SERVER_PORT },
        { address: ip, port: KUBELET_PORT },
      ].map((target) =>
        runCheckInModel(world, { kind: 'node', node: from }, check(from, to, target)),
      ),
    ),
  );
  const answers = world.nodes.map(({ name }) => [ask(world, name), availability(world, name)]);
  return JSON.stringify([
    objectsOf(world),
    answers,
    providerLog(world, world.provider.replicas[0].podName, false),
    paths,
  ]);
}

function check(
  from: string,
  node: string,
  target: { address: string; port: number | null },
): PlannedCheck {
  return {
    id: '',
    from: { kind: 'node', node: from },
    to: { kind: 'pod', node, name: '', ...target },
    layer: 'overlay',
    check: target.port === API_SERVER_PORT ? 'https' : 'tcp-full',
    timeoutMs: 4_000,
    path: '/readyz',
    sizeBytes: null,
  };
}

const NOW_MS = 1_800_000_000_000;

it.each(Object.keys(SCENARIOS) as ScenarioName[])(
  'can be told from a healthy world: %s',
  (name) => {
    const healthy = sight(healthyWorld({ nowMs: NOW_MS }));

    expect(sight(scenario(name, { nowMs: NOW_MS })) === healthy).toBe(name === 'healthy');
  },
);

it('refuses a fault on a node that is not there', () => {
  const fault = { kind: 'cni-agent-broken', nodes: ['nobody'] } as const;

  expect(() => applyFaults(healthyWorld(), [fault])).toThrow(RangeError);
});
