import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { Fix } from './fix.ts';
import { VERIFY_METRICS_API } from './metrics-server-values.ts';

export interface EgressScope {
  /** The servers. */
  readonly nodes: readonly string[];
  /** Modes stated on them; empty when not known. */
  readonly present: readonly string[];
  readonly platform: Observed<Platform>;
}

/** Lets the tunnel server of RKE2 or k3s reach pods, or leave them alone. */
export function setEgressMode({ nodes, present, platform }: EgressScope): Fix {
  const distro = platform.state === 'known' && platform.value === 'k3s' ? 'k3s' : 'rke2';
  const unit = distro === 'k3s' ? 'k3s' : 'rke2-server';
  const file = `/etc/rancher/${distro}/config.yaml`;
  const old = present.length === 1 ? present[0] : null;
  // In the default mode the tunnel only dials on behalf of the host: then a restart or an upgrade is the way.
  const wanted = old === 'agent' ? 'cluster' : 'agent';
  const set = (mode: string): string =>
    `sed -i '/^egress-selector-mode:/d' ${file} && echo 'egress-selector-mode: ${mode}' >> ${file}`;
  return {
    title: `Set egress-selector-mode to ${wanted}, or upgrade`,
    where: nodes,
    variants: [
      {
        tool: `${distro} config`,
        commands: [
          `journalctl -u ${unit} --since -15min | grep -i -E 'tunnel|egress|502'   # what the tunnel server says of it`,
          set(wanted),
          `systemctl restart ${unit}   # one server after the other`,
        ],
      },
    ],
    risk: 'each server is restarted once; running pods are not touched',
    undo: [
      old === null || old === undefined || old === 'agent'
        ? `sed -i '/^egress-selector-mode:/d' ${file}, then restart ${unit}.`
        : `${set(old)}, then restart ${unit}.`,
    ],
    verify: [...VERIFY_METRICS_API],
    notes: [
      'agent (the default): servers dial pods themselves. pod and cluster: through the agents; pod was wrong with CNIs that hand out ranges of their own. disabled: no tunnel, for a plain network.',
      'Releases v1.24.0 and v1.24.1 refused pods in any mode (rancher/rke2 issue 3016), and pod and cluster were broken until May 2023 (k3s-io/k3s issue 7332): upgrade.',
    ],
  };
}
