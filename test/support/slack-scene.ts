import { afterAll } from 'vitest';
import { type SlackBot, type SlackBotOptions, startSlackBot } from './slack-bot.ts';
import {
  type SlackStandIn,
  type StandInOptions,
  startSlackStandIn,
} from './slack-stand-in/slack-stand-in.ts';

export interface SlackScene {
  readonly slack: SlackStandIn;
  readonly bot: SlackBot;
  /** What somebody (Lin, if nobody is named) reads at once after typing a command into #ops. */
  readonly type: (text: string, user?: string) => Promise<string | null>;
  /** The audit log as `who action cluster`. */
  readonly noted: () => Promise<readonly string[]>;
}

/** A stand-in Slack and the Slack half of a bot for all tests of a file, closed after them: `await` it at the top. */
export async function slackScene(
  options: SlackBotOptions & { readonly standIn?: StandInOptions } = {},
): Promise<SlackScene> {
  const { standIn, ...botOptions } = options;
  const slack = await startSlackStandIn(standIn);
  const bot = await startSlackBot(slack, botOptions);
  afterAll(async () => {
    await bot.close();
    await slack.close();
  });
  return {
    slack,
    bot,
    type: async (text, user = 'U0LIN') =>
      (await slack.typeCommand({ user, channel: 'C0OPS', text })).text,
    async noted() {
      const lines: string[] = [];
      for await (const entry of bot.audit.entries()) {
        const { actor, action, cluster } = entry as {
          readonly actor: { readonly id: string };
          readonly action: string;
          readonly cluster: string;
        };
        lines.push(`${actor.id} ${action} ${cluster}`);
      }
      return lines;
    },
  };
}
