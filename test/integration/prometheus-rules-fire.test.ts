import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { alerts as alertsSchema } from '../../src/config/alerts-schema.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { createAlertScope } from '../../src/triggers/alert-scope.ts';
import { needBinary } from '../support/debian-binary.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const RULES = path('helm/metrics-diag/rules/metrics-diag.yaml');
const TESTS = path('test/prometheus/rules.test.yaml');

interface Rule {
  readonly alert: string;
  readonly expr: string;
}
const { groups } = parse(readFileSync(RULES, 'utf8')) as {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap(({ rules: all }) => all);
const { tests } = parse(readFileSync(TESTS, 'utf8')) as {
  readonly tests: readonly {
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly unknown[];
    }[];
  }[];
};

it('fire and stay silent as promtool expects', (context) => {
  const promtool = needBinary(context, 'prometheus', 'promtool');
  for (const args of [
    ['check', 'rules', RULES],
    ['test', 'rules', TESTS],
  ]) {
    const { status, stdout, stderr } = spawnSync(promtool, args, { encoding: 'utf8' });
    expect(`${stdout}${stderr}`).toContain('SUCCESS');
    expect(status, `${stdout}${stderr}`).toBe(0);
  }
});

it.each(rules.map(({ alert }) => alert))('%s is tried: once firing, once silent', (alert) => {
  const tried = tests.flatMap(({ alert_rule_test: all }) =>
    all.filter(({ alertname }) => alertname === alert),
  );
  expect(tried.some(({ exp_alerts: fired }) => fired.length > 0)).toBe(true);
  const isSilent = tried.some(({ exp_alerts: fired }) => fired.length === 0);
  // Those without a silent look have series beside the firing one that must not fire.
  expect(isSilent || ['MetricsApiFlapping', 'HpaWithoutMetrics'].includes(alert)).toBe(true);
});

it('about metrics-diag itself ask for metrics that it has', async () => {
  const metrics = createMetrics();
  metrics.watchQueues(() => Promise.resolve([]));
  const known = new Set((await metrics.registry.getMetricsAsJSON()).map(({ name }) => name));
  const asked = rules.flatMap(({ expr }) => expr.match(/\bmetrics_diag_[a-z_]+/gu) ?? []);
  expect(asked.length).toBeGreaterThan(4);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

it('about the Metrics API start a run by default, those about metrics-diag do not', () => {
  const scope = createAlertScope(alertsSchema.unwrap().parse({ channel: 'C0OPS' }), []);
  const starts = (group: string) =>
    groups
      .filter(({ name }) => name === group)
      .flatMap(({ rules: all }) => all.map(({ alert }) => scope.ruleFor({ alertname: alert })));
  expect(starts('metrics-diag.metrics-api')).not.toContain(null);
  expect(new Set(starts('metrics-diag.self'))).toEqual(new Set([null]));
});
