import type { Facts } from '../evidence/facts.ts';
import { minorVersion } from '../evidence/kubernetes-version.ts';
import { valueOr } from '../evidence/observed.ts';
import { arrow } from '../evidence/paths.ts';
import type { NodeObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { duration, list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import {
  apiServerConsequences,
  type FailingServer,
  failingServers,
  ownPath,
} from './api-server-view.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';

/** Since 1.20 an HTTP/2 connection is asked for a sign of life after 30 s and dropped 15 s later; with queued requests some more. */
const HEALS_AFTER_MS = 3 * 60_000;
/** Before that the kernel's retransmissions decide (tcp_retries2 = 15: 924 s and more). */
const OLD_HEALS_AFTER_MS = 20 * 60_000;
const FIRST_WITH_HEALTH_CHECK = 20;

/**
 * An API server goes on using a connection to a metrics-server pod whose machine is gone.
 *
 * Signature: the machine of an earlier pod was lost just before, the present pod is ready and the API server's own node
 * reaches it, and yet the API server waits, or says `client connection lost`. It heals by itself, within a minute or two
 * since Kubernetes 1.20 and within a quarter of an hour before; what has lasted longer is something else.
 * Source: https://github.com/kubernetes/kubernetes/issues/87615, kubernetes 1.20 changelog (HTTP/2 health check)
 */
export const apiserverStaleConnection = defineCause({
  id: 'apiserver-stale-connection',
  title: 'An API server keeps a dead connection to metrics-server',
  needs: ['apiServers', 'nodes', 'takenAt'],
  wants: ['providerPods', 'reach', 'serverVersion'],
  bears: ['provider-node'],
  infer(facts): Judgement {
    const waiting = failingServers(facts.apiServers, facts)
      .filter(({ end, body }) => mayBeStale(end, body))
      .map((server) => ({ server, path: ownPath(server.view.name, facts) }));
    const mine = waiting.filter(({ path }) => path.state === 'works');
    if (mine.length === 0) {
      return {
        kind: 'ruled-out',
        because:
          waiting.length === 0
            ? 'no API server waits on a connection'
            : 'the nodes of the API servers that wait do not reach metrics-server either, or were not asked',
      };
    }
    const windowMs = healsAfterMs(facts.serverVersion);
    const lost = facts.nodes.flatMap((node) => lostNode(node, facts.takenAt, windowMs) ?? []);
    if (lost.length === 0) {
      return {
        kind: 'ruled-out',
        because: `no node was lost within the last ${duration(windowMs)}: a dead connection would have been given up by now`,
      };
    }
    const names = mine.map(({ server }) => server.view.name).toSorted();
    return {
      kind: 'suspected',
      headline: `${list(names)} ${names.length === 1 ? 'waits' : 'wait'} on a connection to metrics-server that went down with ${list(lost.map(({ name }) => name))}; the present pod is within reach.`,
      where: { nodes: names, from: names, to: [], layer: 'api', direction: null },
      because: [...mine.flatMap(claims), ...lost.map(lostClaim)],
      explains: apiServerConsequences(names),
      fixes: [restartApiServer(names)],
      settle: `Run the diagnosis again in ${duration(windowMs)}: what heals by itself was this.`,
    };
  },
  fromWords: spokenBy('apiserver-stale-connection', () => [restartApiServer(['that server'])]),
});

/** Words of a connection that is dead or awaited; a fresh dial that fails is none. */
function mayBeStale(end: FailingServer['end'], body: string): boolean {
  if (end !== null) return end.kind === 'lost';
  return !/x509:|TLS handshake|bad status|service unavailable/i.test(body);
}

function healsAfterMs(version: Facts['serverVersion']): number {
  const minor = minorVersion(version);
  return minor === null || minor >= FIRST_WITH_HEALTH_CHECK ? HEALS_AFTER_MS : OLD_HEALS_AFTER_MS;
}

interface Lost {
  readonly name: string;
  readonly agoMs: number;
}

/** A node that stopped being Ready within the window; the condition turns 40 s or more after the machine. */
function lostNode(
  { name, conditions }: NodeObject,
  takenAt: string,
  windowMs: number,
): Lost | null {
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready === undefined || ready.status === 'True' || ready.lastTransitionTime === null)
    return null;
  const agoMs = Date.parse(takenAt) - Date.parse(ready.lastTransitionTime);
  return agoMs >= 0 && agoMs <= windowMs ? { name, agoMs } : null;
}

function lostClaim({ name, agoMs }: Lost): Claim {
  return { text: `${name} has not been Ready for ${duration(agoMs)}`, evidence: 'snapshot.nodes' };
}

function claims({
  server: { view, end },
  path,
}: {
  readonly server: FailingServer;
  readonly path: ReturnType<typeof ownPath>;
}): Claim[] {
  const answer = valueOr(view.metricsApi, null);
  const way = path.state === 'works' ? path.results[0] : undefined;
  return [
    {
      text: `${view.name}: ${end?.words ?? `no answer in ${duration(answer?.ms ?? 0)}`}`,
      evidence: `api-server:${view.name}`,
    },
    ...(way === undefined
      ? []
      : [{ text: `${way.check} from ${arrow(way)} works now`, evidence: way.id }]),
  ];
}

function restartApiServer(nodes: readonly string[]): Fix {
  return {
    title: 'Wait, or restart that kube-apiserver',
    where: nodes,
    variants: [
      {
        tool: 'shell',
        commands: [
          'systemctl restart rke2-server   # RKE2; k3s: k3s; kubeadm: crictl stop $(crictl ps -q --name kube-apiserver)',
        ],
      },
    ],
    risk: 'clients connected to that API server reconnect',
    undo: ['Nothing to undo.'],
    verify: [...VERIFY_METRICS_API],
    notes: [
      'Kubernetes 1.20 and newer notice a dead connection by themselves within a minute: upgrade older ones.',
    ],
  };
}
