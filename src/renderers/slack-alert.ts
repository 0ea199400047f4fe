import type { Report } from '../core/report/report.ts';
import { inlineCode, plainSentence, sentence } from './mrkdwn.ts';
import { section } from './slack-blocks.ts';
import {
  type AlertAsker,
  clockTime,
  type SlackMessage,
  type ThreadContext,
} from './slack-message.ts';
import { VERDICTS } from './slack-verdicts.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const WORDS = {
  firing: (names: string, since: string) => `🔔 ${names} firing${since}.`,
  since: (time: string) => ` since ${time}`,
  truncated: (count: number) =>
    `${count} more alerts of the group were cut off (\`max_alerts\` of the receiver).`,
  resolved: (time: string) => `✅ Resolved ${time}.`,
  resolvedAfter: (time: string, took: string) => `✅ Resolved ${time}, ${took} after it fired.`,
  verdictAfter: (took: string) => `The verdict came ${took} after the alert.`,
  checking: 'A last check is under way.',
  lastCheck: (verdict: string, headline: string, run: string) =>
    `Last check, run ${run}: ${verdict}. ${headline}`,
  noCheck: (why: string) => `The last check could not be made: ${why}`,
  closed: (cluster: string, names: string) =>
    `${cluster}: resolved, this thread is closed: ${names}.`,
  notWell: (cluster: string, names: string) =>
    `${cluster}: resolved, but the Metrics API is still not well: ${names}.`,
  unchecked: (cluster: string, names: string) => `${cluster}: resolved: ${names}.`,
  times: (steps: readonly string[]) => steps.join(' → '),
  fired: (time: string) => `alert ${time}`,
  verdict: (time: string, took: string) => `verdict ${time}${took}`,
  ended: (time: string, took: string) => `resolved ${time}${took}`,
  after: (took: string) => ` (after ${took})`,
  units: {
    seconds: (n: number) => `${n} s`,
    minutes: (n: number) => `${n} min`,
    hours: (h: number, min: number) => (min === 0 ? `${h} h` : `${h} h ${min} min`),
  },
} as const;

/** What a root says of the alert that started its run: since when, and how it ended. */
export function alertLine({ asker }: Pick<ThreadContext, 'asker'>): readonly string[] {
  if (asker.kind !== 'alert') return [];
  const since = asker.firingSince === null ? '' : WORDS.since(clockTime(asker.firingSince));
  return [
    WORDS.firing(namesOf(asker), since),
    ...(asker.truncated > 0 ? [WORDS.truncated(asker.truncated)] : []),
    ...(asker.resolvedAt === null ? [] : [resolvedWords(asker, asker.resolvedAt)]),
  ];
}

function namesOf({ alertNames }: AlertAsker): string {
  return alertNames.map(inlineCode).join(', ') || 'Alert';
}

function resolvedWords(asker: AlertAsker, resolvedAt: string): string {
  const time = clockTime(resolvedAt);
  const took = between(asker.firingSince, resolvedAt);
  const reaction = between(asker.firingSince, asker.verdictAt);
  return [
    took === null ? WORDS.resolved(time) : WORDS.resolvedAfter(time, took),
    ...(reaction === null ? [] : [WORDS.verdictAfter(reaction)]),
    ...(asker.lastCheck?.state === 'running' ? [WORDS.checking] : []),
    ...(asker.lastCheck?.state === 'ended' ? [checkWords(asker.lastCheck)] : []),
  ].join(' ');
}

type EndedCheck = Extract<NonNullable<AlertAsker['lastCheck']>, { readonly state: 'ended' }>;

function checkWords({ runId, report, failed }: EndedCheck): string {
  if (report === null) return WORDS.noCheck(sentence(failed ?? ''));
  return WORDS.lastCheck(verdictWords(report), sentence(report.headline), inlineCode(runId));
}

function verdictWords({ verdict }: Pick<Report, 'verdict'>): string {
  const { emoji, words } = VERDICTS[verdict];
  return `${emoji} ${words}`;
}

/** The reply that closes an alert's thread, with the times; null while the alert fires or the last check runs. */
export function renderClosed({ cluster, asker }: ThreadContext): SlackMessage | null {
  if (asker.kind !== 'alert' || asker.resolvedAt === null) return null;
  const { lastCheck, firingSince, verdictAt, resolvedAt } = asker;
  if (lastCheck?.state !== 'ended') return null;
  const head =
    lastCheck.report === null
      ? WORDS.unchecked
      : lastCheck.report.verdict === 'healthy'
        ? WORDS.closed
        : WORDS.notWell;
  const after = (at: string | null): string => {
    const took = between(firingSince, at);
    return took === null ? '' : WORDS.after(took);
  };
  const verdict =
    verdictAt === null
      ? []
      : [{ at: verdictAt, words: WORDS.verdict(clockTime(verdictAt), after(verdictAt)) }];
  const ended = { at: resolvedAt, words: WORDS.ended(clockTime(resolvedAt), after(resolvedAt)) };
  const steps = [
    ...(firingSince === null ? [] : [WORDS.fired(clockTime(firingSince))]),
    // An alert may be over before the verdict is there.
    ...[...verdict, ended].toSorted((a, b) => a.at.localeCompare(b.at)).map(({ words }) => words),
  ];
  const mark = lastCheck.report?.verdict === 'healthy' ? '✅' : '⚠️';
  const names = asker.alertNames.join(', ') || 'the alert';
  const check = lastCheck.report?.headline ?? lastCheck.failed ?? '';
  return {
    key: 'closed',
    text: plainSentence(`${head(cluster, names)} ${WORDS.times(steps)}. ${check}`),
    blocks: [
      section(
        [
          `${mark} ${head(sentence(cluster), namesOf(asker))}`,
          WORDS.times(steps),
          checkWords(lastCheck),
        ].join('\n'),
      ),
    ],
  };
}

/** `44 s`, `21 min`, `3 h 5 min`; null where a time is not known, or clocks disagree on which came first. */
function between(from: string | null, to: string | null): string | null {
  if (from === null || to === null) return null;
  const ms = Date.parse(to) - Date.parse(from);
  if (!(ms >= 0)) return null;
  const { seconds, minutes, hours } = WORDS.units;
  if (ms < MINUTE_MS) return seconds(Math.round(ms / 1_000));
  if (ms < HOUR_MS) return minutes(Math.round(ms / MINUTE_MS));
  return hours(Math.floor(ms / HOUR_MS), Math.floor((ms % HOUR_MS) / MINUTE_MS));
}
