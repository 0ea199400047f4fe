import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyFaults, type Fault } from '../../sim/faults.ts';
import type { KubeObject } from '../../sim/objects/kube-object.ts';
import type { World } from '../../sim/world.ts';
import { createCa } from '../pki.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import type { ObjectStore } from './object-store.ts';
import { type Behaviour, DEFAULT_PROBE_NAMESPACE, type PlaneOptions, startPlane } from './plane.ts';
import type { SeenRequest } from './requests.ts';

export type { Behaviour } from './plane.ts';

export interface StandInOptions extends PlaneOptions {
  /** Name of the cluster in the kubeconfig and in `configYaml`. */
  readonly clusterName?: string;
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

/**
 * A cluster to talk to: one TLS server on 127.0.0.1 per control-plane node of `base`, all on one store, and a
 * kubelet per node. `base` is a world without faults or with; `setFaults` starts from it each time.
 */
export async function startStandInCluster(
  base: World,
  options: StandInOptions = {},
): Promise<StandInCluster> {
  const probeNamespace = options.probeNamespace ?? DEFAULT_PROBE_NAMESPACE;
  const clusterName = options.clusterName ?? 'prod';
  const foreignCa = createCa({ commonName: 'metrics-server-ca' }).certPem;
  const plane = startPlane(base, options, foreignCa);
  const { store, token, controlPlane } = plane;
  const world = controlPlane.world;

  const ca = createCa({ commonName: 'rke2-server-ca@1740000000' });
  const certificate = ca.issue({
    commonName: 'kube-apiserver',
    dnsNames: ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'],
    ipAddresses: ['127.0.0.1', '10.43.0.1', ...new Set(base.nodes.map(({ ip }) => ip))],
  });
  const apiServers = await Promise.all(
    plane.servers.map((name) => startApiServer(controlPlane, name, certificate)),
  );
  await obeyWorld(apiServers, base);

  const servers = apiServers.map(({ node, port }) => ({
    name: node,
    url: `https://127.0.0.1:${port}`,
    address: `${base.nodes.find(({ name }) => name === node)?.ip ?? ''}:6443`,
  }));
  const files = await writeFiles({
    clusterName,
    caPem: ca.certPem,
    token,
    server: servers[0]?.url ?? '',
  });

  const setWorld = async (next: World): Promise<void> => {
    plane.setWorld(next);
    await obeyWorld(apiServers, next);
  };
  return {
    servers,
    caPem: ca.certPem,
    token,
    ...files,
    store,
    world,
    objects(resource) {
      const [plural = '', ...group] = resource.split('.');
      return store.list(`${group.join('.')}/${plural}`, null);
    },
    requests: () => plane.requests,
    configYaml: () => configYaml({ clusterName, probeNamespace, files, servers }),
    setFaults: (faults, ageMs = 0) =>
      setWorld({ ...applyFaults(base, faults), faultAgeMs: ageMs, nowMs: Date.now() }),
    setWorld,
    setBehaviour: (behaviour) => plane.setBehaviour(behaviour),
    addToken: (user, denied) => plane.addToken(user, denied),
    async stop() {
      plane.stop();
      await Promise.all(apiServers.map((server) => server.stop()));
      await rm(files.folder, { recursive: true, force: true });
    },
  };
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
