import { connect } from 'node:net';
import { type Missing, missing } from '../core/evidence/observed.ts';
import { errnoOf } from './checks/check-result.ts';
import { RESULTS_QUESTION } from './listener-server.ts';

/** Far above what a listener's plan can fill. */
const MAX_BYTES = 64 * 1_024;

/**
 * Fetches a listener's results from its own node: the path does not use the overlay. The words are passed on
 * as they came; the worker checks them.
 */
export function askListener(
  host: string,
  port: number,
  timeoutMs: number,
): Promise<{ readonly state: 'raw'; readonly wire: unknown } | Missing> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let text = '';
    const timer = setTimeout(
      () =>
        give(missing('timed-out', `the listener did not answer its own node in ${timeoutMs} ms`)),
      timeoutMs,
    );
    function give(result: { readonly state: 'raw'; readonly wire: unknown } | Missing): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    }
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(RESULTS_QUESTION));
    socket.once('error', (error) =>
      give(missing('failed', `the listener could not be asked: ${errnoOf(error) ?? 'error'}`)),
    );
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MAX_BYTES) give(missing('failed', 'the listener said too much'));
    });
    socket.once('end', () => {
      try {
        give({ state: 'raw', wire: JSON.parse(text) });
      } catch {
        give(missing('failed', 'the listener broke off'));
      }
    });
  });
}
