import { NOT_IN_BUNDLE, type Observed } from './observed.ts';

/**
 * Facts about the control plane's own way to the pods. Written by `src/snapshot`, read by `src/core`. Absent in bundles
 * of older versions.
 */
export interface ControlFacts {
  /** Pods of the control plane and of its tunnel, where there are any: flags and proxy variables. */
  readonly controlPlanePods?: Observed<readonly ControlPlanePod[]>;
  /** Everything in the cluster that can serve `metrics.k8s.io`, registered or not. */
  readonly metricsProviders?: Observed<readonly MetricsProvider[]>;
}

/** Pods of one program in one namespace that can serve the Metrics API, and the Services that lead to them. */
export interface MetricsProvider {
  readonly program: 'metrics-server' | 'prometheus-adapter';
  readonly namespace: string;
  readonly pods: readonly { readonly name: string; readonly ready: boolean }[];
  /** With the port that an APIService would name. */
  readonly services: readonly { readonly name: string; readonly port: number }[];
}

/** The same facts, those that a bundle lacks marked as missing. */
export function controlFacts(snapshot: ControlFacts): Required<ControlFacts> {
  return {
    controlPlanePods: snapshot.controlPlanePods ?? NOT_IN_BUNDLE,
    metricsProviders: snapshot.metricsProviders ?? NOT_IN_BUNDLE,
  };
}

/** Parts of the control plane that run as Pods where a cluster shows them (static Pods, agents of its tunnel). */
export type ControlPlaneComponent =
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'konnectivity-agent'
  | 'konnectivity-server';

/** One such Pod, with what it was told. A component that runs outside of Pods (k3s, managed) is not there at all. */
export interface ControlPlanePod {
  readonly component: ControlPlaneComponent;
  readonly namespace: string;
  readonly name: string;
  readonly nodeName: string | null;
  readonly ready: boolean;
  readonly createdAt: string | null;
  /** `--flag=value` of the flags that causes read; others may hold anything and stay out. */
  readonly flags: Readonly<Record<string, string>>;
  /** `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY` in either case, without user info. */
  readonly proxyEnv: Readonly<Record<string, string>>;
}

/** The kube-apiserver Pods by the node that they run on, which is how API servers are named. */
export function apiServerPods(
  pods: readonly ControlPlanePod[],
): ReadonlyMap<string, ControlPlanePod> {
  return new Map(
    pods.flatMap((pod) =>
      pod.component === 'kube-apiserver' && pod.nodeName !== null
        ? [[pod.nodeName, pod] as const]
        : [],
    ),
  );
}
