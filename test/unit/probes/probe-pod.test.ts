import { describe, expect, it } from 'vitest';
import { decodePlan } from '../../../src/probes/codec.ts';
import type { PodPlan } from '../../../src/probes/plan.ts';
import { basePlan } from '../../../src/probes/plan-probes.ts';
import {
  labelValue,
  type ProbePodOptions,
  podName,
  probePod,
} from '../../../src/probes/probe-pod.ts';
import { nodeObject } from './support.ts';

const OPTIONS: ProbePodOptions = {
  attempt: 1,
  namespace: 'metrics-diag',
  image: 'example.test/metrics-diag:1',
  command: ['node', '/app/dist/probe.mjs'],
  imagePullPolicy: 'IfNotPresent',
  imagePullSecrets: [],
  owner: { namespace: 'metrics-diag', name: 'worker-0', uid: 'uid-1' },
  localApiServiceAccount: 'metrics-diag-probe',
};

function plan(parts: Partial<PodPlan> = {}): PodPlan {
  return {
    ...basePlan(nodeObject({ name: 'prod01' }), { runId: 'run-1', wave: 1 }),
    kind: 'node',
    deadlineMs: 6_000,
    ...parts,
  };
}

describe('probePod', () => {
  it('makes a node Pod with one capability, pinned, without a token, that ends itself', () => {
    const { metadata, spec } = probePod(plan(), OPTIONS, 1_700_000_000_000);
    expect(spec).toMatchObject({
      nodeName: 'prod01',
      hostNetwork: true,
      restartPolicy: 'Never',
      activeDeadlineSeconds: 36,
      automountServiceAccountToken: false,
      tolerations: [{ operator: 'Exists' }],
      securityContext: { runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          imagePullPolicy: 'IfNotPresent',
          terminationMessagePolicy: 'File',
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'], add: ['NET_RAW'] },
          },
        },
      ],
    });
    expect(spec).not.toHaveProperty('volumes');
    expect(spec).not.toHaveProperty('serviceAccountName');
    expect(metadata).toMatchObject({
      labels: { 'app.kubernetes.io/name': 'metrics-diag-probe', 'metrics-diag/run-id': 'run-1' },
      annotations: { 'metrics-diag/deadline': '2023-11-14T22:13:56.000Z' },
      ownerReferences: [{ kind: 'Pod', name: 'worker-0', uid: 'uid-1' }],
    });
  });

  it('makes a listener that the restricted Pod Security Standard admits', () => {
    const { spec } = probePod(plan({ kind: 'listener', listenPort: 19_472 }), OPTIONS, 0);
    expect(spec).not.toHaveProperty('hostNetwork');
    expect(spec).toMatchObject({
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
      ],
    });
    expect(JSON.stringify(spec)).not.toContain('NET_RAW');
  });

  it('projects a ten-minute token for the local API server alone', () => {
    const { spec } = probePod(plan({ localApi: true }), OPTIONS, 0);
    expect(spec).toMatchObject({
      serviceAccountName: 'metrics-diag-probe',
      automountServiceAccountToken: false,
      volumes: [
        { projected: { sources: [{ serviceAccountToken: { expirationSeconds: 600 } }, {}] } },
      ],
    });
  });

  it('has no owner in another namespace: the garbage collector would delete it at once', () => {
    const owner = { namespace: 'elsewhere', name: 'worker-0', uid: 'uid-1' };
    expect(probePod(plan(), { ...OPTIONS, owner }, 0).metadata).not.toHaveProperty(
      'ownerReferences',
    );
  });

  it('carries the plan in its environment', () => {
    const [container] = probePod(plan(), OPTIONS, 0).spec['containers'] as {
      env: { value: string }[];
    }[];
    expect(decodePlan(container?.env[0]?.value ?? '')).toEqual(plan());
  });
});

describe('podName', () => {
  it.each([
    'prod01',
    'ip-10-0-1-17.eu-central-1.compute.internal',
    'UPPER_case',
    `n${'-'.repeat(80)}x`,
  ])('is a DNS label for a node named %s', (node) => {
    const name = podName(
      plan({ node, runId: '01K9:weird/Run_ID.with-everything-in-it-0123456789' }),
      12,
    );
    expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    expect(name.length).toBeLessThanOrEqual(63);
  });

  it('differs by run, attempt, wave, batch, kind and node', () => {
    const names = [
      podName(plan(), 1),
      podName(plan(), 2),
      podName(plan({ runId: 'run-2' }), 1),
      podName(plan({ wave: 2 }), 1),
      podName(plan({ batch: 1 }), 1),
      podName(plan({ kind: 'listener' }), 1),
      podName(plan({ node: 'prod02' }), 1),
      podName(plan({ node: 'prod-02' }), 1),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('labelValue', () => {
  it.each(['run-1', 'a/b', '--x--', 'y'.repeat(100), 'x:'.repeat(30)])(
    'is valid for %s',
    (runId) => {
      expect(labelValue(runId)).toMatch(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
    },
  );
});
