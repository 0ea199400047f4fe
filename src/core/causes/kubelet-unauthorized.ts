import { clockSkews } from '../evidence/clock-skews.ts';
import { valueOr } from '../evidence/observed.ts';
import { tokenWebhook } from '../fixes/kubelet-access.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { blameScrapes, failedScrapes } from './failed-scrapes.ts';
import { ANONYMOUS, statusWords } from './kubelet-answers.ts';

const UNAUTHORIZED = statusWords('401');
const NOBODY = statusWords('403');

/**
 * Kubelets do not accept metrics-server's token: they do not check tokens at the API server, or cannot.
 *
 * Signature: the scrape ends in 401; or, where the kubelet lets anonymous callers in, in a 403 for
 * `system:anonymous`, for a token that it cannot check makes the caller nobody. A 403 for metrics-server's own
 * account is `kubelet-forbidden`.
 */
export const kubeletUnauthorized = defineCause({
  id: 'kubelet-unauthorized',
  title: "Kubelets do not accept metrics-server's token",
  needs: ['providerLogs'],
  wants: ['nodes', 'nodeMetrics', 'providerPods', 'takenAt', 'nodeHeartbeats'],
  bears: ['kubelet-version', 'provider-image', 'provider-args', 'helm-chart-config'],
  infer(facts) {
    const failed = failedScrapes(
      facts,
      ({ text }) => UNAUTHORIZED.test(text) || (NOBODY.test(text) && ANONYMOUS.test(text)),
      'ended in 401',
    );
    if (failed.state === 'none') return { kind: 'ruled-out', because: failed.because };
    const words = failed.complaints.every(({ text }) => UNAUTHORIZED.test(text))
      ? UNAUTHORIZED
      : NOBODY;
    return blameScrapes(failed, {
      words,
      headline: `The kubelets of ${list(failed.nodes)} do not accept metrics-server's token (${words === UNAUTHORIZED ? '401' : '403 for system:anonymous'}).`,
      fixes: [tokenWebhook(failed.nodes)],
      // A token made a moment ago looks invalid to a clock that is behind.
      doubt:
        clockSkews(valueOr(facts.nodes, []), facts).length === 0
          ? null
          : {
              settle: 'On every node, at once: date -u   # set the clocks right first (clock-skew)',
            },
    });
  },
  fromWords: spokenBy('kubelet-unauthorized', ({ nodes }) => [
    tokenWebhook(nodes.length > 0 ? nodes : ['every node named in the log']),
  ]),
});
