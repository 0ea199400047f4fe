/** Names and labels of the lab's Metrics API provider, as RKE2's chart gives them. */
export const METRICS_SERVER = {
  namespace: 'kube-system',
  name: 'rke2-metrics-server',
  /** Labels of the Pods and selector of the Service. */
  labels: {
    app: 'rke2-metrics-server',
    'app.kubernetes.io/instance': 'rke2-metrics-server',
    'app.kubernetes.io/name': 'rke2-metrics-server',
  },
  /** Name of the container's port; the Service's targetPort. */
  portName: 'https',
  containerPort: 10250,
  servicePort: 443,
} as const;

export const API_SERVICE_PATH =
  '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io';

/** Namespace of the probe Pods. */
export const PROBE_NAMESPACE = 'metrics-diag';
