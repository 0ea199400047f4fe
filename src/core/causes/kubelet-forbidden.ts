import { valueOr } from '../evidence/observed.ts';
import { accountOf, canI, grantNodeMetrics } from '../fixes/kubelet-access.ts';
import { providerName } from '../fixes/provider-names.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { blameScrapes, failedScrapes } from './failed-scrapes.ts';
import { ANONYMOUS, anonymousStatus, statusWords } from './kubelet-answers.ts';

const FORBIDDEN = statusWords('403');
const NAMED = /user=/;

/**
 * Kubelets know metrics-server and deny it the metrics: its RBAC lacks them.
 *
 * Signature: the scrape ends in 403 (not 401: the token is fine; not for `system:anonymous`: then it was not
 * checked, `kubelet-unauthorized`). Since 0.4 the log does not say whom the kubelet took it for; a kubelet that
 * answers 403 to our probe, which has no login, may have done so to metrics-server, too, and one that denies what
 * others grant does not go by RBAC alone: suspected.
 */
export const kubeletForbidden = defineCause({
  id: 'kubelet-forbidden',
  title: 'metrics-server may not read kubelet metrics',
  needs: ['providerLogs'],
  wants: ['nodes', 'nodeMetrics', 'providerPods', 'takenAt', 'reach', 'deployments'],
  bears: ['kubelet-version', 'provider-image', 'provider-args', 'helm-chart-config'],
  infer(facts) {
    const failed = failedScrapes(
      facts,
      ({ text }) => FORBIDDEN.test(text) && !ANONYMOUS.test(text),
      'ended in 403',
    );
    if (failed.state === 'none') return { kind: 'ruled-out', because: failed.because };
    const account = accountOf(valueOr(facts.providerPods, []), valueOr(facts.deployments, []));
    const seen = failed.nodes.flatMap((node) => {
      const answer = anonymousStatus(facts, node);
      return answer === null ? [] : [{ node, ...answer }];
    });
    const open = seen.filter(({ status }) => status === 403);
    const named = failed.complaints.some(({ text }) => NAMED.test(text));
    const served = valueOr(facts.nodeMetrics, []);
    return blameScrapes(failed, {
      words: FORBIDDEN,
      headline: `The kubelets of ${list(failed.nodes)} deny metrics-server their metrics (403): its RBAC lacks nodes/metrics.`,
      also: seen
        .filter(({ status }) => status === 401)
        .slice(0, 1)
        .map(({ node, evidence }) => ({
          text: `the kubelet of ${node} answers 401 to callers without a login: metrics-server's token was accepted`,
          evidence,
        })),
      fixes: [grantNodeMetrics(account)],
      doubt:
        !named && (open.length > 0 || served.length > 0)
          ? {
              settle: canI(account),
              contradicts: [
                ...open.slice(0, 1).map(({ node, evidence }) => ({
                  text: `the kubelet of ${node} answers 403 to callers without a login, too: it may not check tokens at all`,
                  evidence,
                })),
                ...served.slice(0, 1).map((node) => ({
                  text: `RBAC is one for all nodes, and ${node} lets metrics-server in`,
                  evidence: 'snapshot.nodeMetrics',
                })),
              ],
            }
          : null,
    });
  },
  fromWords: spokenBy('kubelet-forbidden', ({ facts }) => [
    grantNodeMetrics({ namespace: 'kube-system', name: providerName(facts.platform) }),
  ]),
});
