// The cluster's DNS, in place of CoreDNS: knows no name at all, and says so (NXDOMAIN, RFC 1035 section 4.1.1).
// Usage: node dns-stand-in.mjs ADDRESS PORT
import { createSocket } from 'node:dgram';

const [address, port] = process.argv.slice(2);
const HEADER_BYTES = 12;
/** Response, recursion desired and available; response code 3, name error. */
const NXDOMAIN = 0x8183;

const socket = createSocket('udp4');
socket.on('message', (question, { address: from, port: fromPort }) => {
  if (question.length < HEADER_BYTES) return;
  // The question section ends 4 bytes (type, class) after the empty label; what follows it (EDNS) is not echoed.
  const end = question.indexOf(0, HEADER_BYTES) + 5;
  const answer = Buffer.from(question.subarray(0, end));
  answer.writeUInt16BE(NXDOMAIN, 2);
  // Counts of answers, authorities and additional records.
  answer.fill(0, 6, HEADER_BYTES);
  socket.send(answer, fromPort, from);
});
socket.bind(Number(port), address);
