import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { Fix } from './fix.ts';
import { VERIFY_METRICS_API } from './metrics-server-values.ts';

export interface AggregationScope {
  /** Nodes of the API servers; empty when not known. */
  readonly nodes: readonly string[];
  readonly platform: Observed<Platform>;
}

/** Gives kube-apiserver a front proxy of its own to speak with. */
export function setAggregationFlags({ nodes, platform }: AggregationScope): Fix {
  const packaged =
    platform.state === 'known' && (platform.value === 'rke2' || platform.value === 'k3s');
  return {
    title: 'Configure the aggregation layer of kube-apiserver',
    where: nodes.length > 0 ? nodes : ['cluster'],
    variants: [
      {
        tool: 'openssl (a CA for the front proxy alone)',
        commands: [
          'openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=front-proxy-ca -keyout front-proxy-ca.key -out front-proxy-ca.crt',
          'openssl req -newkey rsa:2048 -nodes -subj /CN=front-proxy-client -keyout front-proxy-client.key -out front-proxy-client.csr',
          'openssl x509 -req -in front-proxy-client.csr -CA front-proxy-ca.crt -CAkey front-proxy-ca.key -CAcreateserial -days 365 -out front-proxy-client.crt',
        ],
      },
      {
        tool: 'flags of kube-apiserver, on every server',
        commands: [
          '--requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt',
          '--requestheader-allowed-names=front-proxy-client',
          '--requestheader-extra-headers-prefix=X-Remote-Extra-',
          '--requestheader-group-headers=X-Remote-Group',
          '--requestheader-username-headers=X-Remote-User',
          '--proxy-client-cert-file=/etc/kubernetes/pki/front-proxy-client.crt',
          '--proxy-client-key-file=/etc/kubernetes/pki/front-proxy-client.key',
          '--enable-aggregator-routing=true   # only where no kube-proxy runs beside kube-apiserver',
        ],
      },
    ],
    risk: 'kube-apiserver is restarted; metrics-server reads the new CA by itself, versions before 0.3.7 after a restart',
    undo: ['Take the flags out again and restart kube-apiserver.'],
    verify: [
      'kubectl -n kube-system get configmap extension-apiserver-authentication -o yaml | grep requestheader',
      ...VERIFY_METRICS_API,
    ],
    notes: [
      "Never use the cluster's own client CA for the front proxy: its holders could pose as anybody (kubernetes.io, Configure the Aggregation Layer).",
      ...(packaged
        ? [
            'RKE2 and k3s set all of these: look for kube-apiserver-arg in config.yaml that overrides them.',
          ]
        : []),
    ],
  };
}
