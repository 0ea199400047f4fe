import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/core/report/report.ts';
import { messageProblems } from '../../../src/renderers/block-kit-limits.ts';
import { fixesFile } from '../../../src/renderers/slack-fixes.ts';
import type { Asker, ThreadContext } from '../../../src/renderers/slack-message.ts';
import { renderFailed, renderOpened, renderWaiting } from '../../../src/renderers/slack-root.ts';
import { matrixFile, renderChecklist, renderVerdict } from '../../../src/renderers/slack-thread.ts';
import { readableMessage } from '../../support/readable-thread.ts';
import {
  DEGRADED_REPORT,
  FOUNDING_REPORT,
  HEALTHY_REPORT,
  hostileReport,
  hugeReport,
  INCONCLUSIVE_REPORT,
} from '../../support/sample-reports.ts';

const LIN: Asker = { kind: 'person', name: 'Lin', again: false };
const CONTEXT: ThreadContext = { cluster: 'prod', runId: 'r7f3a', asker: LIN };

function rendered(report: Report): string {
  return JSON.stringify(renderVerdict(CONTEXT, report));
}

describe('the thread of a report', () => {
  it.each([
    ['founding', FOUNDING_REPORT],
    ['healthy', HEALTHY_REPORT],
    ['degraded', DEGRADED_REPORT],
    ['inconclusive', INCONCLUSIVE_REPORT],
  ])('reads as the golden file says: %s', async (name, report) => {
    const thread = renderVerdict(CONTEXT, report);

    await expect(thread.map(readableMessage).join('\n')).toMatchFileSnapshot(
      `../../fixtures/golden/slack-thread-${name}.txt`,
    );
    expect(thread.flatMap((message) => messageProblems(message))).toEqual([]);
  });

  it('puts the verdict first, in words, also in the notification', () => {
    const [root] = renderVerdict(CONTEXT, FOUNDING_REPORT);

    expect(root?.key).toBe('root');
    expect(root?.text).toMatch(/^prod: Metrics API broken\. Overlay packets into prod01/u);
  });

  it('says suspected where nothing is confirmed', () => {
    const text = rendered(DEGRADED_REPORT);

    expect(text).toContain('*Suspected: `kubelet-tls-no-ip-san`.*');
    expect(text).toContain('Suspected, not confirmed, after 6.8 s');
    expect(text).not.toContain('Confirmed');
  });

  it('names a symptom that no cause explains, and what was not seen with its remedy', () => {
    expect(rendered(DEGRADED_REPORT)).toContain('Not explained by any cause: node worker-9');
    expect(rendered(INCONCLUSIVE_REPORT)).toContain('kubectl apply -f probe-rbac.yaml');
    expect(rendered(INCONCLUSIVE_REPORT)).toContain(
      'last answers of some API servers still outstanding',
    );
  });

  it('shows a second cause with its own fixes', () => {
    const [first] = FOUNDING_REPORT.causes;
    if (first === undefined) throw new Error('fixture without a cause');
    const second = {
      ...first,
      id: 'duplicate-node-ip',
      fixes: first.fixes.map((fix) => ({ ...fix, title: 'Give prod03 its own address' })),
    };
    const text = rendered({ ...FOUNDING_REPORT, causes: [first, second] });

    expect(text).toContain('*Confirmed: `overlay-port-blocked`.*');
    expect(text).toContain('*Confirmed: `duplicate-node-ip`.*');
    expect(text).toContain('*Give prod03 its own address*');
  });

  it('keeps every variant of a fix in the file and the first in the message', () => {
    const file = fixesFile(FOUNDING_REPORT);
    const content = file?.content.text;

    expect(content).toContain('iptables -I INPUT');
    expect(content).toContain('firewall-cmd --reload');
    expect(rendered(FOUNDING_REPORT)).toContain(
      'Other tools: ufw · nftables · iptables · cloud security group',
    );
    expect(rendered(FOUNDING_REPORT)).not.toContain('iptables -I INPUT');
  });

  it('describes the picture in words, and posts none for a healthy cluster', () => {
    expect(matrixFile(FOUNDING_REPORT)?.altText).toContain('prod01');
    expect(matrixFile(FOUNDING_REPORT)?.altText?.length).toBeLessThanOrEqual(1_000);
    expect(matrixFile(hugeReport())?.altText?.length).toBeLessThanOrEqual(1_000);
    expect(matrixFile(HEALTHY_REPORT)).toBeNull();
    expect(matrixFile({ ...FOUNDING_REPORT, reach: [] })).toBeNull();
  });

  it('is the same for the same report', () => {
    expect(rendered(FOUNDING_REPORT)).toBe(rendered(structuredClone(FOUNDING_REPORT)));
  });
});

describe('before the verdict', () => {
  it.each([
    ['opened', renderOpened(CONTEXT)],
    ['waiting', renderWaiting(CONTEXT, 'No worker has taken the run in 10 s.')],
    ['failed', renderFailed(CONTEXT, 'The API server does not answer.')],
    ['checklist', renderChecklist(CONTEXT, FOUNDING_REPORT.checklist)],
    ['empty checklist', renderChecklist(CONTEXT, [])],
  ])('%s is fit to send and says its state in words', (_name, message) => {
    expect(messageProblems(message)).toEqual([]);
    expect(message.text).toMatch(/^prod: [a-z0-9]/u);
  });

  it('tells the states of the checklist apart without colour', () => {
    const { blocks } = renderChecklist(CONTEXT, [
      { id: 'chain', state: 'done', text: 'Chain: sound' },
      { id: 'paths', state: 'running', text: 'Paths: 3 of 14' },
      { id: 'counters', state: 'pending', text: 'Counters' },
    ]);

    expect(JSON.stringify(blocks)).toContain('Paths: 3 of 14 (under way)');
    expect(JSON.stringify(blocks)).toContain('Counters (not begun)');
  });

  it('carries the alert and its end', () => {
    const asker: Asker = {
      kind: 'alert',
      alertNames: ['KubeAggregatedAPIDown'],
      firingSince: '2026-11-22T14:02:00Z',
      resolvedAt: '2026-11-22T14:31:00Z',
      truncated: 0,
      verdictAt: '2026-11-22T14:02:44Z',
      lastCheck: null,
    };
    const [root] = renderVerdict({ ...CONTEXT, asker }, FOUNDING_REPORT);
    const text = JSON.stringify(root);

    expect(text).toContain('🔔 `KubeAggregatedAPIDown` firing since 14:02 UTC.');
    expect(text).toContain('Resolved 14:31 UTC');
  });
});

describe('words of the cluster', () => {
  const thread = renderVerdict(
    {
      cluster: 'prod',
      runId: '`*r*`',
      asker: { kind: 'person', name: '<!here> *Lin*', again: true },
    },
    hostileReport(),
  );
  const all = thread.flatMap(({ text, blocks }) => [
    text,
    ...blocks.flatMap((block) => (block.type === 'section' ? [block.text?.text ?? ''] : [])),
  ]);

  it('stay within the limits', () => {
    expect(thread.flatMap((message) => messageProblems(message))).toEqual([]);
  });

  it('mention nobody, link nowhere and hide nothing', () => {
    for (const text of all) {
      expect(text).not.toMatch(/<|>/u);
      expect(text.replace(/```[\s\S]*?```/gu, '')).not.toMatch(/@(?:here|channel)/u);
      expect(text).not.toMatch(/(?![\n])\p{C}/u);
    }
  });

  it('cannot leave a code block', () => {
    for (const text of all) {
      expect((text.match(/```/gu) ?? []).length % 2).toBe(0);
    }
    const fixes = thread.find(({ key }) => key === 'fixes');
    const [, code = ''] = JSON.stringify(fixes).split('```');
    expect(code).toContain("'''");
  });

  it('are not formatted outside code', () => {
    for (const text of all) {
      const outside = text.replace(/```[\s\S]*?```/gu, '').replace(/`[^`]*`/gu, '');
      expect(outside).not.toContain('*bold*');
      expect(outside).not.toContain('_it_');
      expect(outside).not.toContain('~gone~');
      expect(outside).not.toContain(':fire:');
    }
  });
});

describe('a report of any size', () => {
  const thread = renderVerdict(CONTEXT, hugeReport());

  it('is fit to send', () => {
    expect(thread.flatMap((message) => messageProblems(message))).toEqual([]);
  });

  it('says what was left out and where it is', () => {
    const text = JSON.stringify(thread);

    expect(text).toMatch(
      /\d+ more blocks of commands are left out here; fixes\.txt in this thread has them all/u,
    );
    expect(fixesFile(hugeReport())?.content.text).toContain('node-999.');
  });
});
