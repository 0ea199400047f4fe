/** Share of a limit that counts as one look at the sockets; short enough that a limit is kept to within a few per cent. */
const SLICES = 20;

/**
 * Calls back after `ms` of listening. On a starved node a process may not run for seconds, and Node fires timers
 * that are due before it looks at its sockets: a plain timer would call silence what already lies in the kernel. So
 * the time is counted in slices, each of which ends after a look at the sockets; a slice that took long counts once.
 *
 * @returns cancels it
 */
export function afterListening(ms: number, onSilence: () => void): () => void {
  let left = SLICES;
  let timer: NodeJS.Timeout;
  let look: NodeJS.Immediate;
  const slice = (): void => {
    timer = setTimeout(() => {
      // Immediates run after the poll phase, in which sockets are read.
      look = setImmediate(() => {
        left -= 1;
        if (left > 0) slice();
        else onSilence();
      });
    }, ms / SLICES);
  };
  slice();
  return () => {
    left = 0;
    clearTimeout(timer);
    clearImmediate(look);
  };
}
