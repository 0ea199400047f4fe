import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Finding, findings } from '../../../src/doctor/finding.ts';
import { clockFinding } from '../../../src/doctor/look-at-redis.ts';
import { SCOPES } from '../../../src/doctor/look-at-slack.ts';
import { renderFindings } from '../../../src/renderers/doctor.ts';

describe('the clocks', () => {
  it.each([
    [0, 'ok'],
    [-1_900, 'ok'],
    [2_100, 'worth-a-look'],
    [-29_000, 'worth-a-look'],
    [31_000, 'wrong'],
    [-3_600_000, 'wrong'],
  ] as const)('%i ms apart are %s', (skewMs, state) => {
    expect(clockFinding(skewMs).state).toBe(state);
  });
});

it('the scopes that are looked for are those of the manifest', () => {
  const manifest = parse(
    readFileSync(new URL('../../../slack-manifest.yaml', import.meta.url), 'utf8'),
  ) as { oauth_config: { scopes: { bot: string[] } } };
  expect(SCOPES.map(({ scope }) => scope).toSorted()).toEqual(
    manifest.oauth_config.scopes.bot.toSorted(),
  );
});

it('a trouble is followed by why it matters and what mends it; the last line counts', () => {
  const is = findings('redis');
  const found: readonly Finding[] = [
    is.ok('version 7.2'),
    is.wrong({
      what: 'maxmemory-policy is allkeys-lru',
      why: 'Runs get lost.',
      mend: ['redis-cli …'],
    }),
    is.worthALook({ what: 'no append-only file', why: 'A crash loses minutes.', mend: [] }),
    findings('slack').skipped('SLACK_BOT_TOKEN is not set'),
  ];
  expect(renderFindings(found, { colour: false })).toBe(`redis
[x] version 7.2
[!] maxmemory-policy is allkeys-lru
    Runs get lost.
      redis-cli …
[?] no append-only file
    A crash loses minutes.

slack
[-] SLACK_BOT_TOKEN is not set

1 wrong, 1 worth a look.
`);
});
