import type { AlertsConfig } from '../config/alerts-schema.ts';
import { DEFAULT_START_RULES, type StartRule } from '../config/default-alerts.ts';
import { allLabelsFit } from '../config/label-matchers.ts';
import { findCluster } from '../config/role-config.ts';

type Labels = Readonly<Record<string, string>>;

/** Kubernetes' names of nodes: RFC 1123 subdomains. Anything else in a label is no node. */
const NODE_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u;

/** Which alerts are acted on, and for which cluster. */
export interface AlertScope {
  /** The rule by which an alert starts a run; null: it is acknowledged and not acted on. */
  ruleFor(labels: Labels): StartRule | null;
  /** The name of the cluster that an alert is about; null when nothing leads to one. */
  clusterOf(labels: Labels): string | null;
}

/** Reads the rules once; the first that fits counts. */
export function createAlertScope(
  config: Pick<
    AlertsConfig,
    'startOn' | 'startOnDefaults' | 'clusterRules' | 'clusterLabel' | 'defaultCluster'
  >,
  clusters: readonly { readonly name: string; readonly aliases: readonly string[] }[],
): AlertScope {
  const rules = [...config.startOn, ...(config.startOnDefaults ? DEFAULT_START_RULES : [])].map(
    (rule) => ({ rule, fits: allLabelsFit(rule.matchers) }),
  );
  const wayTo = [
    ...config.clusterRules,
    { matchers: [], label: config.clusterLabel },
    ...(config.defaultCluster === undefined
      ? []
      : [{ matchers: [`${config.clusterLabel}=""`], cluster: config.defaultCluster }]),
  ].map((way) => ({ way, fits: allLabelsFit(way.matchers) }));
  return {
    ruleFor: (labels) => rules.find(({ fits }) => fits(labels))?.rule ?? null,
    clusterOf(labels) {
      for (const { way, fits } of wayTo) {
        const named = fits(labels) ? namedBy(way, labels) : null;
        const cluster = named === null ? null : findCluster(clusters, named);
        if (cluster !== null) return cluster.name;
      }
      return null;
    },
  };
}

function namedBy(way: AlertsConfig['clusterRules'][number] | ClusterWay, labels: Labels) {
  if (way.cluster !== undefined) return way.cluster;
  const value = way.label === undefined ? undefined : own(labels, way.label);
  if (value === undefined) return null;
  return own(('values' in way ? way.values : undefined) ?? {}, value) ?? value;
}

interface ClusterWay {
  readonly cluster?: string | undefined;
  readonly label?: string | undefined;
}

/** Labels and their values come from outside: nothing inherited is read. */
function own(record: Labels, key: string): string | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Nodes that alerts name in the labels that their rules point at. */
export function nodesNamed(
  alerts: readonly { readonly rule: StartRule; readonly labels: Labels }[],
  max: number,
): readonly string[] {
  const named = alerts.flatMap(({ rule, labels }) =>
    rule.nodeLabel === undefined ? [] : (own(labels, rule.nodeLabel) ?? []),
  );
  return [...new Set(named.filter((node) => NODE_NAME.test(node)))].slice(0, max);
}
