import type { NodeSamples, ResourceSample } from './prometheus-text.ts';

export interface NodeMetrics {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
  readonly timestamp: string;
  readonly window: string;
  readonly usage: Usage;
}

export interface PodMetrics {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly creationTimestamp: string;
  };
  readonly timestamp: string;
  readonly window: string;
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[];
}

interface Usage {
  readonly cpu: string;
  readonly memory: string;
}

/** The last two samples of everything; CPU use is the difference between them, so one sample is not enough. */
export interface Storage {
  /** Takes one round; nodes that did not answer fall out, as in the real program. */
  store(round: ReadonlyMap<string, NodeSamples>): void;
  /** True once some node has two points. */
  ready(): boolean;
  nodes(): NodeMetrics[];
  pods(): PodMetrics[];
}

interface Points {
  readonly last: ResourceSample;
  readonly previous: ResourceSample | null;
}

export function createStorage(): Storage {
  let nodes = new Map<string, Points>();
  let containers = new Map<string, Points>();
  return {
    store(round) {
      const nextNodes = new Map<string, Points>();
      const nextContainers = new Map<string, Points>();
      for (const [name, samples] of round) {
        if (samples.node) nextNodes.set(name, advance(nodes.get(name), samples.node));
        for (const [pod, byContainer] of samples.pods) {
          for (const [container, sample] of byContainer) {
            const key = `${pod} ${container}`;
            nextContainers.set(key, advance(containers.get(key), sample));
          }
        }
      }
      nodes = nextNodes;
      containers = nextContainers;
    },
    ready: () => [...nodes.values()].some(({ previous }) => previous !== null),
    nodes() {
      return [...nodes].flatMap(([name, points]) => {
        const measured = measure(points);
        if (measured === null) return [];
        const { timestamp, window, usage } = measured;
        return [{ metadata: { name, creationTimestamp: now() }, timestamp, window, usage }];
      });
    },
    pods() {
      const byPod = new Map<string, { name: string; measured: Measured }[]>();
      for (const [key, points] of containers) {
        const measured = measure(points);
        const [pod = '', name = ''] = key.split(' ');
        if (measured !== null) byPod.set(pod, [...(byPod.get(pod) ?? []), { name, measured }]);
      }
      return [...byPod].flatMap(([pod, list]) => {
        const [namespace = '', name = ''] = pod.split('/');
        const [first] = list;
        if (first === undefined) return [];
        const { timestamp, window } = first.measured;
        return [
          {
            metadata: { name, namespace, creationTimestamp: now() },
            timestamp,
            window,
            containers: list.map((each) => ({ name: each.name, usage: each.measured.usage })),
          },
        ];
      });
    },
  };
}

/** Kubelets measure every 10 s or so: the same sample twice is one point. A counter that fell is a restart. */
function advance(known: Points | undefined, sample: ResourceSample): Points {
  if (known === undefined || sample.cpuSeconds < known.last.cpuSeconds) {
    return { last: sample, previous: null };
  }
  if (sample.atMs <= known.last.atMs) return known;
  return { last: sample, previous: known.last };
}

interface Measured {
  readonly timestamp: string;
  readonly window: string;
  readonly usage: Usage;
}

function measure({ last, previous }: Points): Measured | null {
  if (previous === null) return null;
  const windowMs = last.atMs - previous.atMs;
  const nanocores = Math.round(((last.cpuSeconds - previous.cpuSeconds) / windowMs) * 1e12);
  return {
    timestamp: `${new Date(last.atMs).toISOString().slice(0, 19)}Z`,
    window: `${(windowMs / 1000).toFixed(3)}s`,
    usage: { cpu: `${nanocores}n`, memory: `${Math.floor(last.memoryBytes / 1024)}Ki` },
  };
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
