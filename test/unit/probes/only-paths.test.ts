import { expect, it } from 'vitest';
import { needListeners, pathKey } from '../../../src/probes/only-paths.ts';

it('knows the provider again under the name of its next pod, on any node', () => {
  expect(pathKey('tcp prod02>provider/metrics-server-7d9f@prod01')).toBe('tcp prod02>provider');
  expect(pathKey('tcp prod02>provider/metrics-server-5b6c@prod03')).toBe('tcp prod02>provider');
  expect(pathKey('tcp prod02>listener@prod01')).toBe('tcp prod02>listener@prod01');
  expect(pathKey('icmp prod02>pod/dns/coredns-1@prod01')).toBe(
    'icmp prod02>pod/dns/coredns-1@prod01',
  );
});

it.each([
  [['tcp prod02>listener@prod01'], true],
  [['tcp pod@prod02>kubelet@prod01'], true],
  [['tcp prod02>kubelet@prod01', 'tcp prod02>provider'], false],
  [[], false],
])('needs listeners for %j: %s', (paths, needed) => {
  expect(needListeners({ nodes: [], paths })).toBe(needed);
});
