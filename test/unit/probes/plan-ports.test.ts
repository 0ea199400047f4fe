import { expect, it } from 'vitest';
import type { NodeObject } from '../../../src/core/evidence/snapshot.ts';
import { planPorts } from '../../../src/probes/plan-ports.ts';
import { nodeObject } from './support.ts';

const servers = (count: number, total: number): readonly NodeObject[] =>
  Array.from({ length: total }, (_, i) =>
    nodeObject({
      name: `node${i + 1}`,
      internalIps: [`10.0.${Math.floor(i / 250)}.${(i % 250) + 1}`],
      controlPlane: i < count,
    }),
  );
const PORTS = [
  { port: 6443, fromServers: false, toServers: true },
  { port: 10_250, fromServers: false, toServers: false },
  { port: 2379, fromServers: true, toServers: true },
];
const plan = (nodes: readonly NodeObject[]) =>
  planPorts({ runId: 'run', wave: 4, nodes, ports: PORTS });
const ids = (plans: ReturnType<typeof plan>['plans']): readonly string[] =>
  plans.flatMap(({ checks }) => checks.map(({ id }) => id));

it('dials each port from those that need it to those that serve it, and from its own machine', () => {
  const { plans } = plan(servers(2, 3));
  expect(ids(plans).toSorted()).toEqual(
    [
      'tcp node1>node1:6443',
      'tcp node1>node1:10250',
      'tcp node1>node1:2379',
      'tcp node1>node2:6443',
      'tcp node1>node2:10250',
      'tcp node1>node2:2379',
      'tcp node1>node3:10250',
      'tcp node2>node2:6443',
      'tcp node2>node2:10250',
      'tcp node2>node2:2379',
      'tcp node2>node1:6443',
      'tcp node2>node1:10250',
      'tcp node2>node1:2379',
      'tcp node2>node3:10250',
      'tcp node3>node3:10250',
      'tcp node3>node1:6443',
      'tcp node3>node1:10250',
      'tcp node3>node2:6443',
      'tcp node3>node2:10250',
    ].toSorted(),
  );
  expect(
    plans.every(({ kind, wave, bursts }) => kind === 'node' && wave === 4 && bursts === null),
  ).toBe(true);
});

it('grows with the nodes that are sampled, not with their pairs, and always tries the servers', () => {
  const { plans, notProbed } = plan(servers(3, 200));
  const tried = ids(plans);
  expect(tried.length).toBeLessThan(24 * 20);
  expect(notProbed.join(' ')).toContain('176 more nodes');
  for (const from of new Set(plans.map((each) => each.node))) {
    for (const to of ['node1', 'node2', 'node3']) expect(tried).toContain(`tcp ${from}>${to}:6443`);
  }
});
