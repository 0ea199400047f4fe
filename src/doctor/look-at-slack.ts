import { createSlackWebClient, type SlackSettings, slackSettings } from '../clients/slack.ts';
import { slackFailure } from '../clients/slack-failure.ts';
import type { SlackConfig } from '../config/role-config.ts';
import type { Logger } from '../logger.ts';
import { type Finding, findings } from './finding.ts';

const is = findings('slack');

/** What is lost without a scope of the manifest (`slack-manifest.yaml`); a test compares the two. */
export const SCOPES: readonly {
  readonly scope: string;
  /** Without it the bot cannot be asked or cannot answer. */
  readonly needed: boolean;
  readonly without: string;
}[] = [
  { scope: 'commands', needed: true, without: 'nobody can type /metrics-diag' },
  { scope: 'chat:write', needed: true, without: 'no answer can be written' },
  { scope: 'app_mentions:read', needed: false, without: '@metrics-diag is not heard' },
  {
    scope: 'chat:write.public',
    needed: false,
    without: 'the bot must be invited to every channel that it shall answer in',
  },
  {
    scope: 'files:write',
    needed: false,
    without: 'the picture of the paths, the fixes as a file and the evidence are missing',
  },
  { scope: 'users:read', needed: false, without: '"asked by" shows a handle in place of a name' },
  {
    scope: 'usergroups:read',
    needed: false,
    without: 'clusters[].allow.userGroups lets nobody in',
  },
];

/** Tokens, scopes and Socket Mode, asked of Slack itself. Opens no connection and writes nothing. */
export async function lookAtSlack(
  config: SlackConfig,
  usesUserGroups: boolean,
  log: Logger,
): Promise<readonly Finding[]> {
  const settings = slackSettings(config);
  const bot = await lookAtBotToken(settings, usesUserGroups, log);
  return [...bot, ...(await lookAtDoor(settings, log))];
}

async function lookAtBotToken(
  settings: SlackSettings,
  usesUserGroups: boolean,
  log: Logger,
): Promise<readonly Finding[]> {
  try {
    const answer = await createSlackWebClient(settings, log).auth.test();
    const granted = answer.response_metadata?.scopes;
    return [
      is.ok(`the bot token is that of ${answer.user ?? 'the app'} in ${answer.team ?? 'Slack'}`),
      ...(granted === undefined
        ? [is.skipped('Slack did not say which scopes the token has')]
        : lookAtScopes(granted, usesUserGroups)),
    ];
  } catch (error) {
    return [
      refusedOrAway(error, {
        token: 'the bot token (SLACK_BOT_TOKEN)',
        mend: [
          '# api.slack.com/apps -> your app -> OAuth & Permissions -> (Re)install, then:',
          'SLACK_BOT_TOKEN=xoxb-…',
        ],
      }),
    ];
  }
}

function lookAtScopes(granted: readonly string[], usesUserGroups: boolean): readonly Finding[] {
  const missing = SCOPES.filter(({ scope }) => !granted.includes(scope)).filter(
    ({ scope }) => scope !== 'usergroups:read' || usesUserGroups,
  );
  if (missing.length === 0) return [is.ok('the token has all scopes of the manifest')];
  return missing.map(({ scope, needed, without }) =>
    (needed || scope === 'usergroups:read' ? is.wrong : is.worthALook)({
      what: `the bot token lacks the scope ${scope}`,
      why: `Without it ${without}.`,
      mend: [
        `# api.slack.com/apps -> your app -> OAuth & Permissions -> Bot Token Scopes -> ${scope}, then reinstall the app`,
      ],
    }),
  );
}

async function lookAtDoor(settings: SlackSettings, log: Logger): Promise<readonly Finding[]> {
  const { mode } = settings;
  if (mode.kind === 'http') {
    return [
      is.skipped(
        `HTTP mode: Slack must reach /slack/events of the bot (port ${mode.port}); that cannot be seen from here`,
      ),
    ];
  }
  try {
    // Gives out a one-time address for a connection, and connects to nothing.
    await createSlackWebClient(
      { ...settings, botToken: mode.appToken },
      log,
    ).apps.connections.open();
    return [is.ok('Socket Mode is on, and the app token may connect')];
  } catch (error) {
    return [
      refusedOrAway(error, {
        token: 'the app token for Socket Mode (SLACK_APP_TOKEN)',
        mend: [
          '# api.slack.com/apps -> your app -> Socket Mode -> enable; Basic Information -> App-Level Tokens -> one with connections:write, then:',
          'SLACK_APP_TOKEN=xapp-…',
        ],
      }),
    ];
  }
}

function refusedOrAway(
  error: unknown,
  { token, mend }: { readonly token: string; readonly mend: readonly string[] },
): Finding {
  const failure = slackFailure(error);
  if (failure.kind === 'refused') {
    return is.wrong({
      what: `Slack refuses ${token}: ${failure.code}`,
      why: 'The bot cannot be asked anything, and cannot answer.',
      mend,
    });
  }
  const reason = failure.kind === 'rate-limited' ? 'rate limited' : failure.reason;
  return is.wrong({
    what: `Slack cannot be asked about ${token}: ${reason}`,
    why: 'Messages wait in the queue until Slack can be reached; commands do not arrive.',
    mend: ['curl -sS --max-time 10 https://slack.com/api/api.test   # from the host of the bot'],
  });
}
