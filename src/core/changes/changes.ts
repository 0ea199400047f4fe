import { list } from '../report/words.ts';
import type { Digests, HealthySummary, NodeSummary } from './healthy-summary.ts';

/** What can differ between two runs of a cluster. */
export const CHANGE_KINDS = [
  'node-added',
  'node-removed',
  'node-address',
  'kernel',
  'os-image',
  'kubelet-version',
  'container-runtime',
  'server-version',
  'cni-image',
  'provider-image',
  'provider-args',
  'provider-node',
  'service',
  'policy',
  'ca-bundle',
  'serving-certificate',
  'kubelet-certificate',
  'front-proxy-ca',
  'apiserver-flags',
  'cni-config',
  'helm-chart-config',
] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

export interface Change {
  readonly kind: ChangeKind;
  /** The node that it is about; null for the cluster. */
  readonly node: string | null;
  readonly text: string;
}

/** What is different now. Only parts that both runs read are compared: a gap is no change. */
export function changesSince(before: HealthySummary, now: HealthySummary): readonly Change[] {
  return [
    ...nodeChanges(before, now),
    ...valueChange(
      'server-version',
      'Kubernetes of the API server',
      before.serverVersion,
      now.serverVersion,
    ),
    ...setChanges('cni-image', 'image of the CNI', before.cniImages, now.cniImages),
    ...setChanges(
      'provider-image',
      'image of metrics-server',
      before.provider?.images,
      now.provider?.images,
    ),
    ...setChanges(
      'provider-args',
      'argument of metrics-server',
      before.provider?.args,
      now.provider?.args,
    ),
    ...moves(before.providerNodes, now.providerNodes),
    ...digestChanges(before, now),
    ...differing(before.apiServerFlags, now.apiServerFlags).map((node) =>
      change('apiserver-flags', node, `the flags of the API server on ${node} were changed`),
    ),
    ...apiServiceChanges(before, now),
    ...certificateChanges(before, now),
  ];
}

const DIGESTED = [
  ['service', 'Service', 'service'],
  ['policy', 'NetworkPolicy', 'policies'],
  ['cni-config', 'ConfigMap', 'cniConfig'],
  ['helm-chart-config', 'HelmChartConfig', 'helmChartConfigs'],
] as const;

function digestChanges(before: HealthySummary, now: HealthySummary): readonly Change[] {
  return DIGESTED.flatMap(([kind, what, field]) =>
    mapChanges(kind, what, before[field], now[field]),
  );
}

/** A replica elsewhere: other paths than those that worked. */
function moves(was: HealthySummary['providerNodes'], is: HealthySummary['providerNodes']) {
  if (was === null || is === null || was.length === 0 || is.length === 0) return [];
  const fresh = is.filter((node) => !was.includes(node));
  return fresh.map((node) =>
    change('provider-node', null, `metrics-server runs on ${node} and ran on ${list(was)}`),
  );
}

function nodeChanges(before: HealthySummary, now: HealthySummary): readonly Change[] {
  if (before.nodes === null || now.nodes === null) return [];
  const old = new Map(before.nodes.map((node) => [node.name, node]));
  const fresh = new Map(now.nodes.map((node) => [node.name, node]));
  const whole = !before.nodesCut && !now.nodesCut;
  const added = whole ? now.nodes.filter(({ name }) => !old.has(name)) : [];
  const removed = whole ? before.nodes.filter(({ name }) => !fresh.has(name)) : [];
  return [
    ...added.map(({ name }) => change('node-added', name, `node ${name} is new`)),
    ...removed.map(({ name }) => change('node-removed', name, `node ${name} is gone`)),
    ...now.nodes.flatMap((node) => {
      const was = old.get(node.name);
      return was === undefined ? [] : fieldChanges(was, node);
    }),
  ];
}

const FIELDS: readonly (readonly [ChangeKind, string, keyof NodeSummary])[] = [
  ['node-address', 'the address', 'address'],
  ['node-address', 'the tunnel address', 'tunnel'],
  ['kernel', 'the kernel', 'kernel'],
  ['os-image', 'the OS image', 'osImage'],
  ['kubelet-version', 'the kubelet', 'kubelet'],
  ['container-runtime', 'the container runtime', 'runtime'],
];

function fieldChanges(was: NodeSummary, is: NodeSummary): readonly Change[] {
  const found = FIELDS.flatMap(([kind, what, field]) => {
    const [a, b] = [was[field], is[field]];
    return a === b || a === null || b === null || a === '' || b === ''
      ? []
      : [change(kind, is.name, `${what} of ${is.name} was ${a} and is ${b}`)];
  });
  // Where the CNI publishes the InternalIP, one change is told once.
  const [first, second] = found.filter(({ kind }) => kind === 'node-address');
  const twice =
    first !== undefined &&
    second !== undefined &&
    was.address === was.tunnel &&
    is.address === is.tunnel;
  return twice ? found.filter((each) => each !== second) : found;
}

function valueChange(
  kind: ChangeKind,
  what: string,
  was: string | null,
  is: string | null,
): readonly Change[] {
  if (was === null || is === null || was === is) return [];
  return [change(kind, null, `the ${what} was ${was} and is ${is}`)];
}

/** An image is exchanged as a rule: one gone and one new of the same name are one change. */
function setChanges(
  kind: ChangeKind,
  what: string,
  was: readonly string[] | null | undefined,
  is: readonly string[] | null | undefined,
): readonly Change[] {
  if (was == null || is == null) return [];
  const gone = was.filter((item) => !is.includes(item));
  const fresh = is.filter((item) => !was.includes(item));
  const pairs = gone.flatMap((old) => {
    const next = fresh.find((item) => stem(item) === stem(old));
    return next === undefined ? [] : [{ old, next }];
  });
  return [
    ...pairs.map(({ old, next }) => change(kind, null, `the ${what} was ${old} and is ${next}`)),
    ...gone
      .filter((item) => !pairs.some(({ old }) => old === item))
      .map((item) => change(kind, null, `the ${what} ${item} is gone`)),
    ...fresh
      .filter((item) => !pairs.some(({ next }) => next === item))
      .map((item) => change(kind, null, `the ${what} ${item} is new`)),
  ];
}

/** An argument's name, an image's repository (its registry may have a port). */
function stem(item: string): string {
  if (item.startsWith('-')) return item.slice(0, (item.indexOf('=') + 1 || item.length + 1) - 1);
  const path = item.lastIndexOf('/') + 1;
  const end = item.slice(path).search(/[:@]/);
  return end < 0 ? item : item.slice(0, path + end);
}

function mapChanges(
  kind: ChangeKind,
  what: string,
  was: Digests | null,
  is: Digests | null,
): readonly Change[] {
  if (was === null || is === null) return [];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted();
  return names.flatMap((name) => {
    const [a, b] = [was[name], is[name]];
    if (a === b) return [];
    const did = a === undefined ? 'is new' : b === undefined ? 'is gone' : 'was changed';
    return [change(kind, null, `${what} ${name} ${did}`)];
  });
}

function apiServiceChanges(before: HealthySummary, now: HealthySummary): readonly Change[] {
  const [was, is] = [before.apiService, now.apiService];
  if (was === null || is === null) return [];
  return [
    ...(was.caBundle === is.caBundle
      ? []
      : [change('ca-bundle', null, 'the caBundle of the APIService was changed')]),
    ...(was.verifies === is.verifies
      ? []
      : [
          change(
            'ca-bundle',
            null,
            `the APIService ${is.verifies ? 'verifies TLS now' : 'no longer verifies TLS'}`,
          ),
        ]),
  ];
}

/** Names whose value differs; one that only one of the runs saw is none of them. */
function differing(was: Digests | null, is: Digests | null): readonly string[] {
  return Object.entries(is ?? {})
    .filter(([name, value]) => was?.[name] !== undefined && was[name] !== value)
    .map(([name]) => name)
    .toSorted();
}

function certificateChanges(before: HealthySummary, now: HealthySummary): readonly Change[] {
  const [was, is] = [before.servingCertificate, now.servingCertificate];
  const kubelets = differing(before.kubeletCertificates, now.kubeletCertificates).map((node) =>
    change('kubelet-certificate', node, `the kubelet of ${node} shows another certificate`),
  );
  return [
    ...(was === null || is === null || was === is
      ? []
      : [change('serving-certificate', null, 'metrics-server shows another certificate')]),
    ...kubelets,
    ...(differ(before.frontProxyCas, now.frontProxyCas)
      ? [change('front-proxy-ca', null, 'the CA of the front proxy was exchanged')]
      : []),
  ];
}

function differ(was: readonly string[] | null, is: readonly string[] | null): boolean {
  return was !== null && is !== null && was.join(' ') !== is.join(' ');
}

function change(kind: ChangeKind, node: string | null, text: string): Change {
  return { kind, node, text };
}
