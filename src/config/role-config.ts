import type { AlertsConfig } from './alerts-schema.ts';
import type { ClusterConfig, SlackFileConfig } from './file-schema.ts';

/** What all long-running roles share. */
export interface ServiceConfig {
  readonly logLevel: string;
  readonly http: { readonly host: string; readonly port: number };
}

/** A cluster as the bot knows it: names and who may ask. No way in, by type. */
export type BotCluster = Pick<ClusterConfig, 'name' | 'aliases' | 'allow'>;

export interface SlackConfig extends SlackFileConfig {
  readonly botToken: string;
  /** Socket Mode. */
  readonly appToken: string | null;
  /** HTTP mode. */
  readonly signingSecret: string | null;
  /** Another Slack (stand-in, proxy); null is the real one. */
  readonly apiUrl: string | null;
}

/** The bot: Slack and Redis, no cluster credential. */
export interface BotConfig extends ServiceConfig {
  readonly redisUrl: string;
  readonly slack: SlackConfig;
  readonly clusters: readonly BotCluster[];
  /** Without a token the webhooks are open to client certificates alone (`alerts.tls`). */
  readonly alerts: (AlertsConfig & { readonly token: string | null }) | null;
}

/** The worker: clusters and Redis, no Slack token. */
export interface WorkerConfig extends ServiceConfig {
  readonly redisUrl: string;
  readonly clusters: readonly WorkerCluster[];
  /** Runs at once on their way to a verdict, over all clusters; each cluster has one at a time in any case. */
  readonly maxRuns: number;
  readonly place: WorkerPlace;
}

/** Where the worker (or CLI) stands. */
export interface WorkerPlace {
  readonly inCluster: boolean;
  readonly node: string | null;
  /** Image for probe Pods of clusters that name none. */
  readonly probeImage: string | null;
  /** The Pod that this process runs in; null outside of Kubernetes or where the downward API does not say. */
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string } | null;
}

/** A cluster as worker and CLI know it. */
export type WorkerCluster = Omit<ClusterConfig, 'allow' | 'access'> & {
  readonly access: NonNullable<ClusterConfig['access']>;
};

/** `all`: both in one process; the one role that holds both kinds of credential. */
export interface AllConfig {
  readonly bot: Omit<BotConfig, 'redisUrl'>;
  readonly worker: Omit<WorkerConfig, 'redisUrl'>;
  /** Null: start an embedded Redis. */
  readonly redisUrl: string | null;
}

/** The cluster that a person meant by a name or alias, in any case. */
export function findCluster<
  C extends { readonly name: string; readonly aliases: readonly string[] },
>(clusters: readonly C[], wanted: string): C | null {
  const name = wanted.trim().toLowerCase();
  return clusters.find((c) => c.name === name || c.aliases.includes(name)) ?? null;
}
