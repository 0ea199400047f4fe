/**
 * Reads standard input up to its end. Of more than `maxBytes` the start and the end are kept, for a log breaks
 * at either; the middle is read and thrown away, so that no pipe breaks.
 */
export async function readStandardInput(maxBytes: number): Promise<string> {
  const half = Math.floor(maxBytes / 2);
  const head: Buffer[] = [];
  let headBytes = 0;
  let tail = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    const room = Math.max(0, half - headBytes);
    head.push(buffer.subarray(0, room));
    headBytes += Math.min(room, buffer.length);
    tail = Buffer.concat([tail, buffer.subarray(room)]).subarray(-half);
  }
  return Buffer.concat([...head, tail]).toString('utf8');
}
