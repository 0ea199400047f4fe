import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { fileSchema } from '../../src/config/file-schema.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const helm = findHelm();
if (helm === null) {
  console.warn('SKIPPED helm-chart-renders: lacks helm (bash scripts/helm-lint.sh fetches one)');
}

function findHelm(): string | null {
  const cached = join(homedir(), '.cache', 'metrics-diag', 'helm', 'helm', 'helm');
  try {
    execFileSync('helm', ['version'], { stdio: 'ignore' });
    return 'helm';
  } catch {
    return existsSync(cached) ? cached : null;
  }
}

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}
interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
  readonly data?: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: as deep as Kubernetes objects are
  // oxlint-disable-next-line typescript/no-explicit-any -- the same
  readonly spec?: any;
}

const SCENARIOS = readdirSync(join(root, 'helm/metrics-diag/ci')).map((name) =>
  name.replace('-values.yaml', ''),
);

function render(scenario: string | null, ...flags: readonly string[]): readonly Rendered[] {
  const values =
    scenario === null ? [] : ['-f', join(root, `helm/metrics-diag/ci/${scenario}-values.yaml`)];
  const text = execFileSync(
    helm ?? '',
    [
      'template',
      'metrics-diag',
      join(root, 'helm/metrics-diag'),
      '-n',
      'metrics-diag',
      ...values,
      ...flags,
    ],
    { encoding: 'utf8', stdio: 'pipe' },
  );
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
}

const OPERATOR = ['--api-versions', 'monitoring.coreos.com/v1'];
const of = (objects: readonly Rendered[], kind: string): readonly Rendered[] =>
  objects.filter((each) => each.kind === kind);
const role = (objects: readonly Rendered[], name: string): Rendered | undefined =>
  of(objects, 'Deployment').find(({ metadata }) => metadata.name === `metrics-diag-${name}`);

describe.skipIf(helm === null)('the chart', () => {
  it.each([null, ...SCENARIOS])(
    '%s: reads all over the cluster, writes Pods in its own namespaces alone',
    (scenario) => {
      const objects = render(scenario, ...OPERATOR);
      const wide = of(objects, 'ClusterRole').flatMap(({ rules = [] }) => rules);
      for (const { verbs, resources = [] } of wide) {
        expect(verbs.filter((verb) => !['get', 'list', 'watch'].includes(verb))).toEqual([]);
        expect(resources).not.toContain('secrets');
        expect(resources).not.toContain('*');
      }
      for (const { metadata, rules = [] } of of(objects, 'Role')) {
        expect(['metrics-diag-probes', 'metrics-diag-deep']).toContain(metadata.namespace);
        expect(rules.flatMap(({ resources }) => resources)).toEqual(['pods']);
      }
      expect(of(objects, 'Secret')).toEqual([]);
    },
  );

  it.each([null, ...SCENARIOS])(
    '%s: holds a configuration file that the program takes',
    (scenario) => {
      const [map] = of(render(scenario), 'ConfigMap');
      const file: unknown = parse(map?.data?.['metrics-diag.yaml'] ?? '');
      expect(fileSchema.safeParse(file).error).toBeUndefined();
    },
  );

  it.each([null, ...SCENARIOS])(
    '%s: its Pods are not root, cannot write, and the bot has no token of the cluster',
    (scenario) => {
      const objects = render(scenario);
      for (const { metadata, spec } of of(objects, 'Deployment')) {
        const pod = spec.template.spec;
        expect(pod.securityContext.runAsNonRoot).toBe(true);
        expect(pod.containers[0].securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        const isBot = metadata.name.endsWith('-bot');
        expect(pod.automountServiceAccountToken).toBe(!isBot);
        const secrets = (pod.containers[0].envFrom ?? []).map(
          (each: { secretRef: { name: string } }) => each.secretRef.name,
        );
        expect(secrets.includes('metrics-diag-slack')).toBe(isBot);
      }
    },
  );

  it('says budgets as the version of the cluster knows them, and none for a single replica', () => {
    const versions = (version: string) =>
      of(render('production', '--kube-version', version), 'PodDisruptionBudget').map(
        ({ apiVersion }) => apiVersion,
      );
    expect(versions('1.20.2')).toEqual(['policy/v1beta1', 'policy/v1beta1']);
    expect(versions('1.32.5+rke2r1')).toEqual(['policy/v1', 'policy/v1']);
    expect(of(render(null), 'PodDisruptionBudget')).toEqual([]);
  });

  it('makes a ServiceMonitor where the cluster serves that kind, for bot and worker', () => {
    expect(of(render('production'), 'ServiceMonitor')).toEqual([]);
    const objects = render('production', ...OPERATOR);
    const [monitor] = of(objects, 'ServiceMonitor');
    const wanted = Object.entries(monitor?.spec.selector.matchLabels as Record<string, string>);
    const found = of(objects, 'Service').filter(({ metadata }) =>
      wanted.every(
        ([key, value]) => (metadata as { labels?: Record<string, string> }).labels?.[key] === value,
      ),
    );
    expect(found.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      'metrics-diag-bot',
      'metrics-diag-worker',
    ]);
  });

  it("opens Slack's port in HTTP mode alone, on Pod, Service and policy", () => {
    const ports = (scenario: string) => {
      const objects = render(scenario);
      const [policy] = of(objects, 'NetworkPolicy').filter(({ metadata }) =>
        metadata.name.endsWith('bot'),
      );
      return {
        pod: role(objects, 'bot')?.spec.template.spec.containers[0].ports.map(
          (p: { name: string }) => p.name,
        ),
        service: of(objects, 'Service')[0]?.spec.ports.map((p: { name: string }) => p.name),
        policy: policy?.spec.ingress.map(
          (rule: { ports: { port: string }[] }) => rule.ports[0]?.port,
        ),
      };
    };
    const both = ['http', 'slack'];
    expect(ports('http-mode')).toEqual({ pod: both, service: both, policy: both });
    expect(ports('production')).toEqual({ pod: ['http'], service: ['http'], policy: ['http'] });
  });

  it('lets the bot out to Slack and Redis, the worker to API servers and Redis', () => {
    const egress = Object.fromEntries(
      of(render('production'), 'NetworkPolicy').map(({ metadata, spec }) => [
        metadata.name,
        spec.egress.flatMap((rule: { ports: { port: number }[] }) =>
          rule.ports.map(({ port }) => port),
        ),
      ]),
    );
    expect(egress).toEqual({
      'metrics-diag-bot': [53, 53, 6379, 443],
      'metrics-diag-worker': [53, 53, 6379, 443, 6443],
    });
  });

  it('takes Redis by its URL in place of a Secret', () => {
    const container = role(render('remote-clusters'), 'worker')?.spec.template.spec.containers[0];
    expect(container.env).toContainEqual({
      name: 'REDIS_URL',
      value: 'rediss://redis.example.org:6380/2',
    });
    expect(container.envFrom).toBeUndefined();
    const usual = role(render(null), 'worker')?.spec.template.spec.containers[0];
    expect(usual.envFrom).toEqual([{ secretRef: { name: 'metrics-diag-redis' } }]);
  });

  it.each([
    'wroker.replicas=2',
    'image.tag=latest',
    'redis.url=redis://:secret@redis:6379',
    'redis.existingSecret=',
    'networkPolicy.redisPort=70000',
  ])('refuses --set %s', (wrong) => {
    expect(() => render(null, '--set', wrong)).toThrow();
  });

  it('is what deploy/kubernetes.yaml was made from', () => {
    execFileSync('bash', [join(root, 'scripts/manifest.sh'), '--check'], { stdio: 'pipe' });
  });
});
