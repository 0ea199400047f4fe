import { createHash } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import type { BurstAnswer, BurstPlan, ListenerAnswer } from '../plan.ts';

const MAGIC = 0x6d646231; // "mdb1"
const HEADER_BYTES = 14;
const SMALLEST_BYTES = 32;
/** Lengths differ from one datagram to the next, so that no generic receive offload joins two into one. */
const LENGTH_SPREAD_BYTES = 64;
const LENGTH_STEP = 37;
const TICK_MS = 5;

/** Waits until the node's own clock shows `epochMs`. */
export function untilClock(epochMs: number): Promise<void> {
  const ms = epochMs - Date.now();
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Sends this node's bursts, each in its round. A busy node may begin late or need longer: both are written down,
 * and half of the round's quiet time is left alone. A round that cannot be kept within that is left out.
 */
export async function sendBursts(plan: BurstPlan, runId: string): Promise<BurstAnswer['sends']> {
  const done: BurstAnswer['sends'][number][] = [];
  const slackMs = (plan.periodMs - plan.burstMs) / 2;
  for (const send of [...plan.sends].sort((a, b) => a.round - b.round)) {
    const opensAt = roundStart(plan, send.round);
    await untilClock(opensAt);
    const remainingMs = opensAt + plan.burstMs + slackMs - Date.now();
    if (remainingMs < plan.burstMs) continue;
    const socket = createSocket(send.address.includes(':') ? 'udp6' : 'udp4');
    try {
      const startedAt = Date.now();
      const sent = await sendBurst(socket, {
        address: send.address,
        port: send.port,
        datagrams: plan.datagrams,
        burstMs: plan.burstMs,
        limitMs: remainingMs,
        header: headerOf(runId, plan.senderTag, send.round),
      });
      done.push({ round: send.round, sent, startedAt, endedAt: Date.now() });
    } finally {
      socket.close();
    }
  }
  return done;
}

/** When round `round` opens, by the node's own clock. */
export function roundStart(plan: BurstPlan, round: number): number {
  return plan.startAt + (round - plan.firstRound) * plan.periodMs;
}

/** When the last round's quiet time is over. */
export function burstsEnd(plan: BurstPlan): number {
  return roundStart(plan, plan.firstRound + plan.rounds);
}

interface Burst {
  readonly address: string;
  readonly port: number;
  readonly datagrams: number;
  readonly burstMs: number;
  /** Nothing is sent later than this. */
  readonly limitMs: number;
  readonly header: Buffer;
}

/** Evenly spread over the window, so that it is no queue overflow that the counters show. Returns how many the kernel took. */
function sendBurst(socket: Socket, burst: Burst): Promise<number> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let asked = 0;
    let answered = 0;
    let sent = 0;
    let over = false;
    const onSent = (error: Error | null): void => {
      answered += 1;
      if (error === null) sent += 1;
      if (over && answered >= asked) resolve(sent);
    };
    socket.on('error', () => undefined);
    const tick = (): void => {
      const elapsedMs = performance.now() - startedAt;
      const due = Math.ceil(burst.datagrams * Math.min(1, (elapsedMs + TICK_MS) / burst.burstMs));
      if (elapsedMs < burst.limitMs) {
        for (; asked < due; asked += 1) {
          socket.send(datagram(burst.header, asked), burst.port, burst.address, onSent);
        }
      }
      over = asked >= burst.datagrams || elapsedMs >= burst.limitMs;
      if (!over) setTimeout(tick, TICK_MS);
      else if (answered >= asked) resolve(sent);
    };
    tick();
  });
}

function headerOf(runId: string, senderTag: number, round: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt32BE(runHash(runId), 4);
  header.writeUInt16BE(senderTag, 8);
  header.writeUInt16BE(round, 10);
  return header;
}

function datagram(header: Buffer, sequence: number): Buffer {
  const bytes = Buffer.alloc(SMALLEST_BYTES + ((sequence * LENGTH_STEP) % LENGTH_SPREAD_BYTES));
  header.copy(bytes);
  bytes.writeUInt16BE(sequence & 0xffff, 12);
  return bytes;
}

function runHash(runId: string): number {
  return createHash('sha256').update(runId).digest().readUInt32BE(0);
}

export interface UdpSink {
  /** Datagrams of this run so far, by sender and round. */
  counts(): ListenerAnswer['received'];
  close(): void;
}

/** Counts this run's datagrams on a UDP port; answers nothing, so that the way back plays no part. */
export async function openUdpSink(port: number, runId: string): Promise<UdpSink> {
  const rows = new Map<number, { datagrams: number; firstAt: number; lastAt: number }>();
  const hash = runHash(runId);
  const socket = await bindUdp(port);
  socket.on('message', (bytes) => {
    if (
      bytes.length < SMALLEST_BYTES ||
      bytes.readUInt32BE(0) !== MAGIC ||
      bytes.readUInt32BE(4) !== hash
    )
      return;
    const key = bytes.readUInt32BE(8); // tag and round
    const now = Date.now();
    const row = rows.get(key);
    if (row === undefined) rows.set(key, { datagrams: 1, firstAt: now, lastAt: now });
    else {
      row.datagrams += 1;
      row.lastAt = now;
    }
  });
  return {
    counts: () =>
      [...rows].map(([key, row]) => ({ senderTag: key >>> 16, round: key & 0xffff, ...row })),
    close: () => socket.close(),
  };
}

/** The usual net.core.rmem_max; a busy node may leave us waiting for some 100 ms. */
const RECEIVE_BUFFER_BYTES = 212_992;

/** Both families where the kernel has IPv6, else IPv4 alone. */
async function bindUdp(port: number): Promise<Socket> {
  try {
    return await bindOne('udp6', port);
  } catch {
    return bindOne('udp4', port);
  }
}

function bindOne(type: 'udp4' | 'udp6', port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type, ipv6Only: false, recvBufferSize: RECEIVE_BUFFER_BYTES });
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, () => {
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}
