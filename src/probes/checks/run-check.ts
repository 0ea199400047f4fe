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
    case 'tcp': {
      const { kind, elapsedMs, errno } = await tcpConnect(address, port, planned.timeoutMs);
      return answered(kind, elapsedMs, { errno: errno ?? null });
    }
    case 'tcp-full':
      return tcpFull(address, port, planned.timeoutMs);
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

/** As large as the device of the route allows: what a full TCP segment would be. */
function routeMtuBytes(address: string): number {
  const name = deviceFor(readRoutes(), address);
  const device = readDevices().find((candidate) => candidate.name === name);
  return device?.mtuBytes ?? FALLBACK_MTU_BYTES;
}
