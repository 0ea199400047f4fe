import { fileURLToPath } from 'node:url';
import type { BarePod, LabNetwork } from './types.ts';

const PROGRAM = fileURLToPath(new URL('./traffic.mjs', import.meta.url));
const DEFAULT_PACKETS_PER_SECOND = 500;
const DEFAULT_PORT = 9999;

/** Traffic of somebody else: UDP datagrams over the overlay between two bare pods, both ways, until stopped. */
export async function startTraffic(
  network: LabNetwork,
  from: BarePod,
  to: BarePod,
  packetsPerSecond: number = DEFAULT_PACKETS_PER_SECOND,
): Promise<{ stop(): Promise<void> }> {
  const port = String(DEFAULT_PORT);
  const ends = await Promise.all(
    (
      [
        [from, to],
        [to, from],
      ] as const
    ).map(([self, other]) =>
      network.start(
        self.netns,
        [process.execPath, PROGRAM, other.ip, port, String(packetsPerSecond)],
        { name: `traffic-${self.name}` },
      ),
    ),
  );
  return {
    async stop() {
      await Promise.all(ends.map((end) => end.stop(0)));
    },
  };
}
