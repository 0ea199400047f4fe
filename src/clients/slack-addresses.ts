import { Buffer } from 'node:buffer';
import { ExternalError } from '../errors.ts';
import { SLACK_TIMEOUT_MS } from './slack.ts';

/**
 * Posts to the `response_url` of a command or click, which works where the bot is no member.
 *
 * @throws ExternalError `slack-response-url`; retryable unless Slack says that the address is used up or expired
 */
export async function respondByUrl(responseUrl: string, message: object): Promise<void> {
  let status: number;
  try {
    const response = await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(SLACK_TIMEOUT_MS),
    });
    status = response.status;
    await response.body?.cancel();
  } catch (cause) {
    throw new ExternalError('slack-response-url', 'Slack did not take the reply to a command.', {
      retryable: true,
      cause,
    });
  }
  if (status >= 400) {
    throw new ExternalError(
      'slack-response-url',
      `Slack refused the reply to a command with HTTP ${status}.`,
      { retryable: status >= 500 || status === 429 },
    );
  }
}

/** Bytes to the address that `files.getUploadURLExternal` gave. */
export async function uploadBytes(uploadUrl: string, bytes: Uint8Array): Promise<void> {
  const response = await fetch(uploadUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.from(bytes),
    signal: AbortSignal.timeout(SLACK_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) {
    throw new ExternalError('slack-upload', `Slack refused a file with HTTP ${response.status}.`, {
      retryable: true,
    });
  }
}
