import { expect, it } from 'vitest';
import { allLabelsFit, labelTest } from '../../../src/config/label-matchers.ts';

it.each([
  ['cluster="prod"', { cluster: 'prod' }, true],
  ['cluster="prod"', { cluster: 'prod-2' }, false],
  ['cluster = prod', { cluster: 'prod' }, true],
  ['cluster!="prod"', { cluster: 'test' }, true],
  ['job=~"kubelet|metrics-server"', { job: 'metrics-server' }, true],
  ['job=~"kubelet|metrics-server"', { job: 'my-kubelet' }, false],
  ['job!~"kubelet|node.*"', { job: 'node-exporter' }, false],
  // A label that is not there is an empty one.
  ['env=""', {}, true],
  ['env=~".+"', {}, false],
  ['env!="prod"', {}, true],
  ['constructor=""', {}, true],
  ['text="say \\"hi\\""', { text: 'say "hi"' }, true],
] as const)('%s on %j: %s', (matcher, labels, fits) => {
  expect(labelTest(matcher)?.({ ...labels })).toBe(fits);
});

it.each(['cluster', '="prod"', 'a=~"("', 'a="open', 'a="b" or c="d"', '1a="x"', ''])(
  'takes no %j',
  (matcher) => {
    expect(labelTest(matcher)).toBeNull();
  },
);

it('wants every matcher to fit', () => {
  const fits = allLabelsFit(['a="1"', 'b=~"2|3"']);
  expect(fits({ a: '1', b: '3' })).toBe(true);
  expect(fits({ a: '1', b: '4' })).toBe(false);
  expect(allLabelsFit([])({})).toBe(true);
});
