import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { ANSWER_BYTES, FULL_SIZE_QUESTION, QUESTION_BYTES, RECEIPT } from './checks/tcp-full.ts';
import { openUdpSink, type UdpSink } from './checks/udp-burst.ts';
import type { ListenerAnswer } from './plan.ts';
import { listenerToWire } from './wire.ts';

/** First byte of the question for the listener's results. */
export const RESULTS_QUESTION = 'R';
/** A listener serves one run; more than this is not ours. */
const MAX_CONNECTIONS = 64;
const IDLE_TIMEOUT_MS = 8_000;
/** The answer leaves in a packet of its own, after the receipt. */
const AFTER_RECEIPT_MS = 20;

export interface ListenerServer {
  readonly sink: UdpSink;
  close(): void;
}

/**
 * A listener's door, TCP and UDP on one port: it swallows a full-size question and answers at full size, counts
 * datagrams, and tells its results to whoever asks. It does nothing else that is asked of it.
 */
export async function openListener(
  port: number,
  runId: string,
  results: () => Promise<ListenerAnswer>,
): Promise<ListenerServer> {
  const sink = await openUdpSink(port, runId);
  const server = await listen(port, (socket) => serve(socket, results));
  return {
    sink,
    close() {
      sink.close();
      server.close();
    },
  };
}

async function listen(port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, onConnection);
  server.maxConnections = MAX_CONNECTIONS;
  // Without a host Node listens on :: and falls back to 0.0.0.0 where the kernel has no IPv6.
  server.listen(port);
  await once(server, 'listening');
  return server;
}

function serve(socket: Socket, results: () => Promise<ListenerAnswer>): void {
  let received = 0;
  let question: string | null = null;
  socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
    question ??= chunk.toString('latin1', 0, 1);
    if (question === RESULTS_QUESTION) {
      socket.removeAllListeners('data');
      void results().then((answer) => socket.end(JSON.stringify(listenerToWire(answer))));
    } else if (question !== FULL_SIZE_QUESTION) {
      socket.destroy();
    } else if (received >= QUESTION_BYTES) {
      socket.removeAllListeners('data');
      socket.resume();
      answerAtLength(socket);
    }
  });
}

function answerAtLength(socket: Socket): void {
  socket.write(RECEIPT);
  setTimeout(() => {
    if (!socket.destroyed) socket.write(Buffer.alloc(ANSWER_BYTES, FULL_SIZE_QUESTION));
  }, AFTER_RECEIPT_MS);
}
