import { describe, expect, it } from 'vitest';
import { controlPlanePod } from '../../../../src/snapshot/readers/control-plane.ts';

function raw(container: unknown, labels: Readonly<Record<string, string>>): unknown {
  return {
    metadata: { namespace: 'kube-system', name: 'kube-apiserver-cp1', labels },
    spec: { nodeName: 'cp1', containers: [container] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

describe('controlPlanePod', () => {
  it('keeps the flags that causes read and no others, in all spellings', () => {
    const pod = controlPlanePod(
      raw(
        {
          command: [
            'kube-apiserver',
            '--enable-aggregator-routing=true',
            '--requestheader-allowed-names',
            'front-proxy-client',
          ],
          args: [
            '--token-auth-file=/etc/tokens.csv',
            '--oidc-client-secret=hunter2',
            '--etcd-servers=https://u:p@etcd:2379',
          ],
        },
        { component: 'kube-apiserver' },
      ),
    );
    expect(pod).toMatchObject({
      component: 'kube-apiserver',
      nodeName: 'cp1',
      ready: true,
      flags: {
        'enable-aggregator-routing': 'true',
        'requestheader-allowed-names': 'front-proxy-client',
      },
    });
    expect(Object.keys(pod?.flags ?? {})).toHaveLength(2);
  });

  it('reads flags out of a shell line', () => {
    const line =
      'exec /usr/local/bin/kube-apiserver --secure-port=443 --egress-selector-config-file=/etc/egress.yaml';
    const pod = controlPlanePod(
      raw({ command: ['/bin/sh', '-c', line] }, { 'k8s-app': 'kube-apiserver' }),
    );
    expect(pod?.flags).toEqual({
      'secure-port': '443',
      'egress-selector-config-file': '/etc/egress.yaml',
    });
  });

  it('keeps proxy variables without user info, and no other variable', () => {
    const pod = controlPlanePod(
      raw(
        {
          env: [
            { name: 'HTTPS_PROXY', value: 'http://alice:s3cret@proxy.corp:3128' },
            { name: 'http_proxy', value: 'alice:s3cret@proxy.corp:3128' },
            { name: 'NO_PROXY', value: '10.42.0.0/16,.svc' },
            { name: 'AWS_SECRET_ACCESS_KEY', value: 's3cret' },
            { name: 'https_proxy', valueFrom: {} },
          ],
        },
        { component: 'kube-apiserver' },
      ),
    );
    expect(pod?.proxyEnv).toEqual({
      HTTPS_PROXY: 'http://proxy.corp:3128',
      http_proxy: 'proxy.corp:3128',
      NO_PROXY: '10.42.0.0/16,.svc',
    });
  });

  it('is null for a Pod of something else', () => {
    expect(controlPlanePod(raw({}, { component: 'etcd' }))).toBeNull();
    expect(controlPlanePod(null)).toBeNull();
  });
});
