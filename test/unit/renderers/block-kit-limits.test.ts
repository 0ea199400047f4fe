import { describe, expect, it } from 'vitest';
import { messageProblems } from '../../../src/renderers/block-kit-limits.ts';

const TEXT = 'A full sentence.';
const section = (text: string): object => ({ type: 'section', text: { type: 'mrkdwn', text } });
const button = (fields: object): object => ({
  type: 'actions',
  elements: [
    { type: 'button', action_id: 'a', text: { type: 'plain_text', text: 'Go' }, ...fields },
  ],
});

describe('messageProblems', () => {
  it('finds none in a plain message', () => {
    expect(
      messageProblems({ text: TEXT, blocks: [section('hello'), button({ value: 'v' })] }),
    ).toEqual([]);
  });

  it.each([
    [
      '51 blocks',
      { text: TEXT, blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) },
      '51, 50 allowed',
    ],
    [
      'a section over 3,000',
      { text: TEXT, blocks: [section('x'.repeat(3_001))] },
      '3001 characters',
    ],
    ['an empty section', { text: TEXT, blocks: [section('')] }, 'text is empty'],
    [
      'too much JSON',
      { text: TEXT, blocks: Array.from({ length: 5 }, () => section('x'.repeat(2_900))) },
      'characters of JSON',
    ],
    [
      'a type that does not exist',
      { text: TEXT, blocks: [{ type: 'sectoin' }] },
      'unknown block type',
    ],
    [
      'a key that does not exist',
      { text: TEXT, blocks: [{ type: 'divider', colour: 'red' }] },
      'unknown key "colour"',
    ],
    [
      'mrkdwn on a button',
      { text: TEXT, blocks: [button({ text: { type: 'mrkdwn', text: 'x' } })] },
      'not allowed',
    ],
    [
      'a long label',
      { text: TEXT, blocks: [button({ text: { type: 'plain_text', text: 'x'.repeat(76) } })] },
      '76 characters',
    ],
    [
      'a long value',
      { text: TEXT, blocks: [button({ value: 'x'.repeat(2_001) })] },
      '2001 characters',
    ],
    [
      'a long action_id',
      { text: TEXT, blocks: [button({ action_id: 'x'.repeat(256) })] },
      '256 characters',
    ],
    ['a wrong style', { text: TEXT, blocks: [button({ style: 'green' })] }, 'style'],
    [
      'a header over 150',
      {
        text: TEXT,
        blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }],
      },
      '151 characters',
    ],
    [
      '11 context elements',
      {
        text: TEXT,
        blocks: [
          {
            type: 'context',
            elements: Array.from({ length: 11 }, () => ({ type: 'mrkdwn', text: 'x' })),
          },
        ],
      },
      '11 elements',
    ],
    ['no buttons', { text: TEXT, blocks: [{ type: 'actions', elements: [] }] }, 'is empty'],
    [
      'a picture without alt text',
      { text: TEXT, blocks: [{ type: 'image', image_url: 'https://x.example/y.png' }] },
      'alt_text',
    ],
    ['an open code block', { text: TEXT, blocks: [section('```\nrm')] }, 'left open'],
    [
      'a block_id twice',
      {
        text: TEXT,
        blocks: [
          { type: 'divider', block_id: 'x' },
          { type: 'divider', block_id: 'x' },
        ],
      },
      'used twice',
    ],
    ['no text', { blocks: [section('hello')] }, 'a sentence in words is required'],
    ['an emoji for a text', { text: '🔴' }, 'a sentence in words is required'],
    ['text over 4,000', { text: `A ${'word '.repeat(900)}` }, '4000 allowed'],
  ])('refuses %s', (_name, message, expected) => {
    expect(messageProblems(message).join('\n')).toContain(expected);
  });
});
