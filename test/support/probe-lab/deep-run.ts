import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeepNodeFacts } from '../../../src/core/evidence/deep-results.ts';
import type { NetworkFacts } from '../../../src/core/evidence/facts.ts';
import { known } from '../../../src/core/evidence/observed.ts';
import type { ReachResult } from '../../../src/core/evidence/probe-results.ts';
import { decodeAnswer } from '../../../src/probes/decode-answer.ts';
import { joinDeep } from '../../../src/probes/join-deep.ts';
import { planDeepWave } from '../../../src/probes/plan-deep.ts';
import { LISTENER_PORT } from '../../../src/probes/plan-probes.ts';
import type { PodRun } from '../../../src/probes/run-pods.ts';
import { type ProbeLab, VXLAN_PORT } from './namespaces.ts';
import { environment, find, listening, nodeObject, startLabListeners } from './probe-run.ts';

/** The overlay of the lab. */
const NETWORK: NetworkFacts = {
  cni: 'canal',
  encapsulation: 'vxlan',
  port: VXLAN_PORT,
  vni: 1,
  device: 'flannel.1',
  basis: [],
  disagrees: false,
};
/** A busy machine starts so many processes in seconds. */
const BURST_LEAD_MS = 6_000;

export interface DeepRun {
  readonly rows: readonly DeepNodeFacts[];
  /** Largest termination message, bytes. */
  readonly largestMessageBytes: number;
}

/** One failing path, as an earlier wave would have found it. */
export function failingPath(
  from: ReachResult['from'],
  to: Omit<ReachResult['to'], 'name'>,
  layer: ReachResult['layer'],
): ReachResult {
  const source = from.kind === 'pod' ? `pod@${from.node}` : from.node;
  return {
    id: `tcp ${source}>${to.kind}@${to.node}`,
    from,
    to: { ...to, name: to.kind },
    layer,
    check: 'tcp',
    result: known(
      {
        outcome: 'timeout',
        ms: 4_000,
        errno: null,
        sizeBytes: null,
        status: null,
        detail: '',
        peer: null,
      },
      'an earlier wave',
    ),
    wave: 1,
  };
}

/** A pair of nodes whose overlay is dead. */
export function deadPair(lab: ProbeLab, from: string, to: string): ReachResult {
  const target = {
    kind: 'listener' as const,
    node: to,
    address: find(lab, to).podAddress,
    port: LISTENER_PORT,
  };
  return failingPath({ kind: 'node', node: from }, target, 'overlay');
}

/** The deep wave with real probe processes in the lab's namespaces. */
export async function runDeepWave(
  lab: ProbeLab,
  programs: { readonly probe: string; readonly deep: string },
  asked: { readonly failing: readonly ReachResult[]; readonly trace?: boolean },
): Promise<DeepRun> {
  const runId = `run-${Date.now()}`;
  const nodes = lab.nodes.map(nodeObject);
  const folder = mkdtempSync(join(tmpdir(), 'metrics-diag-deep-'));
  const serving = startLabListeners(lab, programs.probe, { runId, nodes, folder });
  const { listeners } = serving;
  try {
    await listening(lab);
    const plans = planDeepWave({
      runId,
      wave: 3,
      now: Date.now(),
      nodes,
      listeners,
      reach: asked.failing,
      nodeFacts: lab.nodes.map(({ name }, index) => overlayFacts(name, index)),
      network: NETWORK,
      trace: asked.trace === true,
      burstLeadMs: BURST_LEAD_MS,
    });
    const sizes: number[] = [];
    const runs = await Promise.all(
      plans.map(async (plan): Promise<PodRun> => {
        const file = join(folder, `deep-${plan.node}`);
        const child = lab.spawn(
          find(lab, plan.node).host,
          ['node', programs.deep],
          environment(plan, file),
        );
        await new Promise((resolve) => child.once('exit', resolve));
        const message = readFileSync(file, 'utf8');
        sizes.push(Buffer.byteLength(message));
        return {
          plan,
          outcome: { node: plan.node, kind: 'node', outcome: 'ok', detail: '', podIp: null },
          answer: decodeAnswer(message),
        };
      }),
    );
    const joined = joinDeep(runs);
    if (joined.state === 'missing') throw new Error(joined.detail);
    return { rows: joined.value, largestMessageBytes: Math.max(...sizes) };
  } finally {
    await serving.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function overlayFacts(node: string, index: number) {
  return {
    node,
    devices: [
      {
        name: 'flannel.1',
        mtuBytes: 1_450,
        kind: 'vxlan',
        up: true,
        addresses: [`10.42.${index}.0`],
      },
    ],
    udpPorts: [],
    routes: [],
    udpInCsumErrors: 0,
    tcpInCsumErrors: 0,
    listenerTcpInCsumErrors: known(0, 'test'),
  };
}

/** What the rules of a node did with a flow, in short. */
export function inShort(rows: readonly DeepNodeFacts[], node: string): readonly string[] {
  const row = rows.find((each) => each.node === node);
  return (row?.flows ?? []).map(({ id, leg, packet, fate, by, aimed }) => {
    const rules = by.map(
      ({ rule, proof, packets }) =>
        `${proof}${packets === null ? '' : ` ${packets}/${aimed}`} ${rule.owner} ${rule.backend} ${rule.table}/${rule.chain} ${rule.place}: ${rule.text}`,
    );
    return `${id} (${leg}, ${packet}): ${fate}${rules.length === 0 ? '' : ` | ${rules.join(' | ')}`}`;
  });
}
