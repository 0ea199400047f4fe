import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';

/** What a failed call means for the caller. */
export type SlackFailure =
  /** Wait `ms`, this call only. */
  | { readonly kind: 'rate-limited'; readonly ms: number }
  /** Slack understood and said no, e.g. `channel_not_found`. */
  | { readonly kind: 'refused'; readonly code: string }
  /** Timed out, 5xx or no connection: whether Slack acted on it is not known. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Errors that Slack reports as `ok: false` though they are its own trouble. */
const SLACK_TROUBLE = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);
const MS_PER_SECOND = 1_000;

/** Sorts an error of `@slack/web-api`. */
export function slackFailure(error: unknown): SlackFailure {
  if (error instanceof WebAPIRateLimitedError) {
    return { kind: 'rate-limited', ms: error.retryAfter * MS_PER_SECOND };
  }
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    if (code === 'ratelimited' || code === 'rate_limited')
      return { kind: 'rate-limited', ms: MS_PER_SECOND };
    return SLACK_TROUBLE.has(code)
      ? { kind: 'unreachable', reason: code }
      : { kind: 'refused', code };
  }
  if (error instanceof WebAPIHTTPError) {
    return { kind: 'unreachable', reason: `HTTP ${error.statusCode}` };
  }
  if (error instanceof WebAPIRequestError) {
    return { kind: 'unreachable', reason: error.original.message };
  }
  return { kind: 'unreachable', reason: error instanceof Error ? error.message : 'unknown' };
}
