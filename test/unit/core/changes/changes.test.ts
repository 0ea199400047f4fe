import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesSince } from '../../../../src/core/changes/changes.ts';
import { digest } from '../../../../src/core/changes/digest.ts';
import {
  type HealthySummary,
  healthySummary,
} from '../../../../src/core/changes/healthy-summary.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import type { NodeObject } from '../../../../src/core/evidence/snapshot.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  cutOverlayInto,
  evidence,
  foundingIncident,
  policy,
  withProbes,
  withSnapshot,
} from '../../../support/evidence-builder.ts';

const before = healthySummary(evidence());

function withNodes(e: Evidence, change: (node: NodeObject) => NodeObject): Evidence {
  const { nodes } = e.snapshot;
  if (nodes.state === 'missing') throw new Error('the builder gives nodes');
  return withSnapshot(e, { nodes: known(nodes.value.map(change), 'test') });
}

const at =
  (name: string, fields: Partial<NodeObject>) =>
  (node: NodeObject): NodeObject =>
    node.name === name ? { ...node, ...fields } : node;

const texts = (now: Evidence, was: HealthySummary = before): readonly string[] =>
  changesSince(was, healthySummary(now)).map(({ kind, text }) => `${kind}: ${text}`);

describe('changesSince', () => {
  it('finds none between two looks at the same cluster', () => {
    expect(texts(evidence())).toEqual([]);
    expect(texts(foundingIncident())).toEqual([]);
  });

  it.each<[string, Evidence, readonly string[]]>([
    ['a new node', evidence({ nodes: 4 }), ['node-added: node prod04 is new']],
    ['a node that is gone', evidence({ nodes: 2 }), ['node-removed: node prod03 is gone']],
    [
      'another kernel',
      withNodes(evidence(), at('prod02', { kernel: '4.18.0-553' })),
      ['kernel: the kernel of prod02 was 6.4.0-150600.23.7-default and is 4.18.0-553'],
    ],
    [
      'another address, told once though the tunnel ends there, too',
      withNodes(
        evidence(),
        at('prod02', {
          internalIps: ['192.168.77.99'],
          annotations: { 'flannel.alpha.coreos.com/public-ip': '192.168.77.99' },
        }),
      ),
      ['node-address: the address of prod02 was 192.168.77.2 and is 192.168.77.99'],
    ],
    [
      'another kubelet',
      withNodes(evidence(), at('prod01', { kubeletVersion: 'v1.33.0+rke2r1' })),
      ['kubelet-version: the kubelet of prod01 was v1.32.3+rke2r1 and is v1.33.0+rke2r1'],
    ],
    [
      'a policy',
      withSnapshot(evidence(), { networkPolicies: known([policy({ name: 'deny' })], 'test') }),
      ['policy: NetworkPolicy kube-system/deny is new'],
    ],
    [
      'another Kubernetes',
      withSnapshot(evidence(), { serverVersion: known('v9.9.9', 'GET /version') }),
      [
        `server-version: the Kubernetes of the API server was ${before.serverVersion ?? ''} and is v9.9.9`,
      ],
    ],
  ])('tells %s', (_what, now, expected) => {
    expect(texts(now)).toEqual(expected);
  });

  it('tells images and arguments of metrics-server as what they were and are', () => {
    const e = evidence();
    const deployments = e.snapshot.deployments;
    if (deployments.state === 'missing') throw new Error('the builder gives deployments');
    const changed = withSnapshot(e, {
      deployments: known(
        deployments.value.map((deployment) => ({
          ...deployment,
          containers: deployment.containers.map((container) => ({
            ...container,
            image: container.image.replace(/:.*$/, ':v0.8.0'),
            args: ['--secure-port=4443', '--kubelet-preferred-address-types=InternalIP'],
          })),
        })),
        'test',
      ),
    });
    const [image, port, ...rest] = texts(changed);
    expect(image).toMatch(
      /^provider-image: the image of metrics-server was \S+ and is \S+:v0\.8\.0$/,
    );
    expect(port).toBe(
      'provider-args: the argument of metrics-server was --secure-port=10250 and is --secure-port=4443',
    );
    expect(rest).toEqual([]);
  });

  it.each<[string, Partial<HealthySummary>, Partial<HealthySummary>, readonly string[]]>([
    [
      'metrics-server on another node',
      { providerNodes: ['prod02'] },
      { providerNodes: ['prod01'] },
      ['provider-node: metrics-server runs on prod01 and ran on prod02'],
    ],
    ['one replica less', { providerNodes: ['a', 'b'] }, { providerNodes: ['b'] }, []],
    [
      'another CA of the front proxy',
      { frontProxyCas: ['aa'] },
      { frontProxyCas: ['aa', 'bb'] },
      ['front-proxy-ca: the CA of the front proxy was exchanged'],
    ],
    [
      'digests of objects by name, gone, changed and new',
      { cniConfig: { 'kube-system/a': '1', 'kube-system/b': '1' } },
      { cniConfig: { 'kube-system/b': '2', 'kube-system/c': '1' } },
      [
        'cni-config: ConfigMap kube-system/a is gone',
        'cni-config: ConfigMap kube-system/b was changed',
        'cni-config: ConfigMap kube-system/c is new',
      ],
    ],
    [
      'flags of an API server',
      { apiServerFlags: { prod01: '1', prod02: '1' } },
      { apiServerFlags: { prod01: '2', prod03: '1' } },
      ['apiserver-flags: the flags of the API server on prod01 were changed'],
    ],
    [
      'images from a registry with a port, with digests and without a tag',
      { cniImages: ['reg:5000/a/cni:v1', 'reg:5000/b', 'c@sha256:1'] },
      { cniImages: ['reg:5000/a/cni:v2', 'reg:5000/b:v1', 'c@sha256:2'] },
      [
        'cni-image: the image of the CNI was reg:5000/a/cni:v1 and is reg:5000/a/cni:v2',
        'cni-image: the image of the CNI was reg:5000/b and is reg:5000/b:v1',
        'cni-image: the image of the CNI was c@sha256:1 and is c@sha256:2',
      ],
    ],
  ])('tells %s', (_what, was, is, expected) => {
    const found = changesSince({ ...before, ...was }, { ...before, ...is });
    expect(found.map(({ kind, text }) => `${kind}: ${text}`)).toEqual(expected);
  });

  it('tells another certificate, and another caBundle', () => {
    const was = { ...before, servingCertificate: 'aa', kubeletCertificates: { prod01: 'bb' } };
    const is = {
      ...was,
      servingCertificate: 'cc',
      kubeletCertificates: { prod01: 'dd', prod02: 'ee' },
    };
    expect(changesSince(was, is).map(({ text }) => text)).toEqual([
      'metrics-server shows another certificate',
      'the kubelet of prod01 shows another certificate',
    ]);
    const bundle = (caBundle: string): HealthySummary => ({
      ...before,
      apiService: { caBundle, verifies: true },
    });
    expect(changesSince(bundle('1'), bundle('2')).map(({ kind }) => kind)).toEqual(['ca-bundle']);
  });

  it('a part that one of the runs could not read is no change', () => {
    const e = evidence({ nodes: 5 });
    const gaps = Object.fromEntries(
      [
        'nodes',
        'cniPods',
        'deployments',
        'apiService',
        'networkPolicies',
        'helmChartConfigs',
        'serverVersion',
      ].map((field) => [field, missing('forbidden', 'x')]),
    );
    const blind = withProbes(withSnapshot(e, gaps), { reach: [] });
    expect(texts(blind)).toEqual([]);
    expect(texts(e, healthySummary(blind))).toEqual([]);
  });

  it('says of nobody that he is new where the list of nodes was cut', () => {
    const large = healthySummary(evidence({ nodes: 1_001, sample: 1 }));
    expect(large.nodesCut).toBe(true);
    expect(texts(evidence(), large)).toEqual([]);
  });

  it('keeps no value of an argument that may be a secret', () => {
    const secret = 'hunter2hunter2';
    const withArgs = (...args: readonly string[]): Evidence => {
      const e = evidence();
      const { deployments } = e.snapshot;
      if (deployments.state === 'missing') throw new Error('the builder gives deployments');
      return withSnapshot(e, {
        deployments: known(
          deployments.value.map((each) => ({
            ...each,
            containers: each.containers.map((container) => ({ ...container, args })),
          })),
          'test',
        ),
      });
    };
    const kept = healthySummary(
      withArgs(`--api-key=${secret}`, '--token', secret, `-p${secret}`, '--secure-port=10250'),
    );
    expect(JSON.stringify(kept)).not.toContain(secret);
    expect(kept.provider?.args).toContain('--secure-port=10250');
    const [change] = changesSince(kept, healthySummary(withArgs('--api-key=other'))).filter(
      ({ text }) => text.includes('--api-key'),
    );
    expect(change?.text).toMatch(/was --api-key=#[0-9a-f]{16} and is --api-key=#[0-9a-f]{16}$/);
  });

  it('compares no list that it could not keep whole', () => {
    const many = (count: number) =>
      withSnapshot(evidence(), {
        networkPolicies: known(
          Array.from({ length: count }, (_, i) => policy({ name: `p${i}` })),
          'test',
        ),
      });
    expect(healthySummary(many(301)).policies).toBeNull();
    expect(texts(many(301), healthySummary(many(300)))).toEqual([]);
  });

  it('stays small, whatever nodes say of themselves', () => {
    const long = withNodes(evidence({ nodes: 1_500, sample: 1 }), (node) => ({
      ...node,
      osImage: 'x'.repeat(100_000),
    }));
    expect(JSON.stringify(healthySummary(long)).length).toBeLessThan(600_000);
  });
});

describe('the report', () => {
  it('is the same whatever order the changes were read in', () => {
    const changed = withNodes(foundingIncident(), (node) => ({ ...node, kernel: 'k2' }));
    const { nodes } = changed.snapshot;
    if (nodes.state === 'missing') throw new Error('the builder gives nodes');
    const turned = withSnapshot(changed, { nodes: known(nodes.value.toReversed(), 'test') });
    const items = (e: Evidence) => buildReport({ ...e, before }).changes?.items;
    expect(items(turned)).toEqual(items(changed));
  });

  const compared = (now: Evidence) => buildReport({ ...now, before });

  it('shows what bears on the cause, and on the nodes of the cause alone', () => {
    const kernel = (name: string): Evidence =>
      withNodes(foundingIncident(), at(name, { kernel: '4.18.0-553' }));
    expect(compared(kernel('prod01')).changes).toEqual({
      since: before.takenAt,
      runId: before.runId,
      items: [
        {
          kind: 'kernel',
          text: 'the kernel of prod01 was 6.4.0-150600.23.7-default and is 4.18.0-553',
          causes: ['overlay-port-blocked'],
        },
      ],
    });
    const other = withNodes(
      cutOverlayInto(evidence({ nodes: 5 }), 'prod01'),
      at('prod05', { kubeletVersion: 'v9' }),
    );
    const far = buildReport({ ...other, before: healthySummary(evidence({ nodes: 5 })) });
    expect(far.changes?.items).toEqual([]);
  });

  it('moves no verdict, and has nothing to say of a healthy cluster or without a healthy run', () => {
    const changed = withNodes(foundingIncident(), at('prod01', { kernel: '4.18.0-553' }));
    const { changes, ...rest } = compared(changed);
    expect(changes).toBeDefined();
    expect(rest).toEqual(buildReport(changed));
    expect(compared(evidence({ nodes: 4 })).changes).toBeUndefined();
    expect(buildReport(foundingIncident()).changes).toBeUndefined();
  });

  it('counts what is more of the same', () => {
    const all = withNodes(foundingIncident({ nodes: 8 }), (node) => ({ ...node, kernel: 'k2' }));
    const report = buildReport({ ...all, before: healthySummary(evidence({ nodes: 8 })) });
    const lines = report.changes?.items.filter(({ kind }) => kind === 'kernel') ?? [];
    expect(lines).toHaveLength(4);
    expect(lines[3]?.text).toContain('more of the same');
  });
});

describe('digest', () => {
  it('is the same for the same text, and 16 hex digits', () => {
    expect(digest('abc')).toBe(digest('abc'));
    expect(digest('')).toMatch(/^[0-9a-f]{16}$/);
  });

  it('tells texts apart', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(digest(a) === digest(b)).toBe(a === b);
      }),
      { numRuns: 500 },
    );
  });
});
