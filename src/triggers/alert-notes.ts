import type { AlertsConfig } from '../config/alerts-schema.ts';
import { quietAt } from '../config/quiet-windows.ts';
import { inlineCode, sentence } from '../renderers/mrkdwn.ts';
import type { AlertStore } from '../runs/alert-store.ts';
import { knownCausesOf } from '../runs/known-causes.ts';
import type { RunStore } from '../runs/run-store.ts';
import { dayAndTime } from './run-commands.ts';

const SAY = {
  quiet: {
    maintenance: (until: string, reason: string) => `🔕 maintenance until ${until}: ${reason}`,
    'quiet-hours': (until: string) => `🔕 quiet hours until ${until}`,
  },
  held: (words: string, count: number) =>
    count === 1
      ? `${words}; 1 alert group is held back`
      : `${words}; ${count} alert groups are held back`,
  known: (cause: string, reason: string) => `☑️ accepted as known: ${cause}, ${reason}`,
} as const;

/**
 * What lists of clusters say of alerts, finished mrkdwn, one line each: quiet times that are now, with how many groups
 * they hold back, and accepted causes that the last run found.
 */
export function createAlertNotes(
  config: Pick<AlertsConfig, 'maintenance' | 'quietHours' | 'knownCauses'> | null,
  { alerts, store }: { readonly alerts: AlertStore; readonly store: RunStore },
): (cluster: string) => Promise<readonly string[]> {
  return async (cluster) => {
    if (config === null) return [];
    const now = Date.now();
    const quiet = quietAt(config, cluster, now);
    const found = (await store.lastVerdict(cluster))?.causes ?? [];
    const known = knownCausesOf(config, cluster, now).filter(({ cause }) => found.includes(cause));
    const held = (await alerts.held(cluster)).length;
    const until = quiet === null ? '' : dayAndTime(new Date(quiet.untilMs).toISOString());
    const words =
      quiet === null ? null : SAY.quiet[quiet.kind](until, sentence(quiet.reason ?? ''));
    return [
      ...(words === null ? [] : [held === 0 ? words : SAY.held(words, held)]),
      ...known.map(({ cause, reason }) => SAY.known(inlineCode(cause), sentence(reason))),
    ];
  };
}
