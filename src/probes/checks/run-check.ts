import type { CheckResult, PlannedCheck } from '../plan.ts';
import { answered, errnoOf, noAnswer } from './check-result.ts';
import { httpsGet } from './https-get.ts';
import { icmp, packetBytes } from './icmp.ts';
import { readDevices, readRoutes } from './node-facts.ts';
import { deviceFor } from './proc-net.ts';
import { tcpConnect } from './tcp-connect.ts';
import { tcpFull } from './tcp-full.ts';
import { tlsHandshake } from './tls-handshake.ts';

/** What `ping` sends unless told otherwise. */
const SMALL_DATA_BYTES = 56;
/** Ethernet's MTU, where the route's device cannot be found (IPv6). */
const FALLBACK_MTU_BYTES = 1_500;

/** Runs one planned check. Never throws: what taught nothing is missing, with the errno. */
export async function runCheck(planned: PlannedCheck): Promise<CheckResult> {
  try {
    return await dispatch(planned);
  } catch (error) {
    return noAnswer('failed', errnoOf(error) ?? 'the check itself failed');
  }
}

async function dispatch(planned: PlannedCheck): Promise<CheckResult> {
  const { address } = planned.to;
  if (planned.check === 'icmp') {
    return icmp(address, planned.sizeBytes ?? packetBytes(address, SMALL_DATA_BYTES));
  }
  if (planned.check === 'icmp-full')
    return icmp(address, planned.sizeBytes ?? routeMtuBytes(address));
  const { port } = planned.to;
  if (port === null) return noAnswer('not-attempted', 'the target has no port');
  switch (planned.check) {
    case 'tcp':
      return patiently(planned, async () => {
        const { kind, elapsedMs, errno } = await tcpConnect(address, port, planned.timeoutMs);
        return answered(kind, elapsedMs, { errno: errno ?? null });
      });
    case 'tcp-full':
      return patiently(planned, () => tcpFull(address, port, planned.timeoutMs));
    case 'tls':
      return tlsHandshake(address, port, planned.timeoutMs);
    case 'https':
      return httpsGet({
        host: address,
        port,
        path: planned.path ?? '/',
        timeoutMs: planned.timeoutMs,
      });
  }
}

/** A listener's Pod runs some 100 ms before its program has bound the port, longer on a busy node. */
const LISTENER_RETRIES_MS = [200, 400, 800];

/**
 * Asks a listener that refuses again a little later. A filter that rejects refuses each time: then the first
 * answer stands, since the kernel limits the rate of the errors that it sends and a later one may be silence.
 */
async function patiently(
  { to }: PlannedCheck,
  attempt: () => Promise<CheckResult>,
): Promise<CheckResult> {
  const first = await attempt();
  if (to.kind !== 'listener' || outcomeOf(first) !== 'refused') return first;
  for (const waitMs of LISTENER_RETRIES_MS) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const again = await attempt();
    if (outcomeOf(again) === 'open' || outcomeOf(again) === 'stalled') return again;
    if (outcomeOf(again) !== 'refused') return first;
  }
  return first;
}

function outcomeOf(result: CheckResult): string | null {
  return result.state === 'answered' ? result.answer.outcome : null;
}

/** As large as the device of the route allows: what a full TCP segment would be. */
function routeMtuBytes(address: string): number {
  const name = deviceFor(readRoutes(), address);
  const device = readDevices().find((candidate) => candidate.name === name);
  return device?.mtuBytes ?? FALLBACK_MTU_BYTES;
}
