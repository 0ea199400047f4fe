import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildReport } from '../../../src/core/report/build-report.ts';
import { explainText } from '../../../src/core/report/explain-report.ts';
import { loadBundle } from '../../../src/delivery/bundle.ts';
import { spokenPart } from '../../../src/delivery/spoken-part.ts';
import { threadOf } from '../../../src/delivery/thread-messages.ts';
import { translateTo } from '../../../src/languages/languages.ts';
import { spoken } from '../../../src/languages/spoken.ts';
import { renderExplanation } from '../../../src/renderers/slack-explain.ts';
import { corpus } from '../../support/explain-corpus.ts';
import { englishProse } from '../../support/languages/english-prose.ts';
import { readableMessage, readableThread } from '../../support/readable-thread.ts';
import { finishedRun } from '../../support/runs/finished-run.ts';

const BUNDLES = 'test/fixtures/bundles';
const bundles = readdirSync(BUNDLES).filter((name) => name.endsWith('.gz'));

describe('whole threads of recorded clusters leave no English prose in Chinese', () => {
  it.each(bundles)('%s', async (name) => {
    const report = buildReport(await loadBundle(`${BUNDLES}/${name}`));
    const thread = threadOf(finishedRun(report), { kind: 'person', name: 'Lin', again: false });
    const messages = thread.filter(({ kind }) => kind === 'message');

    expect(englishProse(readableThread(messages))).not.toEqual([]);
    expect(englishProse(readableThread(messages.map((part) => spokenPart(part, 'zh-CN'))))).toEqual(
      [],
    );
  });
});

it('answers to pasted texts leave none either', () => {
  const translate = translateTo('zh-CN');
  const left = corpus().flatMap(({ name, text, platform, cni }) => {
    const report = explainText({
      text,
      context: { platform, cni, k8sVersion: null },
      runId: 'r0f0e1d2',
      takenAt: '2026-11-22T14:02:02.000Z',
      tookMs: 5,
    });
    const said = spoken({ key: 'root' as const, ...renderExplanation(report) }, translate);
    const words = readableMessage(said);
    return englishProse(words).map((prose) => `${name}: ${prose}`);
  });

  expect(left).toEqual([]);
});
