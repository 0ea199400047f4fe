import { expect, it } from 'vitest';
import {
  type ConfigSource,
  loadAllConfig,
  loadBotConfig,
  loadPlace,
  loadWorkerConfig,
} from '../../../src/config/load-config.ts';
import { ConfigError } from '../../../src/config/problems.ts';
import { findCluster } from '../../../src/config/role-config.ts';

const FILE = `
clusters:
  - name: prod
    aliases: [production]
    access: { kubeconfig: ~/.kube/prod, context: prod-admin }
    platform: rke2
    allow: { channels: [C0123456789] }
  - name: edge
    access:
      server: https://10.0.0.1:6443
      caFile: /etc/edge/ca.crt
      tokenFile: /etc/edge/token
slack:
  mode: socket
  defaultClusterByChannel: { C0123456789: prod }
alerts:
  channel: C9999999999
`;

const ENV = {
  METRICS_DIAG_CONFIG: '/etc/metrics-diag.yaml',
  REDIS_URL: 'redis://redis:6379',
  SLACK_BOT_TOKEN: 'xoxb-1-secret',
  SLACK_APP_TOKEN: 'xapp-1-secret',
  METRICS_DIAG_WEBHOOK_TOKEN: 'a-long-random-webhook-token',
};

function source(file: string, env: Record<string, string> = ENV): ConfigSource {
  return { env, readFile: () => file };
}

function problemsOf(load: () => unknown): Record<string, string> {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) {
      return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]));
    }
    throw error;
  }
  throw new Error('no problem was found');
}

it('gives the bot its part, without any way into a cluster', () => {
  const config = loadBotConfig(source(FILE));

  expect(config.clusters.map(({ name }) => name)).toEqual(['prod', 'edge']);
  expect(JSON.stringify(config)).not.toContain('kubeconfig');
  expect(JSON.stringify(config)).not.toContain('/etc/edge/token');
  expect(config.slack).toMatchObject({ botToken: 'xoxb-1-secret', mode: 'socket', apiUrl: null });
  expect(config.alerts).toMatchObject({ channel: 'C9999999999', clusterLabel: 'cluster' });
  expect(config.http).toEqual({ host: '127.0.0.1', port: 8080 });
});

it('gives the worker its part, without any Slack token', () => {
  const config = loadWorkerConfig(source(FILE));

  expect(JSON.stringify(config)).not.toContain('xoxb');
  expect(config.clusters[0]).toMatchObject({
    access: { kubeconfig: '~/.kube/prod', context: 'prod-admin' },
    probe: { enabled: true, namespace: 'metrics-diag', imagePullPolicy: 'IfNotPresent' },
    platform: 'rke2',
  });
  expect(config.clusters[0]).not.toHaveProperty('allow');
});

it('needs no Redis for `all`, and no Slack token for the worker', () => {
  const { REDIS_URL: _redis, ...withoutRedis } = ENV;
  expect(loadAllConfig(source(FILE, withoutRedis)).redisUrl).toBeNull();
  const env = { METRICS_DIAG_CONFIG: '/x', REDIS_URL: 'unix:///run/redis.sock' };
  expect(loadWorkerConfig(source(FILE, env)).redisUrl).toBe('unix:///run/redis.sock');
});

it("knows the worker's own Pod when the downward API tells all of it", () => {
  const pod = { POD_NAME: 'worker-7', POD_NAMESPACE: 'metrics-diag', POD_UID: 'uid-7' };
  expect(loadPlace(pod).pod).toEqual({
    namespace: 'metrics-diag',
    name: 'worker-7',
    uid: 'uid-7',
  });
  expect(loadPlace({ ...pod, POD_UID: '' }).pod).toBeNull();
});

it('freezes what it hands out', () => {
  const config = loadBotConfig(source(FILE));
  expect(Object.isFrozen(config.slack)).toBe(true);
  expect(Object.isFrozen(config.clusters[0])).toBe(true);
});

it('names all problems of file and environment at once, with a remedy each', () => {
  const file = `
clusters:
  - name: Prod Cluster
    acess: { context: prod }
  - name: edge
    aliases: [edge]
    access: { server: "ftp://10.0.0.1", inCluster: true }
slack:
  mode: rtm
  defaultClusterByChannel: { C0123456789: mars }
alerts: {}
`;
  const problems = problemsOf(() =>
    loadBotConfig(
      source(file, { METRICS_DIAG_CONFIG: '/x', LOG_LEVEL: 'loud', HTTP_PORT: '70000' }),
    ),
  );

  expect(Object.keys(problems)).toEqual(
    expect.arrayContaining([
      'REDIS_URL',
      'LOG_LEVEL',
      'HTTP_PORT',
      'SLACK_BOT_TOKEN',
      'clusters[0].name',
      'clusters[0].acess',
      'clusters[1].access.server',
      'slack.mode',
      'alerts.channel',
    ]),
  );
  expect(problems['clusters[0].acess']).toContain('not a known key');
  expect(problems['REDIS_URL']).toContain('redis://host:6379');
});

it('finds names that are taken or missing once the shapes are right', () => {
  const file = `
clusters:
  - name: prod
  - name: edge
    aliases: [prod]
slack:
  defaultClusterByChannel: { C0123456789: mars }
`;
  const problems = problemsOf(() => loadBotConfig(source(file)));

  expect(problems['clusters[1].aliases[0]']).toContain('already taken by clusters[0].name');
  expect(problems['slack.defaultClusterByChannel.C0123456789']).toContain('name or an alias');
});

it.each([
  ['two ways in', '{ inCluster: true, context: prod }', 'access', 'exactly one way in'],
  ['no way in', '{}', 'access', 'exactly one way in'],
  ['a server without a token', '{ server: "https://10.0.0.1:6443" }', 'access.tokenFile', 'needed'],
  [
    'a token without a server',
    '{ context: a, tokenFile: /t }',
    'access.tokenFile',
    'only goes with',
  ],
  ['plain http', '{ server: "http://10.0.0.1", tokenFile: /t }', 'access.server', 'https://'],
])('refuses %s', (_name, access, path, words) => {
  const file = `clusters: [{ name: prod, access: ${access} }]`;
  expect(problemsOf(() => loadWorkerConfig(source(file)))[`clusters[0].${path}`]).toContain(words);
});

it('asks the worker, and not the bot, for a way in', () => {
  const file = 'clusters: [{ name: prod }]';
  expect(problemsOf(() => loadWorkerConfig(source(file)))['clusters[0].access']).toContain(
    'needed',
  );
  expect(loadBotConfig(source(file)).clusters).toHaveLength(1);
});

it('never prints a value', () => {
  const file = 'clusters: [{ name: "geheim!" }]\nslack: { mode: geheim }';
  const env = {
    METRICS_DIAG_CONFIG: '/x',
    REDIS_URL: 'http://geheim@host',
    SLACK_BOT_TOKEN: 'geheim',
    SLACK_APP_TOKEN: 'geheim',
    LOG_LEVEL: 'geheim',
  };
  try {
    loadBotConfig(source(file, env));
    expect.unreachable();
  } catch (error) {
    expect(String(error)).toContain('SLACK_BOT_TOKEN');
    expect(String(error)).not.toContain('geheim');
  }
});

it('says where the YAML is broken, without quoting it', () => {
  const problems = problemsOf(() => loadBotConfig(source('clusters:\n  - name: [geheim\n')));
  const [path] = Object.keys(problems).filter((each) => each.startsWith('/etc/'));
  expect(path).toMatch(/metrics-diag\.yaml:\d+/);
  expect(JSON.stringify(problems)).not.toContain('geheim');
});

it('says why the file cannot be read', () => {
  const readFile = (): string => {
    throw Object.assign(new Error('no'), { code: 'ENOENT' });
  };
  expect(
    problemsOf(() => loadBotConfig({ env: ENV, readFile }))['/etc/metrics-diag.yaml'],
  ).toContain('ENOENT');
});

it('wants the signing secret in HTTP mode and not the app token', () => {
  const file = 'clusters: [{ name: prod }]\nslack: { mode: http }';
  const { SLACK_APP_TOKEN: _app, ...env } = ENV;
  expect(Object.keys(problemsOf(() => loadBotConfig(source(file, env))))).toEqual([
    'SLACK_SIGNING_SECRET',
  ]);
  const config = loadBotConfig(source(file, { ...env, SLACK_SIGNING_SECRET: 's' }));
  expect(config.slack.signingSecret).toBe('s');
});

it('finds a cluster by name or alias in any case', () => {
  const { clusters } = loadBotConfig(source(FILE));
  expect(findCluster(clusters, ' Production ')?.name).toBe('prod');
  expect(findCluster(clusters, 'mars')).toBeNull();
});

it('says what is wrong in the rules for alerts', () => {
  const file = `
clusters: [{ name: prod, access: { context: prod } }]
alerts:
  channel: C9999999999
  defaultCluster: mars
  clusterRules:
    - { matchers: ["env=~(", 'env="x"'], cluster: prod }
    - { cluster: prod, label: cluster }
    - { label: k8s, values: { a: venus } }
  startOn: [{ matchers: [], reason: "" }]
  maintenance: [{ from: "2026-12-02T00:00", to: "2026-12-01T00:00", timeZone: Mars/Base, reason: x }]
  quietHours: [{ from: "7:00", to: "25:00", days: [monday] }]
  knownCauses: [{ cause: firewall, reason: x }]
`;
  const problems = problemsOf(() => loadBotConfig(source(file)));
  expect(Object.keys(problems)).toEqual([
    'alerts.clusterRules[0].matchers[0]',
    'alerts.clusterRules[1]',
    'alerts.startOn[0].matchers',
    'alerts.startOn[0].reason',
    'alerts.maintenance[0].timeZone',
    'alerts.quietHours[0].days[0]',
    'alerts.quietHours[0].from',
    'alerts.quietHours[0].to',
    'alerts.knownCauses[0].cause',
  ]);
  const named = problemsOf(() =>
    loadBotConfig(
      source(`
clusters: [{ name: prod, access: { context: prod } }]
alerts:
  channel: C9999999999
  defaultCluster: mars
  clusterRules: [{ label: k8s, values: { a: venus } }]
  maintenance: [{ clusters: [pluto], from: "2026-12-01T00:00", to: "2026-12-01T01:00", reason: x }]
`),
    ),
  );
  expect(Object.keys(named)).toEqual([
    'alerts.defaultCluster',
    'alerts.clusterRules[0].values.a',
    'alerts.maintenance[0].clusters[0]',
  ]);
});
