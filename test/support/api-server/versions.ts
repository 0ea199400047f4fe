import type { KubeObject } from '../../sim/objects/kube-object.ts';

interface HpaSpec {
  readonly metrics?: readonly {
    readonly resource?: {
      readonly name: string;
      readonly target: { readonly averageUtilization: number };
    };
  }[];
}

/** The stored object as an older version of its API shows it. Only autoscaling/v1 differs in what matters here. */
export function inVersion(object: KubeObject, version: string): KubeObject {
  const [group = '', stored] = object.apiVersion.includes('/')
    ? object.apiVersion.split('/')
    : ['', object.apiVersion];
  if (stored === version) return object;
  const renamed = { ...object, apiVersion: group === '' ? version : `${group}/${version}` };
  if (group === 'discovery.k8s.io') return olderSlice(renamed);
  return group === 'autoscaling' && version === 'v1' ? hpaV1(renamed) : renamed;
}

/** autoscaling/v1 keeps CPU in a field of its own, and conditions in an annotation as JSON. */
function hpaV1(object: KubeObject): KubeObject {
  const { metrics, ...spec } = (object['spec'] ?? {}) as HpaSpec;
  const { conditions, ...status } = (object['status'] ?? {}) as { readonly conditions?: unknown };
  const cpu = metrics?.find(({ resource }) => resource?.name === 'cpu')?.resource;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: {
        ...object.metadata.annotations,
        'autoscaling.alpha.kubernetes.io/conditions': JSON.stringify(conditions ?? []),
        ...(cpu === undefined
          ? { 'autoscaling.alpha.kubernetes.io/metrics': JSON.stringify(metrics ?? []) }
          : {}),
      },
    },
    spec: {
      ...spec,
      ...(cpu === undefined
        ? {}
        : { targetCPUUtilizationPercentage: cpu.target.averageUtilization }),
    },
    status,
  };
}

/** discovery v1beta1 names the node in `topology`. */
function olderSlice(object: KubeObject): KubeObject {
  const endpoints = object['endpoints'] as readonly { readonly nodeName?: string }[];
  return {
    ...object,
    endpoints: endpoints.map(({ nodeName, ...endpoint }) => ({
      ...endpoint,
      ...(nodeName === undefined ? {} : { topology: { 'kubernetes.io/hostname': nodeName } }),
    })),
  };
}
