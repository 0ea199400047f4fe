import fc from 'fast-check';
import { expect, it } from 'vitest';
import { messageProblems } from '../../../src/renderers/block-kit-limits.ts';
import { alertLine, renderClosed } from '../../../src/renderers/slack-alert.ts';
import type { AlertAsker } from '../../../src/renderers/slack-message.ts';
import { HEALTHY_REPORT } from '../../support/sample-reports.ts';

const ASKER: AlertAsker = {
  kind: 'alert',
  alertNames: ['KubeletDown'],
  firingSince: '2026-11-22T14:02:00.000Z',
  truncated: 0,
  verdictAt: '2026-11-22T14:02:44.000Z',
  resolvedAt: '2026-11-22T14:31:00.000Z',
  lastCheck: {
    state: 'ended',
    runId: 'r2',
    report: { verdict: 'healthy', headline: HEALTHY_REPORT.headline },
    failed: null,
  },
};
const closed = (changes: Partial<AlertAsker>) =>
  renderClosed({ cluster: 'prod', runId: 'r1', asker: { ...ASKER, ...changes } });
const words = (changes: Partial<AlertAsker>) => JSON.stringify(closed(changes));

it('closes with the times: alert, verdict, resolved', () => {
  expect(words({})).toContain(
    'alert 14:02 UTC → verdict 14:02 UTC (after 44 s) → resolved 14:31 UTC (after 29 min)',
  );
  expect(words({})).toContain('this thread is closed: `KubeletDown`');
  expect(alertLine({ asker: ASKER }).join('\n')).toContain(
    '✅ Resolved 14:31 UTC, 29 min after it fired. The verdict came 44 s after the alert.',
  );
});

it('tells the times in the order in which they came', () => {
  expect(words({ verdictAt: '2026-11-22T14:31:30.000Z' })).toMatch(
    /resolved 14:31.*verdict 14:31/u,
  );
  expect(words({ verdictAt: null })).toContain('alert 14:02 UTC → resolved 14:31 UTC');
  // A verdict that was there before the alert, or a clock that is behind, is no negative time.
  expect(words({ verdictAt: '2026-11-22T14:01:00.000Z' })).not.toContain('-');
});

it('does not close while it fires, nor before the last check has ended', () => {
  expect(closed({ resolvedAt: null })).toBeNull();
  expect(closed({ lastCheck: null })).toBeNull();
  expect(closed({ lastCheck: { state: 'running' } })).toBeNull();
  const broken = { verdict: 'broken', headline: 'prod: broken.' } as const;
  const check = { state: 'ended', runId: 'r2', report: broken, failed: null } as const;
  expect(words({ lastCheck: check })).toContain('still not well');
  const failed = { state: 'ended', runId: 'r2', report: null, failed: 'No worker.' } as const;
  expect(words({ lastCheck: failed })).toContain('could not be made: No worker.');
});

/** What mrkdwn, links, mentions and control characters are made of. */
const PIECES = ['<', '>', '!', '@', '#', '|', '&', '*', '_', '~', '`', '```', '\n', '\t', '\u0000'];
const WORDS = [
  '\u202E',
  '\u2028',
  'channel',
  'here',
  'U0LIN',
  'C0OPS',
  'https://evil.example',
  'a',
];
const NAME = fc
  .array(fc.constantFrom(...PIECES, ...WORDS), { maxLength: 60 })
  .map((parts) => parts.join('').slice(0, 200));

it('lets no name of an alert ping, link, hide or break out, of 1,000', () => {
  fc.assert(
    fc.property(fc.array(NAME, { minLength: 1, maxLength: 3 }), (alertNames) => {
      const message = closed({ alertNames }) ?? expect.fail();
      const line = alertLine({ asker: { ...ASKER, alertNames } }).join('\n');
      expect(messageProblems(message)).toEqual([]);
      const section = message.blocks[0];
      const shown = [line, section?.type === 'section' ? (section.text?.text ?? '') : ''];
      for (const text of [...shown, message.text]) {
        expect(text).not.toMatch(/[<>]|(?!\n)\p{C}/u);
        expect(text.replace(/`[^`]*`/gu, '')).not.toMatch(/@(?:here|channel)\b/u);
      }
      // The text is what a notification shows, as it is; in blocks nothing is formatted or linked.
      for (const text of shown) expect(text.replace(/`[^`]*`/gu, '')).not.toMatch(/\*|https:/u);
    }),
    { numRuns: 1_000 },
  );
});
