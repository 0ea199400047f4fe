import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ALERT_SHORTCUT } from '../../src/triggers/alert-shortcut.ts';
import { EXPLAIN_SHORTCUT } from '../../src/triggers/explain-door.ts';
import { COMMAND } from '../../src/triggers/slack-desk.ts';

const root = new URL('../../', import.meta.url);
const manifest = z
  .object({
    display_information: z.object({
      name: z.string().max(35),
      description: z.string().max(140),
    }),
    features: z.object({
      app_home: z.object({ home_tab_enabled: z.boolean() }),
      bot_user: z.object({ display_name: z.string().max(80) }),
      shortcuts: z.array(
        z.object({
          name: z.string().max(24),
          type: z.literal('message'),
          callback_id: z.string().max(255),
          description: z.string().max(150),
        }),
      ),
      slash_commands: z.array(
        z.object({
          command: z.string().max(32),
          description: z.string().max(2_000),
          usage_hint: z.string().max(1_000),
        }),
      ),
    }),
    oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
    settings: z.object({
      event_subscriptions: z.object({ bot_events: z.array(z.string()) }),
      interactivity: z.object({ is_enabled: z.boolean() }),
      socket_mode_enabled: z.boolean(),
    }),
  })
  .parse(parse(readFileSync(new URL('slack-manifest.yaml', root), 'utf8')));

/** History may be granted or not; the manifest names it in a comment. */
const OPTIONAL = 'channels:history';

/** Scope of each method that we call (docs.slack.dev/reference/methods); null needs none. */
const SCOPES: Readonly<Record<string, string | null>> = {
  'auth.test': null,
  'chat.getPermalink': null,
  'chat.postEphemeral': 'chat:write',
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.history': OPTIONAL,
  'conversations.replies': OPTIONAL,
  'files.completeUploadExternal': 'files:write',
  'files.getUploadURLExternal': 'files:write',
  'usergroups.users.list': 'usergroups:read',
  'users.info': 'users:read',
  'views.open': null,
  'views.publish': null,
};

function calledMethods(): readonly string[] {
  const src = new URL('src/', root);
  const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(new URL(path, src), 'utf8'));
  const called = sources.flatMap((source) =>
    [...source.matchAll(/\b(?:web|client)\.((?:[a-zA-Z]+\.)+[a-zA-Z]+)\(/gu)].map(
      ([, method = '']) => method,
    ),
  );
  return [...new Set(called)].toSorted();
}

it('asks for what the code calls and nothing else', () => {
  const methods = calledMethods();
  expect(methods.length).toBeGreaterThan(4);
  const needed = methods.map((method) => SCOPES[method]);
  expect(needed, `a scope for each of ${methods.join(', ')}`).not.toContain(undefined);

  expect([...manifest.oauth_config.scopes.bot].toSorted()).toEqual(
    [
      ...new Set([
        ...needed.filter((scope) => typeof scope === 'string').filter((s) => s !== OPTIONAL),
        'commands',
        'app_mentions:read',
        'chat:write.public',
      ]),
    ].toSorted(),
  );
});

it('offers the history scopes without asking for them', () => {
  const text = readFileSync(new URL('slack-manifest.yaml', root), 'utf8');
  for (const scope of ['channels:history', 'groups:history', 'im:history', 'mpim:history']) {
    expect(text).toContain(`# - ${scope}`);
    expect(manifest.oauth_config.scopes.bot).not.toContain(scope);
  }
});

it('registers our command, buttons and Socket Mode', () => {
  expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual([COMMAND]);
  expect(manifest.features.shortcuts.map((each) => each.callback_id)).toEqual([
    ALERT_SHORTCUT,
    EXPLAIN_SHORTCUT,
  ]);
  expect(manifest.settings.event_subscriptions.bot_events).toEqual([
    'app_mention',
    'app_home_opened',
  ]);
  expect(manifest.features.app_home.home_tab_enabled).toBe(true);
  expect(manifest.features.bot_user.display_name).toBe('metrics-diag');
  expect(manifest.settings).toMatchObject({
    interactivity: { is_enabled: true },
    socket_mode_enabled: true,
  });
});
