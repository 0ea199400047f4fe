import type { ProbeLab } from './namespaces.ts';

/** After a busy moment it goes on at its rate and does not catch up: a flood would be another background. */
const SENDER = `
const [rate, ...addresses] = process.argv.slice(1);
const socket = require('node:dgram').createSocket('udp4');
let last = Date.now();
let owed = 0;
setInterval(() => {
  const now = Date.now();
  owed += (Math.min(now - last, 12) / 1000) * Number(rate);
  last = now;
  for (; owed >= 1; owed -= 1) for (const address of addresses) socket.send(Buffer.alloc(300), 9, address);
}, 4);
`;

/** Sends UDP from a pod to other pods, so many datagrams a second to each, until the lab is closed. */
export function startOverlayTraffic(
  lab: ProbeLab,
  flow: {
    readonly fromPod: string;
    readonly to: readonly string[];
    readonly packetsPerSecond: number;
  },
): void {
  lab.spawn(flow.fromPod, ['node', '-e', SENDER, `${flow.packetsPerSecond}`, ...flow.to]);
}
