import { randomBytes } from 'node:crypto';
import type { KubeObject } from '../../sim/objects/kube-object.ts';
import { objectsOf } from '../../sim/objects/objects.ts';
import { apiServerMachines, type World } from '../../sim/world.ts';
import { type Denial, denial } from './access.ts';
import { APISERVICES_KEY, METRICS_APISERVICE, startAvailability } from './availability.ts';
import { type KubeletBehaviour, startKubelets } from './kubelet.ts';
import { createStore, type ObjectStore } from './object-store.ts';
import type { ControlPlane, SeenRequest } from './requests.ts';
import { servedResources, storeKey } from './resources.ts';

export interface PlaneOptions {
  /** Multiplies the API servers' waits: 1 is real (30 s for a dropped dial), 0.01 for fast tests. */
  readonly timeScale?: number;
  readonly podStartMs?: number;
  readonly podRunMs?: number | 'planned';
  readonly podStopMs?: number;
  readonly probeNamespace?: string;
  readonly bookmarkEveryMs?: number;
  /** What the bearer of `token` may not do, e.g. `nodes`, `pods:create`, `pods/log`. */
  readonly denied?: readonly string[];
}

/** Faults of the stand-in itself, beside those of the world. */
export interface Behaviour {
  /** For all nodes, or by name. */
  readonly kubelet?: KubeletBehaviour | Readonly<Record<string, KubeletBehaviour>>;
  /** For listeners alone, by node; else as `kubelet`. */
  readonly listener?: Readonly<Record<string, KubeletBehaviour>>;
  /** How long Pods take to start, by node. */
  readonly podStartMs?: Readonly<Record<string, number>>;
  readonly denied?: readonly string[];
}

/** The state behind all API servers of a cluster, without any socket: store, controllers, kubelets. */
export interface Plane {
  readonly controlPlane: ControlPlane;
  readonly store: ObjectStore;
  /** Names of the nodes with an API server. */
  readonly servers: readonly string[];
  readonly token: string;
  readonly requests: readonly SeenRequest[];
  /** Replaces the whole world, keeping Pods that clients made. */
  setWorld(world: World): void;
  setBehaviour(behaviour: Behaviour): void;
  addToken(user: string, denied: readonly string[]): string;
  stop(): void;
}

export const DEFAULT_PROBE_NAMESPACE = 'metrics-diag';
const DEFAULT_POD_START_MS = 900;
const DEFAULT_POD_STOP_MS = 200;
const DEFAULT_BOOKMARK_MS = 10_000;
const WORKER = 'system:serviceaccount:metrics-diag:metrics-diag-worker';

/**
 * @param foreignCaPem - a real certificate to stand where the model has a caBundle that does not match; without
 *   it the model's own placeholder stays
 */
export function startPlane(
  base: World,
  options: PlaneOptions = {},
  foreignCaPem: string | null = null,
): Plane {
  const probeNamespace = options.probeNamespace ?? DEFAULT_PROBE_NAMESPACE;
  const store = createStore();
  const requests: SeenRequest[] = [];
  const state = {
    world: base,
    behaviour: {
      kubelet: 'runs',
      listener: {},
      podStartMs: {},
      denied: options.denied ?? [],
    } as Required<Behaviour>,
  };
  const first = { from: 0, world: base };
  const history = [first];
  const token = randomBytes(24).toString('base64url');
  const users = new Map<string, { name: string; denials: readonly Denial[] }>();
  const ownUser = { name: WORKER, denials: (options.denied ?? []).map(denial) };
  users.set(token, ownUser);
  const servers = apiServerMachines(base).map(({ name }) => name);
  const timeScale = options.timeScale ?? 1;

  const put = (object: KubeObject): void => {
    const key = keyOf(object);
    // A kind that this version of the API does not serve has no objects either.
    if (key === null) return;
    store.put(key, foreignCaPem === null ? object : withRealCa(object, foreignCaPem));
  };
  const keyOf = (object: KubeObject): string | null => {
    const group = object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '';
    const { apiProfile, overlay } = state.world;
    const found = servedResources(apiProfile, overlay.flavour).find(
      (each) => each.group === group && each.kind === object.kind,
    );
    return found === undefined ? null : storeKey(found);
  };
  const idsOf = (objects: readonly KubeObject[]): Set<string> =>
    new Set(
      objects.map(
        (each) => `${keyOf(each)}|${each.metadata.namespace ?? ''}|${each.metadata.name}`,
      ),
    );
  const load = (objects: readonly KubeObject[]): void => {
    for (const object of objects) put(keepCondition(store, object));
  };
  const reload = (world: World): void => {
    const before = idsOf(objectsOf(state.world, probeNamespace));
    state.world = world;
    history.push({ from: Date.now(), world });
    const objects = objectsOf(world, probeNamespace);
    load(objects);
    const after = idsOf(objects);
    for (const id of before) {
      if (after.has(id)) continue;
      const [key = '', namespace = '', name = ''] = id.split('|');
      store.remove(key, namespace === '' ? null : namespace, name);
    }
  };

  load(objectsOf(base, probeNamespace));
  const availability = startAvailability({ store, world: () => state.world, servers, timeScale });
  availability.refresh();
  const kubelets = startKubelets({
    store,
    world: () => state.world,
    worldAt: (epochMs) => (history.findLast(({ from }) => from <= epochMs) ?? first).world,
    behaviour: (node, kind) => {
      const { kubelet, listener } = state.behaviour;
      const own = typeof kubelet === 'string' ? kubelet : (kubelet[node] ?? 'runs');
      return kind === 'listener' ? (listener[node] ?? own) : own;
    },
    podStartMs: (node) =>
      state.behaviour.podStartMs[node] ?? options.podStartMs ?? DEFAULT_POD_START_MS,
    podRunMs: options.podRunMs ?? 'planned',
    podStopMs: options.podStopMs ?? DEFAULT_POD_STOP_MS,
  });
  return {
    controlPlane: {
      store,
      world: () => state.world,
      resources: () => servedResources(state.world.apiProfile, state.world.overlay.flavour),
      availability,
      user: (asked) => users.get(asked) ?? null,
      timeScale,
      bookmarkEveryMs: options.bookmarkEveryMs ?? DEFAULT_BOOKMARK_MS,
      onRequest: (request) => requests.push(request),
    },
    store,
    servers,
    token,
    requests,
    setWorld(world) {
      reload(world);
      availability.refresh();
    },
    setBehaviour(behaviour) {
      state.behaviour = { ...state.behaviour, ...behaviour };
      ownUser.denials = state.behaviour.denied.map(denial);
    },
    addToken(user, denied) {
      const added = randomBytes(24).toString('base64url');
      users.set(added, { name: user, denials: denied.map(denial) });
      return added;
    },
    stop() {
      availability.stop();
      kubelets.stop();
    },
  };
}

/** The model knows no keys: a caBundle that should not match becomes another CA's real certificate. */
function withRealCa(object: KubeObject, foreignCa: string): KubeObject {
  const spec = object['spec'] as Readonly<Record<string, unknown>> | undefined;
  if (object.kind !== 'APIService' || spec?.['caBundle'] === undefined) return object;
  return { ...object, spec: { ...spec, caBundle: Buffer.from(foreignCa).toString('base64') } };
}

/** The Available condition belongs to the API servers; a reload must not wipe it. */
function keepCondition(store: ObjectStore, object: KubeObject): KubeObject {
  if (object.kind !== 'APIService') return object;
  const before = store.get(APISERVICES_KEY, null, METRICS_APISERVICE);
  return before?.['status'] === undefined ? object : { ...object, status: before['status'] };
}
