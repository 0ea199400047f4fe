import { type SpokenRule, said } from '../word-rule.ts';
import { API_TO_PROVIDER, NOT_READY, PROVIDER_TO_API, UNREACHED } from './common.ts';

/** The metrics-server pod itself, and what is no fault at all. */
export const providerPodWords = {
  'pod-to-apiserver-blocked': {
    suggests: [
      [said('timed-out', PROVIDER_TO_API), 'crash-loop'],
      said('timed-out', PROVIDER_TO_API),
      said('no-route', PROVIDER_TO_API),
      said('connection-refused', PROVIDER_TO_API),
    ],
    explains: [
      ...NOT_READY,
      said('timed-out', PROVIDER_TO_API),
      said('no-route', PROVIDER_TO_API),
      said('connection-refused', PROVIDER_TO_API),
      'aggregation-flags-missing',
      'usage-error',
    ],
    headline:
      'Pods cannot reach the API server through the kubernetes Service, so metrics-server does not become ready.',
    settle:
      "On metrics-server's node: curl -k --max-time 5 https://<Service address>:443/livez from the host, then from a pod. Only the host being answered proves it.",
  },
  'metrics-server-unschedulable': {
    proves: ['failed-scheduling'],
    fits: ['pod-pending'],
    explains: [...NOT_READY, 'pod-pending', 'failed-scheduling'],
    headline: ({ statements }) =>
      `metrics-server is Pending: the scheduler finds no node for it${statements[0] === undefined ? '.' : ` (“${statements[0].quote}”).`}`,
    settle: 'kubectl -n kube-system describe pod -l k8s-app=metrics-server | tail -n 15',
  },
  'metrics-server-crashing': {
    proves: ['usage-error'],
    fits: ['crash-loop'],
    against: [
      'oom-killed',
      'bind-in-use',
      said('timed-out', PROVIDER_TO_API),
      said('no-route', PROVIDER_TO_API),
      'kernel-module-missing',
      'image-pull-failed',
    ],
    explains: [...NOT_READY],
    headline: ({ statements }) =>
      `metrics-server exits again and again${statements[0] === undefined ? '.' : `: “${statements[0].quote}”.`}`,
    settle:
      'kubectl -n kube-system logs deploy/metrics-server --previous --tail=50: its last words tell why.',
  },
  'metrics-server-scaled-to-zero': {
    proves: ['zero-replicas'],
    explains: [...NOT_READY],
    headline: 'The metrics-server Deployment is scaled to zero.',
    settle: 'kubectl -n kube-system get deploy | grep metrics-server',
  },
  'metrics-server-oom': {
    proves: ['oom-killed'],
    explains: [...NOT_READY],
    headline: 'metrics-server is killed at its memory limit.',
    settle:
      'kubectl -n kube-system describe pod -l k8s-app=metrics-server | grep -A4 "Last State": OOMKilled proves it.',
  },
  'image-pull-failed': {
    proves: ['image-pull-failed'],
    explains: [
      ...NOT_READY,
      said('timed-out', 'to-registry'),
      said('name-not-resolved', 'to-registry'),
      said('forbidden', 'to-registry'),
      said('connection-refused', 'to-registry'),
      said('unauthorized', 'to-registry'),
      said('x509-unknown-authority', 'to-registry'),
      'pod-pending',
    ],
    headline: 'metrics-server does not start: an image cannot be pulled.',
    settle:
      "kubectl -n kube-system describe pod -l k8s-app=metrics-server | tail -n 15: the registry's own words tell why.",
  },
  'port-conflict-hostnetwork': {
    proves: [['bind-in-use', 'host-network-on']],
    fits: ['bind-in-use'],
    against: ['host-network-off'],
    explains: [...NOT_READY, 'bind-in-use'],
    headline: "metrics-server runs on the host network with the kubelet's port, which is taken.",
    settle:
      "kubectl -n kube-system get pod -l k8s-app=metrics-server -o yaml | grep hostNetwork: true proves it; unset means that pods land in the host's network.",
  },
  'pod-netns-lost': {
    suggests: [
      ['bind-in-use', 'host-network-off'],
      ['bind-in-use', 'many-pods-hurt'],
    ],
    fits: ['bind-in-use'],
    against: ['host-network-on'],
    explains: [...NOT_READY, 'bind-in-use'],
    headline:
      'Restarted pods land in the network namespace of the host, where their ports are taken.',
    settle:
      "kubectl -n kube-system exec deploy/metrics-server -- ip addr, or on the node nsenter -t <its pid> -n ip addr: the host's devices prove it.",
  },
  'probe-unauthorized': {
    proves: ['probe-forbidden'],
    explains: [...NOT_READY, said('forbidden', 'kubelet-to-pod')],
    headline: "The kubelet's probes of metrics-server are refused (403).",
    settle:
      'kubectl get clusterrolebinding system:public-info-viewer, and --authorization-always-allow-paths in its args.',
  },
  'readiness-probe-wrong': {
    proves: ['probe-misasked'],
    explains: [...NOT_READY, 'probe-misasked'],
    headline:
      "The kubelet's probe of metrics-server asks for a path, port or scheme that it does not serve.",
    settle:
      'kubectl -n kube-system describe pod -l k8s-app=metrics-server | grep -E "Readiness|Liveness"',
  },
  'metrics-server-not-starting': {
    proves: ['container-not-made'],
    explains: [...NOT_READY, 'pod-pending', 'container-not-made'],
    headline: ({ statements }) =>
      `The container of metrics-server cannot be started${statements[0] === undefined ? '.' : `: “${statements[0].quote}”.`}`,
    settle: 'kubectl -n kube-system describe pod -l k8s-app=metrics-server | tail -n 20',
  },
  'metrics-server-pods-refused': {
    proves: ['pod-refused'],
    explains: [...NOT_READY, 'pod-refused', 'zero-replicas'],
    headline: ({ statements }) =>
      `No metrics-server pod is let in${statements[0] === undefined ? '.' : `: “${statements[0].quote}”.`}`,
    settle:
      'kubectl -n kube-system describe replicaset -l k8s-app=metrics-server | grep -A 5 FailedCreate',
  },
  'service-selects-no-pods': {
    suggests: [['selector-mismatch', 'endpoints-missing'], 'selector-mismatch'],
    explains: [...NOT_READY, 'selector-mismatch'],
    headline:
      "The Service's selector matches no metrics-server pod, so the Service has no endpoints.",
    settle:
      'kubectl -n kube-system get service metrics-server -o jsonpath={.spec.selector}, and the labels of the pods: kubectl -n kube-system get pods --show-labels',
  },
  'metrics-server-not-installed': {
    proves: [['provider-not-found', 'apiservice-not-found']],
    suggests: ['provider-disabled', 'provider-not-found'],
    against: ['provider-exists'],
    explains: [
      'api-unavailable',
      'metrics-missing',
      'apiservice-not-found',
      'provider-not-found',
      'service-missing',
    ],
    headline: 'No metrics-server is installed.',
    settle:
      'kubectl get deploy -A | grep metrics-server; kubectl get apiservice v1beta1.metrics.k8s.io: neither proves it.',
  },
  'metrics-server-not-serving': {
    suggests: ['refused-at-home'],
    fits: [said('connection-refused', API_TO_PROVIDER)],
    against: ['target-port-wrong'],
    explains: [...UNREACHED, 'refused-at-home', 'connection-refused'],
    headline: 'metrics-server does not accept connections, even from its own node.',
    settle: 'kubectl -n kube-system logs deploy/metrics-server --tail=50, and its restarts.',
  },
  'metrics-not-collected-yet': {
    suggests: [
      ['no-metrics-known', 'just-started'],
      ['metrics-missing', 'just-started'],
      'no-metrics-known',
    ],
    explains: [
      'metrics-missing',
      'no-metrics-known',
      'nothing-to-serve',
      'pod-not-ready',
      'api-unavailable',
    ],
    headline: 'The first scrape is still to come: nothing is broken yet.',
    settle:
      'Look again five minutes after the start; if numbers are still missing it is another fault.',
  },
  'hpa-missing-requests': {
    proves: ['missing-request'],
    explains: ['metrics-missing', 'missing-request'],
    headline: ({ value }) =>
      `The HPA cannot compute: a container has no ${value ?? 'CPU'} request. The Metrics API itself works.`,
    settle:
      'kubectl top pods works while the HPA says “missing request for”: set requests on every container, sidecars too.',
  },
} as const satisfies Readonly<Record<string, SpokenRule>>;
