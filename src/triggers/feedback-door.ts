import type { App } from '@slack/bolt';
import { z } from 'zod';
import { findCluster } from '../config/role-config.ts';
import { inlineCode } from '../renderers/mrkdwn.ts';
import { WRONG_ACTION } from '../renderers/slack-buttons.ts';
import {
  FEEDBACK_BLOCK,
  FEEDBACK_VALUE,
  FEEDBACK_VIEW,
  MAX_FEEDBACK_CHARS,
  renderFeedbackForm,
} from '../renderers/slack-feedback.ts';
import { withoutSecrets } from '../scrub.ts';
import { withoutMarkup } from './home-door.ts';
import { type Asked, type Desk, inTime, permit, spokenTo } from './slack-desk.ts';

const SAY = {
  gone: (run: string) => `Run ${run} is no longer kept: runs stay for a week.`,
  noVerdict: (run: string) => `Run ${run} has no verdict yet.`,
} as const;

const placeSchema = z.object({ runId: z.string(), channel: z.string() });
const formSchema = z.object({
  [FEEDBACK_BLOCK]: z.object({ [FEEDBACK_VALUE]: z.object({ value: z.string().nullish() }) }),
});

/** "It was right": kept, and shown under the verdict with who said so. Null when that is the answer. */
export function sayRight(desk: Desk, runId: string, asked: Asked): Promise<string | null> {
  return giveOpinion(desk, runId, { asked, right: true, text: '' });
}

/** "It was wrong" opens a form, at once: a trigger id lives three seconds. What is sent with it is kept and shown. */
export function listenForFeedback(app: App, desk: Desk): void {
  app.action(WRONG_ACTION, async ({ action, body, ack, client }) => {
    await ack();
    if (!('trigger_id' in body)) return;
    const runId = 'value' in action && typeof action.value === 'string' ? action.value : '';
    const channel = ('channel' in body ? body.channel?.id : undefined) ?? body.user.id;
    await client.views.open({
      trigger_id: body.trigger_id,
      view: await spokenTo(
        desk,
        { user: body.user.id, channel },
        renderFeedbackForm({ runId, channel }),
      ),
    });
  });
  app.view(FEEDBACK_VIEW, async ({ ack, body, view }) => {
    const { runId, channel } = placeSchema.parse(JSON.parse(view.private_metadata));
    const { value } = formSchema.parse(view.state.values)[FEEDBACK_BLOCK][FEEDBACK_VALUE];
    const text = withoutSecrets(value ?? '').slice(0, MAX_FEEDBACK_CHARS);
    const { id: user, name: userName } = body.user;
    const asked: Asked = {
      kind: 'modal',
      user,
      userName,
      channel,
      threadTs: null,
      responseUrl: null,
    };
    const answer = await inTime(
      desk,
      asked,
      giveOpinion(desk, runId, { asked, right: false, text }),
    );
    await (answer === null
      ? ack()
      : ack({
          response_action: 'errors',
          errors: { [FEEDBACK_BLOCK]: withoutMarkup(answer) },
        }));
  });
}

async function giveOpinion(
  desk: Desk,
  runId: string,
  { asked, right, text }: { readonly asked: Asked; readonly right: boolean; readonly text: string },
): Promise<string | null> {
  const run = await desk.store.run(runId);
  const cluster = run === null ? null : findCluster(desk.clusters, run.cluster);
  if (run === null || cluster === null) return SAY.gone(inlineCode(runId));
  const { report } = run;
  if (report === null) return SAY.noVerdict(inlineCode(runId));
  const refused = await permit(
    desk,
    { cluster, action: 'diagnose', notedAs: right ? 'said-right' : 'said-wrong', runId },
    asked,
  );
  if (refused !== null) return refused;
  await desk.feedback.give({
    runId,
    cluster: cluster.name,
    verdict: report.verdict,
    causes: report.causes.map(({ id, verdict }) => `${verdict} ${id}`),
    right,
    text,
    user: asked.user,
    userName: asked.userName,
    at: new Date().toISOString(),
  });
  await desk.showAgain({ runId, cluster: cluster.name });
  return null;
}
