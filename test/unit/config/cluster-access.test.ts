import { homedir } from 'node:os';
import { expect, it } from 'vitest';
import { toClusterAccess } from '../../../src/config/cluster-access.ts';

it.each([
  [{ inCluster: true }, { kind: 'in-cluster' }],
  [{ context: 'prod' }, { kind: 'kubeconfig', context: 'prod' }],
  [{ kubeconfig: '~/.kube/prod' }, { kind: 'kubeconfig', path: `${homedir()}/.kube/prod` }],
  [
    { server: 'https://a:6443', caFile: '/ca', tokenFile: '~/token', tlsServerName: 'kubernetes' },
    {
      kind: 'server',
      server: 'https://a:6443',
      caFile: '/ca',
      tokenFile: `${homedir()}/token`,
      tlsServerName: 'kubernetes',
    },
  ],
])('maps %j', (configured, access) => {
  expect(toClusterAccess(configured)).toEqual(access);
});
