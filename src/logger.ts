import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Names of fields whose value is a secret, at any depth. */
const SECRET_KEYS =
  'token|password|passwd|secret|authorization|api_?key|private_?key|cookie|response_?url';

/**
 * Secrets by shape, anywhere in a line: pino's redaction paths reach one level only and never touch `msg`.
 * Slack tokens and response URLs, bearer and JSON web tokens, passwords in URLs, private keys.
 */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/xox[a-z]-[\w-]+|xapp-[\w-]+/g, '[redacted]'],
  [/\bBearer\s+[\w.~+/=-]+/gi, 'Bearer [redacted]'],
  // As long as a short user:password in base64; "Basic Information" is a page of Slack's.
  [/\bBasic\s+[\w+/=-]{12,}/gi, 'Basic [redacted]'],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, '[redacted]'],
  [/(\w+:\/\/[^\s:/@"\\]*):[^\s@"\\/]+@/g, '$1:[redacted]@'],
  [/(hooks\.slack\.com\/)[\w/-]+/g, '$1[redacted]'],
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?="))/gs,
    '[redacted]',
  ],
  [new RegExp(`("[\\w-]*(?:${SECRET_KEYS})":)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), '$1"[redacted]"'],
  // The same in JSON that was put into a message.
  [new RegExp(`(\\\\"[\\w-]*(?:${SECRET_KEYS})\\\\":\\\\")[^"\\\\]*`, 'gi'), '$1[redacted]'],
];

/** Removes secrets from a text. */
export function redact(text: string): string {
  return SECRETS.reduce((line, [pattern, replacement]) => line.replace(pattern, replacement), text);
}

/** JSON lines on stdout (transports do not survive bundling); every line passes `redact`. */
export function createLogger(
  options: { readonly level: string; readonly role: string },
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      level: options.level,
      base: { role: options.role },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: redact },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}
