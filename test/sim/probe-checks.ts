import { createHash } from 'node:crypto';
import type { PeerCertificate, ReachAnswer } from '../../src/core/evidence/probe-results.ts';
import type { CheckResult, PlannedCheck } from '../../src/probes/plan.ts';
import { podReady } from './aggregation.ts';
import { chance } from './chance.ts';
import type { Count, Party } from './packets.ts';
import { connect, connectFull, type PathAnswer, ping } from './paths.ts';
import { EXPIRED_AT } from './scraping.ts';
import { KUBELET_PORT, nodeNamed, type World } from './world.ts';

/** Size of a full question and answer of the listener, and of our padded ClientHello (src/probes/checks). */
const FULL_QUESTION_BYTES = 8_192;
const FULL_ANSWER_BYTES = 16_384;
const CLIENT_HELLO_BYTES = 1_567;
const ECHOES = 3;
const PING_WAIT_MS = 3_000;

/** What the probe program on `from` would answer to one planned check. */
export function runCheckInModel(
  world: World,
  from: Party,
  planned: PlannedCheck,
  count: Count = () => undefined,
): CheckResult {
  const { address, port } = planned.to;
  const exchange = {
    world,
    flow: `${planned.id}`,
    from,
    target: { address, port },
    timeoutMs: planned.timeoutMs,
    count,
  };
  switch (planned.check) {
    case 'icmp':
      if (!mayPing(world, from)) return NO_RAW_SOCKETS;
      return pinged(
        ping({ ...exchange, timeoutMs: PING_WAIT_MS }, planned.sizeBytes),
        lostPings(world, from, planned),
      );
    case 'icmp-full':
      if (!mayPing(world, from)) return NO_RAW_SOCKETS;
      return pinged(
        ping({ ...exchange, timeoutMs: PING_WAIT_MS }, planned.sizeBytes ?? 'full'),
        lostPings(world, from, planned),
      );
    case 'tcp':
      return answered(connect(exchange));
    case 'tcp-full': {
      const path = connectFull(exchange);
      return answered(path, {
        sizeBytes: null,
        detail:
          path.outcome === 'open'
            ? `sent ${FULL_QUESTION_BYTES} bytes, confirmed; received ${FULL_ANSWER_BYTES} of ${FULL_ANSWER_BYTES}`
            : path.outcome === 'stalled'
              ? `sent ${FULL_QUESTION_BYTES} bytes, not confirmed`
              : '',
      });
    }
    case 'tls':
    case 'https':
      return tls(world, planned, connectFull(exchange));
  }
}

/** As the probe says where the container runtime gives it no NET_RAW (src/probes/checks/icmp.ts). */
const NO_RAW_SOCKETS: CheckResult = {
  state: 'missing',
  reason: 'forbidden',
  detail: 'ping needs root and NET_RAW',
};

function mayPing(world: World, from: Party): boolean {
  return nodeNamed(world, from.kind === 'node' ? from.node : from.pod.node).rawSockets;
}

function tls(world: World, planned: PlannedCheck, path: PathAnswer): CheckResult {
  const sizeBytes = ['open', 'stalled'].includes(path.outcome) ? CLIENT_HELLO_BYTES : null;
  if (path.outcome !== 'open' || path.peer === null) {
    return answered(path, {
      sizeBytes,
      detail: path.outcome === 'stalled' ? `sent ${CLIENT_HELLO_BYTES} bytes, received 0` : '',
    });
  }
  const { peer } = path;
  if (!speaksTls(peer, planned.to.port)) {
    return answered({ ...path, outcome: 'closed' }, { sizeBytes, detail: 'no TLS' });
  }
  if (hangs(world, peer, planned.to.port)) {
    return answered({ ...path, outcome: 'stalled', ms: planned.timeoutMs }, { sizeBytes });
  }
  if (
    isKubelet(peer, planned.to.port) &&
    nodeNamed(world, peer.node).kubelet === 'no-certificate'
  ) {
    return answered(
      { ...path, outcome: 'tls-error', errno: 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR' },
      { sizeBytes, detail: 'tlsv1 alert internal error' },
    );
  }
  const certificate = certificateOf(world, peer, planned.to.port);
  if (planned.check === 'tls') {
    return answered(path, { sizeBytes, peer: certificate, detail: 'TLSv1.3, received 1902 bytes' });
  }
  return answered(path, { sizeBytes, peer: certificate, ...httpAnswer(world, peer, planned) });
}

function speaksTls(peer: Party, port: number | null): boolean {
  if (peer.kind === 'node') return true;
  return peer.pod.ports.some((each) => each.port === port && each.tls);
}

function isKubelet(
  peer: Party,
  port: number | null,
): peer is Extract<Party, { readonly kind: 'node' }> {
  return peer.kind === 'node' && port === KUBELET_PORT;
}

function hangs(world: World, peer: Party, port: number | null): boolean {
  return (
    peer.kind === 'node' &&
    port !== KUBELET_PORT &&
    nodeNamed(world, peer.node).apiServer === 'hanging'
  );
}

function httpAnswer(
  world: World,
  peer: Party,
  planned: PlannedCheck,
): Pick<ReachAnswer, 'status' | 'detail'> {
  if (peer.kind === 'node') return { status: 401, detail: 'Unauthorized' };
  switch (planned.path) {
    case '/livez':
    case '/healthz':
      return { status: 200, detail: 'ok' };
    case '/readyz':
      return podReady(world, peer.pod)
        ? { status: 200, detail: 'ok' }
        : { status: 500, detail: '[-]metric-storage-ready failed: not yet' };
    default:
      return { status: 403, detail: 'forbidden: User "system:anonymous" cannot get path' };
  }
}

const CLUSTER_CA = 'CN=rke2-server-ca@1740000000';

function certificateOf(world: World, peer: Party, port: number | null): PeerCertificate {
  if (peer.kind === 'pod') {
    return certificate({
      subject: 'CN=localhost@1740000000',
      issuer: 'CN=localhost-ca@1740000000',
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1'],
    });
  }
  const node = nodeNamed(world, peer.node);
  if (port !== KUBELET_PORT) {
    return certificate({
      subject: 'O=, CN=kube-apiserver',
      issuer: CLUSTER_CA,
      dnsNames: ['kubernetes', 'kubernetes.default.svc', 'localhost', node.name],
      ipAddresses: ['127.0.0.1', '10.43.0.1', ...world.nodes.map(({ ip }) => ip)],
    });
  }
  if (node.kubelet === 'expired-certificate') {
    return {
      ...certificate({
        subject: `CN=${node.name}`,
        issuer: CLUSTER_CA,
        dnsNames: [node.name, 'localhost'],
        ipAddresses: ['127.0.0.1', node.ip],
      }),
      notBefore: '2025-05-01T10:00:00.000Z',
      notAfter: new Date(EXPIRED_AT).toISOString(),
    };
  }
  switch (node.kubeletCertificate) {
    case 'cluster-ca':
      return certificate({
        subject: `CN=${node.name}`,
        issuer: CLUSTER_CA,
        dnsNames: [node.name, 'localhost'],
        ipAddresses: ['127.0.0.1', node.ip],
      });
    case 'no-ip-san':
      return certificate({
        subject: `CN=${node.name}`,
        issuer: CLUSTER_CA,
        dnsNames: [node.name, 'localhost'],
        ipAddresses: [],
      });
    case 'self-signed':
      // The kubelet makes itself a CA for this (client-go util/cert): issuer and subject differ.
      return certificate({
        subject: `CN=${node.name}@1740000000`,
        issuer: `CN=${node.name}-ca@1740000000`,
        dnsNames: [node.name],
        ipAddresses: [],
      });
  }
}

function certificate(
  names: Pick<PeerCertificate, 'subject' | 'issuer' | 'dnsNames' | 'ipAddresses'>,
): PeerCertificate {
  return {
    ...names,
    notBefore: '2026-06-01T00:00:00.000Z',
    notAfter: '2027-06-01T00:00:00.000Z',
    fingerprint: createHash('sha256').update(JSON.stringify(names)).digest('hex'),
    selfSigned: false,
  };
}

/** How many of the echoes get lost on a pair that loses one now and then. */
function lostPings(world: World, from: Party, { id, to }: PlannedCheck): number {
  const home = from.kind === 'node' ? from.node : from.pod.node;
  const lossy = world.litter.lossyPings.some((pair) => pair.from === home && pair.to === to.node);
  return lossy ? 1 + Math.floor(chance(world.seed, id) * (ECHOES - 1)) : 0;
}

function pinged(path: PathAnswer, lost: number): CheckResult {
  const back = path.outcome === 'open' ? ECHOES - lost : 0;
  const words = path.outcome === 'unreachable' ? ', Destination Host Unreachable' : '';
  // ping tells no errno of a refusing filter, only the words of the ICMP error
  const outcome =
    path.outcome === 'refused'
      ? 'unreachable'
      : path.outcome === 'open' && lost > 0
        ? 'partial'
        : path.outcome;
  return answered(
    { ...path, outcome },
    { errno: null, sizeBytes: path.sizeBytes, detail: `${back}/${ECHOES}${words}` },
  );
}

function answered(path: PathAnswer, more: Partial<ReachAnswer> = {}): CheckResult {
  return {
    state: 'answered',
    answer: {
      outcome: path.outcome,
      ms: path.ms,
      errno: path.errno,
      sizeBytes: path.sizeBytes,
      status: null,
      detail: '',
      peer: null,
      ...more,
    },
  };
}
