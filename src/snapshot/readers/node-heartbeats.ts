import type { NodeHeartbeats } from '../../core/evidence/identity-facts.ts';
import { known, type Observed } from '../../core/evidence/observed.ts';
import { array, at, integer, metadata, textOrNull } from './json-fields.ts';
import { type ReadContext, refusal, timeLeftMs } from './reads.ts';

/** One page: the largest clusters that Kubernetes supports have 5,000 nodes, at about 0.5 KB each. */
const PATH = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases?limit=5000';
/** `nodeLeaseDurationSeconds` of the kubelet. */
const LEASE_SECONDS = 40;

/** When each kubelet was last heard of by its own clock, and what the API server's clock said as it told. */
export async function readNodeHeartbeats(context: ReadContext): Promise<Observed<NodeHeartbeats>> {
  const answer = await context.client.get(PATH, {
    timeoutMs: timeLeftMs(context),
    signal: context.signal,
  });
  if (answer.kind !== 'answered' || answer.status !== 200 || answer.json === undefined) {
    return refusal(answer, 'list leases in kube-node-lease');
  }
  return known(
    {
      serverDate: isoOrNull(answer.headers['date']),
      leases: array(at(answer.json)['items']).map((raw) => {
        const spec = at(raw, 'spec');
        return {
          node: metadata(raw).name,
          renewTime: textOrNull(spec['renewTime']),
          durationSeconds: integer(spec['leaseDurationSeconds'], LEASE_SECONDS),
        };
      }),
    },
    `GET ${PATH}`,
  );
}

function isoOrNull(header: string | undefined): string | null {
  const at = new Date(header ?? '');
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
