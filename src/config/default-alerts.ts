/** Which alerts start a run, and why. */
export interface StartRule {
  readonly matchers: readonly string[];
  readonly reason: string;
  /** Asks for deep mode, which the worker's configuration must allow. */
  readonly deep: boolean;
  /** The label that names nodes to probe in any case. */
  readonly nodeLabel?: string | undefined;
}

/** The Metrics API among all aggregated ones; rules that aggregate the name away say nothing against it. */
const OF_THE_METRICS_API = 'name=~"(v1(alpha|beta)?[0-9]*[.]metrics[.]k8s[.]io)?"';

/**
 * Shipped rules: alerts whose condition is, follows from, or leads to a broken Metrics API.
 *
 * Names: kubernetes-mixin (`alerts/kube_apiserver.libsonnet`, `kubelet.libsonnet`, `apps_alerts.libsonnet`),
 * kube-prometheus (`TargetDown`), awesome-prometheus-alerts (`KubernetesHpaMetricsUnavailability`), and the chart's own
 * PrometheusRule.
 */
export const DEFAULT_START_RULES: readonly StartRule[] = [
  {
    matchers: ['alertname="KubeAggregatedAPIDown"', OF_THE_METRICS_API],
    reason: 'An API server has found the Metrics API unavailable for minutes.',
    deep: false,
  },
  {
    matchers: ['alertname="KubeAggregatedAPIErrors"', OF_THE_METRICS_API],
    reason: 'The Metrics API comes and goes for an API server.',
    deep: false,
  },
  {
    matchers: ['alertname="KubeletDown"'],
    reason: 'Prometheus scrapes the kubelets that metrics-server scrapes.',
    deep: false,
  },
  {
    matchers: ['alertname="TargetDown"', 'job=~"kubelet|(.*[-/])?metrics-server"'],
    reason: 'Prometheus cannot reach metrics-server, or kubelets that metrics-server scrapes.',
    deep: false,
  },
  {
    matchers: ['alertname="KubeHpaReplicasMismatch"'],
    reason: 'An autoscaler without metrics does not scale.',
    deep: false,
  },
  {
    matchers: ['alertname=~"KubernetesH[pP][aA]MetricsUnavailability"'],
    reason: 'An autoscaler says that it gets no metrics.',
    deep: false,
  },
  {
    matchers: ['alertname=~"MetricsApi.+|MetricsServerDown|HpaWithoutMetrics"'],
    reason: "Alerts of this chart's own PrometheusRule.",
    deep: false,
    nodeLabel: 'node',
  },
];
