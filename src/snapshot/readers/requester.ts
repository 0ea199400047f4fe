import type { Requester } from '../../core/evidence/identity-facts.ts';
import { known, missing, type Observed } from '../../core/evidence/observed.ts';
import { at, strings, text } from './json-fields.ts';
import { firstServed, type ReadContext, refusal, timeLeftMs } from './reads.ts';

const LIMIT_MS = 1_000;

/** Who the API server takes us for: a virtual object that every user may create (1.27 and later); it changes nothing. */
export async function readRequester(context: ReadContext): Promise<Observed<Requester>> {
  return firstServed(
    ['v1', 'v1beta1'].map((version) => async (): Promise<Observed<Requester>> => {
      const path = `/apis/authentication.k8s.io/${version}/selfsubjectreviews`;
      const answer = await context.client.write(
        'POST',
        path,
        { apiVersion: `authentication.k8s.io/${version}`, kind: 'SelfSubjectReview' },
        { timeoutMs: timeLeftMs(context, LIMIT_MS), signal: context.signal },
      );
      if (answer.kind !== 'answered' || answer.status > 201)
        return refusal(answer, 'create selfsubjectreviews.authentication.k8s.io');
      const info = at(answer.json, 'status')['userInfo'];
      if (info === undefined) return missing('failed', 'the SelfSubjectReview names nobody');
      const user = at(info);
      return known(
        { username: text(user['username']), groups: strings(user['groups']) },
        `POST ${path}`,
      );
    }),
  );
}
