import type { ControlPlaneComponent, ControlPlanePod } from '../../core/evidence/control-plane.ts';
import { mapObserved, type Observed } from '../../core/evidence/observed.ts';
import { array, at, object, strings, text, textOrNull } from './json-fields.ts';
import { podObject } from './pods.ts';
import { joinReads, type ReadContext, readList } from './reads.ts';

const COMPONENTS: readonly ControlPlaneComponent[] = [
  'kube-apiserver',
  'kube-controller-manager',
  'konnectivity-agent',
  'konnectivity-server',
];

/** Labels of kubeadm and RKE2; kops, Talos, k0s, GKE; AKS. Other namespaces may hold control planes of other clusters. */
const NAMESPACE = 'kube-system';
const SELECTORS = ['component', 'k8s-app', 'app'].map(
  (label) => `${label} in (${COMPONENTS.join(',')})`,
);
/** One API server and controller manager on each server, an agent on each node: a few agents tell as much. */
const MAX_PODS = 200;

/** Control-plane Pods in kube-system; none is a fact, too (k3s, managed clusters). */
export async function readControlPlanePods(
  context: ReadContext,
): Promise<Observed<readonly ControlPlanePod[]>> {
  const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
  const reads = await Promise.all(
    SELECTORS.map((labelSelector) =>
      readList(context, path, `list pods in ${NAMESPACE}`, {
        query: { labelSelector },
        maxItems: MAX_PODS,
      }),
    ),
  );
  return mapObserved(joinReads(reads), (items) => [
    ...new Map(
      items.flatMap((raw) => {
        const pod = controlPlanePod(raw);
        return pod === null ? [] : [[pod.name, pod] as const];
      }),
    ).values(),
  ]);
}

export function controlPlanePod(raw: unknown): ControlPlanePod | null {
  const { namespace, name, nodeName, ready, createdAt, labels } = podObject(raw);
  const component = COMPONENTS.find((each) =>
    [labels['component'], labels['k8s-app'], labels['app']].includes(each),
  );
  if (component === undefined) return null;
  const containers = array(at(raw, 'spec')['containers']).map(object);
  return {
    component,
    namespace,
    name,
    nodeName,
    ready,
    createdAt,
    flags: flagsOf(
      containers.flatMap(({ command, args }) => [...strings(command), ...strings(args)]),
    ),
    proxyEnv: proxyVariables(containers.flatMap(({ env }) => array(env))),
  };
}

/** Flags that causes read. Values of others (tokens, OIDC, etcd's URLs) are nobody's business. */
const FLAG =
  /^(requestheader-[a-z-]+|proxy-client-(cert|key)-file|enable-aggregator-routing|egress-selector-config-file|service-cluster-ip-range|advertise-address|bind-address|secure-port|client-ca-file|kubelet-(certificate-authority|preferred-address-types|client-certificate)|tls-cert-file|feature-gates|cluster-cidr|allocate-node-cidrs|node-cidr-mask-size(-ipv4)?|controllers|proxy-server-(host|port)|agent-identifiers|server-count|count-server-leases|mode)$/;
const MAX_FLAG = 400;

function flagsOf(words: readonly string[]): Readonly<Record<string, string>> {
  // A shell line in one word holds them all.
  const all = words.flatMap((word) => (word.includes(' --') ? word.split(/\s+/) : [word]));
  return Object.fromEntries(
    all.flatMap((word, index) => {
      const [, name = '', value] = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? [];
      if (!FLAG.test(name)) return [];
      const next = all[index + 1] ?? '';
      return [
        [name, (value ?? (next.startsWith('-') || next === '' ? 'true' : next)).slice(0, MAX_FLAG)],
      ];
    }),
  );
}

const PROXY_VARIABLE = /^(https?|no)_proxy$/i;
/** `user:password@` of a proxy's URL, with or without a scheme. */
const USER_INFO = /(^|\/\/)[^/@\s]*@/g;
const MAX_VALUE = 2_000;

function proxyVariables(env: readonly unknown[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    env.flatMap((item) => {
      const name = text(object(item)['name']);
      const value = textOrNull(object(item)['value']);
      return PROXY_VARIABLE.test(name) && value !== null
        ? [[name, value.replaceAll(USER_INFO, '$1').slice(0, MAX_VALUE)]]
        : [];
    }),
  );
}
