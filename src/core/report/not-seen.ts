import { stageOf } from '../evidence/burst-stage.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Facts } from '../evidence/facts.ts';
import type { Missing, Observed } from '../evidence/observed.ts';
import type { Snapshot } from '../evidence/snapshot.ts';
import { blindHpas, serviceOf } from './symptoms.ts';
import { count, list } from './words.ts';

/** What could not be seen, each with its remedy where there is one. */
export function notSeenOf(evidence: Evidence, facts: Facts): readonly string[] {
  return [
    ...notTested(evidence, facts),
    ...lostProbes(evidence),
    ...lostDeep(evidence),
    ...lostReads(evidence.snapshot),
    ...apiServers(evidence, facts),
    ...foreignNodes(facts),
    ...secondFamily(evidence, facts),
    ...noisyBursts(facts),
    ...lateHpas(facts),
    ...(evidence.snapshot.vantage.note === null ? [] : [evidence.snapshot.vantage.note]),
    ...evidence.probes.notProbed,
  ];
}

/** The network was not tested: say how to allow it, and what to run by hand meanwhile. */
function notTested({ probes }: Evidence, facts: Facts): readonly string[] {
  if (probes.ran.state === 'known') return [];
  const { reason, detail } = probes.ran;
  const mend =
    reason === 'forbidden'
      ? ' Let the bot create pods in its namespace: kubectl apply with the RBAC of helm/metrics-diag.'
      : '';
  return [`The network was not tested: ${detail}.${mend}${byHand(facts)}`];
}

/** Only of a run that asked for deep mode. */
function lostDeep({ probes: { deep } }: Evidence): readonly string[] {
  if (deep === undefined) return [];
  if (deep.state === 'missing') return [`Deep mode saw nothing: ${deep.detail}.`];
  return deep.value.flatMap(({ node, missing }) =>
    missing.length === 0 ? [] : [`Deep mode on ${node} lacks: ${missing.join('; ')}.`],
  );
}

function byHand(facts: Facts): string {
  if (facts.providerPods.state === 'missing' || facts.apiServers.state === 'missing') return '';
  const pod = facts.providerPods.value.find(
    ({ podIps, deleting }) => podIps.length > 0 && !deleting,
  );
  const failing = facts.apiServers.value.find((view) => serviceOf(view, facts).state === 'cannot');
  const port = pod?.containers.flatMap(({ ports }) => ports)[0]?.containerPort;
  if (pod === undefined || failing === undefined || port === undefined) return '';
  return ` By hand, on ${failing.name}: curl -k --max-time 5 https://${pod.podIps[0] ?? ''}:${port}/livez`;
}

function lostProbes({ probes }: Evidence): readonly string[] {
  const lost = probes.pods.filter(({ outcome }) => outcome !== 'ok');
  const groups = new Map<string, string[]>();
  for (const { node, kind, outcome, detail } of lost) {
    const key = `${kind === 'node' ? 'The probe' : 'The listener'}|${OUTCOME_WORDS[outcome]}|${detail}`;
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  return [...groups].map(([key, nodes]) => {
    const [what = '', outcome = '', detail = ''] = key.split('|');
    return `${what} on ${list(nodes.toSorted())} ${outcome}${detail === '' ? '' : `: ${detail}`}.`;
  });
}

const OUTCOME_WORDS = {
  ok: 'worked',
  failed: 'failed',
  'never-started': 'never started',
  forbidden: 'was not allowed',
  'timed-out': 'gave no result in time',
} as const;

/** Snapshot fields in words, with the right that a 403 asks for. Optional APIs that are absent are no gap. */
const READS: readonly (readonly [keyof Snapshot, string, string])[] = [
  ['apiService', 'The APIService', 'get apiservices.apiregistration.k8s.io'],
  ['service', "Metrics Server's Service", 'get services'],
  ['endpoints', 'The EndpointSlices', 'list endpointslices.discovery.k8s.io'],
  ['deployments', "Metrics Server's Deployment", 'list deployments.apps'],
  ['providerPods', "Metrics Server's pods", 'list pods'],
  ['providerLogs', "Metrics Server's log", 'get pods/log'],
  ['events', 'Events', 'list events'],
  ['nodes', 'The nodes', 'list nodes'],
  ['cniPods', "The CNI's pods", 'list pods'],
  ['cniConfig', "The CNI's configuration", 'get configmaps'],
  ['networkPolicies', 'NetworkPolicies', 'list networkpolicies.networking.k8s.io'],
  ['hpas', 'HPAs', 'list horizontalpodautoscalers.autoscaling'],
];

/** Facts that few causes ask for: worth a word where a right is lacking, not where a cluster has no such thing. */
const SMALL_READS: typeof READS = [
  ['namespaceLabels', 'Namespaces', 'get namespaces'],
  ['helmChartConfigs', 'HelmChartConfigs', 'list helmchartconfigs.helm.cattle.io'],
  ['podMetrics', 'The metrics of pods', 'list pods.metrics.k8s.io'],
  ['nodeHeartbeats', "The kubelets' Leases", 'list leases.coordination.k8s.io'],
  [
    'kubeletServingRequests',
    "The kubelets' certificate requests",
    'list certificatesigningrequests.certificates.k8s.io',
  ],
  ['frontProxyTrust', "The front proxy's CA and names", 'get configmaps'],
];

function lostReads(snapshot: Snapshot): readonly string[] {
  const small = SMALL_READS.filter(([field]) => gapOf(snapshot[field])?.reason === 'forbidden');
  return [...READS, ...small].flatMap(([field, words, right]) => {
    const gap = gapOf(snapshot[field]);
    if (gap === null || gap.reason === 'absent-api' || gap.reason === 'not-attempted') return [];
    const mend = gap.reason === 'forbidden' ? ` Grant the bot: ${right}.` : '';
    return [`${words} could not be read: ${gap.detail}.${mend}`];
  });
}

function gapOf(value: Snapshot[keyof Snapshot]): Missing | null {
  const fact = value as Partial<Observed<unknown>>;
  return typeof value === 'object' && fact.state === 'missing' ? (value as Missing) : null;
}

function apiServers(evidence: Evidence, facts: Facts): readonly string[] {
  if (facts.apiServers.state === 'missing') {
    return [`The API servers could not be asked one by one: ${facts.apiServers.detail}.`];
  }
  const unknown = facts.apiServers.value.flatMap((view) => {
    const service = serviceOf(view, facts);
    return service.state === 'unknown'
      ? [`API server ${view.name} could not be asked: ${service.because}.`]
      : [];
  });
  const waiting = evidence.final
    ? []
    : facts.apiServers.value
        .filter(({ metricsApi }) => metricsApi.state === 'known' && !metricsApi.value.settled)
        .map(({ name }) => name);
  const last =
    waiting.length === 0
      ? []
      : [
          `The last ${waiting.length === 1 ? 'word' : 'words'} of ${list(waiting)} ${waiting.length === 1 ? 'is' : 'are'} still awaited (up to 45 s).`,
        ];
  return [...unknown, ...last];
}

function foreignNodes(facts: Facts): readonly string[] {
  if (facts.nodes.state === 'missing') return [];
  const windows = facts.nodes.value.filter(({ os }) => os === 'windows').map(({ name }) => name);
  const fargate = facts.nodes.value
    .filter(({ labels }) => labels['eks.amazonaws.com/compute-type'] === 'fargate')
    .map(({ name }) => name);
  return [
    ...(windows.length > 0 ? [`${list(windows)}: Windows, not probed.`] : []),
    ...(fargate.length > 0
      ? [`${list(fargate)}: Fargate, where no host pod may run, not probed.`]
      : []),
  ];
}

/** The planner dials each node at its IPv4 address where it has one. */
function secondFamily({ probes }: Evidence, facts: Facts): readonly string[] {
  if (facts.nodes.state === 'missing' || probes.ran.state === 'missing') return [];
  const isSix = (ip: string): boolean => ip.includes(':');
  const dual = facts.nodes.value.filter(
    ({ internalIps }) => internalIps.some(isSix) && !internalIps.every(isSix),
  );
  return dual.length === 0
    ? []
    : [
        `${count(dual.length, 'node')} ${dual.length === 1 ? 'has' : 'have'} IPv4 and IPv6 addresses: between nodes, IPv4 alone was probed.`,
      ];
}

function noisyBursts(facts: Facts): readonly string[] {
  if (facts.bursts.state === 'missing') return [];
  const unclear = facts.bursts.value.filter((burst) => stageOf(burst) === 'unclear').length;
  if (unclear === 0) return [];
  return [
    `${unclear} of ${count(facts.bursts.value.length, 'burst')} gave no direction: counters missing, too noisy beside other traffic, or packets lost in part.`,
  ];
}

/** HPAs that still complain although every API server serves: their words are from their last look. */
function lateHpas(facts: Facts): readonly string[] {
  if (facts.apiServers.state === 'missing') return [];
  if (facts.apiServers.value.some((view) => serviceOf(view, facts).state !== 'serves')) return [];
  const late = blindHpas(facts).filter(
    ({ scalingActive }) => !/no metrics returned/i.test(scalingActive?.message ?? ''),
  );
  if (late.length === 0) return [];
  return [
    `${count(late.length, 'HPA')} still ${late.length === 1 ? 'says' : 'say'} that metrics are missing; every API server serves them now, and an HPA looks again every 15 s by default.`,
  ];
}
