import { type AuditLog, checkChain, createAuditLog } from '../runs/audit-log.ts';
import type { Terminal } from './cli.ts';
import { withRedis } from './with-redis.ts';

/**
 * `audit verify` walks the chain, `audit export` writes one JSON line for each entry. Exit code 0: done, and intact;
 * 1: the chain is broken.
 *
 * @throws ConfigError without a REDIS_URL, ExternalError `redis-unavailable`
 */
export async function runAudit(what: 'verify' | 'export', terminal: Terminal): Promise<0 | 1> {
  return withRedis(terminal, async (redis) => {
    const log = createAuditLog(redis);
    if (what === 'verify') return verify(log, terminal);
    for await (const entry of log.entries()) terminal.out(`${JSON.stringify(entry)}\n`);
    return 0;
  });
}

async function verify(log: AuditLog, terminal: Terminal): Promise<0 | 1> {
  const check = await checkChain(log.entries());
  const count = `${check.entries} ${check.entries === 1 ? 'entry' : 'entries'}`;
  terminal.out(
    check.intact
      ? `The audit log is intact: ${count}.\n`
      : `The audit log is broken after ${count}. ${check.why}\n`,
  );
  return check.intact ? 0 : 1;
}
