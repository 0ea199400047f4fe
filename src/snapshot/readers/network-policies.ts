import { mapObserved, missing, type Observed } from '../../core/evidence/observed.ts';
import type {
  LabelSelectorObject,
  NetworkPolicyObject,
  PolicyRuleObject,
} from '../../core/evidence/snapshot.ts';
import {
  array,
  at,
  integerOrNull,
  metadata,
  object,
  objectOrNull,
  stringMap,
  strings,
  text,
} from './json-fields.ts';
import { type ReadContext, readList } from './reads.ts';

/** No namespace needs that many; a list that was cut could hide the one policy that matters. */
const MAX_POLICIES = 2_000;

export async function readNetworkPolicies(
  context: ReadContext,
  namespace: string,
): Promise<Observed<readonly NetworkPolicyObject[]>> {
  const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
  const read = await readList(context, path, `list networkpolicies in ${namespace}`, {
    maxItems: MAX_POLICIES,
  });
  if (read.state === 'known' && read.value.length >= MAX_POLICIES) {
    return missing('failed', `more than ${MAX_POLICIES} NetworkPolicies in ${namespace}`);
  }
  return mapObserved(read, (items) => items.map(networkPolicyObject));
}

export function networkPolicyObject(raw: unknown): NetworkPolicyObject {
  const { name, namespace } = metadata(raw);
  const spec = at(raw, 'spec');
  const stated = strings(spec['policyTypes']);
  return {
    namespace,
    name,
    podSelector: selector(spec['podSelector']),
    // The API server fills this in; an object made before it did means Ingress, and Egress where it has rules.
    policyTypes:
      stated.length > 0
        ? stated
        : array(spec['egress']).length > 0
          ? ['Ingress', 'Egress']
          : ['Ingress'],
    ingress: array(spec['ingress']).map((rule) => policyRule(rule, 'from')),
    egress: array(spec['egress']).map((rule) => policyRule(rule, 'to')),
  };
}

function policyRule(raw: unknown, side: 'from' | 'to'): PolicyRuleObject {
  const rule = object(raw);
  return {
    peers: array(rule[side]).map((item) => {
      const peer = object(item);
      const block = objectOrNull(peer['ipBlock']);
      return {
        podSelector: selectorOrNull(peer['podSelector']),
        namespaceSelector: selectorOrNull(peer['namespaceSelector']),
        ipBlock:
          block === null ? null : { cidr: text(block['cidr']), except: strings(block['except']) },
      };
    }),
    ports: array(rule['ports']).map((item) => {
      const port = object(item);
      const value = port['port'];
      return {
        protocol: text(port['protocol'], 'TCP'),
        port: typeof value === 'string' || typeof value === 'number' ? value : null,
        endPort: integerOrNull(port['endPort']),
      };
    }),
  };
}

function selectorOrNull(raw: unknown): LabelSelectorObject | null {
  return objectOrNull(raw) === null ? null : selector(raw);
}

function selector(raw: unknown): LabelSelectorObject {
  const value = object(raw);
  return {
    matchLabels: stringMap(value['matchLabels']),
    matchExpressions: array(value['matchExpressions']).map((item) => {
      const expression = object(item);
      return {
        key: text(expression['key']),
        operator: text(expression['operator']),
        values: strings(expression['values']),
      };
    }),
  };
}
