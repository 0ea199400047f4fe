import { connect } from 'node:net';
import { errnoOf } from './check-result.ts';
import { afterListening } from './listening-time.ts';

export interface TcpOutcome {
  readonly kind: 'open' | 'refused' | 'timeout' | 'unreachable' | 'closed';
  readonly elapsedMs: number;
  readonly errno?: string;
}

/** ICMP errors and routing errors as connect(2) and tcp(7) name them; EACCES and EPERM come from local `prohibit` routes and filters. */
const UNREACHABLE = new Set([
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EACCES',
  'EPERM',
  'ENOPROTOOPT',
  'EPROTO',
]);

/** How a failed connect reads; null for an error that says nothing about the network (`EMFILE`, `EADDRNOTAVAIL`). */
export function connectFailure(
  errno: string | null,
): 'refused' | 'unreachable' | 'timeout' | 'closed' | null {
  if (errno === 'ECONNREFUSED') return 'refused';
  if (errno === 'ETIMEDOUT') return 'timeout';
  if (errno === 'ECONNRESET' || errno === 'EPIPE' || errno === 'ECONNABORTED') return 'closed';
  return errno !== null && UNREACHABLE.has(errno) ? 'unreachable' : null;
}

/**
 * Opens one TCP connection and closes it; sends no payload.
 *
 * The way it fails is the finding, so outcomes are returned with the raw errno and the time: `refused` is a
 * RST or port-unreachable (no listener, or REJECT), `unreachable` an ICMP or routing error (at once: a
 * prohibiting filter; after 3.1 s: ARP failed), `timeout` silence (DROP).
 *
 * @param timeoutMs - time for the handshake, in milliseconds; below 4,000 a failed ARP looks like a DROP
 * @throws the socket error for `EMFILE` and its like: nothing was learnt about the network
 */
export function tcpConnect(host: string, port: number, timeoutMs: number): Promise<TcpOutcome> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const cancel = afterListening(timeoutMs, () => settle('timeout'));
    const settle = (kind: TcpOutcome['kind'], errno?: string): void => {
      cancel();
      socket.destroy();
      resolve({
        kind,
        elapsedMs: Math.round(performance.now() - startedAt),
        ...(errno === undefined ? {} : { errno }),
      });
    };
    socket.once('connect', () => settle('open'));
    socket.once('error', (error) => {
      const errno = errnoOf(error);
      const kind = connectFailure(errno);
      if (kind === null || errno === null) {
        cancel();
        reject(error);
      } else settle(kind, errno);
    });
  });
}
