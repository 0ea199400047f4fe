/**
 * Prefix of every key we own. The braces are a Redis Cluster hash tag: all keys fall into one slot, which
 * BullMQ's scripts need (https://docs.bullmq.io/bull/patterns/redis-cluster).
 */
export const KEY_PREFIX = '{metrics-diag}';

/** Key of one of our own records beside BullMQ's. */
export function recordKey(kind: string, ...ids: readonly string[]): string {
  return [KEY_PREFIX, kind, ...ids].join(':');
}
