import { findCluster } from '../config/role-config.ts';
import { inlineCode, sentence } from '../renderers/mrkdwn.ts';
import { evidenceClick } from '../runs/clicks.ts';
import type { Subscription } from '../runs/run-store.ts';
import { type Asked, type Desk, permit } from './slack-desk.ts';

const SAY = {
  gone: (run: string) =>
    `Run ${run} is no longer kept: runs stay for a week. Run again for fresh evidence.`,
  noVerdict: (run: string) => `Run ${run} has no verdict yet; its evidence comes with it.`,
  before: (name: string) => `${name} asked for the evidence before you: it is in the thread.`,
  soon: 'The evidence comes into the thread when the last API servers have answered, within 45 s.',
} as const;

/** "Show evidence": the HTML report and the bundle come into the thread, once. Null when the thread is the answer. */
export async function showEvidence(
  desk: Desk,
  runId: string,
  asked: Asked & { readonly messageTs: string | null },
): Promise<string | null> {
  const run = await desk.store.run(runId);
  const cluster = run === null ? null : findCluster(desk.clusters, run.cluster);
  const subscription = run === null ? null : await followerOf(desk, runId, asked);
  if (run === null || cluster === null || subscription === null) return SAY.gone(inlineCode(runId));
  if (run.report === null) return SAY.noVerdict(inlineCode(runId));
  const refused = await permit(
    desk,
    { cluster, action: 'diagnose', notedAs: 'evidence', runId },
    asked,
  );
  if (refused !== null) return refused;
  const { user, userName } = asked;
  const click = { user, userName, at: new Date().toISOString() };
  const { first, by } = await desk.clicks.note(runId, evidenceClick(subscription.id), click);
  // Also for the second: the first may have died before the thread was told.
  await desk.showAgain({ runId, cluster: run.cluster });
  if (!first) return SAY.before(sentence(await desk.nameOf(by)));
  return run.report.final ? null : SAY.soon;
}

/** The follower whose thread the clicked message begins. */
export async function followerOf(
  { store }: Desk,
  runId: string,
  { channel, messageTs }: { readonly channel: string; readonly messageTs: string | null },
): Promise<Subscription | null> {
  const here = (await store.subscriptions(runId)).filter((each) => each.channel === channel);
  for (const each of here) {
    const root = await store.message(runId, each.id, 'root');
    if (root?.ts === messageTs) return each;
  }
  return here[0] ?? null;
}
