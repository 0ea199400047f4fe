import { readFile } from 'node:fs/promises';
import type { KeyPair } from './types.ts';

/** A kubeconfig with everything embedded. JSON is YAML, so kubectl and client libraries read it as it is. */
export async function kubeconfigText(input: {
  readonly server: string;
  readonly caFile: string;
  readonly user: KeyPair | { readonly token: string };
}): Promise<string> {
  const base64 = async (file: string): Promise<string> => (await readFile(file)).toString('base64');
  const user =
    'token' in input.user
      ? { token: input.user.token }
      : {
          'client-certificate-data': await base64(input.user.cert),
          'client-key-data': await base64(input.user.key),
        };
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'lab',
          cluster: {
            server: input.server,
            'certificate-authority-data': await base64(input.caFile),
          },
        },
      ],
      users: [{ name: 'lab', user }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
      'current-context': 'lab',
    },
    null,
    2,
  );
}
