import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { webhookRoute } from '../../../src/http/webhook-route.ts';

const TOKEN = 'a-long-random-webhook-token';
const request = (body = '{}'): IncomingMessage =>
  Object.assign(Readable.from([Buffer.from(body)]), {
    headers: { authorization: `Bearer ${TOKEN}` },
  }) as unknown as IncomingMessage;

it('answers more than it can hold at once with 503, never 429, and takes the next one again', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let overloads = 0;
  const route = webhookRoute({
    token: TOKEN,
    onOverload: () => {
      overloads += 1;
    },
    handle: () => gate.then(() => ({ status: 200, text: 'stored' })),
  });
  const held = Array.from({ length: 32 }, async () => route(request()));
  expect(await route(request())).toMatchObject({ status: 503 });
  expect(overloads).toBe(1);
  release();
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual(Array(32).fill(200));
  expect(await route(request())).toMatchObject({ status: 200 });
  expect(await route(request('{'))).toMatchObject({ status: 400 });
});
