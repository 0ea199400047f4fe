import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import {
  commonEnvironment,
  type Environment,
  optionalRedisEnvironment,
  redisEnvironment,
  slackEnvironment,
  webhookEnvironment,
} from './environment.ts';
import { type ConfigFile, fileSchema, SLACK_DEFAULTS } from './file-schema.ts';
import { ConfigError, type ConfigProblem, problemsOf } from './problems.ts';
import type {
  AllConfig,
  BotConfig,
  ServiceConfig,
  SlackConfig,
  WorkerCluster,
  WorkerConfig,
  WorkerPlace,
} from './role-config.ts';

const DEFAULT_BOT_PORT = 8080;
/** Another default than the bot's, so that both start on one machine. */
const DEFAULT_WORKER_PORT = 8081;

/** Where the file comes from: `--config`, else METRICS_DIAG_CONFIG. */
export interface ConfigSource {
  readonly env: Environment;
  readonly configPath?: string | undefined;
  readonly readFile?: (path: string) => string;
}

/** @throws ConfigError that names all problems of the bot's configuration at once */
export function loadBotConfig(source: ConfigSource): BotConfig {
  const reading = startReading(source);
  const redis = reading.env(redisEnvironment);
  const bot = botPart(reading);
  reading.finish();
  return frozen({ ...need(bot), redisUrl: need(redis).REDIS_URL });
}

/** @throws ConfigError that names all problems of the worker's configuration at once */
export function loadWorkerConfig(source: ConfigSource): WorkerConfig {
  const reading = startReading(source);
  const redis = reading.env(redisEnvironment);
  const worker = workerPart(reading, DEFAULT_WORKER_PORT);
  reading.finish();
  return frozen({ ...need(worker), redisUrl: need(redis).REDIS_URL });
}

/** @throws ConfigError that names all problems of both halves at once */
export function loadAllConfig(source: ConfigSource): AllConfig {
  const reading = startReading(source);
  const redis = reading.env(optionalRedisEnvironment);
  const bot = botPart(reading);
  const worker = workerPart(reading, DEFAULT_BOT_PORT);
  reading.finish();
  return frozen({ bot: need(bot), worker: need(worker), redisUrl: need(redis).REDIS_URL ?? null });
}

/** The clusters and the place, for the CLI. @throws ConfigError */
export function loadCliConfig(
  source: ConfigSource,
): Pick<WorkerConfig, 'clusters' | 'place' | 'logLevel'> {
  const reading = startReading(source);
  const worker = workerPart(reading, DEFAULT_WORKER_PORT);
  reading.finish();
  return frozen(need(worker));
}

/** All that is configured, with what is wrong beside it. */
export interface DoctorConfig {
  readonly problems: readonly ConfigProblem[];
  readonly file: ConfigFile | null;
  readonly redisUrl: string | null;
  readonly slack: SlackConfig | null;
  /** Those with a way in. */
  readonly clusters: readonly WorkerCluster[];
  readonly place: WorkerPlace;
  /** As asked for; null: whatever is configured here. */
  readonly role: DoctorRole | null;
}

export type DoctorRole = 'bot' | 'worker' | 'all';

/** For `doctor`: reads what can be read, and throws nothing. Without a role it takes what is set for what is meant. */
export function loadForDoctor(source: ConfigSource, role: DoctorRole | null): DoctorConfig {
  const reading = startReading(source);
  const { env } = source;
  const wants = {
    slack: role === null ? isSet(env, 'SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN') : role !== 'worker',
    redis: role === null ? isSet(env, 'REDIS_URL') : role !== 'all' || isSet(env, 'REDIS_URL'),
  };
  const redis = wants.redis ? reading.env(redisEnvironment) : null;
  const slack = wants.slack ? slackPart(reading) : null;
  if (wants.slack) botPart(reading);
  if (role === 'worker' || role === 'all') workerPart(reading, DEFAULT_WORKER_PORT);
  const common = reading.env(commonEnvironment);
  return frozen({
    problems: distinct(reading.problems),
    file: reading.file,
    redisUrl: redis?.REDIS_URL ?? null,
    slack,
    // The bot has no way into any cluster.
    clusters: (role === 'bot' ? [] : (reading.file?.clusters ?? [])).flatMap(
      ({ allow: _allow, access, ...rest }) => (access === undefined ? [] : [{ ...rest, access }]),
    ),
    place: placeOf(common),
    role,
  });
}

function isSet(env: Environment, ...names: readonly string[]): boolean {
  return names.some((name) => (env[name] ?? '') !== '');
}

/** REDIS_URL alone, for commands that need nothing else. @throws ConfigError */
export function loadRedisUrl(env: Environment): string {
  const result = redisEnvironment.safeParse(env);
  if (!result.success) throw new ConfigError(problemsOf(result.error));
  return result.data.REDIS_URL;
}

/** Where the CLI stands without a configuration file. @throws ConfigError */
export function loadPlace(env: Environment): WorkerPlace & { readonly logLevel: string } {
  const result = commonEnvironment.safeParse(env);
  if (!result.success) throw new ConfigError(problemsOf(result.error));
  return { ...placeOf(result.data), logLevel: result.data.LOG_LEVEL };
}

function placeOf(common: z.infer<typeof commonEnvironment> | null): WorkerPlace {
  const { POD_NAMESPACE: namespace, POD_NAME: name, POD_UID: uid } = common ?? {};
  const complete = namespace !== undefined && name !== undefined && uid !== undefined;
  return {
    inCluster: common?.KUBERNETES_SERVICE_HOST !== undefined,
    node: common?.NODE_NAME ?? null,
    probeImage: common?.METRICS_DIAG_PROBE_IMAGE ?? null,
    pod: complete ? { namespace, name, uid } : null,
  };
}

/** The path of the file that would be read, or null when none is named. */
export function configPathOf({ env, configPath }: ConfigSource): string | null {
  const path = configPath ?? env['METRICS_DIAG_CONFIG'];
  return path === undefined || path === '' ? null : path;
}

interface Reading {
  readonly file: ConfigFile | null;
  readonly problems: ConfigProblem[];
  env<T>(schema: z.ZodType<T>): T | null;
  finish(): void;
}

function startReading(source: ConfigSource): Reading {
  const problems: ConfigProblem[] = [];
  return {
    file: readConfigFile(source, problems),
    problems,
    env(schema) {
      const result = schema.safeParse(source.env);
      if (result.success) return result.data;
      problems.push(...problemsOf(result.error));
      return null;
    },
    finish() {
      if (problems.length === 0) return;
      throw new ConfigError(distinct(problems));
    },
  };
}

/** Two parts that read the same variable find the same problem. */
function distinct(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return [...new Map(problems.map((p) => [`${p.path} ${p.message}`, p])).values()];
}

function readConfigFile(source: ConfigSource, problems: ConfigProblem[]): ConfigFile | null {
  const path = configPathOf(source);
  if (path === null) {
    const message = 'is needed: the path of the configuration file (or give --config FILE)';
    problems.push({ path: 'METRICS_DIAG_CONFIG', message });
    return null;
  }
  const text = readText(source, path, problems);
  if (text === null) return null;
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0) {
    problems.push(
      ...document.errors.map((error) => ({
        path: `${path}:${error.linePos?.[0].line ?? '?'}`,
        // The message's first line alone: the rest quotes the file.
        message: `is not valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`,
      })),
    );
    return null;
  }
  const result = fileSchema.safeParse(document.toJS());
  if (result.success) return result.data;
  problems.push(...problemsOf(result.error));
  return null;
}

function readText(source: ConfigSource, path: string, problems: ConfigProblem[]): string | null {
  try {
    return (source.readFile ?? ((file) => readFileSync(file, 'utf8')))(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    problems.push({
      path,
      message: `cannot be read (${code}); correct the path or its permissions`,
    });
    return null;
  }
}

function servicePart(reading: Reading, defaultPort: number): ServiceConfig | null {
  const common = reading.env(commonEnvironment);
  if (common === null) return null;
  return {
    logLevel: common.LOG_LEVEL,
    http: { host: common.HTTP_HOST, port: common.HTTP_PORT ?? defaultPort },
  };
}

function botPart(reading: Reading): Omit<BotConfig, 'redisUrl'> | null {
  const service = servicePart(reading, DEFAULT_BOT_PORT);
  const file = reading.file;
  const slack = slackPart(reading);
  const webhook = reading.env(
    webhookEnvironment(file?.alerts !== undefined && file.alerts.tls === undefined),
  );
  if (service === null || file === null || slack === null || webhook === null) return null;
  const token = webhook.METRICS_DIAG_WEBHOOK_TOKEN;
  return {
    ...service,
    slack,
    clusters: file.clusters.map(({ name, aliases, allow }) => ({ name, aliases, allow })),
    alerts: file.alerts === undefined ? null : { ...file.alerts, token: token ?? null },
  };
}

function slackPart(reading: Reading): SlackConfig | null {
  const file = reading.file?.slack ?? SLACK_DEFAULTS;
  const secrets = reading.env(slackEnvironment(file.mode));
  if (secrets === null) return null;
  return {
    ...file,
    botToken: secrets.SLACK_BOT_TOKEN,
    appToken: secrets.SLACK_APP_TOKEN ?? null,
    signingSecret: secrets.SLACK_SIGNING_SECRET ?? null,
    apiUrl: secrets.SLACK_API_URL ?? null,
  };
}

function workerPart(reading: Reading, defaultPort: number): Omit<WorkerConfig, 'redisUrl'> | null {
  const service = servicePart(reading, defaultPort);
  if (service === null || reading.file === null) return null;
  const clusters = reading.file.clusters.flatMap(({ allow: _allow, access, ...rest }, index) => {
    if (access !== undefined) return [{ ...rest, access }];
    reading.problems.push({
      path: `clusters[${index}].access`,
      message: 'is needed by this role: kubeconfig and/or context, inCluster: true, or server',
    });
    return [];
  });
  const common = reading.env(commonEnvironment);
  const maxRuns = common?.METRICS_DIAG_MAX_RUNS ?? reading.file.worker.maxRuns;
  return { ...service, clusters, maxRuns, place: placeOf(common) };
}

/** `finish` has thrown if any part is missing; this tells the compiler. */
function need<T>(part: T | null): T {
  if (part === null) throw new Error('a part of the configuration is missing without a problem');
  return part;
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
