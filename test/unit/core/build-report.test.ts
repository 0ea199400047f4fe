import { describe, expect, it } from 'vitest';
import { known } from '../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../src/core/report/build-report.ts';
import { evidence, withSnapshot } from '../../support/evidence-builder.ts';

describe('buildReport', () => {
  it.each(['canal', 'flannel', 'calico', 'cilium', 'calico-ipip', 'native'] as const)(
    'calls a sound %s cluster healthy and says what was checked',
    (cni) => {
      const report = buildReport(evidence({ cni }));
      expect(report.verdict).toBe('healthy');
      expect(report.headline).toMatch(
        /^3 of 3 API servers answer in 40 ms or less, 3 of 3 nodes report metrics, (\d+) of \1 paths open\.$/,
      );
      expect(report.causes).toEqual([]);
      expect(report.unexplained).toEqual([]);
    },
  );

  it('names the nodes that are not Ready, since nothing is expected of them', () => {
    const sound = evidence();
    const nodes = sound.snapshot.nodes.state === 'known' ? sound.snapshot.nodes.value : [];
    const report = buildReport(
      withSnapshot(sound, {
        nodes: known(
          nodes.map((node) =>
            node.name === 'prod03' ? { ...node, ready: known(false, 'condition Ready') } : node,
          ),
          'GET nodes',
        ),
        nodeMetrics: known(['prod01', 'prod02'], 'GET'),
      }),
    );
    expect(report.headline).toContain('2 of 3 nodes report metrics (not Ready: prod03)');
  });
});
