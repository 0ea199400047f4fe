import { setTimeout as sleep } from 'node:timers/promises';
import { known, mapObserved, type Observed } from '../../core/evidence/observed.ts';
import type { ApiServiceLook, ApiServiceObject } from '../../core/evidence/snapshot.ts';
import { condition } from './conditions.ts';
import {
  array,
  at,
  integer,
  object,
  objectOrNull,
  stringMap,
  text,
  textOrNull,
} from './json-fields.ts';
import { type ReadContext, readObject } from './reads.ts';

export const API_SERVICE = 'v1beta1.metrics.k8s.io';
const LIST = '/apis/apiregistration.k8s.io/v1/apiservices';
const WHAT = `get apiservices ${API_SERVICE}`;

/** The APIService once (`null`: it does not exist), with its look. */
export async function readApiService(context: ReadContext): Promise<{
  readonly object: Observed<ApiServiceObject | null>;
  readonly look: ApiServiceLook | null;
}> {
  const askedAt = new Date().toISOString();
  const read = await readObject(context, `${LIST}/${API_SERVICE}`, WHAT);
  return {
    object: mapObserved(read, (raw) => (raw === null ? null : apiServiceObject(raw))),
    look:
      read.state === 'known' && read.value !== null ? apiServiceLook(read.value, askedAt) : null,
  };
}

/** Every this often the object is looked at again, as long as the first look lasts. */
const LOOK_INTERVAL_MS = 400;
/** With all else read, this many polls are enough: the age of the condition shows in the first. */
const MIN_POLLS = 2;
/** A quarrel writes twice in some 5 s; more than this many looks add nothing. */
const MAX_LOOKS = 40;

/**
 * Looks at the APIService again and again, until all other reads are done or the first
 * look ends. Several API servers write the one condition; the failing one's `False` lives for milliseconds, so
 * polls alone see `True`. A watch beside them sees each write; where `watch` is forbidden the polls still
 * show a young `lastTransitionTime`.
 */
export async function readApiServiceLooks(
  context: ReadContext,
  first: {
    readonly object: Observed<ApiServiceObject | null>;
    readonly look: ApiServiceLook | null;
  },
  until: { readonly others: Promise<unknown>; readonly at: number },
): Promise<Observed<readonly ApiServiceLook[]>> {
  const { object, look } = first;
  if (object.state === 'missing') return object;
  if (look === null) return known([], object.source);
  const looks: ApiServiceLook[] = [look];
  const enough = new AbortController();
  const watched = context.client.watch(LIST, {
    query: { fieldSelector: `metadata.name=${API_SERVICE}` },
    resourceVersion: look.resourceVersion,
    signal: AbortSignal.any([context.signal, enough.signal]),
    onEvent: ({ type, object: seen }) => {
      if (type === 'MODIFIED') add(looks, apiServiceLook(seen, new Date().toISOString()), true);
    },
  });
  let othersDone = false;
  void until.others.then(() => {
    othersDone = true;
  });
  for (let polls = 0; !(othersDone && polls >= MIN_POLLS); polls += 1) {
    if (performance.now() + LOOK_INTERVAL_MS > until.at || context.signal.aborted) break;
    await sleep(LOOK_INTERVAL_MS, undefined, { signal: context.signal }).catch(() => undefined);
    const again = await readApiService(context);
    if (again.look !== null) add(looks, again.look, false);
  }
  enough.abort();
  await watched;
  return known(looks, `${looks.length} looks by GET and watch at ${LIST}/${API_SERVICE}`);
}

function add(looks: ApiServiceLook[], look: ApiServiceLook, onlyNew: boolean): void {
  if (looks.length >= MAX_LOOKS) return;
  if (onlyNew && looks.some((seen) => seen.resourceVersion === look.resourceVersion)) return;
  looks.push(look);
}

export function apiServiceObject(raw: unknown): ApiServiceObject {
  const meta = at(raw, 'metadata');
  const spec = at(raw, 'spec');
  const service = objectOrNull(spec['service']);
  return {
    name: text(meta['name']),
    service:
      service === null
        ? null
        : {
            namespace: text(service['namespace']),
            name: text(service['name']),
            port: integer(service['port'], 443), // the API's default
          },
    insecureSkipTlsVerify: spec['insecureSkipTLSVerify'] === true,
    caBundlePem: decodeCaBundle(textOrNull(spec['caBundle'])),
    available: condition(at(raw, 'status')['conditions'], 'Available'),
    resourceVersion: text(meta['resourceVersion']),
    labels: stringMap(meta['labels']),
    createdAt: textOrNull(meta['creationTimestamp']),
    writers: writersOf(meta['managedFields']),
  };
}

/** Field managers that own `spec.service`: with plain updates the last writer, with server-side apply all that agree. */
function writersOf(managedFields: unknown): NonNullable<ApiServiceObject['writers']> {
  return array(managedFields).flatMap((item) => {
    const entry = object(item);
    const owned = objectOrNull(at(entry, 'fieldsV1', 'f:spec')['f:service']);
    return owned === null
      ? []
      : [{ manager: text(entry['manager']), at: textOrNull(entry['time']) }];
  });
}

function decodeCaBundle(base64: string | null): string | null {
  return base64 === null ? null : Buffer.from(base64, 'base64').toString('utf8');
}

function apiServiceLook(raw: unknown, seenAt: string): ApiServiceLook {
  const { available, resourceVersion, service } = apiServiceObject(raw);
  return {
    at: seenAt,
    resourceVersion,
    status: available?.status ?? 'Unknown',
    reason: available?.reason ?? '',
    message: available?.message ?? '',
    lastTransitionTime: available?.lastTransitionTime ?? null,
    service: service === null ? null : `${service.namespace}/${service.name}`,
  };
}
