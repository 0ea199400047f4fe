import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { ANSWER_BYTES, FULL_SIZE_QUESTION, QUESTION_BYTES, RECEIPT } from './checks/tcp-full.ts';
import { openUdpSink, type UdpSink } from './checks/udp-burst.ts';
import type { ListenerAnswer } from './plan.ts';
import { listenerToWire } from './wire.ts';

/** First byte of the request to run a planned check again; its index follows, ended by a newline. */
export const AGAIN_QUESTION = 'A';
/** Connections of one repetition. */
export const TRIES_AT_ONCE = 8;
/** Repetitions that a listener grants in its life: whoever finds its door gets no flood out of it. */
const MAX_REPETITIONS = 8;
const MAX_INDEX_CHARS = 6;
/** First byte of the question for the listener's results. */
export const RESULTS_QUESTION = 'R';
/** A listener serves one run; more than this is not ours. */
const MAX_CONNECTIONS = 64;
const IDLE_TIMEOUT_MS = 8_000;
/** The answer leaves in a packet of its own, after the receipt. */
const AFTER_RECEIPT_MS = 20;

export interface ListenerAnswers {
  readonly results: () => Promise<ListenerAnswer>;
  /** Runs a planned check again, several times at once. @returns how many were begun */
  readonly again: (index: number) => Promise<number>;
}

export interface ListenerServer {
  readonly sink: UdpSink;
  close(): void;
}

/**
 * A listener's door, TCP and UDP on one port: it swallows a full-size question and answers at full size, counts
 * datagrams, tells its results to whoever asks, and runs one of its own planned checks again. It does nothing else
 * that is asked of it.
 */
export async function openListener(
  port: number,
  runId: string,
  answers: ListenerAnswers,
): Promise<ListenerServer> {
  const sink = await openUdpSink(port, runId);
  let repetitions = 0;
  const again = async (index: number): Promise<number> => {
    repetitions += 1;
    return repetitions > MAX_REPETITIONS ? 0 : answers.again(index);
  };
  const server = await listen(port, (socket) => serve(socket, { ...answers, again }));
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

function serve(socket: Socket, { results, again }: ListenerAnswers): void {
  let received = 0;
  let question: string | null = null;
  let words = '';
  socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
    question ??= chunk.toString('latin1', 0, 1);
    if (question === RESULTS_QUESTION) {
      socket.removeAllListeners('data');
      void results().then((answer) => socket.end(JSON.stringify(listenerToWire(answer))));
    } else if (question === AGAIN_QUESTION) {
      words += chunk.toString('latin1');
      const index = /^A(\d+)\n$/.exec(words)?.[1];
      if (index !== undefined) {
        socket.removeAllListeners('data');
        void again(Number(index)).then((count) => socket.end(String(count)));
      } else if (words.length > MAX_INDEX_CHARS) socket.destroy();
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
