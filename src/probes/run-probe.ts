import { known, missing } from '../core/evidence/observed.ts';
import { askListener } from './ask-listener.ts';
import { readChecksumErrors, type SampledDevices, startSampling } from './checks/counters.ts';
import { askLocalApi } from './checks/local-api.ts';
import { isTunnel, readDevices, readNodeFacts, readRoutes } from './checks/node-facts.ts';
import { deviceFor } from './checks/proc-net.ts';
import { runCheck } from './checks/run-check.ts';
import { burstsEnd, sendBursts, untilClock } from './checks/udp-burst.ts';
import { openListener, TRIES_AT_ONCE } from './listener-server.ts';
import type {
  BurstAnswer,
  BurstPlan,
  CheckResult,
  ListenerAnswer,
  PlannedCheck,
  PodAnswer,
  PodPlan,
} from './plan.ts';
import type { EncodableAnswer } from './wire.ts';

/** Quiet time sampled before the first round: for the background, and for a sender whose clock is ahead. */
const SAMPLE_BEFORE_MS = 500;
/** NICs and other nodes' clocks lag: sampled after the last round's quiet time. */
const SAMPLE_AFTER_MS = 150;
const LOCAL_API_TIMEOUT_MS = 4_000;
const LISTENER_TIMEOUT_MS = 1_500;
/** Left to write the answer before the deadline. */
const WRITE_MARGIN_MS = 300;

type Indexed = { readonly index: number; readonly result: CheckResult };

/** Runs a node Pod's plan: everything at once, bounded by the plan's deadline. */
export async function runNodePlan(plan: PodPlan): Promise<EncodableAnswer> {
  const startedAt = Date.now();
  const before = readChecksumErrors();
  const deadline = untilClock(startedAt + plan.deadlineMs - WRITE_MARGIN_MS);
  const checks = collectChecks(plan);
  const bursts =
    plan.bursts === null ? Promise.resolve(null) : runBursts(plan, plan.bursts).catch(() => null);
  const localApi = plan.localApi
    ? askLocalApi(LOCAL_API_TIMEOUT_MS)
    : Promise.resolve(missing('not-attempted', 'no token for the local API server'));
  const listener = fetchListener(plan, bursts);

  const [, burstAnswer, localAnswer, listenerAnswer] = await Promise.all([
    Promise.race([checks.done, deadline]),
    withDeadline(bursts, deadline, null),
    withDeadline(localApi, deadline, missing('timed-out', 'the probe ran out of time')),
    withDeadline(listener, deadline, missing('timed-out', 'the probe ran out of time')),
  ]);
  const after = readChecksumErrors();
  return {
    ...identity(plan, startedAt),
    checks: checks.soFar(),
    bursts: burstAnswer,
    listener: listenerAnswer,
    localApi: localAnswer,
    facts: plan.nodeFacts
      ? known(
          readNodeFacts({ udp: rise(before.udp, after.udp), tcp: rise(before.tcp, after.tcp) }),
          plan.node,
        )
      : missing('not-attempted', 'another Pod of this node reports them'),
    cut: [],
  };
}

/** Opens a listener and runs its checks; `answer` may be asked for at any time. */
export async function startListenerPlan(
  plan: PodPlan,
  port: number,
): Promise<{ answer(): Promise<PodAnswer>; close(): void }> {
  const startedAt = Date.now();
  const before = readChecksumErrors();
  const checks = collectChecks(plan);
  const server = await openListener(port, plan.runId, { results, again });
  async function results(): Promise<ListenerAnswer> {
    await checks.done;
    const after = readChecksumErrors().tcp;
    return {
      checks: checks.soFar(),
      received: server.sink.counts(),
      tcpInCsumErrors: before.tcp === null || after === null ? null : rise(before.tcp, after),
    };
  }
  async function again(index: number): Promise<number> {
    const check = plan.checks[index];
    if (check === undefined) return 0;
    await Promise.all(Array.from({ length: TRIES_AT_ONCE }, () => runCheck(check)));
    return TRIES_AT_ONCE;
  }
  return {
    answer: async () => ({
      ...identity(plan, startedAt),
      checks: [],
      bursts: null,
      listener: known(await results(), `listener on ${plan.node}`),
      localApi: missing('not-attempted', 'a listener asks no API server'),
      facts: missing('not-attempted', 'a listener sees its own network namespace only'),
      cut: [],
    }),
    close: () => server.close(),
  };
}

function identity(
  plan: PodPlan,
  startedAt: number,
): Pick<PodAnswer, 'runId' | 'wave' | 'node' | 'kind' | 'batch' | 'startedAt' | 'endedAt'> {
  const { runId, wave, node, kind, batch } = plan;
  return { runId, wave, node, kind, batch, startedAt, endedAt: Date.now() };
}

/** Starting a `ping` holds the event loop for some milliseconds, which would count as a connection's time. */
const PING_STAGGER_MS = 15;

function collectChecks(plan: PodPlan): {
  readonly done: Promise<void>;
  soFar(): readonly Indexed[];
} {
  const results: Indexed[] = [];
  const isPing = ({ check }: PlannedCheck): boolean => check === 'icmp' || check === 'icmp-full';
  const indexed = plan.checks.map((check, index) => ({ check, index }));
  const ordered = [
    ...indexed.filter(({ check }) => !isPing(check)),
    ...indexed.filter(({ check }) => isPing(check)),
  ];
  let pings = 0;
  const running = ordered.map(async ({ check, index }) => {
    if (isPing(check)) {
      pings += 1;
      await new Promise((resolve) => setTimeout(resolve, pings * PING_STAGGER_MS));
    }
    results.push({ index, result: await runCheck(check) });
  });
  return {
    done: Promise.all(running).then(() => undefined),
    soFar: () => [...results].sort((a, b) => a.index - b.index),
  };
}

/** Sends in its rounds while the counters are sampled from before the first to after the last. */
async function runBursts(plan: PodPlan, bursts: BurstPlan): Promise<BurstAnswer> {
  const devices = sampledDevices(plan, bursts);
  await untilClock(bursts.startAt - SAMPLE_BEFORE_MS);
  const sampling = startSampling(devices);
  const sends = await sendBursts(bursts, plan.runId);
  await untilClock(burstsEnd(bursts) + SAMPLE_AFTER_MS);
  return {
    overlayDevice: devices.overlay,
    underlayDevice: devices.underlay,
    sends,
    samples: sampling.stop(),
  };
}

/** The overlay device is the tunnel that the route to a listener names, else the only tunnel there is. */
function sampledDevices(plan: PodPlan, bursts: BurstPlan): SampledDevices {
  const devices = readDevices();
  const routes = readRoutes();
  const tunnels = devices.filter((device) => isTunnel(device) && device.up);
  const routed = bursts.sends.map((send) => deviceFor(routes, send.address));
  const overlay =
    tunnels.find(({ name }) => routed.includes(name)) ??
    (tunnels.length === 1 ? tunnels[0] : undefined);
  const address = plan.nodeAddress;
  const underlay = devices.find(({ addresses }) => address !== null && addresses.includes(address));
  return { overlay: overlay?.name ?? null, underlay: underlay?.name ?? null };
}

/** After the bursts, so that the counts are whole. */
async function fetchListener(
  plan: PodPlan,
  bursts: Promise<unknown>,
): Promise<EncodableAnswer['listener']> {
  if (plan.ownListener === null) return missing('not-attempted', 'no listener on this node');
  await bursts;
  return askListener(plan.ownListener.address, plan.ownListener.port, LISTENER_TIMEOUT_MS);
}

function withDeadline<T, F>(
  value: Promise<T>,
  deadline: Promise<void>,
  fallback: F,
): Promise<T | F> {
  return Promise.race([value, deadline.then(() => fallback)]);
}

function rise(before: number | null, after: number | null): number {
  return before === null || after === null ? 0 : Math.max(0, after - before);
}
