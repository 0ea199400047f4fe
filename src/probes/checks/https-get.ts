import type { TLSSocket } from 'node:tls';
import type { ReachAnswer } from '../../core/evidence/probe-results.ts';
import type { CheckResult } from '../plan.ts';
import { answered, errnoOf } from './check-result.ts';
import { afterListening } from './listening-time.ts';
import { openTls } from './tls-handshake.ts';

/** Enough for a status line and the first words of a body. */
const MAX_ANSWER_BYTES = 4_096;
const MAX_DETAIL_CHARS = 120;

/**
 * One `GET` over TLS, unauthenticated. Any status is an answer (`open`): a 403 is a healthy, reachable server.
 *
 * @param timeoutMs - for the connect, for the handshake, and for the answer, each
 * @throws the socket error when nothing was learnt about the network
 */
export async function httpsGet(target: {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly timeoutMs: number;
}): Promise<CheckResult> {
  const startedAt = performance.now();
  const { result, socket } = await openTls({ ...target, protocols: ['http/1.1'] });
  if (socket === null || result.state === 'missing') return result;
  const ms = (): number => performance.now() - startedAt;
  const answer = await exchange(socket, target);
  socket.destroy();
  return answered(answer.outcome, ms(), {
    errno: answer.errno,
    status: answer.status,
    detail: answer.detail,
    sizeBytes: result.answer.sizeBytes,
    peer: result.answer.peer,
  });
}

type Exchange = Pick<ReachAnswer, 'outcome' | 'errno' | 'status' | 'detail'>;

function exchange(
  socket: TLSSocket,
  target: { readonly host: string; readonly path: string; readonly timeoutMs: number },
): Promise<Exchange> {
  return new Promise((resolve) => {
    let text = '';
    const end = (outcome: 'stalled' | 'closed', errno: string | null): void => {
      cancel();
      resolve(read(text) ?? { outcome, errno, status: null, detail: 'no HTTP answer' });
    };
    const cancel = afterListening(target.timeoutMs, () => end('stalled', null));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text = (text + chunk).slice(0, MAX_ANSWER_BYTES);
      if (text.length >= MAX_ANSWER_BYTES) end('closed', null);
    });
    socket.once('end', () => end('closed', null));
    socket.once('error', (error) => end('closed', errnoOf(error)));
    socket.write(
      `GET ${target.path} HTTP/1.1\r\nHost: ${hostHeader(target.host)}\r\nUser-Agent: metrics-diag-probe\r\nConnection: close\r\n\r\n`,
    );
  });
}

function hostHeader(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function read(text: string): Exchange | null {
  const match = /^HTTP\/1\.[01] (\d{3})/.exec(text);
  if (match === null) return null;
  const bodyAt = text.indexOf('\r\n\r\n');
  const body = bodyAt < 0 ? '' : text.slice(bodyAt + '\r\n\r\n'.length);
  return {
    outcome: 'open',
    errno: null,
    status: Number(match[1]),
    detail: body.replace(/\s+/g, ' ').trim().slice(0, MAX_DETAIL_CHARS),
  };
}
