import type { ApiAnswer, ClusterClient, ListAnswer } from '../../../src/clients/cluster-client.ts';

export interface FakeCluster {
  readonly client: ClusterClient;
  /** Pods by name, as the API server would hold them. */
  readonly pods: Map<string, Record<string, unknown>>;
  readonly writes: { readonly method: string; readonly path: string; readonly body: unknown }[];
  /** Stores a Pod and tells the watchers. */
  update(pod: Record<string, unknown>): void;
}

/** Just enough of an API server for Pods: create, delete, list, watch. `onCreate` plays the kubelet. */
export function fakeCluster(options: {
  readonly onCreate: (name: string, cluster: FakeCluster) => void;
  readonly refuse?: (name: string) => { readonly status: number; readonly message: string } | null;
  readonly watchFails?: boolean;
  /** Text of a Pod's log, as its kubelet would give it; null: the kubelet cannot be reached. */
  readonly log?: (name: string) => string | null;
  /** Reasons of a Pod's events. */
  readonly events?: (name: string) => readonly string[];
}): FakeCluster {
  const pods = new Map<string, Record<string, unknown>>();
  const writes: FakeCluster['writes'] = [];
  const watchers = new Set<(event: { type: string; object: unknown }) => void>();
  const client: ClusterClient = {
    server: 'https://fake',
    get(path) {
      const [, name = ''] = /\/pods\/([^/]+)\/log/.exec(path) ?? [];
      const log = options.log?.(name);
      if (log === null) return Promise.resolve(answered(500, {}));
      return Promise.resolve(
        log === undefined ? answered(404, {}) : { ...answered(200, {}), text: log },
      );
    },
    list: (path, { query } = {}) =>
      Promise.resolve<ListAnswer>({
        kind: 'listed',
        items: path.endsWith('/events')
          ? (options.events?.(query?.['fieldSelector']?.split('=')[1] ?? '') ?? []).map(
              (reason) => ({ reason }),
            )
          : [...pods.values()],
        resourceVersion: '1',
        truncated: false,
        ms: 1,
      }),
    write(method, path, body) {
      writes.push({ method, path, body });
      if (method === 'DELETE') {
        pods.delete(path.split('/').at(-1) ?? '');
        return Promise.resolve(answered(200, {}));
      }
      const { metadata } = body as { metadata: { name: string } };
      const refusal = options.refuse?.(metadata.name) ?? null;
      if (refusal !== null)
        return Promise.resolve(
          answered(refusal.status, { kind: 'Status', message: refusal.message }),
        );
      if (pods.has(metadata.name))
        return Promise.resolve(answered(409, { kind: 'Status', message: 'exists' }));
      cluster.update({ ...(body as object), status: { phase: 'Pending' } });
      options.onCreate(metadata.name, cluster);
      return Promise.resolve(answered(201, body));
    },
    watch(_, { signal, onEvent }) {
      if (options.watchFails === true) return Promise.reject(new Error('no watch here'));
      watchers.add(onEvent);
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          watchers.delete(onEvent);
          resolve();
        });
      });
    },
    at: () => client,
    close: () => Promise.resolve(),
  };
  const cluster: FakeCluster = {
    client,
    pods,
    writes,
    update(pod) {
      const { metadata } = pod as { metadata: { name: string } };
      pods.set(metadata.name, pod);
      for (const tell of watchers) tell({ type: 'MODIFIED', object: pod });
    },
  };
  return cluster;
}

/** A Pod's status as a kubelet writes it. */
export function withStatus(
  cluster: FakeCluster,
  name: string,
  status: Readonly<Record<string, unknown>>,
): void {
  cluster.update({ ...cluster.pods.get(name), status });
}

function answered(status: number, json: unknown): ApiAnswer {
  return { kind: 'answered', status, text: '', json, headers: {}, ms: 1, complete: true };
}
