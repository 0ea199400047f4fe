import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type Explanation, explanationOf } from '../../../src/triggers/explain-door.ts';
import { wordsOf } from '../../../src/triggers/message-words.ts';
import type { Desk } from '../../../src/triggers/slack-desk.ts';

const desk = { clusters: [], log: pino({ level: 'silent' }) } as unknown as Desk;
const SCRAPE =
  '"Failed to scrape node" err="Get \\"https://10.0.0.25:10250/metrics/resource\\": x509: cannot validate certificate for 10.0.0.25 because it doesn\'t contain any IP SANs" node="worker-0"';

function answer(words: string): Explanation {
  return explanationOf(desk, words) ?? expect.fail('not taken for a text to explain');
}

describe('explain in Slack', () => {
  it.each(['prod', 'help', '', 'explainer', 'prod explain'])('leaves %j to others', (words) => {
    expect(explanationOf(desk, words)).toBeNull();
  });

  it('says how to paste when nothing was pasted, unless a cluster has that name', () => {
    expect(answer('explain').text).toContain('Paste the text');
    const named = { ...desk, clusters: [{ name: 'explain', aliases: [] }] } as unknown as Desk;
    expect(explanationOf(named, 'explain')).toBeNull();
    expect(explanationOf(named, `explain ${SCRAPE}`)).not.toBeNull();
  });

  it('names the cause, the words relied on, and a fix', () => {
    const { text, blocks } = answer(`explain ${SCRAPE}`);
    expect(text).toContain('lack the IP address');
    expect(JSON.stringify(blocks)).toContain('kubelet-tls-no-ip-san');
    expect(JSON.stringify(blocks)).toContain('contain any IP SANs');
    expect(JSON.stringify(blocks)).toContain('serverTLSBootstrap');
  });

  it('takes flags before the text', () => {
    const { blocks } = answer(`explain --platform rke2 --cni=canal ${SCRAPE}`);
    expect(JSON.stringify(blocks)).toContain('rke2');
    expect(JSON.stringify(blocks)).toContain('8472');
  });

  it('reads what Slack made of a text: entities, links, fences', () => {
    const slack = `explain \`\`\`\nfailing or missing response from <https://10.42.0.9:10250/apis/metrics.k8s.io/v1beta1>: Get "<https://10.42.0.9:10250/apis/metrics.k8s.io/v1beta1|https://10.42.0.9:10250/apis/metrics.k8s.io/v1beta1>": x509: certificate signed by unknown authority &gt;&gt;\n\`\`\``;
    expect(JSON.stringify(answer(slack).blocks)).toContain('apiservice-ca-mismatch');
  });

  it('shows foreign words as they are: no mention, no link, no markup of theirs', () => {
    const hostile = `explain <!channel> *bold* ${SCRAPE.replace('worker-0', '<@U0LIN>')} \`\`\` <http://evil.example|click>`;
    const all = JSON.stringify(answer(hostile));
    expect(all).not.toContain('<!channel>');
    expect(all).not.toContain('<@U0LIN>');
    expect(all).not.toContain('<http://evil');
  });

  it('shows no credential that was pasted along', () => {
    const leaky = `explain Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJl.c2lnbmF0dXJl token: hunter2hunter2 ${SCRAPE}`;
    expect(JSON.stringify(answer(leaky))).not.toMatch(/hunter2|eyJhbGci/);
  });

  it("stays within Slack's limits for a text as long as Slack allows", () => {
    const { blocks = [] } = answer(`explain ${`${SCRAPE}\n`.repeat(300)}`);
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(blocks).length).toBeLessThan(12_500);
  });
});

describe('the words of a message', () => {
  it('come from its text and its attachments, or from blocks where it has no text', () => {
    expect(
      wordsOf({ text: 'a', attachments: [{ pretext: 'b', fields: [{ title: 'c', value: 'd' }] }] }),
    ).toBe('a\nb\nc\nd');
    expect(
      wordsOf({ text: '', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'e' } }] }),
    ).toContain('e');
    expect(wordsOf({ text: 'a', blocks: [{ text: { text: 'a' } }] })).toBe('a');
  });
});
