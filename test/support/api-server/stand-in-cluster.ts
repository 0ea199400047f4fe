import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyFaults, type Fault } from '../../sim/faults.ts';
import type { KubeObject } from '../../sim/objects/kube-object.ts';
import { objectsOf } from '../../sim/objects/objects.ts';
import type { World } from '../../sim/world.ts';
import { createCa } from '../pki.ts';
import { type Denial, denial } from './access.ts';
import {
  type ApiServer,
  type ControlPlane,
  type SeenRequest,
  startApiServer,
} from './api-server.ts';
import { APISERVICES_KEY, METRICS_APISERVICE, startAvailability } from './availability.ts';
import { type KubeletBehaviour, startKubelets } from './kubelet.ts';
import { createStore, type ObjectStore } from './object-store.ts';
import { servedResources, storeKey } from './resources.ts';

export interface StandInOptions {
  /** Multiplies the API servers' waits: 1 is real (30 s for a dropped dial), 0.01 for fast tests. */
  readonly timeScale?: number;
  readonly podStartMs?: number;
  readonly podRunMs?: number | 'planned';
  readonly podStopMs?: number;
  readonly probeNamespace?: string;
  readonly bookmarkEveryMs?: number;
  /** Name of the cluster in the kubeconfig and in `configYaml`. */
  readonly clusterName?: string;
  /** What the bearer of `token` may not do, e.g. `nodes`, `pods:create`, `pods/log`. */
  readonly denied?: readonly string[];
}

/** Faults of the stand-in itself, beside those of the world. */
export interface Behaviour {
  /** For all nodes, or by name. */
  readonly kubelet?: KubeletBehaviour | Readonly<Record<string, KubeletBehaviour>>;
  readonly denied?: readonly string[];
}

export interface StandInServer {
  readonly name: string;
  readonly url: string;
  /** Where the node would serve in its own network. */
  readonly address: string;
}

export interface StandInCluster {
  readonly servers: readonly StandInServer[];
  readonly caPem: string;
  readonly caFile: string;
  readonly token: string;
  readonly tokenFile: string;
  readonly kubeconfigPath: string;
  readonly store: ObjectStore;
  /** The world as it is now, faults included. */
  world(): World;
  /** Objects of a kind (`pods`, `apiservices.apiregistration.k8s.io`). */
  objects(resource: string): readonly KubeObject[];
  requests(): readonly SeenRequest[];
  /** A configuration file of metrics-diag that leads to this cluster. */
  configYaml(): string;
  /** Replaces all faults of the world: `[]` mends it. New faults are `ageMs` old (0: just now). */
  setFaults(faults: readonly Fault[], ageMs?: number): Promise<void>;
  /** Replaces the whole world, keeping Pods that clients made. */
  setWorld(world: World): Promise<void>;
  setBehaviour(behaviour: Behaviour): void;
  /** A second token with its own denials. */
  addToken(user: string, denied: readonly string[]): string;
  stop(): Promise<void>;
}

const DEFAULT_POD_START_MS = 900;
const DEFAULT_POD_STOP_MS = 200;
const DEFAULT_BOOKMARK_MS = 10_000;
const WORKER = 'system:serviceaccount:metrics-diag:metrics-diag-worker';

/**
 * A cluster to talk to: one TLS server on 127.0.0.1 per control-plane node of `base`, all on one store, and a
 * kubelet per node. `base` is a world without faults or with; `setFaults` starts from it each time.
 */
export async function startStandInCluster(
  base: World,
  options: StandInOptions = {},
): Promise<StandInCluster> {
  const probeNamespace = options.probeNamespace ?? 'metrics-diag';
  const clusterName = options.clusterName ?? 'prod';
  const store = createStore();
  const requests: SeenRequest[] = [];
  const state = {
    world: base,
    behaviour: { kubelet: 'runs', denied: options.denied ?? [] } as Required<Behaviour>,
  };
  const token = randomBytes(24).toString('base64url');
  const users = new Map<string, { name: string; denials: readonly Denial[] }>();
  const ownUser = { name: WORKER, denials: (options.denied ?? []).map(denial) };
  users.set(token, ownUser);

  const ca = createCa({ commonName: 'rke2-server-ca@1740000000' });
  const certificate = ca.issue({
    commonName: 'kube-apiserver',
    dnsNames: ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'],
    ipAddresses: ['127.0.0.1', '10.43.0.1', ...new Set(base.nodes.map(({ ip }) => ip))],
  });
  const controlPlane = base.nodes.filter((node) => node.controlPlane);
  const timeScale = options.timeScale ?? 1;

  const foreignCa = createCa({ commonName: 'metrics-server-ca' }).certPem;
  const put = (object: KubeObject): void => {
    const key = keyOf(object);
    // A kind that this version of the API does not serve has no objects either.
    if (key === null) return;
    store.put(key, withRealCa(object, foreignCa));
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
  const load = (world: World): void => {
    const before = idsOf(objectsOf(state.world, probeNamespace));
    state.world = world;
    const objects = objectsOf(world, probeNamespace);
    for (const object of objects) put(keepCondition(store, object));
    const after = idsOf(objects);
    for (const id of before) {
      if (after.has(id)) continue;
      const [key = '', namespace = '', name = ''] = id.split('|');
      store.remove(key, namespace === '' ? null : namespace, name);
    }
  };

  load(base);
  const availability = startAvailability({
    store,
    world: () => state.world,
    servers: controlPlane.map(({ name }) => name),
    timeScale,
  });
  availability.refresh();
  const plane: ControlPlane = {
    store,
    world: () => state.world,
    resources: () => servedResources(state.world.apiProfile, state.world.overlay.flavour),
    availability,
    user: (asked) => users.get(asked) ?? null,
    timeScale,
    bookmarkEveryMs: options.bookmarkEveryMs ?? DEFAULT_BOOKMARK_MS,
    onRequest: (request) => requests.push(request),
  };
  const apiServers = await Promise.all(
    controlPlane.map(({ name }) => startApiServer(plane, name, certificate)),
  );
  await obeyWorld(apiServers, state.world);
  const kubelets = startKubelets({
    store,
    world: () => state.world,
    behaviour: (node) => {
      const { kubelet } = state.behaviour;
      return typeof kubelet === 'string' ? kubelet : (kubelet[node] ?? 'runs');
    },
    podStartMs: options.podStartMs ?? DEFAULT_POD_START_MS,
    podRunMs: options.podRunMs ?? 'planned',
    podStopMs: options.podStopMs ?? DEFAULT_POD_STOP_MS,
  });

  const servers = apiServers.map(({ node, port }) => ({
    name: node,
    url: `https://127.0.0.1:${port}`,
    address: `${controlPlane.find(({ name }) => name === node)?.ip ?? ''}:6443`,
  }));
  const files = await writeFiles({
    clusterName,
    caPem: ca.certPem,
    token,
    server: servers[0]?.url ?? '',
  });

  const setWorld = async (world: World): Promise<void> => {
    load(world);
    availability.refresh();
    await obeyWorld(apiServers, world);
  };
  return {
    servers,
    caPem: ca.certPem,
    token,
    ...files,
    store,
    world: () => state.world,
    objects(resource) {
      const [plural = '', ...group] = resource.split('.');
      return store.list(`${group.join('.')}/${plural}`, null);
    },
    requests: () => requests,
    configYaml: () => configYaml({ clusterName, probeNamespace, files, servers }),
    setFaults: (faults, ageMs = 0) =>
      setWorld({ ...applyFaults(base, faults), faultAgeMs: ageMs, nowMs: Date.now() }),
    setWorld,
    setBehaviour(behaviour) {
      state.behaviour = { ...state.behaviour, ...behaviour };
      ownUser.denials = state.behaviour.denied.map(denial);
    },
    addToken(user, denied) {
      const added = randomBytes(24).toString('base64url');
      users.set(added, { name: user, denials: denied.map(denial) });
      return added;
    },
    async stop() {
      availability.stop();
      kubelets.stop();
      await Promise.all(apiServers.map((server) => server.stop()));
      await rm(files.folder, { recursive: true, force: true });
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

async function obeyWorld(apiServers: readonly ApiServer[], world: World): Promise<void> {
  await Promise.all(
    apiServers.map((server) => {
      const node = world.nodes.find(({ name }) => name === server.node);
      return node?.apiServer === 'down' ? server.pause() : server.resume();
    }),
  );
}

interface Files {
  readonly folder: string;
  readonly caFile: string;
  readonly tokenFile: string;
  readonly kubeconfigPath: string;
}

async function writeFiles(access: {
  readonly clusterName: string;
  readonly caPem: string;
  readonly token: string;
  readonly server: string;
}): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), 'metrics-diag-stand-in-'));
  const files = {
    folder,
    caFile: join(folder, 'ca.crt'),
    tokenFile: join(folder, 'token'),
    kubeconfigPath: join(folder, 'kubeconfig'),
  };
  const { clusterName: name } = access;
  await Promise.all([
    writeFile(files.caFile, access.caPem),
    writeFile(files.tokenFile, access.token, { mode: 0o600 }),
    writeFile(
      files.kubeconfigPath,
      [
        'apiVersion: v1',
        'kind: Config',
        `current-context: ${name}`,
        'clusters:',
        `  - name: ${name}`,
        '    cluster:',
        `      server: ${access.server}`,
        `      certificate-authority-data: ${Buffer.from(access.caPem).toString('base64')}`,
        'users:',
        '  - name: worker',
        '    user:',
        `      token: ${access.token}`,
        'contexts:',
        `  - name: ${name}`,
        '    context:',
        `      cluster: ${name}`,
        '      user: worker',
        '',
      ].join('\n'),
      { mode: 0o600 },
    ),
  ]);
  return files;
}

function configYaml(cluster: {
  readonly clusterName: string;
  readonly probeNamespace: string;
  readonly files: Files;
  readonly servers: readonly StandInServer[];
}): string {
  return [
    'clusters:',
    `  - name: ${cluster.clusterName}`,
    '    access:',
    `      kubeconfig: ${cluster.files.kubeconfigPath}`,
    '    apiServers:',
    ...cluster.servers.flatMap(({ name, url }) => [`      - name: ${name}`, `        url: ${url}`]),
    '    probe:',
    `      namespace: ${cluster.probeNamespace}`,
    '      image: metrics-diag:stand-in',
    '',
  ].join('\n');
}
