import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { SNAPSHOT_PERMISSIONS } from '../../src/snapshot/permissions.ts';

/** The plain YAML of a template: lines that only template, and values that are templated, say nothing about rules. */
function rulesOf(template: string, kind: string): unknown {
  const text = readFileSync(
    new URL(`../../helm/metrics-diag/templates/${template}`, import.meta.url),
    'utf8',
  );
  const plain = text
    .split('\n')
    .filter((line) => !/^\s*\{\{-/.test(line))
    .map((line) => line.replaceAll(/\{\{[^}]*\}\}/g, 'x'))
    .join('\n');
  const objects = parseAllDocuments(plain).map(
    (document) => document.toJS() as { kind: string; rules?: unknown },
  );
  return objects.find((object) => object.kind === kind)?.rules;
}

it("the chart's ClusterRole grants exactly what the snapshot reads", () => {
  const read = SNAPSHOT_PERMISSIONS.map((rule) => ({ ...rule, why: undefined }));
  // toEqual overlooks keys that are undefined: the sentences for people are not part of a role.
  expect(rulesOf('worker-clusterrole.yaml', 'ClusterRole')).toEqual(read);
});

it('the worker may write nothing but probe Pods, in their own namespace', () => {
  expect(rulesOf('worker-probes-role.yaml', 'Role')).toEqual([
    { apiGroups: [''], resources: ['pods'], verbs: ['create', 'get', 'list', 'watch', 'delete'] },
  ]);
});

it('deep mode: the worker may make Pods in its namespace, and their account may do nothing', () => {
  expect(rulesOf('worker-deep.yaml', 'Role')).toEqual([
    { apiGroups: [''], resources: ['pods'], verbs: ['create', 'get', 'list', 'watch', 'delete'] },
  ]);
  const text = readFileSync(
    new URL('../../helm/metrics-diag/templates/worker-deep.yaml', import.meta.url),
    'utf8',
  );
  expect(text.split('\n')[0]).toContain('.Values.deep.enabled');
  expect(text.match(/kind: (?:Cluster)?RoleBinding/g)).toHaveLength(1);
  expect(text).toContain('include "metrics-diag.workerAccount"');
});

it('a probe may list node metrics and nothing else', () => {
  expect(rulesOf('probe-serviceaccount.yaml', 'ClusterRole')).toEqual([
    { apiGroups: ['metrics.k8s.io'], resources: ['nodes'], verbs: ['get', 'list'] },
  ]);
});

it('the worker is told which Pod it is, so that probe Pods can belong to it', () => {
  const text = readFileSync(
    new URL('../../helm/metrics-diag/templates/_helpers.tpl', import.meta.url),
    'utf8',
  );
  const told = [
    ...text.matchAll(/- name: (\w+)\n\s+valueFrom: \{ fieldRef: \{ fieldPath: ([\w.]+) \} \}/g),
  ];
  expect(Object.fromEntries(told.map(([, name, path]) => [name, path]))).toEqual({
    NODE_NAME: 'spec.nodeName',
    POD_NAME: 'metadata.name',
    POD_NAMESPACE: 'metadata.namespace',
    POD_UID: 'metadata.uid',
  });
});

it('the documented rights are those that the snapshot uses', () => {
  const text = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const rows = [
    ...text.slice(text.indexOf('## Rights')).matchAll(/^\| (?!API group|---)(.*) \|$/gm),
  ];
  expect(rows.map(([, row]) => row)).toEqual(
    SNAPSHOT_PERMISSIONS.map(
      ({ apiGroups, resources, resourceNames, nonResourceURLs, verbs, why }) => {
        const named = resourceNames === undefined ? '' : ` (${resourceNames.join(', ')})`;
        const what = (nonResourceURLs ?? resources ?? []).map((each) => `\`${each}\``).join(', ');
        const groups =
          apiGroups?.map((group) => (group === '' ? 'core' : group)).join(', ') ?? 'URL';
        return `${groups} | ${what}${named} | ${verbs.join(', ')} | ${why}`;
      },
    ),
  );
});

const chart = (path: string): string =>
  readFileSync(new URL(`../../helm/metrics-diag/${path}`, import.meta.url), 'utf8');

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
}

/** Dotted names of all keys that the schema knows, with what says them. */
function keysOf(schema: Schema, path = ''): readonly (readonly [string, string | undefined])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => [
    [`${path}${key}`, inner.description] as const,
    // `config` is the program's own file; its schema is docs/config.schema.json.
    ...(inner.additionalProperties === false ? keysOf(inner, `${path}${key}.`) : []),
  ]);
}

it('the schema of the values knows each of them, says what it is, and refuses others', () => {
  const schema = JSON.parse(chart('values.schema.json')) as Schema;
  expect(schema.additionalProperties).toBe(false);
  const keys = keysOf(schema).filter(([key]) => key !== 'global');
  for (const [key, description] of keys) expect(description, key).toMatch(/\w.*\.$/);

  const values = parse(chart('values.yaml')) as Record<string, unknown>;
  const written = (value: unknown, path: string): readonly string[] => {
    const known = keys.some(([key]) => key.startsWith(`${path}.`));
    return path !== '' && !known
      ? [path]
      : [
          ...(path === '' ? [] : [path]),
          ...Object.entries(value as object).flatMap(([key, inner]) =>
            written(inner, path === '' ? key : `${path}.${key}`),
          ),
        ];
  };
  expect(written(values, '').toSorted()).toEqual(keys.map(([key]) => key).toSorted());
});

it('the manifest for kubectl grants what the snapshot reads, and holds no Secret', () => {
  const text = readFileSync(new URL('../../deploy/kubernetes.yaml', import.meta.url), 'utf8');
  const objects = parseAllDocuments(text).map(
    (document) => document.toJS() as { kind: string; metadata: { name: string }; rules?: unknown },
  );
  const role = objects.find(
    ({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === 'metrics-diag-snapshot',
  );
  expect(role?.rules).toEqual(SNAPSHOT_PERMISSIONS.map((rule) => ({ ...rule, why: undefined })));
  expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
  expect(text).not.toMatch(/managed-by: Helm|helm\.sh/);
});
