import { expect, it } from 'vitest';
import { redisOptionsFrom } from '../../../src/clients/redis.ts';
import { parseInfo } from '../../../src/clients/redis-check.ts';

it.each([
  ['redis://redis', { host: 'redis', port: 6379, db: 0 }],
  ['redis://:p%40ss@10.0.0.1:6380/3', { host: '10.0.0.1', port: 6380, db: 3, password: 'p@ss' }],
  ['redis://[::1]:6379', { host: '::1', port: 6379, db: 0 }],
  [
    'rediss://user:pass@redis.example:6380',
    {
      host: 'redis.example',
      port: 6380,
      db: 0,
      username: 'user',
      password: 'pass',
      tls: { servername: 'redis.example' },
    },
  ],
  ['unix:///run/redis.sock', { path: '/run/redis.sock', db: 0 }],
  ['unix:///run/redis.sock?db=2', { path: '/run/redis.sock', db: 2 }],
])('reads %s', (url, options) => {
  expect(redisOptionsFrom(url)).toEqual(options);
});

it('reads the lines of INFO', () => {
  const info = parseInfo(
    '# Server\r\nredis_version:7.0.15\r\n\r\n# Memory\r\nmaxmemory_policy:noeviction\r\n',
  );
  expect(Object.fromEntries(info)).toEqual({
    redis_version: '7.0.15',
    maxmemory_policy: 'noeviction',
  });
});
