import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';

/** The name of Deployment and Service as the platform ships them; RKE2's chart has its own. */
export function providerName(platform: Observed<Platform>): string {
  return platform.state === 'known' && platform.value === 'rke2'
    ? 'rke2-metrics-server'
    : 'metrics-server';
}

/** Labels of its pods: RKE2's chart (pkg/rke2/np.go selects by it), else the upstream manifest and chart of k3s. */
export function providerLabels(platform: Observed<Platform>): Readonly<Record<string, string>> {
  const name = providerName(platform);
  return name === 'metrics-server' ? { 'k8s-app': name } : { app: name };
}

/** `-l k8s-app=metrics-server`, for kubectl where the pod's name is not known. */
export function providerSelector(platform: Observed<Platform>): string {
  return `-l ${Object.entries(providerLabels(platform))
    .map(([key, value]) => `${key}=${value}`)
    .join(',')}`;
}
