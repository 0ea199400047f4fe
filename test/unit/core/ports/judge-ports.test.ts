import { describe, expect, it } from 'vitest';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import type { Link } from '../../../../src/core/evidence/overlay-links.ts';
import type { ReachOutcome, ReachResult } from '../../../../src/core/evidence/probe-results.ts';
import { judgePorts, type PortNode, withOwnPort } from '../../../../src/core/ports/judge-ports.ts';
import { portTable } from '../../../../src/core/ports/port-table.ts';

const NODES: readonly PortNode[] = [
  { name: 'server1', server: true, address: '10.0.0.1' },
  { name: 'server2', server: true, address: '10.0.0.2' },
  { name: 'agent1', server: false, address: '10.0.0.9' },
];
const rows = portTable({ distro: 'rke2', cni: 'canal', encapsulation: null });

function dial(from: string, to: string, port: number, outcome: ReachOutcome | null): ReachResult {
  const own = from === to;
  return {
    id: `tcp ${from}>${to}:${port}`,
    from: { kind: 'node', node: from },
    to: { kind: 'node', node: to, address: '', port, name: to },
    layer: own ? 'same-node' : 'underlay',
    check: 'tcp',
    wave: 4,
    result:
      outcome === null
        ? missing('timed-out', 'no room')
        : known(
            { outcome, ms: 1, errno: null, sizeBytes: null, status: null, detail: '', peer: null },
            '',
          ),
  };
}

const judge = (dialled: readonly ReachResult[], links: readonly Link[] = []) =>
  judgePorts(rows, { nodes: NODES, dialled, links });
const port = (verdicts: ReturnType<typeof judge>, wanted: number) =>
  verdicts.find(({ row }) => row.port === wanted);

describe('a port that is dialled', () => {
  it('is open where every path got through', () => {
    const verdict = port(judge([dial('agent1', 'server1', 9345, 'open')]), 9345);
    expect(verdict).toMatchObject({ state: 'open', tried: 1, open: 1, fixes: [] });
  });

  it.each(['timeout', 'unreachable'] as const)('is blocked by %s, listener or not', (outcome) => {
    for (const own of ['open', 'refused', null] as const) {
      const verdict = port(
        judge([
          dial('agent1', 'server1', 9345, outcome),
          dial('server2', 'server1', 9345, 'open'),
          dial('server1', 'server1', 9345, own),
        ]),
        9345,
      );
      expect(verdict).toMatchObject({
        state: 'blocked',
        refusals: [{ from: 'agent1', to: 'server1' }],
      });
      expect(verdict?.fixes).toMatchObject([
        { title: 'Allow 9345/tcp from 10.0.0.9', where: ['server1'] },
      ]);
    }
  });

  it('that is refused is blocked where its own machine gets in, and unfiltered where it does not', () => {
    const refused = dial('agent1', 'server1', 9345, 'refused');
    const state = (own: ReachOutcome | null) =>
      port(judge([refused, dial('server1', 'server1', 9345, own)]), 9345)?.state;
    expect(state('open')).toBe('blocked');
    expect(state('refused')).toBe('nobody-listens');
    expect(state(null)).toBe('not-seen');
  });

  it('counts only the machines that have to get in', () => {
    const verdict = port(
      judge([
        dial('agent1', 'server1', 2379, 'timeout'),
        dial('server2', 'server1', 2379, 'open'),
        dial('server1', 'agent1', 2379, 'refused'),
      ]),
      2379,
    );
    expect(verdict).toMatchObject({ state: 'open', tried: 1, refusals: [] });
  });

  it('that no probe tried is not seen, and silence is not health', () => {
    expect(port(judge([]), 9345)?.state).toBe('not-seen');
    expect(port(judge([dial('agent1', 'server1', 9345, null)]), 9345)?.state).toBe('not-seen');
  });

  it('gets one fix for machines that shut out the same ones', () => {
    const shut = ['server1', 'server2'].map((to) => dial('agent1', to, 6443, 'timeout'));
    expect(port(judge(shut), 6443)?.fixes).toMatchObject([{ where: ['server1', 'server2'] }]);
  });
});

describe('the overlay', () => {
  const link = (small: Link['small'], ...nodes: [string, string]): Link =>
    ({ nodes, small, results: [], bursts: [] }) as unknown as Link;

  it('is seen by what it carries', () => {
    const links = [link('works', 'agent1', 'server1'), link('unknown', 'agent1', 'server2')];
    expect(port(judge([], links), 8472)).toMatchObject({ state: 'open', tried: 1 });
    const cut = [...links, link('dead', 'server1', 'server2')];
    expect(port(judge([], cut), 8472)).toMatchObject({
      state: 'blocked',
      refusals: [{ from: 'server1', to: 'server2', how: 'no pod traffic' }],
    });
    expect(port(judge([]), 8472)?.state).toBe('not-seen');
  });

  it('has the port that the cluster really uses', () => {
    const network = {
      cni: 'canal',
      encapsulation: 'vxlan',
      port: 4789,
      vni: 1,
      device: 'flannel.1',
      basis: [],
      disagrees: false,
    } as const;
    const udp = withOwnPort(rows, network).filter(
      ({ protocol, onlyWhen }) => protocol === 'udp' && onlyWhen === null,
    );
    expect(udp.map((row) => row.port)).toEqual([4789]);
    expect(withOwnPort(rows, null)).toBe(rows);
  });
});
