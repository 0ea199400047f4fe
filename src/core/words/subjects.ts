import type { Sentence } from './sentences.ts';
import type { StatementKind } from './statement.ts';

/** Kinds that are told of some pod: they count only when that pod is metrics-server's. */
export const TOLD_OF_A_POD: ReadonlySet<StatementKind> = new Set([
  'oom-killed',
  'crash-loop',
  'failed-scheduling',
  'pod-pending',
  'image-pull-failed',
  'usage-error',
  'probe-forbidden',
  'nothing-to-serve',
  'bind-in-use',
  'zero-replicas',
]);

const PROVIDER = /metrics-server|sandbox|pause[:/]/i;
/**
 * A pod's or a workload's name: a ReplicaSet's hash, a DaemonSet's suffix (Kubernetes draws them from letters without
 * vowels, so that `control-plane` is none: apimachinery, pkg/util/rand), a StatefulSet's number, or a well known product.
 */
const POD_NAME =
  /\b(?:[a-z0-9]{1,20}-){1,6}(?:[a-z0-9]{8,10}-[a-z0-9]{5}|[bcdfghjklmnpqrstvwxz2-9]{5}|\d{1,3})\b|metrics-server[\w-]{0,30}|\b(?:coredns|traefik|grafana|prometheus(?:-adapter)?|elasticsearch|redis|nginx|postgres|argocd|longhorn|calico-\w{1,16}|canal|flannel|cilium|kube-proxy|etcd|istio\w{0,6}|cert-manager|vault|kafka|my ?app|web-?\w{0,6})\b/gi;
/** A describe block or a row of `get pods` above names the pod that its lines speak of. */
const NAMES_A_POD =
  /^\s{0,10}(?:name:\s|pod\/|image:\s)|\s\d{1,2}\/\d{1,2}\s{1,20}[A-Z]\w{3}|kubectl[^\n]{0,60}(?:logs|describe pod)/i;
const LOOK_BACK_SENTENCES = 40;

/**
 * Whether what stands at `start` of the sentence is told of metrics-server: by the nearest pod name in the
 * sentence, else by the nearest row or block above; where no pod is named at all it may be.
 */
export function toldOfProvider(sentences: readonly Sentence[], at: number, start: number): boolean {
  const own = sentences[at];
  if (own === undefined) return false;
  const here = nearestName(own.text, start);
  if (here !== null) return PROVIDER.test(here);
  for (let i = at - 1; i >= Math.max(0, at - LOOK_BACK_SENTENCES); i -= 1) {
    const above = sentences[i];
    if (above === undefined || !NAMES_A_POD.test(above.text)) continue;
    const name = nearestName(above.text, above.text.length);
    if (name !== null) return PROVIDER.test(name) || PROVIDER.test(above.text);
  }
  return true;
}

function nearestName(text: string, start: number): string | null {
  let best: { readonly name: string; readonly distance: number } | null = null;
  for (const match of text.matchAll(POD_NAME)) {
    const distance = Math.abs(start - match.index) + (match.index > start ? AFTER_COUNTS_LESS : 0);
    if (best === null || distance < best.distance) best = { name: match[0], distance };
  }
  return best?.name ?? null;
}

/** "x was OOMKilled; y runs": the name stands before what is told of it. */
const AFTER_COUNTS_LESS = 20;
