import type { World } from '../world.ts';
import type { Random } from './random.ts';

/** How a probe Pod fares, as the stand-in's kubelets know it. */
export type PodFate = 'never-starts' | 'image-pull-error' | 'fails' | 'hangs' | 'garbled';

/** What of the evidence is taken away, and how the world changes while the run goes on. */
export interface Circumstances {
  /** What the worker may not do, in the stand-in's words. */
  readonly denied: readonly string[];
  readonly nodePods: Readonly<Record<string, PodFate>>;
  readonly listeners: Readonly<Record<string, PodFate>>;
  /** Pods that start late, by node, in milliseconds: they miss bursts. */
  readonly lateMs: Readonly<Record<string, number>>;
  readonly withoutPing: readonly string[];
  readonly withoutCounters: readonly string[];
  /** Only a load balancer is reached, which hands each request to the next API server. */
  readonly loadBalancer: boolean;
  /** The faults end this long after the start of the run; null: they last. */
  readonly healsAfterMs: number | null;
}

export const FULL_SIGHT: Circumstances = {
  denied: [],
  nodePods: {},
  listeners: {},
  lateMs: {},
  withoutPing: [],
  withoutCounters: [],
  loadBalancer: false,
  healsAfterMs: null,
};

/** Every right that the worker may lack, one reader each. */
export const RIGHTS = [
  'nodes',
  'pods',
  'apiservices.apiregistration.k8s.io',
  'nodes.metrics.k8s.io',
  'pods.metrics.k8s.io',
  'pods/log',
  'services',
  'endpoints',
  'endpointslices.discovery.k8s.io',
  'namespaces',
  'events',
  'configmaps',
  'certificatesigningrequests.certificates.k8s.io',
  'leases.coordination.k8s.io',
  'deployments.apps',
  'networkpolicies.networking.k8s.io',
  'horizontalpodautoscalers.autoscaling',
  'helmchartconfigs.helm.cattle.io',
  'ippools.crd.projectcalico.org',
  'felixconfigurations.crd.projectcalico.org',
  '/metrics',
  'pods:create',
] as const;

const FATES = ['never-starts', 'image-pull-error', 'fails', 'hangs', 'garbled'] as const;

/** Some of the evidence goes: mostly little, sometimes much. */
export function drawCircumstances(random: Random, world: World): Circumstances {
  const outside = world.nodes.some(({ registered }) => !registered);
  const loadBalancer = outside || random.chance(0.1);
  if (random.chance(0.4)) return { ...FULL_SIGHT, loadBalancer };
  const names = world.nodes.filter(({ registered }) => registered).map(({ name }) => name);
  const when = <T>(share: number, some: () => T, none: T): T =>
    random.chance(share) ? some() : none;
  const few = (): readonly string[] => random.some(names, random.int(1, 2));
  const fates = (): Readonly<Record<string, PodFate>> =>
    Object.fromEntries(few().map((name) => [name, random.pick(FATES)]));
  return {
    denied: when(0.5, () => random.some(RIGHTS, random.int(1, 3)), []),
    nodePods: when(0.25, fates, {}),
    listeners: when(0.25, fates, {}),
    lateMs: when(
      0.15,
      () => Object.fromEntries(few().map((name) => [name, random.int(2_500, 4_500)])),
      {},
    ),
    withoutPing: when(0.15, () => names, []),
    withoutCounters: when(0.15, few, []),
    loadBalancer,
    healsAfterMs: null,
  };
}
