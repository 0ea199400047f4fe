import type { NetworkFacts, Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { PodObject } from '../evidence/snapshot.ts';
import type { Fix } from './fix.ts';

export interface AgentScope {
  readonly nodes: readonly string[];
  readonly agents: readonly PodObject[];
  readonly network: Observed<NetworkFacts>;
  readonly platform: Observed<Platform>;
}

/** Lets the CNI's agent write its state again. */
export function restartAgents({ nodes, agents, network, platform }: AgentScope): Fix {
  const here = agents.filter(({ nodeName }) => nodeName !== null && nodes.includes(nodeName));
  const distro = platform.state === 'known' ? platform.value : 'unknown';
  const cni = network.state === 'known' ? network.value.cni : 'unknown';
  // k3s runs flannel inside its own process: there is no agent Pod to restart.
  const inProcess = here.length === 0 && distro === 'k3s';
  const first = here[0];
  return {
    title: 'Read what the CNI agent says, then restart it',
    where: nodes,
    variants: [
      inProcess
        ? {
            tool: 'systemctl',
            commands: [
              'journalctl -u k3s -u k3s-agent --since -15min | grep -i flannel',
              'systemctl restart k3s   # k3s-agent on a worker',
            ],
          }
        : {
            tool: 'kubectl',
            commands:
              first === undefined
                ? [
                    `kubectl get pods -A -o wide | grep -E 'canal|calico|flannel|cilium'   # find the agent of ${nodes.join(', ')}`,
                  ]
                : here.flatMap(({ namespace, name }) => [
                    `kubectl -n ${namespace} logs ${name} --all-containers --tail=50`,
                    `kubectl -n ${namespace} delete pod ${name}   # its DaemonSet makes it anew`,
                  ]),
          },
    ],
    risk: 'running connections survive; for some seconds no new pod gets an address on these nodes',
    undo: ['Nothing to undo: the agent computes its state from the cluster.'],
    verify: ['Run the diagnosis again: it tries these paths again.'],
    notes: [
      'Read the log before the restart: it is the only witness of why the state went stale.',
      ...(distro === 'rke2' && cni === 'canal'
        ? ['NetworkManager must leave flannel* and cali* alone: https://docs.rke2.io/known_issues']
        : []),
    ],
  };
}
