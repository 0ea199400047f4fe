import type { Facts } from '../evidence/facts.ts';
import type { KubeletServingRequest } from '../evidence/identity-facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { Fix } from '../fixes/fix.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { blameScrapes, failedScrapes } from './failed-scrapes.ts';

/** A kubelet with `serverTLSBootstrap` and no certificate yet ends each handshake with this alert (crypto/tls, GetCertificate). */
const NO_CERTIFICATE = /remote error: tls: internal error/;

/**
 * A kubelet waits for its serving certificate: nobody approved its request.
 *
 * Signature: scrapes end in `remote error: tls: internal error`, and a CertificateSigningRequest of that node
 * (signer kubernetes.io/kubelet-serving) is pending or was denied, with none issued since. `kubectl logs` and
 * `exec` end in the same words. A pending request alone hurts nothing while an older certificate serves.
 */
export const kubeletCsrPending = defineCause({
  id: 'kubelet-csr-pending',
  title: 'Kubelets wait for a serving certificate that nobody approves',
  needs: ['providerLogs'],
  wants: ['nodes', 'nodeMetrics', 'providerPods', 'takenAt', 'kubeletServingRequests', 'reach'],
  bears: ['node-added', 'kubelet-version'],
  infer(facts) {
    const failed = failedScrapes(
      facts,
      ({ text }) => NO_CERTIFICATE.test(text),
      'ended in "tls: internal error"',
    );
    if (failed.state === 'none') return { kind: 'ruled-out', because: failed.because };
    const waiting = failed.nodes.flatMap((node) => {
      const request = waitingRequest(node, valueOr(facts.kubeletServingRequests, []));
      return request === null ? [] : [{ node, request }];
    });
    const unread = facts.kubeletServingRequests.state === 'missing';
    if (waiting.length === 0 && !unread && !isSeenNow(failed.nodes, facts)) {
      return {
        kind: 'ruled-out',
        because: 'no request for a serving certificate of these nodes waits',
      };
    }
    const settle = 'kubectl get csr   # CONDITION Pending, signer kubernetes.io/kubelet-serving';
    return blameScrapes(failed, {
      words: NO_CERTIFICATE,
      headline: `The kubelets of ${list(failed.nodes)} have no serving certificate${waiting.length === 0 ? '.' : ': their requests were not granted.'}`,
      also: waiting.map(({ node, request }) => ({
        text: `request ${request.name} of ${node} is ${request.state}${request.createdAt === null ? '' : ` since ${request.createdAt}`}`,
        evidence: 'snapshot.kubeletServingRequests',
      })),
      fixes: [approveFix(waiting.map(({ request }) => request.name))],
      doubt: waiting.length > 0 ? null : { settle },
    });
  },
  fromWords: spokenBy('kubelet-csr-pending', () => [approveFix([])]),
});

/** The node's newest request when it got no certificate; null when it did, or when there is none. */
function waitingRequest(
  node: string,
  requests: readonly KubeletServingRequest[],
): KubeletServingRequest | null {
  const newest = requests
    .filter((each) => each.node === node)
    .toSorted((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''))
    .at(-1);
  return newest === undefined || newest.state === 'issued' ? null : newest;
}

/** A probe met the same alert: it is no old line. */
function isSeenNow(nodes: readonly string[], { reach }: Pick<Facts, 'reach'>): boolean {
  return valueOr(reach, []).some(
    ({ to, result }) =>
      to.kind === 'kubelet' &&
      nodes.includes(to.node) &&
      result.state === 'known' &&
      result.value.outcome === 'tls-error' &&
      /internal.error/i.test(`${result.value.errno ?? ''} ${result.value.detail}`),
  );
}

function approveFix(names: readonly string[]): Fix {
  return {
    title: 'Approve the requests, and let an approver do it from now on',
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          'kubectl get csr --field-selector spec.signerName=kubernetes.io/kubelet-serving',
          '# each must come from the node whose names and addresses it asks for:',
          `kubectl describe csr ${names[0] ?? 'CSR_NAME'}`,
          `kubectl certificate approve ${names.length === 0 ? 'CSR_NAME' : names.join(' ')}`,
        ],
      },
      {
        tool: 'approver',
        commands: [
          '# for good: postfinance/kubelet-csr-approver, on Talos alex1989hu/kubelet-serving-cert-approver',
        ],
      },
    ],
    risk: 'who approves a request vouches for it: a wrong one lets a machine pass itself off as that node',
    undo: ['kubectl delete csr NAME; a certificate that was issued is good until it ends'],
    verify: [
      'kubectl get csr   # Approved,Issued',
      'kubectl top nodes   # after one minute: every node has numbers',
    ],
    notes: [
      'kube-controller-manager approves client certificates of kubelets, never serving ones (kubernetes.io: kubelet TLS bootstrapping).',
      'A kubelet asks again every few minutes; pending requests are deleted after 24 h.',
    ],
  };
}
