import { mapObserved, type Observed } from '../../core/evidence/observed.ts';
import type { DeploymentObject, EventObject, PodObject } from '../../core/evidence/snapshot.ts';
import { at, integer, text, textOrNull } from './json-fields.ts';
import { joinReads, type ReadContext, readList } from './reads.ts';

const MAX_PODS = 4;
/** kube-system of a busy cluster holds thousands of events; those of one object are few. */
const MAX_EVENTS_PER_READ = 200;
const MAX_EVENTS = 100;
const MAX_MESSAGE = 1_000;

/** Events about the provider's pods, Deployments and ReplicaSets, newest first. */
export async function readEvents(
  context: ReadContext,
  namespace: string,
  pods: Observed<readonly PodObject[]>,
  deployments: Observed<readonly DeploymentObject[]>,
): Promise<Observed<readonly EventObject[]>> {
  const owners = deployments.state === 'known' ? deployments.value.map(({ name }) => name) : [];
  const running = pods.state === 'known' ? pods.value.slice(0, MAX_PODS) : [];
  const selectors = [
    ...running.map(({ name }) => `involvedObject.name=${name}`),
    ...owners.map((name) => `involvedObject.kind=Deployment,involvedObject.name=${name}`),
    // A ReplicaSet that may not create pods (quota, admission) has no pod that would name it.
    'involvedObject.kind=ReplicaSet',
  ];
  const reads = await Promise.all(
    selectors.map((fieldSelector) =>
      readList(context, `/api/v1/namespaces/${namespace}/events`, `list events in ${namespace}`, {
        query: { fieldSelector },
        maxItems: MAX_EVENTS_PER_READ,
      }),
    ),
  );
  const sets = new Set(running.map(({ owner }) => owner?.name));
  const ours = ({ kind, name }: EventObject): boolean =>
    kind !== 'ReplicaSet' ||
    sets.has(name) ||
    owners.some((owner) => name.startsWith(`${owner}-`)) ||
    (owners.length === 0 && /metrics-server|prometheus-adapter/.test(name));
  return mapObserved(joinReads(reads), (items) =>
    items.map(eventObject).filter(ours).sort(newestFirst).slice(0, MAX_EVENTS),
  );
}

function newestFirst(a: EventObject, b: EventObject): number {
  return (b.lastSeen ?? '').localeCompare(a.lastSeen ?? '');
}

export function eventObject(raw: unknown): EventObject {
  const event = at(raw);
  const involved = at(event, 'involvedObject');
  const series = at(event, 'series');
  return {
    type: text(event['type'], 'Normal'),
    reason: text(event['reason']),
    message: text(event['message']).slice(0, MAX_MESSAGE),
    kind: text(involved['kind']),
    namespace: text(involved['namespace']),
    name: text(involved['name']),
    count: integer(series['count'], integer(event['count'], 1)),
    lastSeen:
      textOrNull(series['lastObservedTime']) ??
      textOrNull(event['lastTimestamp']) ??
      textOrNull(event['eventTime']) ??
      textOrNull(event['firstTimestamp']),
  };
}
