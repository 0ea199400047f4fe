import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { fails, outcomeOf, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { ApiServerView } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';

/**
 * An API server accepts connections and answers nothing, not even about itself: the fault is its own, not the
 * Metrics API's.
 *
 * Signature: no answer to the Metrics API and none to `/readyz` (or a readiness that says no), while its node
 * reaches metrics-server. An API server that is ready and only fails this one API has another cause.
 */
export const apiserverNotAnswering = defineCause({
  id: 'apiserver-not-answering',
  title: 'An API server answers nothing',
  needs: ['apiServers'],
  wants: ['reach'],
  bears: ['apiserver-flags', 'server-version'],
  infer(facts): Judgement {
    const silent = facts.apiServers.filter(isMute);
    if (silent.length === 0) {
      return { kind: 'ruled-out', because: 'every API server that was reached answers for itself' };
    }
    // A dead path from its node is why it waits; one late readiness beside that is no fault of its own.
    const mute = silent.filter(
      ({ name, ready }) => ready.state === 'known' || !isCutOff(name, facts),
    );
    if (mute.length === 0) {
      return {
        kind: 'ruled-out',
        because: 'their nodes do not reach metrics-server, for which they wait',
      };
    }
    const sound = mute.filter(({ name }) => reachesProvider(name, facts));
    const sure = mute.filter(
      ({ ready }) => ready.state === 'known' || sound.some((v) => v.ready === ready),
    );
    const mine = sure.length > 0 ? sure : mute;
    const names = mine.map(({ name }) => name).toSorted();
    const common = {
      headline: `The API server on ${list(names)} takes connections and answers nothing, whatever it is asked.`,
      where: { nodes: names, from: [], to: [], layer: 'api', direction: null },
      because: mine.flatMap((view) => claimsOf(view, sound.includes(view))),
      explains: names.map((name) => `api-server:${name}`),
      fixes: [lookAtApiServer(names)],
    } as const;
    if (sure.length > 0) return { kind: 'confirmed', ...common };
    return {
      kind: 'suspected',
      ...common,
      settle: `kubectl get --raw /readyz?verbose against ${mine[0]?.address ?? 'it'} alone, with --request-timeout=10s.`,
    };
  },
  fromWords: spokenBy('apiserver-not-answering', () => [lookAtApiServer(['that server'])]),
});

function isMute({ metricsApi, ready }: ApiServerView): boolean {
  if (metricsApi.state === 'missing' || metricsApi.value.outcome !== 'no-answer') return false;
  return ready.state === 'known' ? !ready.value : ready.reason === 'timed-out';
}

function reachesProvider(node: string, { reach }: Pick<Facts, 'reach'>): boolean {
  const tried = triedFrom(node, reach);
  return tried.length > 0 && tried.every(works);
}

function isCutOff(node: string, { reach }: Pick<Facts, 'reach'>): boolean {
  return triedFrom(node, reach).some(fails);
}

function triedFrom(node: string, reach: Facts['reach']): readonly ReachResult[] {
  return valueOr(reach, []).filter(
    (r) =>
      r.from.kind === 'node' &&
      r.from.node === node &&
      r.to.kind === 'provider' &&
      outcomeOf(r) !== null,
  );
}

function claimsOf({ name, address, ready, metricsApi }: ApiServerView, sound: boolean): Claim[] {
  const ms = metricsApi.state === 'known' ? metricsApi.value.ms : 0;
  return [
    {
      text: `${name} (${address}): no answer to the Metrics API in ${ms} ms`,
      evidence: 'snapshot.apiServers',
    },
    {
      text:
        ready.state === 'known' ? `${name} says that it is not ready` : `${name}: ${ready.detail}`,
      evidence: 'snapshot.apiServers',
    },
    ...(sound ? [{ text: `its node ${name} reaches metrics-server`, evidence: 'reach' }] : []),
  ];
}

function lookAtApiServer(names: readonly string[]): Fix {
  return {
    title: 'See what the API server is waiting for, then restart it',
    where: names,
    variants: [
      {
        tool: 'shell',
        commands: [
          'crictl ps -a --name kube-apiserver; crictl logs --tail=50 $(crictl ps -q --name kube-apiserver)',
          'crictl logs --tail=30 $(crictl ps -q --name etcd)   # slow or without quorum: the API server hangs on it',
          'systemctl restart rke2-server   # RKE2; k3s: k3s; kubeadm: move /etc/kubernetes/manifests/kube-apiserver.yaml away and back',
        ],
      },
    ],
    risk: 'a restart of one of several API servers is felt by the clients connected to it only',
    undo: ['Nothing to undo.'],
    verify: ['kubectl get --raw /readyz?verbose'],
    notes: [
      'Disk latency of etcd, a full disk and a hanging admission webhook are the usual reasons.',
    ],
  };
}
