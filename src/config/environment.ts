import { z } from 'zod';
import { MAX_RUNS } from './file-schema.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const MAX_PORT = 65_535;
/** Below this a token can be guessed. */
const MIN_WEBHOOK_TOKEN_LENGTH = 16;

const optionalText = z
  .string()
  .optional()
  .transform((value) => (value === '' ? undefined : value));

/** What every role reads from the environment. */
export const commonEnvironment = z.object({
  METRICS_DIAG_CONFIG: optionalText,
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  HTTP_PORT: z.coerce
    .number('must be a port number')
    .int('must be a port number')
    .min(0, 'must be a port number')
    .max(MAX_PORT, 'must be a port number')
    .optional(),
  /** The image that this process runs (set by the chart): probe Pods run it, too. */
  METRICS_DIAG_PROBE_IMAGE: optionalText,
  /** Diagnoses at once in one worker; overrides the file. */
  METRICS_DIAG_MAX_RUNS: z
    .string()
    .optional()
    .transform((value) => (value === '' || value === undefined ? undefined : Number(value)))
    .pipe(
      z
        .int('must be a whole number')
        .min(1, 'must be at least 1')
        .max(MAX_RUNS, `must be at most ${MAX_RUNS}`)
        .optional(),
    ),
  /** Where this process runs, by the downward API. */
  NODE_NAME: optionalText,
  POD_NAME: optionalText,
  POD_NAMESPACE: optionalText,
  POD_UID: optionalText,
  /** Kubernetes sets it in every Pod. */
  KUBERNETES_SERVICE_HOST: optionalText,
});

const redisUrl = z
  .string('is needed: redis://host:6379, rediss://host:6380 or unix:///run/redis.sock')
  .refine((value) => /^(redis|rediss|unix):\/\//.test(value) && URL.canParse(value), {
    message: 'must begin with redis://, rediss:// or unix:// and be a valid URL',
  });

export const redisEnvironment = z.object({ REDIS_URL: redisUrl });
/** `all` starts a Redis of its own where none is named. */
export const optionalRedisEnvironment = z.object({
  REDIS_URL: optionalText.pipe(redisUrl.optional()),
});

const tokenBeginningWith = (prefix: string, where: string): z.ZodType<string> =>
  z.string(`is needed: ${where}`).refine((value) => value.startsWith(prefix), {
    message: `must begin with ${prefix} (${where})`,
  });

/** Slack's secrets; which of the two others is needed depends on the mode. */
export function slackEnvironment(mode: 'socket' | 'http') {
  const appToken = tokenBeginningWith(
    'xapp-',
    'Basic Information, App-Level Tokens, scope connections:write',
  );
  const signingSecret = z
    .string('is needed in HTTP mode: Basic Information, Signing Secret')
    .min(1, 'must not be empty: Basic Information, Signing Secret');
  return z.object({
    SLACK_BOT_TOKEN: tokenBeginningWith('xoxb-', 'OAuth & Permissions, Bot User OAuth Token'),
    SLACK_APP_TOKEN: mode === 'socket' ? appToken : optionalText,
    SLACK_SIGNING_SECRET: mode === 'http' ? signingSecret : optionalText,
    SLACK_API_URL: optionalText.pipe(
      z
        .string()
        .refine((value) => URL.canParse(value), { message: 'must be a URL' })
        .optional(),
    ),
  });
}

/** The bearer token of the webhooks; needed as soon as `alerts` is configured. */
export function webhookEnvironment(needed: boolean) {
  const token = z
    .string(
      'is needed because the file has an `alerts` section: any long random text, the same as in Alertmanager',
    )
    .min(MIN_WEBHOOK_TOKEN_LENGTH, `must be at least ${MIN_WEBHOOK_TOKEN_LENGTH} characters long`);
  return z.object({ METRICS_DIAG_WEBHOOK_TOKEN: needed ? token : optionalText });
}

/** The environment as handed in by the entry point; read nowhere else. */
export type Environment = Readonly<Record<string, string | undefined>>;
