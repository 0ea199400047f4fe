import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing, valueOr } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import { noProbes } from '../../../../src/probes/join-results.ts';
import { renderMarkdown } from '../../../../src/renderers/markdown.ts';
import { reportSchema } from '../../../../src/renderers/report-schema.ts';
import { renderTerminal } from '../../../../src/renderers/terminal.ts';
import { type EvidenceShape, evidence, withSnapshot } from '../../../support/evidence-builder.ts';

function unprobed(shape: EvidenceShape = {}): Evidence {
  return {
    ...evidence(shape),
    probes: noProbes(missing('not-attempted', 'switched off by --no-probes')),
  };
}

function commandsOf(e: Evidence): readonly string[] {
  return buildReport(e).byHand.flatMap(({ commands }) => commands);
}

describe('commands to run by hand', () => {
  it('are there only when no probe ran', () => {
    expect(buildReport(evidence()).byHand).toEqual([]);
    expect(buildReport(unprobed()).byHand).not.toEqual([]);
  });

  it('name the provider, every machine, kubelet and API server of a small cluster, and where to run', () => {
    const e = unprobed();
    const { byHand } = buildReport(e);
    const text = byHand.flatMap(({ commands }) => commands).join('\n');
    const provider = valueOr(e.snapshot.providerPods, [])[0];
    expect(text).toContain(
      `curl -k -sS --max-time 5 -w '%{http_code}\\n' https://${provider?.podIps[0]}:10250/livez`,
    );
    for (const { internalIps } of valueOr(e.snapshot.nodes, []))
      expect(text).toContain(internalIps[0]);
    expect(text).toMatch(/nc -zv -w 5 \$a 10250/);
    expect(text).toMatch(/nc -zv -w 5 \$a 6443/);
    expect(byHand[0]?.on.map(({ node }) => node).toSorted()).toEqual([
      'prod01',
      'prod02',
      'prod03',
    ]);
    expect(byHand.at(-1)?.on.map(({ node }) => node)).toEqual([provider?.nodeName]);
  });

  it.each([
    ['canal', "tcpdump -nvvi any -c 40 'udp port 8472'", 'ethtool -k flannel.1 ', '-s 1422 '],
    ['calico', "tcpdump -nvvi any -c 40 'udp port 4789'", 'ethtool -k vxlan.calico ', '-s 1422 '],
    ['calico-ipip', "tcpdump -nvvi any -c 40 'ip proto 4'", '', '-s 1452 '],
  ] as const)(
    'watch the overlay of %s at both ends, with its size',
    (cni, capture, ethtool, size) => {
      const text = commandsOf(unprobed({ cni })).join('\n');
      expect(text).toContain(capture);
      expect(text).toContain(ethtool);
      expect(text).toContain(size);
    },
  );

  it('capture nothing where there is no overlay', () => {
    expect(commandsOf(unprobed({ cni: 'native' })).join('\n')).not.toContain('tcpdump');
  });

  it('fit a screen for three nodes, and stay bounded for a thousand', () => {
    const lines = (nodes: number): number => {
      const plain = renderTerminal(buildReport(unprobed({ nodes, servers: 3, sample: 2 })), {
        colour: false,
      });
      return plain.slice(plain.indexOf('To run by hand')).split('\n').length;
    };
    expect(lines(3)).toBeLessThan(40);
    expect(lines(1_000)).toBeLessThan(45);
    const big = buildReport(unprobed({ nodes: 1_000, servers: 3, sample: 2 }));
    expect(JSON.stringify(big.byHand).length).toBeLessThan(8_000);
    expect(JSON.stringify(big.byHand)).toContain('994 more nodes left out');
    expect(big.byHand[0]?.on.map(({ node }) => node)).toEqual(['prod01', 'prod02', 'prod03']);
  });

  it('are in text, Markdown and JSON alike', () => {
    const report = buildReport(unprobed());
    const [command = ''] = report.byHand[0]?.commands ?? [];
    expect(renderTerminal(report, { colour: false })).toContain(command);
    expect(renderMarkdown(report)).toContain(command);
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report))).byHand[0]?.commands).toContain(
      command,
    );
  });

  it('carry nothing of a cluster but addresses and numbers', () => {
    const e = unprobed();
    const untouched = commandsOf(e);
    const evil = fc.oneof(
      fc.string(),
      fc.constantFrom('1.2.3.4; rm -rf /', '$(id)', '`id`', '10.0.0.1\nid', 'fe80::1%$(id)'),
    );
    fc.assert(
      fc.property(evil, (text) => {
        fc.pre(!ipaddr.isValid(text));
        const nodes = valueOr(e.snapshot.nodes, []).map((node) => ({
          ...node,
          internalIps: [text, ...node.internalIps],
        }));
        const pods = valueOr(e.snapshot.providerPods, []).map((pod) => ({
          ...pod,
          name: text,
          podIps: [text, ...pod.podIps],
        }));
        const changed = withSnapshot(e, {
          nodes: known(nodes, 'test'),
          providerPods: known(pods, 'test'),
        });
        expect(commandsOf(changed)).toEqual(untouched);
      }),
      { numRuns: 50 },
    );
  });
});
