import { type Answer, failure, qualified } from './status.ts';

/** One thing that the caller may not do. Empty `verbs` mean all. */
export interface Denial {
  readonly group: string;
  /** Plural, with the subresource where there is one: `pods/log`. `*`: every kind of the group. */
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly namespace?: string;
}

export interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
}

/** `nodes`, `pods:create`, `pods/log`, `nodes.metrics.k8s.io:list,get`, `horizontalpodautoscalers.autoscaling`. */
export function denial(words: string): Denial {
  const [target = '', verbs = ''] = words.split(':');
  const [path = '', subresource] = target.split('/');
  const [plural = '', ...group] = path.split('.');
  return {
    group: group.join('.'),
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    verbs: verbs === '' ? [] : verbs.split(','),
  };
}

/** Whether the rules let the request pass. */
export function isDenied(denials: readonly Denial[], attributes: Attributes): boolean {
  return denials.some(
    (rule) =>
      rule.group === attributes.group &&
      (rule.resource === '*' || rule.resource === attributes.resource) &&
      (rule.verbs.length === 0 || rule.verbs.includes(attributes.verb)) &&
      (rule.namespace === undefined || rule.namespace === attributes.namespace),
  );
}

/** The 403 in the words of the RBAC authorizer. */
export function forbidden(user: string, attributes: Attributes): Answer {
  const { group, resource, namespace, name, verb } = attributes;
  const [plural = ''] = resource.split('/');
  const object = qualified(group, plural) + (name === null ? '' : ` "${name}"`);
  const scope = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return failure(
    403,
    'Forbidden',
    `${object} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`,
    { ...(name === null ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural },
  );
}

/** The 403 for a path that is no resource. */
export function forbiddenPath(user: string, path: string): Answer {
  return failure(403, 'Forbidden', `forbidden: User "${user}" cannot get path "${path}"`, {});
}
