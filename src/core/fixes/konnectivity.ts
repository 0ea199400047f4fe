import type { ControlPlanePod } from '../evidence/control-plane.ts';
import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { Fix, FixVariant } from './fix.ts';
import { VERIFY_METRICS_API } from './metrics-server-values.ts';

export interface TunnelScope {
  readonly agents: readonly ControlPlanePod[];
  /** API servers without an agent; empty when not known by name. */
  readonly servers: readonly string[];
  readonly platform: Observed<Platform>;
}

/** Gives every tunnel server an agent again. */
export function reconnectAgents({ agents, servers, platform }: TunnelScope): Fix {
  const namespace = agents[0]?.namespace ?? 'kube-system';
  const k0s = platform.state === 'known' && platform.value === 'k0s';
  return {
    title: 'Let an agent connect to each tunnel server',
    where: servers.length > 0 ? servers : ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          `kubectl -n ${namespace} get pods -o wide | grep konnectivity-agent   # at least one Running and Ready`,
          ...agents
            .slice(0, 1)
            .map(
              ({ name }) =>
                `kubectl -n ${namespace} logs ${name} --tail=50   # which server, and why not`,
            ),
          `kubectl -n ${namespace} rollout restart daemonset/konnectivity-agent   # a Deployment on AKS and GKE`,
        ],
      },
      ...(k0s ? [k0sAddress()] : []),
    ],
    risk: 'logs, exec and aggregated APIs break off for some seconds while agents connect',
    undo: ['Nothing to undo: agents connect by themselves.'],
    verify: [...VERIFY_METRICS_API],
    notes: [
      'With several control-plane hosts each agent must reach every one: through a load balancer that spreads connections, or by an address for each. Agents count servers once, at their start: restart them after one was added.',
      'Agents connect out to the control plane (8132/tcp on k0s, 8091 or 8132 elsewhere): a firewall there reads the same.',
    ],
  };
}

function k0sAddress(): FixVariant {
  return {
    tool: 'k0s config',
    commands: [
      '# one of, in spec of /etc/k0s/k0s.yaml on every controller, then k0s restarts one after the other:',
      '#   api: {externalAddress: <load balancer>}   # ports 6443, 9443 and 8132',
      '#   network: {nodeLocalLoadBalancing: {enabled: true, type: EnvoyProxy}}',
      'systemctl restart k0scontroller',
    ],
  };
}
