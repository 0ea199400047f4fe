import type { DeploymentObject, PodObject } from '../evidence/snapshot.ts';
import type { Fix } from './fix.ts';

const VERIFY = ['kubectl top nodes   # after one minute: every node has numbers'];

/** Lets the kubelets check service-account tokens at the API server. */
export function tokenWebhook(nodes: readonly string[]): Fix {
  return {
    title: 'Let the kubelets check tokens at the API server',
    where: nodes,
    variants: [
      {
        tool: 'kubelet configuration',
        commands: [
          '# on each node named above, in /var/lib/kubelet/config.yaml (kubeadm: also in the ConfigMap kube-system/kubelet-config):',
          'authentication: {anonymous: {enabled: false}, webhook: {enabled: true}}',
          'authorization: {mode: Webhook}',
          '# or as flags: --authentication-token-webhook=true --authorization-mode=Webhook --anonymous-auth=false; then',
          'systemctl restart kubelet',
        ],
      },
      {
        tool: 'rke2 and k3s',
        commands: [
          '# they set both by themselves: take overriding kubelet-arg lines out of /etc/rancher/*/config.yaml, then restart the service',
        ],
      },
    ],
    risk: 'restarts the kubelet of each node; its containers go on. Tools that read the kubelet without a login lose it',
    undo: ['put the former kubelet setting back and restart the kubelet'],
    verify: VERIFY,
    notes: [
      'kubernetes.io: Kubelet authentication/authorization. The API server must serve authentication.k8s.io/v1 TokenReview.',
    ],
  };
}

/** Grants metrics-server's account what it needs at kubelets: a ClusterRole and binding of its own, so that it can be taken back. */
export function grantNodeMetrics(account: ServiceAccount): Fix {
  const role = 'metrics-server-kubelet-access';
  return {
    title: "Grant metrics-server's account the kubelets' metrics",
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          '# the proper way is the RBAC of the same release as the image (manifest or chart); this adds what kubelets ask for:',
          `kubectl create clusterrole ${role} --verb=get --resource=nodes/metrics,nodes/stats`,
          `kubectl create clusterrolebinding ${role} --clusterrole=${role} --serviceaccount=${account.namespace}:${account.name}`,
        ],
      },
    ],
    risk: 'the account may read the resource numbers of all nodes and pods, as metrics-server must',
    undo: [`kubectl delete clusterrolebinding ${role}`, `kubectl delete clusterrole ${role}`],
    verify: [canI(account), ...VERIFY],
    notes: [
      'nodes/metrics since metrics-server 0.6, nodes/stats before; a kubelet remembers a refusal for 30 s.',
    ],
  };
}

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** The question that a kubelet asks, put by hand. */
export function canI({ namespace, name }: ServiceAccount): string {
  return `kubectl auth can-i get nodes/metrics --as=system:serviceaccount:${namespace}:${name}   # "no": RBAC lacks it`;
}

/** The account is not in our shapes of a pod; charts and manifests name it after the Deployment. */
export function accountOf(
  pods: readonly PodObject[],
  deployments: readonly DeploymentObject[],
): ServiceAccount {
  const namespace = deployments[0]?.namespace ?? pods[0]?.namespace ?? 'kube-system';
  return { namespace, name: deployments[0]?.name ?? 'metrics-server' };
}
