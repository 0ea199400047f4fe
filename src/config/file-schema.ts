import { z } from 'zod';
import { LANGUAGES } from '../languages/tags.ts';
import { alerts, clustersNamedBy } from './alerts-schema.ts';
import { channel, name, text } from './schema-parts.ts';

const USER = /^[UW][A-Z0-9]{2,}$/;
const USER_GROUP = /^S[A-Z0-9]{2,}$/;
const MAX_PORT = 65_535;

const LOOPBACK_HOSTS = new Set(['127.0.0.1', '[::1]', 'localhost']);
const apiServerUrl = z.string('must be text').refine(
  (value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, hostname } = new URL(value);
    return protocol === 'https:' || (protocol === 'http:' && LOOPBACK_HOSTS.has(hostname));
  },
  {
    message: 'must be a URL such as https://10.0.0.1:6443 (plain http only to a loopback address)',
  },
);
const port = z
  .int('must be a whole number')
  .min(0, 'must be 0 or more')
  .max(MAX_PORT, 'must be 65535 or less');

const access = z
  .strictObject({
    kubeconfig: text.optional().describe('Path of a kubeconfig file; default: the usual places.'),
    context: text.optional().describe('Context in the kubeconfig; default: its current one.'),
    inCluster: z
      .boolean('must be true or false')
      .optional()
      .describe("The worker's own service account."),
    server: apiServerUrl.optional().describe('An explicit API server; with caFile and tokenFile.'),
    caFile: text.optional(),
    tokenFile: text.optional(),
    tlsServerName: text.optional(),
  })
  .superRefine((value, context) => {
    const ways = [
      value.kubeconfig !== undefined || value.context !== undefined,
      value.inCluster === true,
      value.server !== undefined,
    ].filter(Boolean).length;
    if (ways !== 1) {
      context.addIssue({
        code: 'custom',
        message:
          'must name exactly one way in: kubeconfig and/or context, inCluster: true, or server',
      });
    }
    const explicit = ['caFile', 'tokenFile', 'tlsServerName'] as const;
    for (const key of explicit) {
      if (value[key] !== undefined && value.server === undefined) {
        context.addIssue({ code: 'custom', path: [key], message: 'only goes with server' });
      }
    }
    if (value.server !== undefined && value.tokenFile === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['tokenFile'],
        message: 'is needed with server: the path of a file that holds the token',
      });
    }
  });

/** Enough for an outage that several clusters share; the bound keeps one process's memory and sockets in hand. */
export const DEFAULT_MAX_RUNS = 8;
export const MAX_RUNS = 100;

const deep = z
  .strictObject({
    enabled: z.boolean('must be true or false').default(false),
    trace: z
      .boolean('must be true or false')
      .default(false)
      .describe('Allow --trace: the kernel tells by which rules a few packets pass.'),
    namespace: text.optional().describe('Where deep Pods are made; default: probe.namespace.'),
    serviceAccount: text
      .optional()
      .describe('Account of deep Pods, for policies that go by it; it needs no right at all.'),
    command: z
      .array(text, 'must be a list of words')
      .min(1, 'must not be empty')
      .optional()
      .describe('How the deep probe starts; default: node /app/dist/deep-probe.mjs.'),
  })
  .describe('Deep mode (--deep): probe Pods with NET_ADMIN, which read packet filters.');

const probe = z
  .strictObject({
    enabled: z.boolean('must be true or false').default(true),
    namespace: text
      .default('metrics-diag')
      .describe('Where probe Pods are made; PodSecurity level privileged.'),
    image: text.optional().describe('Default: the image that the worker itself runs.'),
    command: z
      .array(text, 'must be a list of words')
      .min(1, 'must not be empty')
      .optional()
      .describe('How the probe program starts in that image; default: node /app/dist/probe.mjs.'),
    imagePullPolicy: z
      .enum(['Always', 'IfNotPresent', 'Never'], 'must be Always, IfNotPresent or Never')
      .default('IfNotPresent'),
    imagePullSecrets: z.array(text, 'must be a list').default([]),
    serviceAccount: text
      .optional()
      .describe("For the check of each node's own API server alone: may get nodes.metrics.k8s.io."),
    deep: deep.prefault({}),
  })
  .describe('How the network is probed.');

const who = {
  users: z
    .array(z.string().regex(USER, 'must be Slack user ids such as U0123456789'), 'must be a list')
    .default([]),
  userGroups: z
    .array(
      z.string().regex(USER_GROUP, 'must be Slack user group ids such as S0123456789'),
      'must be a list',
    )
    .default([]),
  channels: z.array(channel, 'must be a list').default([]),
};
const listed = (means: string) => z.strictObject(who).optional().describe(means);

const allow = z.strictObject({
  ...who,
  deep: listed('Who of these may ask for deep mode; left out or empty: nobody.'),
  cancel: listed('Who of these may cancel runs; left out: all.'),
  schedule: listed('Who of these may schedule checks; left out: all.'),
  mute: listed('Who of these may mute the cluster; left out: all.'),
});

const cluster = z.strictObject({
  name,
  aliases: z.array(name, 'must be a list').default([]),
  access: access.optional().describe('Needed by the worker, ignored by the bot.'),
  apiServers: z
    .array(
      z.strictObject({ name: text, url: apiServerUrl, tlsServerName: text.optional() }),
      'must be a list',
    )
    .optional()
    .describe(
      "Every API server's own address, where the cluster's own Endpoints cannot be dialled.",
    ),
  probe: probe.prefault({}),
  platform: text.optional().describe('rke2, k3s, kubeadm, eks…; default: detected.'),
  cni: text.optional().describe('canal, calico, flannel, cilium…; default: detected.'),
  allow: allow.prefault({}).describe('Who may ask; empty lists mean everybody.'),
});

const worker = z.strictObject({
  maxRuns: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(MAX_RUNS, `must be at most ${MAX_RUNS}`)
    .default(DEFAULT_MAX_RUNS)
    .describe(
      'Diagnoses at once in one worker, over all clusters; METRICS_DIAG_MAX_RUNS overrides it.',
    ),
});

const language = z.enum(LANGUAGES, `must be ${LANGUAGES.join(' or ')}`);

const slack = z.strictObject({
  mode: z.enum(['socket', 'http'], 'must be socket or http').default('socket'),
  port: port.default(3000).describe('Port of the HTTP mode.'),
  host: text.default('0.0.0.0').describe('Address that the HTTP mode listens on.'),
  defaultClusterByChannel: z
    .record(channel, name, 'must map channel ids to cluster names')
    .default({}),
  language: language
    .default('en')
    .describe('What people read where nobody chose: en or zh-CN (`/metrics-diag language`).'),
  languageByChannel: z
    .record(channel, language, 'must map channel ids to languages')
    .default({})
    .describe('Language of the threads of a channel.'),
});

/** Slack's part where the file says nothing of it. */
export const SLACK_DEFAULTS = slack.parse({});

/**
 * The configuration file, one for all roles; each role takes its part (`role-config.ts`). It holds no
 * secret: tokens come from the environment or from files named here.
 */
export const fileSchema = z
  .strictObject({
    clusters: z
      .array(cluster, 'must be a list of clusters')
      .min(1, 'must name at least one cluster'),
    worker: worker.prefault({}),
    slack: slack.prefault({}),
    alerts: alerts.optional(),
  })
  .superRefine((file, context) => {
    const owner = new Map<string, string>();
    file.clusters.forEach((each, index) => {
      const names = [
        ['name', each.name],
        ...each.aliases.map((alias, i) => [`aliases[${i}]`, alias]),
      ];
      for (const [key, value] of names) {
        if (key === undefined || value === undefined) continue;
        if (owner.has(value)) {
          context.addIssue({
            code: 'custom',
            path: ['clusters', index, key],
            message: `is already taken by ${owner.get(value)}; names and aliases must differ`,
          });
        } else owner.set(value, `clusters[${index}].${key}`);
      }
    });
    const mustExist = (path: readonly PropertyKey[], value: string): void => {
      if (owner.has(value)) return;
      context.addIssue({
        code: 'custom',
        path: [...path],
        message: 'must be the name or an alias of a cluster in this file',
      });
    };
    for (const [key, value] of Object.entries(file.slack.defaultClusterByChannel)) {
      mustExist(['slack', 'defaultClusterByChannel', key], value);
    }
    for (const { path, cluster: named } of clustersNamedBy(file.alerts)) mustExist(path, named);
  });

/** The whole file, defaults filled in. */
export type ConfigFile = z.output<typeof fileSchema>;
export type ClusterConfig = ConfigFile['clusters'][number];
export type AccessConfig = NonNullable<ClusterConfig['access']>;
export type SlackFileConfig = ConfigFile['slack'];
