import type { Report } from '../core/report/report.ts';
import { cut, visible } from './mrkdwn.ts';

/** How each verdict is said and marked. The word stands beside the mark: colour alone tells nobody. */
export const VERDICTS: Readonly<
  Record<Report['verdict'], { readonly mark: string; readonly word: string }>
> = {
  healthy: { mark: '🟢', word: 'Metrics API healthy' },
  degraded: { mark: '🟠', word: 'Metrics API degraded' },
  broken: { mark: '🔴', word: 'Metrics API broken' },
  inconclusive: { mark: '🟡', word: 'inconclusive' },
};

/** Seconds with one decimal, as in "Confirmed in 6.8 s". */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Text of the cluster made safe to print: nothing invisible or direction-changing, at most `maxChars`. */
export function plain(text: string, maxChars = 2_000): string {
  return cut(visible(text), maxChars);
}
