import { type SpokenRule, said } from '../word-rule.ts';
import { API_TO_PROVIDER, NOT_READY, UNREACHED } from './common.ts';

/** Between API server and metrics-server: clouds, tunnels, proxies, objects. */
export const controlPlaneWords = {
  'cloud-sg-apiserver-to-pod': {
    suggests: [
      ['managed-control-plane', 'provider-odd-port'],
      ['managed-control-plane', 'security-group-narrow'],
      ['security-group-narrow', said('timed-out', API_TO_PROVIDER)],
      ['managed-control-plane', 'webhooks-fail-too', said('timed-out', API_TO_PROVIDER)],
      // The port that the add-on of EKS gives metrics-server, and nobody else.
      said('provider-odd-port', undefined, { value: /^10251$/ }),
    ],
    fits: [['managed-control-plane', said('timed-out', API_TO_PROVIDER)], 'provider-odd-port'],
    explains: [...UNREACHED],
    headline: ({ port }) =>
      `The managed control plane may not open metrics-server's port${port === null ? '' : ` ${port}/tcp`} on the nodes.`,
    settle: ({ port }) =>
      `Look at the inbound rules of the nodes: do they admit the control plane (cluster security group, master range) on ${port === null ? "metrics-server's container port" : `${port}/tcp`}?`,
  },
  'controlplane-not-on-pod-network': {
    suggests: [
      ['server-without-agent', said('timed-out', API_TO_PROVIDER)],
      ['works-from-workers', said('timed-out', API_TO_PROVIDER)],
      ['works-from-workers', said('no-route', API_TO_PROVIDER)],
      ['server-without-agent', said('no-route', API_TO_PROVIDER)],
      'server-without-agent',
    ],
    fits: [said('no-route', API_TO_PROVIDER)],
    explains: [...UNREACHED],
    headline:
      'The API server stands on a host without CNI, kube-proxy or tunnel, so it cannot reach pods.',
    settle:
      'kubectl get nodes: are the servers listed? On a server and on a worker: curl -k --max-time 5 https://<pod address>:10250/livez. Only the worker being answered proves it.',
  },
  'konnectivity-agent-missing': {
    proves: ['no-tunnel-agent'],
    suggests: ['tunnel-agents-few'],
    explains: [...UNREACHED, 'tunnel-agents-few'],
    headline: 'The konnectivity tunnel has no agent behind some API server.',
    settle:
      'kubectl -n kube-system get pods -o wide | grep konnectivity, and each server in turn: k0s kubectl top nodes. Is an agent connected to every server?',
  },
  'egress-selector-mode': {
    proves: ['tunnel-refuses'],
    suggests: [
      ['tunnel-failed', 'reachable-by-hand'],
      [said('egress-mode', undefined, { value: /pod/ }), 'tunnel-failed'],
      [said('egress-mode', undefined, { value: /pod/ }), said('timed-out', API_TO_PROVIDER)],
    ],
    fits: ['tunnel-failed'],
    against: ['tunnel-dial-failed'],
    explains: [...UNREACHED, 'tunnel-refuses'],
    headline:
      'The tunnel built into RKE2 and k3s refuses or misroutes what the API server sends to pods.',
    settle:
      'On that server: curl -k --max-time 5 https://<pod address>:10250/livez. An answer there proves the tunnel at fault; silence, the network.',
  },
  'apiserver-http-proxy': {
    proves: [['proxy-answered', 'proxy-configured', 'proxy-bypass-works']],
    suggests: [
      ['proxy-answered', 'proxy-configured'],
      said('proxy-answered', undefined, { value: /forbidden|gateway|html|squid|proxy|zscaler/i }),
      ['proxy-configured', 'proxy-bypass-works'],
      ['proxy-configured', 'reachable-by-hand'],
    ],
    fits: ['proxy-answered', ['proxy-configured', said('timed-out', API_TO_PROVIDER)]],
    explains: [...UNREACHED, 'proxy-answered', said('forbidden', API_TO_PROVIDER)],
    headline: 'kube-apiserver sends its calls to metrics-server to an HTTP proxy.',
    settle:
      "On a server: tr '\\0' '\\n' < /proc/$(pgrep -o 'kube-apiserver|k3s|rke2')/environ | grep -i proxy. Variables without the pod and Service ranges in NO_PROXY prove it.",
  },
  'apiserver-stale-connection': {
    suggests: [
      ['stale-connection', 'node-died'],
      ['node-died', 'reachable-by-hand'],
      ['node-died', 'heals-by-itself'],
      'stale-connection',
    ],
    explains: [...UNREACHED, 'stale-connection'],
    headline: 'An API server keeps using a dead connection to the metrics-server pod that is gone.',
    settle:
      'On that server: curl -k --max-time 5 https://<address of the present pod>:10250/livez. An answer while kubectl top fails proves it; a restart of that API server mends it.',
  },
  'kube-proxy-rules-missing': {
    suggests: [
      ['kube-proxy-broken', said('timed-out', API_TO_PROVIDER)],
      ['kube-proxy-broken', said('connection-refused', API_TO_PROVIDER)],
      ['cluster-ip-dead', 'pod-address-works'],
      'kube-proxy-broken',
    ],
    explains: [...UNREACHED, 'kube-proxy-broken', 'cluster-ip-dead'],
    headline:
      'The host of an API server does not lead the Service address to the pod: kube-proxy is not at work there.',
    settle:
      'On that server: curl -k --max-time 5 https://<ClusterIP>:443/livez, then https://<pod address>:10250/livez. Only the pod answering proves it.',
  },
  'apiserver-not-answering': {
    suggests: ['api-server-silent'],
    explains: ['api-unavailable', 'metrics-missing', 'api-server-silent'],
    headline: 'An API server takes connections and answers nothing.',
    settle:
      'kubectl get --raw /readyz?verbose against that API server alone, with --request-timeout=10s.',
  },
  'service-port-mismatch': {
    proves: ['service-port-missing'],
    suggests: ['target-port-wrong', ['target-port-wrong', 'connection-refused']],
    fits: [said('connection-refused', API_TO_PROVIDER)],
    explains: [
      ...NOT_READY,
      said('connection-refused', API_TO_PROVIDER),
      'target-port-wrong',
      'refused-at-home',
    ],
    headline: 'APIService, Service and metrics-server disagree on the port.',
    settle:
      'kubectl get apiservice v1beta1.metrics.k8s.io -o jsonpath={.spec.service.port}; kubectl -n kube-system get svc,endpoints | grep metrics-server; and --secure-port in its args: do they line up?',
  },
  'apiservice-conflict': {
    proves: [['other-provider', 'provider-exists']],
    suggests: ['other-provider'],
    explains: ['api-unavailable', 'metrics-missing', 'service-missing'],
    headline: ({ value }) =>
      `Another product owns the APIService v1beta1.metrics.k8s.io${value === null ? '' : ` (${value})`}.`,
    settle:
      'kubectl get apiservice v1beta1.metrics.k8s.io -o jsonpath={.spec.service}: does it name metrics-server?',
  },
  'apiservice-missing': {
    proves: [['apiservice-not-found', 'provider-exists']],
    suggests: ['apiservice-not-found'],
    against: ['provider-not-found', 'provider-disabled'],
    explains: ['api-unavailable', 'metrics-missing'],
    headline: 'The APIService v1beta1.metrics.k8s.io does not exist, though metrics-server runs.',
    settle:
      'kubectl get apiservice v1beta1.metrics.k8s.io; kubectl -n kube-system get deploy | grep metrics-server: NotFound beside a Deployment proves it.',
  },
} as const satisfies Readonly<Record<string, SpokenRule>>;
