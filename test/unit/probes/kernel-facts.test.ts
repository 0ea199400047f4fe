import { expect, it } from 'vitest';
import { readKernelFacts } from '../../../src/probes/checks/kernel-facts.ts';

it('calls what cannot be read unknown, and a missing bridge setting absent', () => {
  expect(readKernelFacts({ procNet: '/nowhere', bridgeFilter: '/nowhere' })).toEqual({
    routeTables: null,
    forwards: null,
    bridgeFilter: 'absent',
  });
});
