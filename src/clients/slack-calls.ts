import type { FetchFunction } from '@slack/web-api';

/** How one call of the Web API ended, for the metrics. */
export type SlackCallObserver = (call: {
  readonly method: string;
  readonly outcome: 'ok' | 'rate-limited' | 'error';
}) => void;

const TOO_MANY_REQUESTS = 429;

/** `fetch` that tells how each call ended. Slack says most refusals with status 200 and `ok: false` in the body. */
export function observedFetch(observe: SlackCallObserver): FetchFunction {
  return async (url, init) => {
    const method = methodOf(url);
    try {
      const response = await fetch(url, init);
      if (response.status === TOO_MANY_REQUESTS) observe({ method, outcome: 'rate-limited' });
      else if (!response.ok) observe({ method, outcome: 'error' });
      else {
        response
          .clone()
          .json()
          .then(
            (body) => observe({ method, outcome: isRefusal(body) ? 'error' : 'ok' }),
            () => observe({ method, outcome: 'error' }),
          );
      }
      return response;
    } catch (error) {
      observe({ method, outcome: 'error' });
      throw error;
    }
  };
}

/** `chat.postMessage` of `https://slack.com/api/chat.postMessage`; anything else is one label, so that the set stays small. */
function methodOf(url: string | URL): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  return /^[a-z]+(\.[a-zA-Z]+){1,3}$/.test(last) ? last : 'other';
}

function isRefusal(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'ok' in body && body.ok === false;
}
