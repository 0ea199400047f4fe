import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/clients/embedded-redis.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { runCli } from '../../src/roles/cli.ts';
import { healthyWorld } from '../sim/healthy-world.ts';
import {
  type StandInCluster,
  startStandInCluster,
} from '../support/api-server/stand-in-cluster.ts';
import { type SlackStandIn, startSlackStandIn } from '../support/slack-stand-in/slack-stand-in.ts';

const folder = mkdtempSync(join(tmpdir(), 'metrics-diag-doctor-'));
let cluster: StandInCluster;
let slack: SlackStandIn;
let redis: EmbeddedRedis;
let namespace: ReturnType<StandInCluster['store']['get']>;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  cluster = await startStandInCluster(healthyWorld({ underlayPrefix: '127.77.0' }));
  slack = await startSlackStandIn();
  redis = await startEmbeddedRedis({});
  namespace = cluster.store.get('/namespaces', null, 'metrics-diag');
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  slack.heal();
  cluster.setBehaviour({ denied: [] });
  if (namespace !== null) cluster.store.put('/namespaces', namespace);
  await cluster.setFaults([]);
});
afterAll(async () => {
  await cluster.stop();
  await slack.close();
  await redis.stop();
});

interface Setting {
  readonly config?: (yaml: string) => string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
}

async function doctor({ config = (yaml) => yaml, env = {}, args = [] }: Setting = {}) {
  const path = join(folder, 'metrics-diag.yaml');
  writeFileSync(path, config(cluster.configYaml()));
  let out = '';
  const code = await runCli(['doctor', '--config', path, '--output', 'json', ...args], {
    out: (text) => void (out += text),
    err: (text) => void (out += text),
    isTty: false,
    env: {
      REDIS_URL: redis.url,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      ...env,
    },
  });
  const { healthy, findings } = JSON.parse(out) as { healthy: boolean; findings: Finding[] };
  return { code, healthy, findings, troubles: findings.filter(({ state }) => state !== 'ok') };
}

/** The one trouble there is, with the exit code. */
async function onlyTrouble(setting: Setting = {}) {
  const { code, troubles } = await doctor(setting);
  expect(troubles.map(({ what }) => what)).toHaveLength(1);
  return { code, ...troubles[0] };
}

it('finds nothing wrong with what is well, asks every right, and leaves nothing behind', async () => {
  const { code, healthy, findings, troubles } = await doctor();
  expect(troubles).toEqual([]);
  expect({ code, healthy }).toEqual({ code: 0, healthy: true });
  const said = findings.map(({ area, what }) => `${area}: ${what}`).join('\n');
  expect(said).toContain('redis: maxmemory-policy is noeviction');
  expect(said).toContain('slack: Socket Mode is on');
  expect(said).toContain('slack: the token has all scopes of the manifest');
  expect(said.match(/can be asked on its own/g)).toHaveLength(3);
  expect(said).toContain('cluster prod: a probe Pod would be admitted in namespace metrics-diag');
  expect(
    cluster.objects('pods').filter(({ metadata }) => metadata.name.includes('doctor')),
  ).toEqual([]);
  expect(slack.messages).toEqual([]);
  expect(slack.connections()).toBe(0);
});

describe('the configuration', () => {
  it('is named line by line, and the rest is looked at all the same', async () => {
    const { code, findings, troubles } = await doctor({ config: (yaml) => `${yaml}slakc: {}\n` });
    expect(code).toBe(1);
    expect(troubles.map(({ what }) => what)).toEqual([
      expect.stringContaining('slakc: is not a known key'),
    ]);
    for (const each of ['redis', 'slack']) {
      expect(findings.some(({ area, state }) => area === each && state === 'ok')).toBe(true);
    }
  });

  it('needs what the role needs', async () => {
    const env = { SLACK_BOT_TOKEN: undefined, SLACK_APP_TOKEN: undefined, REDIS_URL: undefined };
    expect((await doctor({ env })).code).toBe(0);
    const bot = await doctor({ env, args: ['--role', 'bot'] });
    expect(bot.code).toBe(1);
    const said = bot.troubles.map(({ what }) => what).join('\n');
    for (const name of ['REDIS_URL', 'SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN']) {
      expect(said).toContain(`${name}: is needed`);
    }
    expect(bot.findings.some(({ area }) => area === 'cluster prod')).toBe(false);
  });
});

describe('Redis', () => {
  async function other(...extraArguments: readonly string[]): Promise<string> {
    const started = await startEmbeddedRedis({ extraArguments });
    closing.push(() => started.stop());
    return started.url;
  }

  it('that evicts keys', async () => {
    const REDIS_URL = await other('--maxmemory-policy', 'allkeys-lru');
    const { code, what, mend } = await onlyTrouble({ env: { REDIS_URL } });
    expect({ code, what }).toEqual({ code: 1, what: 'maxmemory-policy is allkeys-lru' });
    expect(mend?.join('\n')).toContain('CONFIG SET maxmemory-policy noeviction');
  });

  it('that keeps nothing on disk is worth a look', async () => {
    const REDIS_URL = await other('--appendonly', 'no');
    const { code, state, mend } = await onlyTrouble({ env: { REDIS_URL } });
    expect({ code, state }).toEqual({ code: 0, state: 'worth-a-look' });
    expect(mend?.join('\n')).toContain('appendonly yes');
  });

  it('that is not there', async () => {
    const { code, what } = await onlyTrouble({ env: { REDIS_URL: 'redis://127.0.0.1:1' } });
    expect(code).toBe(1);
    expect(what).toContain('ECONNREFUSED');
  });
});

describe('Slack', () => {
  it('refuses the bot token', async () => {
    const { code, what, mend } = await onlyTrouble({ env: { SLACK_BOT_TOKEN: 'xoxb-another' } });
    expect(code).toBe(1);
    expect(what).toContain('SLACK_BOT_TOKEN): invalid_auth');
    expect(mend?.join('\n')).toContain('OAuth & Permissions');
    expect(JSON.stringify({ what, mend })).not.toContain('xoxb-another');
  });

  it('refuses the app token', async () => {
    const { code, what, mend } = await onlyTrouble({ env: { SLACK_APP_TOKEN: 'xapp-another' } });
    expect(code).toBe(1);
    expect(what).toContain('SLACK_APP_TOKEN): invalid_auth');
    expect(mend?.join('\n')).toContain('connections:write');
  });

  it.each([
    ['chat:write', 1],
    ['files:write', 0],
  ] as const)('did not grant %s', async (scope, expected) => {
    const all = 'commands,app_mentions:read,chat:write,chat:write.public,files:write,users:read';
    const scopes = all.split(',').filter((each) => each !== scope);
    const other = await startSlackStandIn({ scopes });
    closing.push(() => other.close());
    const { code, what } = await onlyTrouble({ env: { SLACK_API_URL: other.apiUrl } });
    expect(what).toBe(`the bot token lacks the scope ${scope}`);
    expect(code).toBe(expected);
  });

  it('misses the scope for user groups only where they are used', async () => {
    const other = await startSlackStandIn({
      scopes: [
        'commands',
        'app_mentions:read',
        'chat:write',
        'chat:write.public',
        'files:write',
        'users:read',
      ],
    });
    closing.push(() => other.close());
    const env = { SLACK_API_URL: other.apiUrl };
    expect((await doctor({ env })).troubles).toEqual([]);
    const config = (yaml: string): string => `${yaml}    allow: { userGroups: [S0123456789] }\n`;
    expect((await onlyTrouble({ env, config })).what).toContain('usergroups:read');
  });

  it('is away', async () => {
    const { code, troubles } = await doctor({ env: { SLACK_API_URL: 'http://127.0.0.1:1/api/' } });
    expect(code).toBe(1);
    expect(troubles.map(({ area }) => area)).toEqual(['slack', 'slack']);
    expect(troubles[0]?.what).toContain('cannot be asked');
  });
});

describe('a cluster', () => {
  it('whose kubeconfig is not there', async () => {
    const config = (yaml: string): string => yaml.replace(/kubeconfig: .*/, 'kubeconfig: /nowhere');
    const { code, what } = await onlyTrouble({ config });
    expect(code).toBe(1);
    expect(what).toContain('/nowhere');
  });

  it('that does not accept our token', async () => {
    const path = join(folder, 'kubeconfig');
    const own = readFileSync(cluster.kubeconfigPath, 'utf8');
    writeFileSync(path, own.replace(cluster.token, 'expired'));
    const config = (yaml: string): string => yaml.replace(cluster.kubeconfigPath, path);
    const { code, what } = await onlyTrouble({ config });
    expect(code).toBe(1);
    expect(what).toContain('does not accept our credentials (401)');
  });

  it('of which one API server cannot be reached', async () => {
    await cluster.setFaults([{ kind: 'api-server', node: 'prod02', state: 'down' }]);
    const { code, what } = await onlyTrouble();
    expect(code).toBe(1);
    expect(what).toContain('API server prod02 cannot be asked on its own');
  });

  it.each([
    ['events:list', 'list events'],
    ['pods/log', 'get pods/log'],
    ['/metrics', 'get /version, /readyz, /metrics'],
    ['nodes.metrics.k8s.io', 'list nodes of metrics.k8s.io'],
  ])('where %s is not granted, with a role of just that', async (denied, words) => {
    cluster.setBehaviour({ denied: [denied] });
    const { code, what, mend } = await onlyTrouble();
    expect(code).toBe(1);
    expect(what).toBe(`not allowed to ${words}`);
    const role = mend?.join('\n');
    expect(role).toContain('kind: ClusterRoleBinding');
    expect(role).toContain('"name":"metrics-diag-worker"');
  });

  it('where probe Pods may not be made', async () => {
    cluster.setBehaviour({ denied: ['pods:create'] });
    const { code, troubles } = await doctor();
    expect(code).toBe(1);
    expect(troubles.map(({ what }) => what)).toEqual([
      'not allowed to create pods in namespace metrics-diag',
      expect.stringContaining('is not known without the right to create them'),
    ]);
    expect(troubles[0]?.mend.join('\n')).toContain('namespace: metrics-diag');
  });

  it('whose probe namespace is not there', async () => {
    cluster.store.remove('/namespaces', null, 'metrics-diag');
    const { code, what, mend } = await onlyTrouble();
    expect({ code, what }).toEqual({ code: 1, what: 'the namespace metrics-diag does not exist' });
    expect(mend?.[0]).toBe('kubectl create namespace metrics-diag');
  });

  it.each(['baseline', 'restricted'])('whose probe namespace is of the level %s', async (level) => {
    if (namespace === null) throw new Error('the stand-in has the namespace');
    const labels = { 'pod-security.kubernetes.io/enforce': level };
    cluster.store.put('/namespaces', {
      ...namespace,
      metadata: { ...namespace.metadata, labels },
    });
    const { code, what, mend } = await onlyTrouble();
    expect(code).toBe(1);
    expect(what).toContain(`violates PodSecurity "${level}:latest"`);
    expect(mend?.[0]).toContain('enforce=privileged');
  });

  it('for which no probe image is known', async () => {
    const config = (yaml: string): string => yaml.replace(/ +image: .*\n/, '');
    const { code, what, mend } = await onlyTrouble({ config });
    expect({ code, what }).toEqual({ code: 1, what: 'no image of the probe Pods is known' });
    expect(mend?.[0]).toContain('probe: { image:');
  });
});
