import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import type { Report } from '../../../../src/core/report/report.ts';
import { renderHtml } from '../../../../src/renderers/html/report-html.ts';
import { FOUNDING_REPORT, HEALTHY_REPORT } from '../../../support/sample-reports.ts';

/** Evidence with whatever a test puts into it: the report shows its parts by name, whatever they are. */
const evidence = (snapshot: object): Evidence =>
  ({ snapshot, probes: { ran: 'yes' } }) as unknown as Evidence;

const HOSTILE =
  '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\'&<!--\u2028\u202e';

const hostile: Report = {
  ...FOUNDING_REPORT,
  cluster: HOSTILE,
  headline: HOSTILE,
  pattern: [HOSTILE],
  unexplained: [HOSTILE],
  notSeen: [HOSTILE],
  apiServers: FOUNDING_REPORT.apiServers.map((each) => ({ ...each, name: HOSTILE, body: HOSTILE })),
  reach: FOUNDING_REPORT.reach.map((each) => ({
    ...each,
    from: each.from === 'prod01' ? HOSTILE : each.from,
    target: HOSTILE,
  })),
};

it('holds its causes with their facts, every API server, every check and the raw answers', () => {
  const html = renderHtml(FOUNDING_REPORT, evidence({ nodes: ['prod01'], logs: 'x509' }));

  for (const { id, because } of FOUNDING_REPORT.causes) {
    expect(html).toContain(`<code>${id}</code>`);
    for (const claim of because) expect(html).toContain(`fact ${claim.evidence}`);
  }
  for (const { name, address } of FOUNDING_REPORT.apiServers) {
    expect(html).toContain(`<th scope="row">${name}</th><td><code>${address}</code>`);
  }
  expect(html.match(/<tr class="check">/gu)).toHaveLength(FOUNDING_REPORT.reach.length);
  expect(html).toContain('<code>snapshot.logs</code>');
  expect(html).toContain('title="prod02 to prod01: dead"');
});

it('loads nothing, and admits only its own style and script', () => {
  const html = renderHtml(FOUNDING_REPORT, null);
  const hash = (text: string): string =>
    `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const inside = (tag: string): string =>
    new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'u').exec(html)?.[1] ?? expect.fail();

  expect(html).toContain(
    `content="default-src 'none'; style-src ${hash(inside('style'))}; script-src ${hash(inside('script'))}; base-uri 'none'; form-action 'none'"`,
  );
  expect(html).not.toMatch(/\b(?:src|href|srcset|action|style|on\w+)=/iu);
  expect(html).not.toMatch(/@import|url\(/iu);
  expect(html).toContain('no longer kept');
});

it('escapes everything that is not ours, in text, attributes and data', () => {
  const html = renderHtml(hostile, evidence({ logs: HOSTILE }));

  expect(html.match(/<script/gu)).toHaveLength(2);
  expect(html.match(/<\/script/gu)).toHaveLength(2);
  expect(html).not.toMatch(/<img|<!--|\u2028|\u202e/u);
  const tags = html.match(/<[a-z]+[^>]*\sdata-node="[^"]*"[^>]*>/gu) ?? [];
  expect(tags.length).toBeGreaterThan(0);
  for (const tag of tags) expect(tag).toMatch(/^<tr data-node="[^"]*">$/u);
  const data = /<script type="application\/json" id="data">(.*?)<\/script>/su.exec(html)?.[1] ?? '';
  expect(JSON.parse(data).checks).toHaveLength(FOUNDING_REPORT.reach.length);
});

it('says of a healthy cluster that nothing is broken', () => {
  const html = renderHtml(HEALTHY_REPORT, null);

  expect(html).toContain('Metrics API healthy');
  expect(html).toContain('Nothing is broken.');
  expect(html).not.toContain('No cause found');
});

it('stays small for a big cluster, and says what it leaves out', () => {
  const nodes = Array.from({ length: 300 }, (_, i) => `worker-${i}`);
  const reach: Report['reach'] = nodes.flatMap((from, i) =>
    [1, 2, 3, 4, 5, 6, 7, 8].map((step) => ({
      id: `r-${i}-${step}`,
      from,
      to: nodes[(i + step) % nodes.length] ?? '',
      target: '10.42.0.20:10250',
      layer: 'overlay' as const,
      check: 'tcp',
      outcome: i === 7 ? 'timeout' : 'open',
      ms: 1,
    })),
  );
  const big = evidence({
    pods: nodes.map((node) => ({ node, log: '"quoted" & <long> '.repeat(200) })),
  });
  const html = renderHtml({ ...FOUNDING_REPORT, reach }, big);

  expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
  expect(html).toContain('260 nodes without a fault are not drawn.');
  expect(html).toContain('<tr data-node="worker-7">');
  expect(html).toContain('900 more are left out here');
  expect(html).toContain('Cut here; the bundle has it whole.');
});
