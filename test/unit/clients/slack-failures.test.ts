import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { expect, it } from 'vitest';
import { slackSettings } from '../../../src/clients/slack.ts';
import { slackFailure } from '../../../src/clients/slack-failure.ts';

const platform = (error: string) => new WebAPIPlatformError({ ok: false, error });

it.each([
  ['a 429', new WebAPIRateLimitedError(7), { kind: 'rate-limited', ms: 7_000 }],
  ['a refusal', platform('channel_not_found'), { kind: 'refused', code: 'channel_not_found' }],
  [
    'trouble of Slack',
    platform('internal_error'),
    { kind: 'unreachable', reason: 'internal_error' },
  ],
  ['rate limiting by words', platform('ratelimited'), { kind: 'rate-limited', ms: 1_000 }],
  ['HTTP 503', new WebAPIHTTPError(503, 'x', {}), { kind: 'unreachable', reason: 'HTTP 503' }],
  [
    'no connection',
    new WebAPIRequestError(new Error('refused')),
    { kind: 'unreachable', reason: 'refused' },
  ],
  ['anything else', new Error('odd'), { kind: 'unreachable', reason: 'odd' }],
])('tells %s apart', (_name, error, expected) => {
  expect(slackFailure(error)).toEqual(expected);
});

it('ends the address of another Slack in a slash, which the SDK needs', () => {
  const config = {
    mode: 'socket',
    port: 3000,
    host: '127.0.0.1',
    defaultClusterByChannel: {},
    language: 'en',
    languageByChannel: {},
    botToken: 'xoxb-1',
    appToken: 'xapp-1',
    signingSecret: null,
    apiUrl: 'http://127.0.0.1:9/api',
  } as const;

  expect(slackSettings(config)).toEqual({
    botToken: 'xoxb-1',
    apiUrl: 'http://127.0.0.1:9/api/',
    mode: { kind: 'socket', appToken: 'xapp-1' },
  });
  expect(slackSettings({ ...config, apiUrl: null }).apiUrl).toBeNull();
});
