import type { KubeletServingRequest } from '../../core/evidence/identity-facts.ts';
import { mapObserved, type Observed } from '../../core/evidence/observed.ts';
import { array, at, metadata, object, text, textOrNull } from './json-fields.ts';
import { firstServed, type ReadContext, readList } from './reads.ts';

const SIGNER = 'kubernetes.io/kubelet-serving';
const NODE_USER = /^system:node:(.+)$/;
/** Pending ones are deleted after a day, so there are few; a kubelet that is never answered asks again. */
const MAX_REQUESTS = 2_000;

/** The kubelets' requests for serving certificates: certificates.k8s.io/v1, before 1.19 v1beta1. */
export async function readKubeletServingRequests(
  context: ReadContext,
): Promise<Observed<readonly KubeletServingRequest[]>> {
  const read = await firstServed(
    ['v1', 'v1beta1'].map(
      (version) => () =>
        readList(
          context,
          `/apis/certificates.k8s.io/${version}/certificatesigningrequests`,
          'list certificatesigningrequests.certificates.k8s.io',
          { query: { fieldSelector: `spec.signerName=${SIGNER}` }, maxItems: MAX_REQUESTS },
        ),
    ),
  );
  return mapObserved(read, (items) =>
    items.filter((raw) => text(at(raw, 'spec')['signerName']) === SIGNER).map(servingRequest),
  );
}

export function servingRequest(raw: unknown): KubeletServingRequest {
  const status = at(raw, 'status');
  const types = array(status['conditions']).map((item) => text(object(item)['type']));
  return {
    name: metadata(raw).name,
    node: NODE_USER.exec(text(at(raw, 'spec')['username']))?.[1] ?? null,
    createdAt: textOrNull(at(raw, 'metadata')['creationTimestamp']),
    state: stateOf(types, text(status['certificate']) !== ''),
  };
}

function stateOf(conditions: readonly string[], issued: boolean): KubeletServingRequest['state'] {
  if (conditions.includes('Denied')) return 'denied';
  if (conditions.includes('Failed')) return 'failed';
  if (issued) return 'issued';
  return conditions.includes('Approved') ? 'approved' : 'pending';
}
