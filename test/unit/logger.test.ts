import { expect, it } from 'vitest';
import { createLogger, redact } from '../../src/logger.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger({ level: 'info', role: 'test' }, { write: (line) => void lines.push(line) }));
  return lines.join('');
}

it.each([
  ['a Slack token in a message', 'xoxb-123-abc', (t: string) => ({ msg: `failed with ${t}` })],
  [
    'an app token deep in an object',
    'xapp-1-A0-9',
    (t: string) => ({ a: { b: { c: [{ d: t }] } } }),
  ],
  ['a bearer header', 'abc.def-ghi', (t: string) => ({ h: { authorization: `Bearer ${t}` } })],
  ['a token field at any depth', 'plainword', (t: string) => ({ a: { b: { accessToken: t } } })],
  ['a JSON web token', 'eyJhbGciOi.eyJzdWIiOi.c2ln', (t: string) => ({ text: `saw ${t} there` })],
  ['a password in a URL', 'geheim', (t: string) => ({ url: `rediss://user:${t}@redis:6380/0` })],
  [
    'a private key',
    'MIIEvQIBADANBg',
    (t: string) => ({
      pem: `-----BEGIN RSA PRIVATE KEY-----\n${t}\n-----END RSA PRIVATE KEY-----`,
    }),
  ],
  ['a response URL', 'T0/B0/xyz', (t: string) => ({ to: `https://hooks.slack.com/commands/${t}` })],
])('keeps %s out of the log', (_name, secret, fields) => {
  const line = logged((log) => log.info(fields(secret), `about ${JSON.stringify(fields(secret))}`));

  expect(line).not.toContain(secret);
  expect(line).toContain('[redacted]');
  expect(() => JSON.parse(line) as unknown).not.toThrow();
});

it('keeps it out of an error, its cause and its stack', () => {
  const cause = new Error('401 for Bearer abcdefgh');
  const line = logged((log) =>
    log.error({ err: new Error('xoxb-1-2-3 refused', { cause }) }, 'no'),
  );

  expect(line).not.toContain('xoxb-1-2-3');
  expect(line).not.toContain('abcdefgh');
});

it('leaves ordinary words alone, and carries the run id', () => {
  const line = logged((log) =>
    log
      .child({ runId: 'r1234' })
      .info({ node: 'prod01', at: 'https://10.0.0.1:6443/x@y' }, 'asked'),
  );

  expect(JSON.parse(line)).toMatchObject({
    level: 'info',
    role: 'test',
    runId: 'r1234',
    node: 'prod01',
    at: 'https://10.0.0.1:6443/x@y',
    msg: 'asked',
  });
  expect(redact('see Basic Information of the app')).toBe('see Basic Information of the app');
});
