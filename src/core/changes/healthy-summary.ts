import { apiServerPods, controlFacts } from '../evidence/control-plane.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { identityFacts } from '../evidence/identity-facts.ts';
import { tunnelEndpoint } from '../evidence/network-words.ts';
import { valueOr } from '../evidence/observed.ts';
import { works } from '../evidence/paths.ts';
import type { DeploymentObject, NodeObject } from '../evidence/snapshot.ts';
import { digest } from './digest.ts';

/**
 * What a healthy run saw, in so few words that one can be kept for every cluster: the ground against which a later
 * run looks for changes. A part that was not read is null, never empty: from nothing no change follows.
 */
export interface HealthySummary {
  readonly schema: 'metrics-diag/healthy/v1';
  readonly runId: string;
  readonly takenAt: string;
  readonly serverVersion: string | null;
  readonly nodes: readonly NodeSummary[] | null;
  /** True when the list of nodes was cut: then nobody is new. */
  readonly nodesCut: boolean;
  readonly cniImages: readonly string[] | null;
  /** Arguments with their value only where it is known to be no secret, else with its digest. */
  readonly provider: {
    readonly images: readonly string[];
    readonly args: readonly string[];
  } | null;
  /** Where its pods ran. */
  readonly providerNodes: readonly string[] | null;
  /** SHA-256 of the CAs that extension API servers believe the front proxy by. */
  readonly frontProxyCas: readonly string[] | null;
  /** Digest of the caBundle and whether TLS is verified; null where there was no APIService. */
  readonly apiService: { readonly caBundle: string | null; readonly verifies: boolean } | null;
  /** SHA-256 of the certificate that metrics-server showed. */
  readonly servingCertificate: string | null;
  /** The certificates that kubelets showed, by node; as far as they were seen. */
  readonly kubeletCertificates: Readonly<Record<string, string>>;
  /** Digests by `namespace/name`; null, too, where there are too many to keep. */
  readonly policies: Digests | null;
  readonly helmChartConfigs: Digests | null;
  readonly cniConfig: Digests | null;
  /** The Service in front of metrics-server. */
  readonly service: Digests | null;
  /** Flags and proxy variables of API servers that run as Pods, by node. */
  readonly apiServerFlags: Digests | null;
}

export type Digests = Readonly<Record<string, string>>;

export interface NodeSummary {
  readonly name: string;
  readonly address: string | null;
  /** Where the CNI's tunnel ends. */
  readonly tunnel: string | null;
  readonly kernel: string;
  readonly osImage: string;
  readonly kubelet: string;
  readonly runtime: string;
}

/** Some 200 bytes each: 200 KiB for the largest clusters, 30 after deflation. */
const MAX_NODES = 1_000;
const MAX_NAMED = 300;
/** Versions and image names are shorter; a node says of itself what it likes. */
const MAX_TEXT = 200;

/** The summary of a run; worth keeping only of a healthy one. */
export function healthySummary(evidence: Evidence): HealthySummary {
  const { snapshot } = evidence;
  const nodes =
    valueOr(snapshot.nodes, null)?.toSorted((a, b) => (a.name < b.name ? -1 : 1)) ?? null;
  const apiService = valueOr(snapshot.apiService, null);
  const trust = valueOr(identityFacts(snapshot).frontProxyTrust, null);
  return {
    schema: 'metrics-diag/healthy/v1',
    runId: evidence.runId,
    takenAt: snapshot.takenAt,
    serverVersion: valueOr(snapshot.serverVersion, null),
    nodes: nodes?.slice(0, MAX_NODES).map(nodeSummary) ?? null,
    nodesCut: (nodes?.length ?? 0) > MAX_NODES,
    cniImages:
      snapshot.cniPods.state === 'missing'
        ? null
        : imagesOf(snapshot.cniPods.value.flatMap(({ containers }) => containers)),
    provider: providerOf(valueOr(snapshot.deployments, [])),
    providerNodes:
      snapshot.providerPods.state === 'missing'
        ? null
        : distinct(
            snapshot.providerPods.value.flatMap((pod) =>
              pod.deleting ? [] : (pod.nodeName ?? []),
            ),
          ),
    frontProxyCas: trust === null ? null : distinct(trust.cas.map((ca) => ca.fingerprint)),
    apiService:
      apiService === null
        ? null
        : {
            caBundle: apiService.caBundlePem === null ? null : digest(apiService.caBundlePem),
            verifies: !apiService.insecureSkipTlsVerify,
          },
    ...certificatesOf(evidence),
    ...digestsOf(evidence),
  };
}

function nodeSummary(node: NodeObject): NodeSummary {
  return {
    name: node.name,
    address: node.internalIps[0] ?? null,
    tunnel: tunnelEndpoint(node),
    kernel: short(node.kernel),
    osImage: short(node.osImage),
    kubelet: short(node.kubeletVersion),
    runtime: short(node.containerRuntime),
  };
}

function certificatesOf({
  probes,
}: Evidence): Pick<HealthySummary, 'servingCertificate' | 'kubeletCertificates'> {
  const seen = probes.reach.flatMap((r) =>
    r.check === 'tls' && works(r) && r.result.state === 'known' && r.result.value.peer !== null
      ? [{ to: r.to, fingerprint: r.result.value.peer.fingerprint }]
      : [],
  );
  return {
    servingCertificate: seen.find(({ to }) => to.kind === 'provider')?.fingerprint ?? null,
    kubeletCertificates: Object.fromEntries(
      seen
        .filter(({ to }) => to.kind === 'kubelet')
        .slice(0, MAX_NAMED)
        .map(({ to, fingerprint }) => [to.node, fingerprint]),
    ),
  };
}

function digestsOf({
  snapshot,
}: Evidence): Pick<
  HealthySummary,
  'policies' | 'helmChartConfigs' | 'cniConfig' | 'service' | 'apiServerFlags'
> {
  const named = ({ namespace, name }: { namespace: string; name: string }): string =>
    `${namespace}/${name}`;
  const pods = controlFacts(snapshot).controlPlanePods;
  return {
    policies: digests(valueOr(snapshot.networkPolicies, null), named, (policy) => [
      policy.podSelector,
      policy.policyTypes,
      policy.ingress,
      policy.egress,
    ]),
    helmChartConfigs: digests(valueOr(snapshot.helmChartConfigs, null), named, (config) => [
      config.valuesContent,
    ]),
    cniConfig: digests(valueOr(snapshot.cniConfig, null)?.configMaps ?? null, named, ({ data }) =>
      sortedEntries(data),
    ),
    service: digests(
      snapshot.service.state === 'missing' || snapshot.service.value === null
        ? null
        : [snapshot.service.value],
      named,
      ({ ports, selector }) => [ports, sortedEntries(selector)],
    ),
    apiServerFlags: digests(
      pods.state === 'missing' ? null : [...apiServerPods(pods.value)],
      ([node]) => node,
      ([, { flags, proxyEnv }]) => [sortedEntries(flags), sortedEntries(proxyEnv)],
    ),
  };
}

/** Metrics-server's own flags: their values are names, numbers and paths. Another provider's may be anything. */
const PLAIN_FLAG =
  /^--(?:kubelet-[\w-]+|secure-port|bind-address|metric-resolution|cert-dir|requestheader-[\w-]+|node-selector|v)=/;
/** A switch, or the program's path. */
const PLAIN_WORD = /^(?:--[\w-]+|-\w|\/[\w./-]+)$/;

function providerOf(deployments: readonly DeploymentObject[]): HealthySummary['provider'] {
  if (deployments.length === 0) return null;
  const containers = deployments.flatMap((deployment) => deployment.containers);
  return {
    images: imagesOf(containers),
    args: distinct(containers.flatMap(({ args }) => args.map(withoutValue))),
  };
}

function withoutValue(arg: string): string {
  if (PLAIN_FLAG.test(arg) || PLAIN_WORD.test(arg)) return short(arg);
  const [flag = '', value] = arg.split(/=(.*)/s, 2);
  return value !== undefined && PLAIN_WORD.test(flag)
    ? `${short(flag)}=#${digest(value)}`
    : `#${digest(arg)}`;
}

const imagesOf = (containers: readonly { readonly image: string }[]): readonly string[] =>
  distinct(containers.map(({ image }) => short(image)));

/** Sorted, so that the order in which they were read is no change. */
const distinct = (texts: readonly string[]): readonly string[] =>
  [...new Set(texts)].toSorted().slice(0, MAX_NAMED);

const short = (text: string): string => text.slice(0, MAX_TEXT);

const sortedEntries = (record: Readonly<Record<string, string>>) =>
  Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** @param partOf - what is compared; named, so that a version that reads more sees no change in that */
function digests<T>(
  items: readonly T[] | null,
  nameOf: (item: T) => string,
  partOf: (item: T) => readonly unknown[],
): Digests | null {
  if (items === null || items.length > MAX_NAMED) return null;
  return Object.fromEntries(
    items.map((item) => [nameOf(item), digest(JSON.stringify(partOf(item)))]),
  );
}
