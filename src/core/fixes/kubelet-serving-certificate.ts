import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import { valueOr } from '../evidence/observed.ts';
import type { DeploymentObject, HelmChartConfigObject } from '../evidence/snapshot.ts';
import type { Fix, FixVariant } from './fix.ts';
import { changeProvider, providerNotes } from './metrics-server-values.ts';

/** What the two fixes for a refused kubelet certificate need to know. */
export interface KubeletTrust {
  readonly nodes: readonly string[];
  readonly platform: Observed<Platform>;
  readonly deployments: Observed<readonly DeploymentObject[]>;
  readonly helmChartConfigs: Observed<readonly HelmChartConfigObject[]>;
}

const VERIFY = ['kubectl top nodes   # after one minute: every node has numbers'];

/** The right fix (a certificate from the cluster's CA with the node's address) and, named as such, the workaround. */
export function kubeletTrustFixes(trust: KubeletTrust): readonly Fix[] {
  return [renewFix(trust), skipFix(trust)];
}

function renewFix({ nodes, platform }: KubeletTrust): Fix {
  return {
    title: 'Give the kubelets serving certificates from the cluster CA, with their IP address',
    where: nodes,
    variants: renewVariants(valueOr(platform, 'unknown')),
    risk: 'restarts the kubelet of each node; its containers go on',
    undo: ['put the former kubelet setting back and restart the kubelet'],
    verify: VERIFY,
    notes: [
      'kubernetes-sigs/metrics-server KNOWN_ISSUES.md; kubernetes.io: Certificate Management with kubeadm, "Enabling signed kubelet serving certificates".',
    ],
  };
}

function renewVariants(platform: Platform): readonly FixVariant[] {
  if (platform === 'rke2' || platform === 'k3s') {
    return [
      {
        tool: platform,
        commands: [
          `# on each node named above; ${platform} makes a new serving-kubelet certificate for its node-ip at start`,
          `rm -f /var/lib/rancher/${platform}/agent/serving-kubelet.crt /var/lib/rancher/${platform}/agent/serving-kubelet.key`,
          platform === 'rke2'
            ? 'systemctl restart rke2-agent   # rke2-server on a server'
            : 'systemctl restart k3s-agent   # k3s on a server',
        ],
      },
    ];
  }
  return [
    {
      tool: 'kubelet configuration',
      commands: [
        '# on each node named above, in /var/lib/kubelet/config.yaml (kubeadm: also in the ConfigMap kube-system/kubelet-config):',
        'serverTLSBootstrap: true',
        '# and no tlsCertFile or tlsPrivateKeyFile of your own; then',
        'systemctl restart kubelet',
        '# approve the requests of these nodes, from a machine with kubectl:',
        'kubectl get csr | grep kubernetes.io/kubelet-serving',
        'kubectl certificate approve CSR_NAME',
      ],
    },
  ];
}

function skipFix({ nodes, platform, deployments, helmChartConfigs }: KubeletTrust): Fix {
  const deployment = valueOr(deployments, [])[0];
  const where = valueOr(platform, 'unknown');
  return {
    title: 'Workaround: let metrics-server skip the check (--kubelet-insecure-tls)',
    where: ['cluster'],
    variants: changeProvider({
      platform: where,
      namespace: deployment?.namespace ?? 'kube-system',
      deployment: deployment?.name ?? 'metrics-server',
      chartValues: ['args: ["--kubelet-insecure-tls"]'],
      patchType: 'json',
      patch: [
        {
          op: 'add',
          path: '/spec/template/spec/containers/0/args/-',
          value: '--kubelet-insecure-tls',
        },
      ],
      existing:
        valueOr(helmChartConfigs, []).find(({ name }) => name === 'rke2-metrics-server') ?? null,
    }),
    risk: `metrics-server then believes whoever answers at the address of ${nodes.length === 1 ? 'the node' : 'a node'}: its token and the numbers can be taken by a machine in between`,
    undo: where === 'rke2' ? ['HelmChartConfig: remove the key again'] : [],
    verify: VERIFY,
    notes: ['A workaround, not the fix.', ...providerNotes(where)],
  };
}
