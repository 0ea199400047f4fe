import { list } from '../../report/words.ts';
import { type SpokenRule, said } from '../word-rule.ts';
import { ofNodes, PROVIDER_TO_KUBELET, UNSCRAPED } from './common.ts';

/** Between metrics-server and kubelets. */
export const kubeletsWords = {
  'kubelet-tls-untrusted': {
    proves: [said('x509-unknown-authority', PROVIDER_TO_KUBELET)],
    fits: ['x509-unknown-authority'],
    explains: [...UNSCRAPED],
    headline: ({ nodes }) =>
      `metrics-server does not trust the kubelet certificates${ofNodes(nodes)} (signed by an unknown authority).`,
    settle:
      "Look where the line stands: with a kubelet address and :10250 it is this; under “Unable to authenticate the request” it is the front proxy; in an API server's answer it is the caBundle.",
  },
  'kubelet-tls-no-ip-san': {
    proves: [said('x509-wrong-name', PROVIDER_TO_KUBELET)],
    fits: ['x509-wrong-name'],
    explains: [...UNSCRAPED],
    headline: ({ nodes }) =>
      `Kubelet certificates${ofNodes(nodes)} lack the IP address that metrics-server scrapes (x509 SAN).`,
    settle:
      'openssl s_client -connect <node>:10250 </dev/null | openssl x509 -noout -ext subjectAltName: is the InternalIP in it?',
  },
  'kubelet-tls-expired': {
    proves: [said('x509-expired', PROVIDER_TO_KUBELET)],
    explains: UNSCRAPED,
    headline: ({ nodes }) => `The kubelet serving certificates${ofNodes(nodes)} have expired.`,
    settle:
      'openssl s_client -connect <node>:10250 </dev/null | openssl x509 -noout -enddate, and date -u on both sides.',
  },
  'kubelet-csr-pending': {
    proves: ['csr-pending'],
    suggests: [
      [
        said('tls-internal-error', PROVIDER_TO_KUBELET),
        said('tls-internal-error', 'api-server-to-kubelet'),
      ],
      'tls-internal-error',
    ],
    explains: [
      ...UNSCRAPED,
      'tls-internal-error',
      'csr-pending',
      said('x509-unknown-authority', PROVIDER_TO_KUBELET),
    ],
    headline: ({ nodes }) =>
      `The request for a kubelet serving certificate${ofNodes(nodes)} was never approved.`,
    settle:
      'kubectl get csr | grep kubelet-serving: Pending proves it; so does kubectl logs failing with “tls: internal error”.',
  },
  'kubelet-dns-lookup': {
    proves: [said('name-not-resolved', PROVIDER_TO_KUBELET)],
    fits: ['name-not-resolved'],
    explains: [...UNSCRAPED],
    headline: ({ value }) =>
      `metrics-server cannot resolve the node name${value === null ? '' : ` ${value}`}.`,
    settle:
      'kubectl -n kube-system get deploy metrics-server -o yaml | grep preferred-address: Hostname first, without a DNS that knows it, is the fault.',
  },
  'host-firewall-pod-to-node': {
    suggests: [
      ['kubelet-answers-on-host', 'kubelet-shut-to-pods'],
      ['own-node-missing', 'firewall-active'],
      [said('no-route', PROVIDER_TO_KUBELET), 'kubelet-answers-on-host'],
      [said('no-route', PROVIDER_TO_KUBELET), 'firewall-active'],
      'kubelet-shut-to-pods',
      'own-node-missing',
      said('no-route', PROVIDER_TO_KUBELET),
    ],
    fits: [said('timed-out', PROVIDER_TO_KUBELET, { value: /dial/ })],
    explains: [
      ...UNSCRAPED,
      said('timed-out', PROVIDER_TO_KUBELET),
      said('no-route', PROVIDER_TO_KUBELET),
      'kubelet-shut-to-pods',
    ],
    headline: ({ nodes }) =>
      `The host firewall${ofNodes(nodes)} keeps pods from the kubelet of their own node (10250/tcp).`,
    settle:
      'On that node: curl -k --max-time 5 https://<its InternalIP>:10250/healthz from the host, then from a pod. Only the host being answered proves it.',
  },
  'kubelet-port-blocked': {
    suggests: [
      [said('timed-out', PROVIDER_TO_KUBELET, { value: /dial/ }), 'remote-nodes-missing'],
      [said('timed-out', PROVIDER_TO_KUBELET), 'kubelet-port-closed'],
      'kubelet-port-closed',
      said('timed-out', PROVIDER_TO_KUBELET, { value: /dial/ }),
    ],
    against: ['own-node-missing'],
    explains: [...UNSCRAPED, said('timed-out', PROVIDER_TO_KUBELET), 'kubelet-port-closed'],
    headline: ({ nodes }) =>
      `Connections from metrics-server to the kubelet port 10250/tcp${ofNodes(nodes)} are dropped on the way.`,
    settle:
      "On that node: curl -k --max-time 5 https://<its InternalIP>:10250/healthz, then the same from metrics-server's node. Only the node itself being answered proves the filter.",
  },
  'kubelet-not-listening': {
    proves: [
      [said('connection-refused', PROVIDER_TO_KUBELET), 'kubelet-on-loopback'],
      [said('connection-refused', PROVIDER_TO_KUBELET), 'kubelet-stopped'],
    ],
    suggests: [
      'kubelet-on-loopback',
      'kubelet-stopped',
      said('connection-refused', PROVIDER_TO_KUBELET),
    ],
    explains: [
      ...UNSCRAPED,
      said('connection-refused', PROVIDER_TO_KUBELET),
      'kubelet-stopped',
      'kubelet-on-loopback',
    ],
    headline: ({ nodes }) =>
      `The kubelet${ofNodes(nodes)} does not listen on 10250 at the node's address.`,
    settle:
      'On that node: ss -ltnp | grep 10250. Nothing, or 127.0.0.1 only, proves it; else a filter rejects.',
  },
  'kubelet-wrong-port': {
    proves: ['kubelet-odd-port'],
    explains: [
      ...UNSCRAPED,
      said('connection-refused', PROVIDER_TO_KUBELET),
      said('timed-out', PROVIDER_TO_KUBELET),
    ],
    headline: ({ value }) =>
      `metrics-server scrapes the wrong kubelet port${value === null ? '' : ` (${value})`}.`,
    settle:
      'kubectl -n kube-system get deploy metrics-server -o yaml | grep -E "source|kubelet-port|use-node-status".',
  },
  'kubelet-unauthorized': {
    proves: [said('unauthorized', PROVIDER_TO_KUBELET)],
    fits: ['token-webhook-off'],
    explains: [...UNSCRAPED, said('unauthorized', PROVIDER_TO_KUBELET)],
    headline: ({ nodes }) => `Kubelets${ofNodes(nodes)} refuse metrics-server's token (401).`,
    settle: "On the node: the kubelet's authentication.webhook.enabled must be true.",
  },
  'kubelet-forbidden': {
    proves: [said('forbidden', PROVIDER_TO_KUBELET)],
    explains: [...UNSCRAPED, said('forbidden', PROVIDER_TO_KUBELET)],
    headline: ({ nodes }) =>
      `Kubelets${ofNodes(nodes)} know metrics-server and refuse it (403): its RBAC lacks a right.`,
    settle:
      'kubectl auth can-i get nodes/metrics --as system:serviceaccount:kube-system:metrics-server',
  },
  'scrape-timeout-slow-node': {
    suggests: [
      [said('timed-out', PROVIDER_TO_KUBELET, { value: /answer/ }), 'node-is-slow'],
      said('timed-out', PROVIDER_TO_KUBELET, { value: /answer/ }),
      [said('timed-out', PROVIDER_TO_KUBELET), 'node-is-slow'],
    ],
    explains: [...UNSCRAPED, said('timed-out', PROVIDER_TO_KUBELET, { value: /answer/ })],
    headline: ({ nodes }) => `Kubelets${ofNodes(nodes)} answer too slowly for the scrape.`,
    settle:
      'On the node: time curl -k https://127.0.0.1:10250/metrics/resource with a token. More than a few seconds proves it; a failing connect is the network.',
  },
  'kubelet-stats-error': {
    proves: [said('server-error', PROVIDER_TO_KUBELET)],
    explains: [...UNSCRAPED],
    headline: ({ nodes }) =>
      `Kubelets${ofNodes(nodes)} answer the scrape with an error of their own (500).`,
    settle:
      "kubectl get --raw /api/v1/nodes/<node>/proxy/metrics/resource, and the kubelet's log at that moment.",
  },
  'kubelet-zero-node-metrics': {
    proves: ['zero-node-metrics'],
    suggests: [
      ['empty-node-list', 'cgroup-v2-too-early'],
      'empty-node-list',
      ['metrics-missing', 'cgroup-v2-too-early'],
    ],
    explains: ['metrics-missing', 'empty-node-list', 'zero-node-metrics'],
    headline: 'Kubelets report no CPU or memory for their node, so metrics-server leaves it out.',
    settle:
      'kubectl get --raw /api/v1/nodes/<node>/proxy/metrics/resource | grep ^node_: zeros prove it; stat -fc %T /sys/fs/cgroup and uname -r tell why.',
  },
  'kubelet-housekeeping-interval': {
    suggests: [['housekeeping-interval', 'metrics-missing'], 'housekeeping-interval'],
    explains: ['metrics-missing', 'no-metrics-known'],
    headline: ({ value }) =>
      `The kubelet's housekeeping${value === null ? '' : ` (${value})`} is slower than the scrape, so pods have no numbers.`,
    settle: "The kubelet's --housekeeping-interval: with 10s the numbers come back.",
  },
  'node-just-joined-or-gone': {
    suggests: [
      [said('timed-out', PROVIDER_TO_KUBELET), 'node-removed'],
      [said('no-route', PROVIDER_TO_KUBELET), 'node-removed'],
      [said('connection-refused', PROVIDER_TO_KUBELET), 'node-removed'],
      [said('timed-out', PROVIDER_TO_KUBELET), 'node-just-joined'],
      [said('no-route', PROVIDER_TO_KUBELET), 'node-just-joined'],
      [said('connection-refused', PROVIDER_TO_KUBELET), 'node-just-joined'],
      [said('tls-internal-error', PROVIDER_TO_KUBELET), 'node-just-joined'],
      [said('timed-out', PROVIDER_TO_KUBELET), 'node-not-ready'],
      [said('no-route', PROVIDER_TO_KUBELET), 'node-not-ready'],
      [said('connection-refused', PROVIDER_TO_KUBELET), 'node-not-ready'],
      [said('name-not-resolved', PROVIDER_TO_KUBELET), 'node-removed'],
    ],
    explains: [
      said('timed-out', PROVIDER_TO_KUBELET),
      said('no-route', PROVIDER_TO_KUBELET),
      said('connection-refused', PROVIDER_TO_KUBELET),
      said('name-not-resolved', PROVIDER_TO_KUBELET),
      'metrics-missing',
    ],
    headline: ({ nodes }) =>
      `The errors are about nodes that just joined or left${nodes.length > 0 ? ` (${list(nodes)})` : ''}.`,
    settle:
      'kubectl get nodes: if the node is gone, or Ready for five minutes and still without numbers, it is another fault.',
  },
} as const satisfies Readonly<Record<string, SpokenRule>>;
