import type { World } from './world.ts';

/** RKE2's CIS policies: the namespace's default deny, and (when the label is lost) an allow that matches nothing. */
export function denyByPolicy(world: World, variant: 'default-deny' | 'label-lost'): World {
  const { namespace, podLabels: labels } = world.provider;
  // The one label that no selector of the Service needs, so that the pod keeps its endpoints.
  const label =
    Object.keys(labels).find((key) => !(key in world.platform.provider.selector)) ??
    'pod-template-hash';
  const deny = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace, name: 'default-network-policy' },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: {} }] }],
    },
  } as const;
  const allow = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace, name: 'default-network-metrics-server-policy' },
    spec: {
      podSelector: { matchLabels: { [label]: world.provider.podLabels[label] ?? '' } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 'https', protocol: 'TCP' }] }],
    },
  } as const;
  if (variant === 'default-deny') return { ...world, policies: [...world.policies, deny] };
  const { [label]: _lost, ...podLabels } = world.provider.podLabels;
  return {
    ...world,
    provider: { ...world.provider, podLabels },
    policies: [...world.policies, deny, allow],
  };
}
