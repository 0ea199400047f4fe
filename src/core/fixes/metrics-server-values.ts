import type { Platform } from '../evidence/facts.ts';
import type { HelmChartConfigObject } from '../evidence/snapshot.ts';
import type { FixVariant } from './fix.ts';

/** One change of the packaged metrics-server, spelled for the way that each distribution keeps it. */
export interface ProviderChange {
  readonly platform: Platform;
  readonly namespace: string;
  readonly deployment: string;
  /** Values for the `rke2-metrics-server` chart, as YAML lines (keys of the upstream chart). */
  readonly chartValues: readonly string[];
  /** A JSON patch or strategic-merge patch for the Deployment, as `kubectl patch` takes it. */
  readonly patchType: 'json' | 'strategic';
  readonly patch: unknown;
  /** An existing HelmChartConfig of that chart: its values must be kept. */
  readonly existing: HelmChartConfigObject | null;
}

const HELM_MANIFESTS = '/var/lib/rancher/rke2/server/manifests';

/**
 * The ways to make a change last. RKE2 re-applies its chart, so the Deployment is changed by a HelmChartConfig
 * (https://docs.rke2.io/add-ons/helm); k3s rewrites its manifest at start
 * (https://docs.k3s.io/installation/packaged-components); elsewhere the Deployment is patched.
 */
export function changeProvider(change: ProviderChange): readonly FixVariant[] {
  const patch: FixVariant = {
    tool: 'kubectl',
    commands: [
      `kubectl -n ${change.namespace} patch deployment ${change.deployment} --type=${change.patchType} -p '${JSON.stringify(change.patch)}'`,
      `kubectl -n ${change.namespace} rollout status deployment ${change.deployment} --timeout=120s`,
    ],
    undo: [`kubectl -n ${change.namespace} rollout undo deployment ${change.deployment}`],
  };
  return change.platform === 'rke2' ? [helmChartConfig(change), patch] : [patch];
}

function helmChartConfig(change: ProviderChange): FixVariant {
  const indent = '    ';
  const kept = change.existing?.valuesContent.trim().split('\n') ?? [];
  return {
    tool: 'HelmChartConfig',
    commands: [
      `cat > ${HELM_MANIFESTS}/rke2-metrics-server-config.yaml <<'EOF'`,
      'apiVersion: helm.cattle.io/v1',
      'kind: HelmChartConfig',
      'metadata:',
      '  name: rke2-metrics-server',
      '  namespace: kube-system',
      'spec:',
      '  valuesContent: |-',
      ...(kept.length > 0 && kept[0] !== ''
        ? [
            `${indent}# kept from the present HelmChartConfig; merge the keys below into it`,
            ...kept.map((line) => indent + line),
          ]
        : []),
      ...change.chartValues.map((line) => indent + line),
      'EOF',
    ],
  };
}

/** What a reader must know before changing a packaged component there. */
export function providerNotes(platform: Platform): readonly string[] {
  if (platform === 'rke2') {
    return [
      'RKE2 undoes edits of the Deployment at the next chart run; the HelmChartConfig is the way that lasts (docs.rke2.io/add-ons/helm). Put the file on one server only.',
    ];
  }
  if (platform === 'k3s') {
    return [
      'k3s rewrites its packaged manifest at start: the patch lasts until k3s restarts. For good: start with --disable=metrics-server and install the upstream chart (docs.k3s.io/installation/packaged-components).',
    ];
  }
  if (platform === 'eks') {
    return [
      'If metrics-server is the EKS add-on, set the same through its configuration values, or the add-on manager undoes the patch.',
    ];
  }
  return [];
}

/** Commands that show whether the Metrics API serves again. */
export const VERIFY_METRICS_API: readonly string[] = [
  'kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes',
  'kubectl top nodes',
];
