import { describe, expect, it } from 'vitest';
import { buildReport } from '../../../src/core/report/build-report.ts';
import { evidence } from '../../support/evidence-builder.ts';

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
});
