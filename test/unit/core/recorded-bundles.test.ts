import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { buildReport } from '../../../src/core/report/build-report.ts';
import { loadBundle } from '../../../src/delivery/bundle.ts';

/** What real clusters showed under one real fault each; a rule that is changed must still read them right. */
it.each([
  ['overlay-drop-input', 'overlay-port-blocked', ['prod01'], 'into'],
  ['outer-checksum', 'vxlan-checksum-offload', ['prod01'], null],
  ['inner-checksum', 'vxlan-checksum-offload', ['prod01'], null],
  ['mtu-blackhole', 'mtu-blackhole', ['prod01'], null],
  ['networkpolicy-denies', 'networkpolicy-denies', ['prod01'], null],
  ['kubelet-port-blocked', 'kubelet-port-blocked', ['prod02'], null],
  ['apiservice-wrong-ca', 'apiservice-ca-mismatch', [], null],
] as const)('%s: %s', async (name, id, nodes, direction) => {
  const path = new URL(`../../fixtures/bundles/${name}.json.gz`, import.meta.url);
  const report = buildReport(await loadBundle(fileURLToPath(path)));
  const [first, ...others] = report.causes;
  expect(first).toMatchObject({ id, verdict: 'confirmed' });
  expect(first?.where.nodes).toEqual(expect.arrayContaining([...nodes]));
  if (direction !== null) expect(first?.where.direction).toBe(direction);
  expect(others.filter(({ verdict }) => verdict === 'confirmed')).toEqual([]);
  expect(report.unexplained).toEqual([]);
});
