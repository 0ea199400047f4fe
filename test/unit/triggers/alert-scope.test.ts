import { expect, it } from 'vitest';
import { alerts } from '../../../src/config/alerts-schema.ts';
import { DEFAULT_START_RULES } from '../../../src/config/default-alerts.ts';
import { labelTest } from '../../../src/config/label-matchers.ts';
import { createAlertScope, nodesNamed } from '../../../src/triggers/alert-scope.ts';

const CLUSTERS = [
  { name: 'prod', aliases: ['production'] },
  { name: 'edge-1', aliases: [] },
];
const scope = (section: object = {}) =>
  createAlertScope(alerts.unwrap().parse({ channel: 'C0OPS', ...section }), CLUSTERS);

it.each([
  [{ alertname: 'KubeAggregatedAPIDown', name: 'v1beta1.metrics.k8s.io' }, true],
  [{ alertname: 'KubeAggregatedAPIDown' }, true],
  [{ alertname: 'KubeAggregatedAPIDown', name: 'v1beta1.custom.metrics.k8s.io' }, false],
  [{ alertname: 'KubeAggregatedAPIErrors', name: 'v1beta1.metrics.k8s.io' }, true],
  [{ alertname: 'KubeletDown' }, true],
  [{ alertname: 'TargetDown', job: 'kubelet' }, true],
  [{ alertname: 'TargetDown', job: 'kube-system/metrics-server' }, true],
  [{ alertname: 'TargetDown', job: 'node-exporter' }, false],
  [{ alertname: 'KubeHpaReplicasMismatch' }, true],
  [{ alertname: 'KubeHpaMaxedOut' }, false],
  [{ alertname: 'KubernetesHpaMetricsUnavailability' }, true],
  [{ alertname: 'MetricsApiUnavailable' }, true],
  [{ alertname: 'CPUThrottlingHigh' }, false],
  [{}, false],
] as const)('%j starts a run by default: %s', (labels, starts) => {
  expect(scope().ruleFor(labels) !== null).toBe(starts);
});

it('ships rules that can be read, each with its reason', () => {
  for (const { matchers, reason } of DEFAULT_START_RULES) {
    expect(matchers.map(labelTest)).not.toContain(null);
    expect(reason).toMatch(/^[A-Z].+\.$/u);
  }
});

it('takes rules of its own before the default ones, and may do without those', () => {
  const mine = { matchers: ['alertname="NodeDown"'], reason: 'x', deep: true, nodeLabel: 'node' };
  const both = scope({ startOn: [mine] });
  expect(both.ruleFor({ alertname: 'NodeDown' })).toMatchObject({ deep: true });
  expect(both.ruleFor({ alertname: 'KubeletDown' })).not.toBeNull();
  const alone = scope({ startOn: [mine], startOnDefaults: false });
  expect(alone.ruleFor({ alertname: 'KubeletDown' })).toBeNull();
});

it('finds the cluster: by rules in their order, then by the label, then the default', () => {
  const rules = scope({
    clusterRules: [
      { matchers: ['env=~"prod.*"', 'region="eu"'], cluster: 'prod' },
      { label: 'k8s_cluster', values: { 'arn:aws:eks:eu-1:42:cluster/e1': 'edge-1' } },
    ],
    defaultCluster: 'prod',
  });
  expect(rules.clusterOf({ env: 'production', region: 'eu', cluster: 'edge-1' })).toBe('prod');
  expect(rules.clusterOf({ env: 'production', region: 'us', cluster: 'edge-1' })).toBe('edge-1');
  expect(rules.clusterOf({ k8s_cluster: 'arn:aws:eks:eu-1:42:cluster/e1' })).toBe('edge-1');
  expect(rules.clusterOf({ k8s_cluster: 'Production' })).toBe('prod');
  expect(rules.clusterOf({ k8s_cluster: 'constructor' })).toBe('prod');
  expect(rules.clusterOf({})).toBe('prod');
  // A cluster that is named and not known is not taken for another one.
  expect(rules.clusterOf({ cluster: 'mars' })).toBeNull();
});

it('names nodes by the label of the rule alone, and nothing that is no node', () => {
  const rule = { matchers: [], reason: 'x', deep: false, nodeLabel: 'node' };
  const named = (node: string) => ({ rule, labels: { node, instance: 'other' } });
  expect(
    nodesNamed([named('worker-7'), named('worker-7'), named('$(reboot)'), named('worker-9')], 24),
  ).toEqual(['worker-7', 'worker-9']);
  expect(
    nodesNamed([{ rule: { ...rule, nodeLabel: undefined }, labels: { node: 'a' } }], 24),
  ).toEqual([]);
});
