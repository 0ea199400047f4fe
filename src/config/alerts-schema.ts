import { z } from 'zod';
import { causes } from '../core/causes/index.ts';
import { matchers } from './label-matchers.ts';
import { DAYS, instantOf, isTimeZone } from './local-time.ts';
import { channel, name, text } from './schema-parts.ts';

const CAUSE_IDS = new Set<string>(causes.map(({ id }) => id));
const MAX_PORT = 65_535;
const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

const timeZone = z
  .string('must be text')
  .refine(isTimeZone, { message: 'must be a time zone such as Europe/Berlin' })
  .default('UTC');
const moment = z.string('must be text').refine((value) => instantOf(value, 'UTC') !== null, {
  message: 'must be a time such as "2026-12-01T22:00" (in timeZone) or "2026-12-01T21:00Z"',
});
const timeOfDay = z
  .string('must be text')
  .regex(TIME_OF_DAY, 'must be a time of day such as "22:00", in quotes');
const clusters = z
  .array(name, 'must be a list of cluster names')
  .min(1, 'must not be empty')
  .optional()
  .describe('Left out: all clusters.');

const clusterRule = z
  .strictObject({
    matchers: matchers.default([]).describe('All must fit; of none, every alert does.'),
    cluster: name.optional().describe('The cluster that these alerts are about.'),
    label: text.optional().describe('Or the label that names it.'),
    values: z
      .record(text, name, 'must map label values to cluster names')
      .optional()
      .describe('Values of that label that are not names of clusters here.'),
  })
  .superRefine((rule, context) => {
    if ((rule.cluster === undefined) === (rule.label === undefined)) {
      context.addIssue({ code: 'custom', message: 'must have either cluster or label' });
    }
    if (rule.values !== undefined && rule.label === undefined) {
      context.addIssue({ code: 'custom', path: ['values'], message: 'only goes with label' });
    }
  });

const startRule = z.strictObject({
  matchers: matchers.min(1, 'must not be empty; alertname=~".+" takes every alert'),
  reason: text.describe('Why these alerts speak of the Metrics API.'),
  deep: z
    .boolean('must be true or false')
    .default(false)
    .describe("Ask for deep mode; the worker's configuration must allow it."),
  nodeLabel: text.optional().describe('The label that names nodes to probe in any case.'),
});

const maintenance = z
  .strictObject({
    clusters,
    from: moment,
    to: moment,
    timeZone,
    reason: text.describe('Said where held alerts are counted.'),
  })
  .superRefine(({ from, to, timeZone: zone }, context) => {
    if (!isTimeZone(zone)) return; // said already
    const begins = instantOf(from, zone);
    const ends = instantOf(to, zone);
    if (begins !== null && ends !== null && begins >= ends) {
      context.addIssue({ code: 'custom', path: ['to'], message: 'must be later than from' });
    }
  });

const quietHours = z.strictObject({
  clusters,
  days: z
    .array(z.enum(DAYS, `must be one of ${DAYS.join(', ')}`), 'must be a list')
    .min(1, 'must not be empty')
    .default([...DAYS])
    .describe('Days on which the quiet begins; left out: every day.'),
  from: timeOfDay,
  to: timeOfDay.describe('Not later than from: on the next day.'),
  timeZone,
});

const knownCause = z.strictObject({
  cause: z.string('must be text').refine((value) => CAUSE_IDS.has(value), {
    message: 'must be the id of a cause (docs/causes)',
  }),
  clusters,
  until: moment.optional().describe('In UTC where no offset is given; left out: for good.'),
  reason: text.describe('Why it is left as it is; shown with the cluster.'),
});

const tls = z
  .strictObject({
    port: z
      .int('must be a whole number')
      .min(0, 'must be 0 or more')
      .max(MAX_PORT, `must be ${MAX_PORT} or less`),
    host: text.default('0.0.0.0'),
    certFile: text.describe("The bot's own certificate, PEM, with its chain."),
    keyFile: text,
    clientCaFile: text.describe('Whose client certificates are let in.'),
  })
  .describe(
    'The webhooks under mutual TLS, on a port of their own; a client certificate then does for a token.',
  );

/** The `alerts` section. */
export const alerts = z
  .strictObject({
    channel: channel.describe('Where threads of alerts are opened.'),
    channelByCluster: z.record(name, channel, 'must map cluster names to channel ids').default({}),
    clusterLabel: text.default('cluster').describe('The alert label that names the cluster.'),
    clusterRules: z
      .array(clusterRule, 'must be a list')
      .default([])
      .describe('Looked at before clusterLabel; the first that names a cluster counts.'),
    defaultCluster: name
      .optional()
      .describe('For alerts that nothing else leads to a cluster, and have no clusterLabel.'),
    startOn: z
      .array(startRule, 'must be a list')
      .default([])
      .describe('Alerts that start a run, before those of the default list.'),
    startOnDefaults: z
      .boolean('must be true or false')
      .default(true)
      .describe('The default list (docs/alerts.md), too.'),
    maintenance: z.array(maintenance, 'must be a list').default([]),
    quietHours: z.array(quietHours, 'must be a list').default([]),
    knownCauses: z
      .array(knownCause, 'must be a list')
      .default([])
      .describe('Causes accepted as known: alerts that they explain are shown, not posted.'),
    tls: tls.optional(),
  })
  .optional();

/** The section, defaults filled in. */
export type AlertsConfig = NonNullable<z.output<typeof alerts>>;

/** Every cluster that the section names, with its place. */
export function clustersNamedBy(
  section: AlertsConfig | undefined,
): readonly { readonly path: readonly PropertyKey[]; readonly cluster: string }[] {
  if (section === undefined) return [];
  const at = (...path: readonly PropertyKey[]) => ['alerts', ...path];
  const ofLists = (['maintenance', 'quietHours', 'knownCauses'] as const).flatMap((key) =>
    section[key].flatMap((each, index) =>
      (each.clusters ?? []).map((cluster, i) => ({ path: at(key, index, 'clusters', i), cluster })),
    ),
  );
  const ofRules = section.clusterRules.flatMap(({ cluster, values = {} }, index) => [
    ...(cluster === undefined ? [] : [{ path: at('clusterRules', index, 'cluster'), cluster }]),
    ...Object.entries(values).map(([value, named]) => ({
      path: at('clusterRules', index, 'values', value),
      cluster: named,
    })),
  ]);
  return [
    ...(section.defaultCluster === undefined
      ? []
      : [{ path: at('defaultCluster'), cluster: section.defaultCluster }]),
    ...Object.keys(section.channelByCluster).map((cluster) => ({
      path: at('channelByCluster', cluster),
      cluster,
    })),
    ...ofRules,
    ...ofLists,
  ];
}
