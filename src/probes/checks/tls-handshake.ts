import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { PeerCertificate } from '../../core/evidence/probe-results.ts';
import type { CheckResult } from '../plan.ts';
import { answered, errnoOf } from './check-result.ts';
import { afterListening } from './listening-time.ts';
import { readPeerCertificate } from './peer-certificate.ts';
import { connectFailure } from './tcp-connect.ts';

/**
 * kube-apiserver built with Go 1.26 sends a ClientHello of 1,540 bytes, so its first segment is a full one; Node
 * 20 sends 367, which passes where the API server's does not. Twelve long names beside the real ones make ours
 * about 1,580. A server picks only what it knows (RFC 7301, 3.2), so they change nothing else.
 */
const PADDING_PROTOCOLS = Array.from({ length: 12 }, (_, i) =>
  `metrics-diag-padding-${i}-`.padEnd(100, 'x'),
);

export interface Handshake {
  readonly result: CheckResult;
  /** Open when the handshake succeeded: the caller destroys it. */
  readonly socket: TLSSocket | null;
}

/**
 * One TLS handshake with a full-size ClientHello. `stalled` after a connect is how an MTU black hole looks;
 * `tls-error` means that the peer speaks. The certificate is recorded, never verified.
 *
 * @param timeoutMs - for the connect, and again for the handshake
 * @throws the socket error when nothing was learnt about the network
 */
export async function tlsHandshake(
  host: string,
  port: number,
  timeoutMs: number,
): Promise<CheckResult> {
  const { result, socket } = await openTls({
    host,
    port,
    timeoutMs,
    protocols: ['h2', 'http/1.1'],
  });
  socket?.destroy();
  return result;
}

/** The handshake for callers that go on speaking. */
export function openTls(target: {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly protocols: readonly string[];
}): Promise<Handshake> {
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  return new Promise((resolve, reject) => {
    const raw = connectTcp({ host: target.host, port: target.port, noDelay: true });
    let tls: TLSSocket | null = null;
    let cancel = afterListening(target.timeoutMs, () => finish(answered('timeout', elapsed())));
    function finish(result: CheckResult, keep: TLSSocket | null = null): void {
      cancel();
      if (keep === null) {
        tls?.destroy();
        raw.destroy();
      }
      resolve({ result, socket: keep });
    }
    function onError(error: Error): void {
      const result = failure(error, tls === null ? null : raw, elapsed());
      if (result !== null) {
        finish(result);
        return;
      }
      cancel();
      raw.destroy();
      reject(error);
    }
    raw.once('error', onError);
    raw.once('connect', () => {
      raw.off('error', onError);
      cancel();
      cancel = afterListening(target.timeoutMs, () =>
        finish(
          answered('stalled', elapsed(), { sizeBytes: raw.bytesWritten, detail: traffic(raw) }),
        ),
      );
      const opened = connectTls({
        socket: raw,
        rejectUnauthorized: false,
        ALPNProtocols: [...target.protocols, ...PADDING_PROTOCOLS],
      });
      tls = opened;
      let helloBytes = 0;
      // The ClientHello is written in this turn of the loop, and no answer can come before the next.
      setImmediate(() => {
        helloBytes = raw.bytesWritten;
      });
      opened.once('error', onError);
      opened.once('secureConnect', () =>
        finish(
          answered('open', elapsed(), {
            sizeBytes: helloBytes === 0 ? null : helloBytes,
            peer: certificateOf(opened),
            detail: `${opened.getProtocol() ?? 'TLS'}, received ${raw.bytesRead} bytes`,
          }),
          opened,
        ),
      );
    });
  });
}

/** `connection` is null before the connect. */
function failure(error: Error, connection: Socket | null, ms: number): CheckResult | null {
  const errno = errnoOf(error);
  const kind = connectFailure(errno);
  if (connection === null) return kind === null ? null : answered(kind, ms, { errno });
  const rest = { errno, sizeBytes: connection.bytesWritten };
  if (kind !== null) return answered('closed', ms, { ...rest, detail: traffic(connection) });
  return answered('tls-error', ms, { ...rest, detail: reasonOf(error) });
}

/** OpenSSL's last words; the prefix with the thread number says nothing. */
function reasonOf(error: Error): string {
  return 'reason' in error && typeof error.reason === 'string'
    ? error.reason
    : error.message.slice(0, 120);
}

function traffic(socket: Socket): string {
  return `sent ${socket.bytesWritten} bytes, received ${socket.bytesRead}`;
}

function certificateOf(socket: TLSSocket): PeerCertificate | null {
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? null : readPeerCertificate(certificate);
}
