import type { ApiClient } from './api-client.ts';
import type { User } from './front-proxy.ts';

/** What a request path asks for, in RBAC's terms. */
export type Attributes =
  | {
      readonly kind: 'resource';
      readonly verb: 'get' | 'list';
      readonly resource: 'nodes' | 'pods';
      readonly namespace: string | null;
      readonly name: string | null;
    }
  | { readonly kind: 'path'; readonly path: string };

/** Why the user may not, in the API machinery's words; null when they may. */
export async function whyForbidden(
  api: ApiClient,
  user: User,
  asked: Attributes,
): Promise<string | null> {
  // Always allowed without asking: k8s.io/apiserver's DelegatingAuthorizationOptions (group and discovery paths).
  if (user.groups.includes('system:masters')) return null;
  const { body } = await api.call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: user.name,
      groups: user.groups,
      ...(asked.kind === 'path'
        ? { nonResourceAttributes: { path: asked.path, verb: 'get' } }
        : {
            resourceAttributes: {
              group: 'metrics.k8s.io',
              version: 'v1beta1',
              verb: asked.verb,
              resource: asked.resource,
              ...(asked.namespace === null ? {} : { namespace: asked.namespace }),
              ...(asked.name === null ? {} : { name: asked.name }),
            },
          }),
    },
  });
  const { status } = body as { status?: { allowed?: boolean } };
  if (status?.allowed === true) return null;
  if (asked.kind === 'path') {
    return `forbidden: User ${JSON.stringify(user.name)} cannot get path ${JSON.stringify(asked.path)}`;
  }
  const named = asked.name === null ? '' : ` ${JSON.stringify(asked.name)}`;
  const scope =
    asked.namespace === null
      ? 'at the cluster scope'
      : `in the namespace ${JSON.stringify(asked.namespace)}`;
  return `${asked.resource}.metrics.k8s.io${named} is forbidden: User ${JSON.stringify(user.name)} cannot ${asked.verb} resource ${JSON.stringify(asked.resource)} in API group "metrics.k8s.io" ${scope}`;
}
