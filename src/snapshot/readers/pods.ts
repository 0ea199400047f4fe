import { mapObserved, type Observed } from '../../core/evidence/observed.ts';
import type {
  ContainerSpec,
  ContainerStatusObject,
  PodObject,
} from '../../core/evidence/snapshot.ts';
import { conditions } from './conditions.ts';
import {
  array,
  at,
  integer,
  integerOrNull,
  object,
  objectOrNull,
  stringMap,
  strings,
  text,
  textOrNull,
} from './json-fields.ts';
import { type ReadContext, readList } from './reads.ts';

/** Reads pods by selector. `namespace: null`: of all namespaces, served from the API server's watch cache. */
export async function readPods(
  context: ReadContext,
  namespace: string | null,
  selectors: { readonly labels?: string; readonly fields?: string },
): Promise<Observed<readonly PodObject[]>> {
  const path = namespace === null ? '/api/v1/pods' : `/api/v1/namespaces/${namespace}/pods`;
  const query = {
    ...(selectors.labels === undefined ? {} : { labelSelector: selectors.labels }),
    ...(selectors.fields === undefined ? {} : { fieldSelector: selectors.fields }),
    // A selector over all pods would make etcd read every one of them; the cache is seconds old at worst.
    ...(namespace === null ? { resourceVersion: '0' } : {}),
  };
  const what = namespace === null ? 'list pods in all namespaces' : `list pods in ${namespace}`;
  return mapObserved(await readList(context, path, what, { query }), (items) =>
    items.map(podObject),
  );
}

export function podObject(raw: unknown): PodObject {
  const meta = at(raw, 'metadata');
  const spec = at(raw, 'spec');
  const status = at(raw, 'status');
  const states = conditions(status['conditions']);
  const owner = objectOrNull(
    array(meta['ownerReferences']).find((item) => object(item)['controller'] === true),
  );
  return {
    namespace: text(meta['namespace']),
    name: text(meta['name']),
    uid: text(meta['uid']),
    labels: stringMap(meta['labels']),
    nodeName: textOrNull(spec['nodeName']),
    phase: text(status['phase'], 'Unknown'),
    podIps: podIps(status),
    hostNetwork: spec['hostNetwork'] === true,
    ready: states.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
    createdAt: textOrNull(meta['creationTimestamp']),
    deleting: textOrNull(meta['deletionTimestamp']) !== null,
    conditions: states,
    containers: array(spec['containers']).map(containerSpec),
    statuses: [
      ...array(status['initContainerStatuses']),
      ...array(status['containerStatuses']),
    ].map(containerStatus),
    owner: owner === null ? null : { kind: text(owner['kind']), name: text(owner['name']) },
  };
}

function podIps(status: Readonly<Record<string, unknown>>): readonly string[] {
  const all = array(status['podIPs'])
    .map((item) => text(object(item)['ip']))
    .filter((ip) => ip !== '');
  const single = textOrNull(status['podIP']);
  return all.length === 0 && single !== null ? [single] : all;
}

export function containerSpec(raw: unknown): ContainerSpec {
  const container = object(raw);
  return {
    name: text(container['name']),
    image: text(container['image']),
    // Flags may stand in either; a reader of flags wants them all.
    args: [...strings(container['command']), ...strings(container['args'])],
    ports: array(container['ports']).map((item) => {
      const port = object(item);
      return {
        name: textOrNull(port['name']),
        containerPort: integer(port['containerPort']),
        protocol: text(port['protocol'], 'TCP'),
      };
    }),
    memoryLimit: textOrNull(at(container, 'resources', 'limits')['memory']),
    probePaths: Object.fromEntries(
      ['Readiness', 'Liveness', 'Startup'].flatMap((kind) => {
        const path = textOrNull(at(container, `${kind.toLowerCase()}Probe`, 'httpGet')['path']);
        return path === null ? [] : [[kind, path]];
      }),
    ),
  };
}

/** The kubelet's own bound on a termination message; a message is kept at most this long. */
const MAX_MESSAGE = 2_000;

function containerStatus(raw: unknown): ContainerStatusObject {
  const status = object(raw);
  const current = at(status, 'state');
  const state = (['running', 'waiting', 'terminated'] as const).find((name) => name in current);
  const detail = state === undefined ? {} : at(current, state);
  const last = objectOrNull(at(status, 'lastState')['terminated']);
  return {
    name: text(status['name']),
    ready: status['ready'] === true,
    restarts: integer(status['restartCount']),
    state: state ?? 'unknown',
    reason: textOrNull(detail['reason']),
    message: textOrNull(text(detail['message']).slice(0, MAX_MESSAGE)),
    exitCode: integerOrNull(detail['exitCode']),
    last:
      last === null
        ? null
        : {
            reason: textOrNull(last['reason']),
            exitCode: integerOrNull(last['exitCode']),
            finishedAt: textOrNull(last['finishedAt']),
            message: textOrNull(text(last['message']).slice(0, MAX_MESSAGE)),
          },
    imageId: textOrNull(status['imageID']),
  };
}
