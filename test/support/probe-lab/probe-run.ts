import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type BurstStage, stageOf } from '../../../src/core/evidence/burst-stage.ts';
import { known, missing } from '../../../src/core/evidence/observed.ts';
import type { ProbeResults } from '../../../src/core/evidence/probe-results.ts';
import type { NodeObject } from '../../../src/core/evidence/snapshot.ts';
import { encodePlan } from '../../../src/probes/codec.ts';
import { decodeAnswer } from '../../../src/probes/decode-answer.ts';
import { joinResults } from '../../../src/probes/join-results.ts';
import type { PodPlan } from '../../../src/probes/plan.ts';
import { LISTENER_PORT, planFirstWave, planListeners } from '../../../src/probes/plan-probes.ts';
import type { PodRun } from '../../../src/probes/run-pods.ts';
import type { ListenerState } from '../../../src/probes/start-listeners.ts';
import type { LabNode, ProbeLab } from './namespaces.ts';

/** The probe as users get it: one bundled file. */
export async function bundleProbe(role: 'probe' | 'deep-probe' = 'probe'): Promise<{
  readonly path: string;
  readonly remove: () => void;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'metrics-diag-probe-'));
  const path = join(folder, 'probe.mjs');
  await build({
    entryPoints: [`src/roles/${role}.ts`],
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
  });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A busy test machine needs seconds to start so many processes at once. */
const BURST_LEAD_MS = 5_000;

const MAX_WAVES = 3;
/** Runnable processes per core above which a 300 ms burst is no longer one. */
const OVERLOAD_PER_CORE = 3;

/** Whether this machine is too busy for scenarios that keep time. */
export function isOverloaded(): boolean {
  return (loadavg()[0] ?? 0) / cpus().length > OVERLOAD_PER_CORE;
}

/**
 * Waves until every burst says where it ended: a machine with other work starves a wave now and then, and a
 * user's run repeats such bursts, too. What one wave says must never contradict `expected`.
 *
 * @returns the last wave
 */
export async function runUntilDecided(
  lab: ProbeLab,
  probePath: string,
  {
    expected,
    ...options
  }: {
    readonly expected: Readonly<Record<string, BurstStage>>;
    readonly clockErrorMs?: Readonly<Record<string, number>>;
  },
): Promise<{
  readonly last: LabRun;
  readonly stages: Readonly<Record<string, BurstStage>>;
  readonly wrong: readonly string[];
  readonly decided: boolean;
}> {
  const stages: Record<string, BurstStage> = {};
  const wrong: string[] = [];
  for (let wave = 1; ; wave += 1) {
    const last = await runWave(lab, probePath, options);
    for (const burst of last.results.bursts) {
      const pair = `${burst.from} to ${burst.to}`;
      const stage = stageOf(burst);
      if (stage === 'unclear') continue;
      stages[pair] = stage;
      if (expected[pair] !== stage) wrong.push(`${stage}: ${JSON.stringify(burst)}`);
    }
    const decided = Object.keys(expected).every((pair) => pair in stages);
    if (decided || wave === MAX_WAVES) return { last, stages, wrong, decided };
  }
}

export interface LabRun {
  readonly results: ProbeResults;
  readonly runs: readonly PodRun[];
  /** Largest termination message, bytes. */
  readonly largestMessageBytes: number;
}

/**
 * One wave with real probe processes in the lab's namespaces: listeners in the pods, node probes in the hosts.
 *
 * @param clockErrorMs - lets a node's clock seem wrong by so much, by node name
 */
export async function runWave(
  lab: ProbeLab,
  probePath: string,
  { clockErrorMs = {} }: { readonly clockErrorMs?: Readonly<Record<string, number>> } = {},
): Promise<LabRun> {
  const runId = `run-${Date.now()}`;
  const nodes = lab.nodes.map(nodeObject);
  const folder = mkdtempSync(join(tmpdir(), 'metrics-diag-run-'));
  const serving = startLabListeners(lab, probePath, { runId, nodes, folder });
  const { listeners } = serving;
  try {
    await listening(lab);
    const { plans } = planFirstWave({
      runId,
      now: Date.now(),
      nodes,
      apiServers: [],
      providerPods: [],
      providerPort: null,
      referencePods: [],
      listeners: listeners.flatMap(({ target }) => target ?? []),
      localApi: false,
      burstLeadMs: BURST_LEAD_MS,
    });
    const messages: number[] = [];
    const runs = await Promise.all(
      plans.map(async (plan): Promise<PodRun> => {
        const errorMs = clockErrorMs[plan.node] ?? 0;
        const file = join(folder, `${plan.node}-${plan.batch}`);
        const child = lab.spawn(
          find(lab, plan.node).host,
          ['node', probePath],
          environment(withClock(plan, errorMs), file),
        );
        await new Promise((resolve) => child.once('exit', resolve));
        const message = readFileSync(file, 'utf8');
        messages.push(Buffer.byteLength(message));
        const answer = decodeAnswer(message);
        return {
          plan,
          outcome: { node: plan.node, kind: 'node', outcome: 'ok', detail: '', podIp: null },
          answer:
            answer.state === 'known'
              ? known(shifted(answer.value, errorMs), answer.source)
              : answer,
        };
      }),
    );
    return {
      results: joinResults({ listeners, runs, notProbed: [] }),
      runs,
      largestMessageBytes: Math.max(...messages),
    };
  } finally {
    await serving.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Real listener processes in the pods' namespaces. */
export function startLabListeners(
  lab: ProbeLab,
  probePath: string,
  run: { readonly runId: string; readonly nodes: readonly NodeObject[]; readonly folder: string },
): { readonly listeners: readonly ListenerState[]; stop(): Promise<void> } {
  const { plans } = planListeners({ ...run, required: [], apiServers: [] });
  const listeners = plans.map((plan): ListenerState => {
    const { name, podAddress } = find(lab, plan.node);
    return {
      plan,
      target: { node: name, address: podAddress, port: LISTENER_PORT },
      outcome: { node: name, kind: 'listener', outcome: 'ok', detail: '', podIp: podAddress },
    };
  });
  const serving = plans.map((plan) =>
    lab.spawn(
      find(lab, plan.node).pod,
      ['node', probePath],
      environment(plan, join(run.folder, `listener-${plan.node}`)),
    ),
  );
  return {
    listeners,
    async stop() {
      await Promise.all(
        serving.map((child) => {
          child.kill('SIGTERM');
          return new Promise((resolve) => child.once('exit', resolve));
        }),
      );
    },
  };
}

export async function listening(lab: ProbeLab): Promise<void> {
  for (const { pod } of lab.nodes) {
    while (lab.exec(pod, ['ss', '-Hltn', `sport = :${LISTENER_PORT}`]) === '') {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** A clock that is `errorMs` fast reaches a given time so much too early. */
function withClock(plan: PodPlan, errorMs: number): PodPlan {
  return plan.bursts === null
    ? plan
    : { ...plan, bursts: { ...plan.bursts, startAt: plan.bursts.startAt - errorMs } };
}

type Answer = Extract<PodRun['answer'], { state: 'known' }>['value'];

/** …and writes times so much too late. The listener shares its node's clock. */
function shifted(answer: Answer, errorMs: number): Answer {
  const { bursts, listener } = answer;
  return {
    ...answer,
    bursts:
      bursts === null
        ? null
        : {
            ...bursts,
            sends: bursts.sends.map((send) => ({
              ...send,
              startedAt: send.startedAt + errorMs,
              endedAt: send.endedAt + errorMs,
            })),
            samples: { ...bursts.samples, at: bursts.samples.at.map((at) => at + errorMs) },
          },
    listener:
      listener.state === 'missing'
        ? missing(listener.reason, listener.detail)
        : known(
            {
              ...listener.value,
              received: listener.value.received.map((row) => ({
                ...row,
                firstAt: row.firstAt + errorMs,
                lastAt: row.lastAt + errorMs,
              })),
            },
            listener.source,
          ),
  };
}

export function environment(
  plan: PodPlan,
  terminationLog: string,
): Readonly<Record<string, string>> {
  return { PROBE_PLAN: encodePlan(plan), PROBE_TERMINATION_LOG: terminationLog };
}

export function find(lab: ProbeLab, name: string): LabNode {
  const node = lab.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new Error(`no node ${name} in the lab`);
  return node;
}

export function nodeObject({
  name,
  address,
}: {
  readonly name: string;
  readonly address: string;
}): NodeObject {
  return {
    name,
    internalIps: [address],
    externalIps: [],
    ready: known(true, 'test'),
    unschedulable: false,
    controlPlane: true,
    podCidrs: [],
    os: 'linux',
    osImage: '',
    kernel: '',
    architecture: 'amd64',
    kubeletVersion: 'v1.32.5+rke2r1',
    containerRuntime: '',
    kubeletPort: 10_250,
    annotations: {},
    labels: {},
    taints: [],
    conditions: [],
    createdAt: null,
    providerId: null,
  };
}
