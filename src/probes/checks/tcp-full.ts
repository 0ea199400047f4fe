import { connect, type Socket } from 'node:net';
import type { CheckResult } from '../plan.ts';
import { answered, errnoOf } from './check-result.ts';
import { afterListening } from './listening-time.ts';
import { connectFailure } from './tcp-connect.ts';

/** First byte of a full-size question to our listener. */
export const FULL_SIZE_QUESTION = 'F';
/** What the asker sends in one write: at an overlay MTU of 1,450 it is six segments, five of them full. */
export const QUESTION_BYTES = 8_192;
/** What the listener answers, after the one-byte receipt. */
export const ANSWER_BYTES = 16_384;
/** Small, sent as soon as the whole question is in: tells a question that died from an answer that died. */
export const RECEIPT = '+';

/**
 * Full-size segments both ways with our own listener. `stalled` is the finding: the connection opened, then one
 * direction went silent; `detail` says which, since the listener confirms the whole question with one byte
 * before it answers at length.
 *
 * @param timeoutMs - for the connect, and again for the exchange
 * @throws the socket error when nothing was learnt about the network
 */
export function tcpFull(host: string, port: number, timeoutMs: number): Promise<CheckResult> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const progress = { connected: false, received: 0 };
    let cancel = afterListening(timeoutMs, onSilence);
    function settle(result: CheckResult): void {
      cancel();
      socket.destroy();
      resolve(result);
    }
    function elapsed(): number {
      return performance.now() - startedAt;
    }
    function onSilence(): void {
      settle(
        progress.connected
          ? answered('stalled', elapsed(), { detail: describe(progress.received) })
          : answered('timeout', elapsed()),
      );
    }
    socket.once('connect', () => {
      progress.connected = true;
      cancel();
      cancel = afterListening(timeoutMs, onSilence);
      ask(socket);
    });
    socket.on('data', (chunk: Buffer) => {
      progress.received += chunk.length;
      if (progress.received >= ANSWER_BYTES + RECEIPT.length) {
        settle(answered('open', elapsed(), { detail: describe(progress.received) }));
      }
    });
    socket.once('end', () =>
      settle(answered('closed', elapsed(), { detail: describe(progress.received) })),
    );
    socket.once('error', (error) => {
      const errno = errnoOf(error);
      const kind = connectFailure(errno);
      if (kind !== null) {
        settle(
          answered(kind, elapsed(), {
            errno,
            detail: progress.connected ? describe(progress.received) : '',
          }),
        );
        return;
      }
      cancel();
      socket.destroy();
      reject(error);
    });
  });
}

function ask(socket: Socket): void {
  socket.write(Buffer.alloc(QUESTION_BYTES, FULL_SIZE_QUESTION));
}

function describe(received: number): string {
  if (received === 0) return `sent ${QUESTION_BYTES} bytes, not confirmed`;
  return `sent ${QUESTION_BYTES} bytes, confirmed; received ${received - RECEIPT.length} of ${ANSWER_BYTES}`;
}
