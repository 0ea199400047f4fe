import { describe, expect, it } from 'vitest';
import { buildReport } from '../../../src/core/report/build-report.ts';
import { matrixInWords, reachMatrices } from '../../../src/core/report/reach-matrix.ts';
import { drawPng } from '../../../src/renderers/draw-png.ts';
import { renderMarkdown } from '../../../src/renderers/markdown.ts';
import { matrixSvg } from '../../../src/renderers/reach-matrix-svg.ts';
import { renderTerminal } from '../../../src/renderers/terminal.ts';
import {
  cutPair,
  evidence,
  foundingIncident,
  withSnapshot,
} from '../../support/evidence-builder.ts';

const incident = buildReport(foundingIncident());

describe('the terminal', () => {
  const text = renderTerminal(incident, { colour: false });

  it('says the verdict first and the fixes last', () => {
    expect(text.split('\n')[0]).toMatch(/^🔴 prod: Metrics API broken\. .*prod01/);
    expect(text.indexOf('Why')).toBeLessThan(text.indexOf('Fix: '));
    expect(text.indexOf('Fix: ')).toBeGreaterThan(text.indexOf('What is broken'));
  });

  it('reads the same without colour', () => {
    const coloured = renderTerminal(incident, { colour: true });
    expect(coloured).not.toBe(text);
    // oxlint-disable-next-line no-control-regex -- SGR sequences are what is taken out
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(text);
  });

  it('draws the dead pairs in letters', () => {
    expect(text).toMatch(/prod01 +- +XX +XX/);
    expect(text).toMatch(/prod02 +XX +- +ok/);
  });

  it('lets no control character of the cluster through', () => {
    const hostile = withSnapshot(foundingIncident(), {
      vantage: { server: 'x', inCluster: false, node: null, note: 'evil\u001b[2J\u202Enote' },
    });
    // oxlint-disable-next-line no-control-regex -- ESC is what must not be there
    expect(renderTerminal(buildReport(hostile), { colour: false })).not.toMatch(/[\u001b\u202e]/);
  });

  it('says what was checked when all is well', () => {
    expect(renderTerminal(buildReport(evidence()), { colour: false })).toMatch(
      /^🟢 prod: Metrics API healthy\./,
    );
  });
});

describe('Markdown', () => {
  it('has the five parts in order', () => {
    const text = renderMarkdown(incident);
    const at = [
      '# 🔴',
      '## What was looked at',
      '## What is broken',
      '## Why',
      '## How to mend it',
    ].map((part) => text.indexOf(part));
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(Math.min(...at)).toBeGreaterThanOrEqual(0);
  });

  it('tells what changed after the reasons, and only where something did', () => {
    const changes = {
      since: '2026-11-22T14:00:00.000Z',
      runId: 'r1',
      items: [{ kind: 'policy', text: 'NetworkPolicy a/<b> is new', causes: ['x'] }],
    } as const;
    const text = renderMarkdown({ ...incident, changes });
    expect(text.indexOf('## What changed since the last healthy run')).toBeGreaterThan(
      text.indexOf('## Why'),
    );
    expect(text).toContain('a/&lt;b\\> is new');
    expect(renderTerminal({ ...incident, changes }, { colour: false })).toContain(
      'What changed since the last healthy run (2026-11-22T14:00:00.000Z); a hint, no proof\n  • NetworkPolicy a/<b> is new',
    );
    const none = { ...incident, changes: { ...changes, items: [] } };
    expect(renderMarkdown(none)).toBe(renderMarkdown(incident));
    expect(renderTerminal(none, { colour: false })).toBe(
      renderTerminal(incident, { colour: false }),
    );
  });

  it('keeps hostile text in its place', () => {
    const report = {
      ...incident,
      headline: '<script>alert(1)</script> [x](http://evil) | `',
      causes: [
        {
          ...incident.causes[0]!,
          fixes: [
            {
              ...incident.causes[0]!.fixes[0]!,
              variants: [{ tool: 't', commands: ['```', '# owned'] }],
            },
          ],
        },
      ],
    };
    const text = renderMarkdown(report);
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('[x](');
    expect(text).toContain('````\n```\n# owned\n````');
  });
});

describe('the matrix', () => {
  it('is said in words for those who cannot see it', () => {
    expect(matrixInWords(reachMatrices(incident))).toMatch(
      /Overlay: 4 of 6 node pairs dead \(prod01 to prod02.*Underlay: all 6 node pairs work\./,
    );
  });

  it('marks a pair dead in both directions and no other', () => {
    const [overlay] = reachMatrices(buildReport(cutPair(evidence(), 'prod02', 'prod03')));
    const dead = overlay?.cells
      .filter(({ state }) => state === 'dead')
      .map(({ from, to }) => `${from}>${to}`);
    expect(dead).toEqual(['prod02>prod03', 'prod03>prod02']);
  });

  it('is a PNG with text in it', async () => {
    const matrices = reachMatrices(incident);
    const png = await drawPng(matrixSvg(matrices, 'prod: paths between nodes') ?? '');
    expect(Buffer.from(png).subarray(1, 4).toString()).toBe('PNG');
    const blank = await drawPng(matrixSvg(matrices, '') ?? '');
    // The title is drawn with the shipped font: without it both pictures would be the same.
    expect(Buffer.from(png).equals(Buffer.from(blank))).toBe(false);
  });

  it('says the pattern below its title, wrapped', () => {
    const words = 'Between zone a and zone b no pair works over the pod network, for any protocol.';
    const svg = matrixSvg(reachMatrices(incident), 'prod', words.repeat(2)) ?? '';
    const lines = [...svg.matchAll(/<text[^>]*font-size="12"[^>]*>([^<]*)</g)].map(
      ([, line]) => line,
    );
    expect(lines.slice(0, 3).join(' ')).toBe(words.repeat(2));
  });

  it('is not drawn when nothing was tested', () => {
    expect(matrixSvg(reachMatrices({ reach: [] }), 'x')).toBeNull();
  });

  it('escapes names', () => {
    const reach = [
      {
        id: 'a',
        from: '<b>',
        to: 'c&d',
        target: '',
        layer: 'overlay',
        check: 'tcp',
        outcome: 'open',
        ms: 1,
      },
    ] as const;
    expect(matrixSvg(reachMatrices({ reach }), '<t>')).not.toMatch(/<b>|c&d|<t>/);
  });

  it('stays readable with 200 nodes: the hurt ones are drawn', () => {
    const reach = Array.from({ length: 200 }, (_, at) => ({
      id: String(at),
      from: `n${at}`,
      to: `n${(at + 1) % 200}`,
      target: '',
      layer: 'overlay' as const,
      check: 'tcp',
      outcome: at === 150 ? 'timeout' : 'open',
      ms: 1,
    }));
    const svg = matrixSvg(reachMatrices({ reach }), 'big');
    expect(svg).toContain('>n150<');
    expect(svg).toContain('176 nodes without a fault are not drawn');
  });
});

it('a missing fact is said, not dropped', () => {
  const blind = withSnapshot(evidence(), {
    hpas: {
      state: 'missing',
      reason: 'forbidden',
      detail: 'list horizontalpodautoscalers is forbidden',
    },
  });
  expect(renderTerminal(buildReport(blind), { colour: false })).toContain('forbidden');
});
