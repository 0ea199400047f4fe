// Sends UDP datagrams at a steady rate and listens on the same port, so that nobody answers with ICMP errors.
import dgram from 'node:dgram';

const [, , host, port, rate] = process.argv;
const TICK_MS = 20;
const DATAGRAM_BYTES = 200;
const socket = dgram.createSocket('udp4');
socket.on('error', () => undefined);
socket.on('message', () => undefined);
const datagram = Buffer.alloc(DATAGRAM_BYTES, 0x2e);
const startedAt = performance.now();
let sent = 0;

socket.bind(Number(port), () => {
  setInterval(() => {
    // By the clock, not by counting ticks: a late timer must not lower the rate.
    const due = ((performance.now() - startedAt) / 1_000) * Number(rate);
    for (; sent < due; sent += 1) socket.send(datagram, Number(port), host, () => undefined);
  }, TICK_MS);
});
