import { afterEach, expect, it } from 'vitest';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/clients/embedded-redis.ts';
import { connectProducer, waitUntilReady } from '../../src/clients/redis.ts';
import { checkRedis } from '../../src/clients/redis-check.ts';

let redis: EmbeddedRedis | null = null;
afterEach(async () => {
  await redis?.stop();
  redis = null;
});

async function check(extraArguments: readonly string[]) {
  redis = await startEmbeddedRedis({ extraArguments });
  const client = connectProducer(redis.url, () => undefined);
  try {
    await waitUntilReady(client, 5_000);
    return await checkRedis(client).catch((error: unknown) => error);
  } finally {
    client.disconnect();
  }
}

it('is content with the embedded one', async () => {
  expect(await check([])).toMatchObject({ version: expect.stringMatching(/^\d/), warnings: [] });
});

it('refuses an eviction policy, with the command that mends it', async () => {
  const refused = await check(['--maxmemory-policy', 'allkeys-lru']);

  expect(refused).toMatchObject({ code: 'redis-unfit' });
  expect(String(refused)).toContain('maxmemory-policy is allkeys-lru');
  expect(String(refused)).toContain('CONFIG SET maxmemory-policy noeviction');
});

it('warns when nothing is kept on disk', async () => {
  expect(await check(['--appendonly', 'no'])).toMatchObject({
    warnings: [expect.stringContaining('appendonly yes')],
  });
});

it('warns that it does not know where CONFIG is forbidden, as managed services do', async () => {
  expect(await check(['--appendonly', 'no', '--rename-command', 'CONFIG', ''])).toMatchObject({
    warnings: [expect.stringContaining('does not let us read')],
  });
});
