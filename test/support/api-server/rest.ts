import { randomBytes } from 'node:crypto';
import type { KubeObject } from '../../sim/objects/kube-object.ts';
import type { ObjectStore } from './object-store.ts';
import type { Resource } from './resources.ts';
import { storeKey } from './resources.ts';
import { SelectorError, type Selects, selectorOf } from './selectors.ts';
import { type Answer, failure, json, notFound, qualified } from './status.ts';
import { inVersion } from './versions.ts';

/** A request for a kind, its path taken apart. */
export interface ResourceRequest {
  readonly method: string;
  readonly resource: Resource;
  readonly version: string;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly subresource: string | null;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly contentType: string;
}

/** The RBAC verb of a request (kubernetes.io/docs, "Determine the request verb"). */
export function verbOf(method: string, named: boolean, query: URLSearchParams): string {
  const watching = ['1', 'true'].includes(query.get('watch') ?? '');
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return named ? 'get' : watching ? 'watch' : 'list';
  }
}

/** Everything but watches. */
export function answerRest(store: ObjectStore, request: ResourceRequest): Answer {
  try {
    switch (request.method) {
      case 'GET':
        return request.name === null ? list(store, request) : get(store, request);
      case 'POST':
        return create(store, request);
      case 'PUT':
      case 'PATCH':
        return change(store, request);
      case 'DELETE':
        return remove(store, request);
      default:
        return failure(
          405,
          'MethodNotAllowed',
          'the server does not allow this method on the requested resource',
        );
    }
  } catch (error) {
    if (error instanceof SelectorError) return failure(400, 'BadRequest', error.message);
    throw error;
  }
}

/** The test of a list or watch request. */
export function requestSelector({ resource, query }: ResourceRequest): Selects {
  return selectorOf(resource.kind, {
    labelSelector: query.get('labelSelector'),
    fieldSelector: query.get('fieldSelector'),
  });
}

export function apiVersionOf({ resource, version }: ResourceRequest): string {
  return resource.group === '' ? version : `${resource.group}/${version}`;
}

interface Continue {
  readonly rv: number;
  readonly after: string;
}

function list(store: ObjectStore, request: ResourceRequest): Answer {
  const { resource, namespace, query } = request;
  const selects = requestSelector(request);
  const token = parseContinue(query.get('continue'));
  if (token === 'bad') {
    return failure(400, 'BadRequest', 'continue key is not valid: illegal base64 data');
  }
  if (token !== null && token.rv < store.oldestVersion() - 1) {
    return failure(
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result.',
    );
  }
  const idOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
  const rest = store
    .list(storeKey(resource), namespace)
    .filter((object) => token === null || idOf(object) > token.after);
  const limit = Number(query.get('limit') ?? 0);
  const page: KubeObject[] = [];
  let index = 0;
  for (; index < rest.length && (limit === 0 || page.length < limit); index += 1) {
    const object = rest[index];
    if (object !== undefined && selects(object)) page.push(object);
  }
  const version = String(token?.rv ?? store.resourceVersion());
  const left = rest.slice(index);
  const last = rest[index - 1];
  const more = left.some(selects) && last !== undefined;
  const plain = query.get('labelSelector') === null && query.get('fieldSelector') === null;
  return json(200, {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(request),
    metadata: {
      resourceVersion: version,
      ...(more
        ? {
            continue: Buffer.from(
              JSON.stringify({ v: 'meta.k8s.io/v1', rv: Number(version), after: idOf(last) }),
            ).toString('base64url'),
            // Only given where it is exact: without selectors.
            ...(plain ? { remainingItemCount: left.length } : {}),
          }
        : {}),
    },
    // Items of a list carry neither kind nor apiVersion.
    items: page.map((object) => {
      const { kind: _kind, apiVersion: _apiVersion, ...item } = inVersion(object, request.version);
      return item;
    }),
  });
}

function parseContinue(text: string | null): Continue | null | 'bad' {
  if (text === null || text === '') return null;
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Continue>;
    return typeof token.rv === 'number' && typeof token.after === 'string'
      ? { rv: token.rv, after: token.after }
      : 'bad';
  } catch {
    return 'bad';
  }
}

function get(store: ObjectStore, request: ResourceRequest): Answer {
  const { resource, namespace, name } = request;
  const object = store.get(storeKey(resource), namespace, name ?? '');
  return object === null
    ? notFound(resource.group, resource.plural, name ?? '')
    : json(200, inVersion(object, request.version));
}

const MAX_NAME = 253;
const GENERATED_CHARS = 'bcdfghjklmnpqrstvwxz2456789';

function generated(prefix: string): string {
  const tail = [...randomBytes(5)].map((byte) => GENERATED_CHARS[byte % GENERATED_CHARS.length]);
  return `${prefix}${tail.join('')}`;
}

function create(store: ObjectStore, request: ResourceRequest): Answer {
  const { resource, namespace, query } = request;
  const sent = request.body as Partial<KubeObject> | null;
  if (typeof sent !== 'object' || sent === null || typeof sent.metadata !== 'object') {
    return failure(400, 'BadRequest', 'the object provided is unrecognized (must be of type JSON)');
  }
  if (namespace !== null && store.get('/namespaces', null, namespace) === null) {
    return notFound('', 'namespaces', namespace);
  }
  const meta = sent.metadata as { readonly name?: string; readonly generateName?: string };
  const name = meta.name ?? (meta.generateName === undefined ? '' : generated(meta.generateName));
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) || name.length > MAX_NAME) {
    return failure(
      422,
      'Invalid',
      `${resource.kind}${resource.group === '' ? '' : `.${resource.group}`} "${name}" is invalid: metadata.name: Invalid value`,
      { name, kind: resource.kind },
    );
  }
  if (store.get(storeKey(resource), namespace, name) !== null) {
    return failure(
      409,
      'AlreadyExists',
      `${qualified(resource.group, resource.plural)} "${name}" already exists`,
      { name, kind: resource.plural },
    );
  }
  const object: KubeObject = {
    ...sent,
    apiVersion: apiVersionOf(request),
    kind: resource.kind,
    metadata: { ...meta, name, ...(namespace === null ? {} : { namespace }) },
    ...(resource.kind === 'Pod' ? { status: { phase: 'Pending', qosClass: 'BestEffort' } } : {}),
  };
  const violation = podSecurityViolation(store, object);
  if (violation !== null) {
    return failure(403, 'Forbidden', `pods "${name}" is forbidden: ${violation}`, {
      name,
      kind: 'pods',
    });
  }
  if (query.get('dryRun') === 'All') return json(201, object);
  return json(201, store.put(storeKey(resource), object));
}

/** As the PodSecurity admission says it of what our Pods would violate; `baseline` and `restricted` both forbid hostNetwork. */
function podSecurityViolation(store: ObjectStore, object: KubeObject): string | null {
  if (object.kind !== 'Pod') return null;
  const namespace = store.get('/namespaces', null, object.metadata.namespace ?? '');
  const level = namespace?.metadata.labels?.['pod-security.kubernetes.io/enforce'] ?? 'privileged';
  const { hostNetwork } = (object['spec'] ?? {}) as { readonly hostNetwork?: boolean };
  if (level === 'privileged' || hostNetwork !== true) return null;
  return `violates PodSecurity "${level}:latest": host namespaces (hostNetwork=true)`;
}

const MERGE_TYPES = ['application/merge-patch+json', 'application/strategic-merge-patch+json'];

function change(store: ObjectStore, request: ResourceRequest): Answer {
  const { resource, namespace, name, method } = request;
  const before = store.get(storeKey(resource), namespace, name ?? '');
  if (before === null) return notFound(resource.group, resource.plural, name ?? '');
  if (method === 'PATCH' && !MERGE_TYPES.some((type) => request.contentType.startsWith(type))) {
    return failure(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${MERGE_TYPES.join(', ')}`,
    );
  }
  const sent = request.body as Partial<KubeObject>;
  const wanted = sent.metadata?.resourceVersion;
  if (wanted !== undefined && wanted !== before.metadata.resourceVersion) {
    return failure(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${qualified(resource.group, resource.plural)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
      { name, kind: resource.plural },
    );
  }
  const after = (method === 'PUT' ? { ...before, ...sent } : merge(before, sent)) as KubeObject;
  if (request.query.get('dryRun') === 'All') return json(200, after);
  return json(200, inVersion(store.put(storeKey(resource), after), request.version));
}

/** RFC 7396. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const base =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {};
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

const DEFAULT_GRACE_SECONDS = 30;

function remove(store: ObjectStore, request: ResourceRequest): Answer {
  const { resource, namespace, name } = request;
  const key = storeKey(resource);
  if (name === null) {
    const selects = requestSelector(request);
    const items = store.list(key, namespace).filter(selects);
    for (const item of items) removeOne(store, request, item);
    return json(200, {
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(request),
      metadata: {},
      items,
    });
  }
  const object = store.get(key, namespace, name);
  return object === null
    ? notFound(resource.group, resource.plural, name)
    : json(200, removeOne(store, request, object));
}

/** A Pod that a kubelet has in hand is only marked; the kubelet removes it when it has stopped. */
function removeOne(store: ObjectStore, request: ResourceRequest, object: KubeObject): KubeObject {
  const key = storeKey(request.resource);
  const { namespace, name } = object.metadata;
  const asked = (request.body as { readonly gracePeriodSeconds?: number } | null)
    ?.gracePeriodSeconds;
  const grace = asked ?? Number(request.query.get('gracePeriodSeconds') ?? DEFAULT_GRACE_SECONDS);
  const bound = (object['spec'] as { readonly nodeName?: string } | undefined)?.nodeName;
  if (request.resource.kind !== 'Pod' || grace === 0 || bound === undefined) {
    return store.remove(key, namespace ?? null, name) ?? object;
  }
  return store.put(key, {
    ...object,
    metadata: {
      ...object.metadata,
      deletionTimestamp: `${new Date(Date.now() + grace * 1000).toISOString().slice(0, 19)}Z`,
      deletionGracePeriodSeconds: grace,
    },
  });
}
