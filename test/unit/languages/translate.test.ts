import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spoken, spokenPage } from '../../../src/languages/spoken.ts';
import { createTranslate } from '../../../src/languages/translate.ts';

const translate = createTranslate({
  sentences: {
    'Overlay packets {0} are lost ({1}).': '{0} overlay 报文丢失({1})。',
    'into {0}': '进入 {0} 的',
    'No answer from {0}': '{0} 没有响应',
    'The node is well.': '节点正常。',
    'all {0} of nodes tried': '试过的全部 {0}节点',
    '{0} of {1} agents ready': '{1} 个 agent 中有 {0} 个就绪',
    'Which cluster? `unmute <cluster>` ends it.': '哪个集群?`unmute <cluster>` 结束静音。',
    'Run again': '重新诊断',
    'packets and bytes': '报文与字节',
  },
  counted: { nodes: '{0} 个节点', pairs: '{0} 对' },
  list: { between: '、', last: ' 和 ', more: ' 等，另有 {0} 个' },
  units: { s: '{0} 秒' },
});

describe('a sentence in another language', () => {
  it.each([
    [
      'its values come where the language wants them',
      '2 of 3 agents ready',
      '3 个 agent 中有 2 个就绪',
    ],
    [
      'a value may be a phrase with a value of its own',
      'Overlay packets into `prod01` are lost (VXLAN, 8472/udp).',
      '进入 `prod01` 的 overlay 报文丢失(VXLAN, 8472/udp)。',
    ],
    ['numbers with their noun', 'all 6 pairs of nodes tried', '试过的全部 6 对节点'],
    ['times with their unit', 'No answer from prod01; 6.8 s', 'prod01 没有响应；6.8 秒'],
    ['names in a list', 'No answer from a, b and c', 'a、b 和 c 没有响应'],
    ['a long list', 'No answer from a, b and 7 more', 'a、b 等，另有 7 个没有响应'],
    ['sentence after sentence', 'The node is well. The node is well.', '节点正常。节点正常。'],
    [
      'a sentence that nobody translated stays',
      'The node is ill. The node is well.',
      'The node is ill. 节点正常。',
    ],
    ['a line with its mark', '• The node is well.', '• 节点正常。'],
    ['bold', '*The node is well.*', '*节点正常。*'],
    ['line by line', 'Run again\n2 of 3 agents ready', '重新诊断\n3 个 agent 中有 2 个就绪'],
    [
      'as Slack spells <, > and &',
      'Which cluster? `unmute &lt;cluster&gt;` ends it.',
      '哪个集群?`unmute &lt;cluster&gt;` 结束静音。',
    ],
    ['"and" within a phrase is no list', 'No answer from packets and bytes', '报文与字节没有响应'],
  ])('%s', (_, english, chinese) => {
    expect(translate(english)).toBe(chinese);
  });

  it.each([
    ['a command in a code block', '```\nRun again\n```'],
    ['a name', 'prod01.example.com'],
    ['words of a log', 'dial tcp 10.0.0.1:10250: i/o timeout and more, as logs go'],
    ['a value that would be cut within code', 'No answer from `a'],
    ['nothing', ''],
  ])('leaves alone: %s', (_, text) => {
    expect(translate(text)).toBe(text);
  });

  it('never loses a word that it does not know, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const known =
          /No answer|agents ready|Run again|node is well|packets|pairs|nodes| s\b|cluster|,|;| and /u;
        fc.pre(!known.test(text));
        expect(translate(text)).toBe(text);
      }),
    );
  });

  it('takes hostile text in its stride', () => {
    const startedAt = performance.now();
    for (const unit of ['No answer from ', '(', '`', 'a, ', ' and ', '. ', '* ', 'into {0} ']) {
      translate(unit.repeat(4_000));
    }
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('refuses a template without words of its own', () => {
    expect(() =>
      createTranslate({
        sentences: { '{0}: {1}': '{0}:{1}' },
        counted: {},
        list: { between: '', last: '', more: '' },
        units: {},
      }),
    ).toThrow('without words');
  });
});

describe('what is translated of a message', () => {
  it('only what people read', () => {
    const block = {
      type: 'actions',
      block_id: 'Run again',
      elements: [
        {
          type: 'button',
          action_id: 'Run again',
          value: 'Run again',
          url: 'https://example.com/Run again',
          text: { type: 'plain_text', text: 'Run again' },
        },
      ],
    };

    expect(spoken({ text: 'The node is well.', blocks: [block] }, translate)).toEqual({
      text: '节点正常。',
      blocks: [
        {
          ...block,
          elements: [{ ...block.elements[0], text: { type: 'plain_text', text: '重新诊断' } }],
        },
      ],
    });
  });

  it('of a page its prose and labels, not its script, its style or its quotations', () => {
    const page =
      '<html lang="en"><script>Run again</script><p title="Run again">No answer from <code>a</code></p><pre>Run again</pre></html>';

    expect(spokenPage(page, translate, 'zh-CN')).toBe(
      '<html lang="zh-CN"><script>Run again</script><p title="重新诊断"><code>a</code> 没有响应</p><pre>Run again</pre></html>',
    );
  });
});
