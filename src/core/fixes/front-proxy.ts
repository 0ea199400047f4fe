import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import { valueOr } from '../evidence/observed.ts';
import type { DeploymentObject } from '../evidence/snapshot.ts';
import type { Fix, FixVariant } from './fix.ts';
import { changeFlags, type FlagFacts } from './metrics-server-flags.ts';
import { VERIFY_METRICS_API } from './metrics-server-values.ts';

/** metrics-server learns the front proxy's CA and names when it starts; later changes only where it watches them. */
export function restartProvider(
  deployments: Observed<readonly DeploymentObject[]>,
): readonly string[] {
  const deployment = valueOr(deployments, [])[0];
  const namespace = deployment?.namespace ?? 'kube-system';
  return [
    `kubectl -n ${namespace} rollout restart deployment ${deployment?.name ?? 'metrics-server'}`,
  ];
}

/** A new certificate for the front proxy, in each distribution's way, and both sides started anew. */
export function renewFrontProxy(facts: {
  readonly platform: Observed<Platform>;
  readonly deployments: Observed<readonly DeploymentObject[]>;
}): Fix {
  const platform = valueOr(facts.platform, 'unknown');
  return {
    title: "Renew the front proxy's certificate, then start kube-apiserver and metrics-server anew",
    where: ['every control-plane node'],
    variants: renewVariants(platform, restartProvider(facts.deployments)),
    risk: 'each kube-apiserver is away for some seconds: one node after the other',
    undo: [
      'the old pair is kept: kubeadm in a backup of /etc/kubernetes/pki that you make first, RKE2 and k3s in server/tls-TIMESTAMP',
    ],
    verify: VERIFY_METRICS_API,
    notes: [
      'kubernetes.io: Configure the Aggregation Layer. The CA in ConfigMap kube-system/extension-apiserver-authentication must be the one that signed the certificate.',
    ],
  };
}

function renewVariants(platform: Platform, restart: readonly string[]): readonly FixVariant[] {
  const kubeadm: FixVariant = {
    tool: 'kubeadm',
    commands: [
      'cp -a /etc/kubernetes/pki /etc/kubernetes/pki.before',
      'kubeadm certs check-expiration   # front-proxy-client and front-proxy-ca',
      'kubeadm certs renew front-proxy-client',
      'mv /etc/kubernetes/manifests/kube-apiserver.yaml /tmp/ && sleep 20 && mv /tmp/kube-apiserver.yaml /etc/kubernetes/manifests/',
      ...restart,
    ],
  };
  const rancher = (name: 'rke2' | 'k3s'): FixVariant => ({
    tool: name,
    commands: [
      `systemctl stop ${name === 'rke2' ? 'rke2-server' : 'k3s'}`,
      `${name} certificate rotate --service auth-proxy`,
      `systemctl start ${name === 'rke2' ? 'rke2-server' : 'k3s'}`,
      ...restart,
    ],
  });
  if (platform === 'rke2' || platform === 'k3s') return [rancher(platform)];
  return platform === 'kubeadm' ? [kubeadm] : [kubeadm, rancher('rke2')];
}

/** Takes flags away that tell metrics-server of another front proxy than the cluster's. */
export function askTheCluster(flags: readonly string[], facts: FlagFacts): Fix {
  return changeFlags(
    {
      title: 'Let metrics-server learn from the cluster whom to believe',
      drop: flags.map((flag) => flag.replace(/^--?/, '').replace(/=.*$/, '')),
      risk: 'none beyond a restart of metrics-server',
      notes: [
        'Without these flags it reads ConfigMap kube-system/extension-apiserver-authentication, which each kube-apiserver keeps.',
      ],
    },
    facts,
  );
}
