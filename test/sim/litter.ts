/** What lies about in clusters that work, and must not become a finding. Each is data; `objects` spell it. */
export interface Litter {
  /** Earlier ends of metrics-server containers that run again since. */
  readonly providerRestarts: readonly {
    readonly replica: number;
    readonly count: number;
    readonly reason: 'Error' | 'OOMKilled' | 'Completed';
    readonly exitCode: number;
    readonly agoMs: number;
  }[];
  /** Pods of metrics-server that a node threw out; their objects stay until somebody deletes them. */
  readonly evictedProviderPods: number;
  /** A pod of the previous rollout that is still being deleted. */
  readonly terminatingProviderPod: boolean;
  /** Lines in metrics-server's log, oldest first. */
  readonly providerLog: readonly { readonly agoMs: number; readonly text: string }[];
  /** Warnings about metrics-server's pods from earlier times. */
  readonly events: readonly {
    readonly agoMs: number;
    readonly reason: string;
    readonly message: string;
  }[];
  /** Restarts of CNI agents, by node. */
  readonly agentRestarts: Readonly<Record<string, number>>;
  /** Pairs of machines between which a ping or two get lost. */
  readonly lossyPings: readonly { readonly from: string; readonly to: string }[];
  /** Autoscalers in trouble of their own. */
  readonly troubledHpas: readonly ('missing-request' | 'external-metric' | 'no-target')[];
  /** Jobs' pods that ended. */
  readonly completedPods: number;
  /** Certificate requests that wait for somebody, and are not the kubelets'. */
  readonly pendingRequests: number;
}

export const NO_LITTER: Litter = {
  providerRestarts: [],
  evictedProviderPods: 0,
  terminatingProviderPod: false,
  providerLog: [],
  events: [],
  agentRestarts: {},
  lossyPings: [],
  troubledHpas: [],
  completedPods: 0,
  pendingRequests: 0,
};
