import { connectProducer, disconnect, waitUntilReady } from '../clients/redis.ts';
import { loadRedisUrl } from '../config/load-config.ts';
import { checkChain, createAuditLog } from '../runs/audit-log.ts';
import type { Terminal } from './cli.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * `audit verify` walks the chain, `audit export` writes one JSON line for each entry. Exit code 0: done, and intact;
 * 1: the chain is broken.
 *
 * @throws ConfigError without a REDIS_URL, ExternalError `redis-unavailable`
 */
export async function runAudit(what: 'verify' | 'export', terminal: Terminal): Promise<0 | 1> {
  const redis = connectProducer(loadRedisUrl(terminal.env), () => undefined);
  try {
    await waitUntilReady(redis, CONNECT_TIMEOUT_MS);
    const log = createAuditLog(redis);
    if (what === 'export') {
      for await (const entry of log.entries()) terminal.out(`${JSON.stringify(entry)}\n`);
      return 0;
    }
    const check = await checkChain(log.entries());
    const count = `${check.entries} ${check.entries === 1 ? 'entry' : 'entries'}`;
    terminal.out(
      check.intact
        ? `The audit log is intact: ${count}.\n`
        : `The audit log is broken after ${count}. ${check.why}\n`,
    );
    return check.intact ? 0 : 1;
  } finally {
    disconnect(redis);
  }
}
