import { findCluster } from '../config/role-config.ts';
import { inlineCode, sentence } from '../renderers/mrkdwn.ts';
import { canVerify } from '../renderers/slack-verify.ts';
import { failingPaths } from '../runs/verify.ts';
import { followerOf } from './evidence-door.ts';
import { type Asked, type Desk, permit } from './slack-desk.ts';

const SAY = {
  gone: (run: string) =>
    `Run ${run} is no longer kept: runs stay for a week. Run again for a fresh verdict.`,
  nothing: (run: string) => `Nothing failed in run ${run} that could be tried again.`,
  noThread: 'This run has no thread here that the result could go into. Run again instead.',
  before: (name: string) => `${name} is verifying this already: the result comes into the thread.`,
} as const;

/** "Verify fix": tries again just what failed, and shows before and after in the thread. Null when that is the answer. */
export async function verifyFix(
  desk: Desk,
  runId: string,
  asked: Asked & { readonly messageTs: string | null },
): Promise<string | null> {
  const run = await desk.store.run(runId);
  const cluster = run === null ? null : findCluster(desk.clusters, run.cluster);
  if (run === null || run.report === null || cluster === null) return SAY.gone(inlineCode(runId));
  if (!canVerify(run.report)) return SAY.nothing(inlineCode(runId));
  const follower = await followerOf(desk, runId, asked);
  const root = follower === null ? null : await desk.store.message(runId, follower.id, 'root');
  if (follower === null || root === null) return SAY.noThread;
  const wish = { cluster, action: 'diagnose', notedAs: 'verify', runId } as const;
  const refused = await permit(desk, wish, asked);
  if (refused !== null) return refused;
  const { user, userName, responseUrl } = asked;
  const { channel } = follower;
  const threadTs = follower.threadTs ?? root.ts;
  const started = await desk.requestRun({
    cluster: cluster.name,
    only: failingPaths(run.report),
    trigger: { kind: 'verify', of: runId, channel, threadTs, user, userName, responseUrl },
  });
  desk.log.info({ runId: started.runId, of: runId, joined: started.joined }, 'fix to be verified');
  if (!started.joined) return null;
  const first = (await desk.store.run(started.runId))?.trigger;
  return first?.kind === 'verify' ? SAY.before(sentence(await desk.nameOf(first))) : null;
}
