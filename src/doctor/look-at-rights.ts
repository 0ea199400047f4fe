import type { ClusterClient } from '../clients/cluster-client.ts';
import { type PermissionRule, SNAPSHOT_PERMISSIONS } from '../snapshot/permissions.ts';
import { at } from '../snapshot/readers/json-fields.ts';
import type { Finding, findings } from './finding.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const REVIEW_LIMIT_MS = 5_000;
/** Questions at once: some sixty in all, of which each takes an API server a millisecond or two. */
const AT_ONCE = 8;

/** What the worker does with probe Pods (the chart's `worker-probes-role.yaml`). */
const PROBE_RIGHTS: PermissionRule = {
  apiGroups: [''],
  resources: ['pods'],
  verbs: ['create', 'get', 'list', 'watch', 'delete'],
  why: 'Probe Pods; without them the network is not tested.',
};

interface Subject {
  readonly client: ClusterClient;
  /** Who the API server takes us for; null when it does not say. */
  readonly username: string | null;
  readonly is: ReturnType<typeof findings>;
}

/** Every right that reading a snapshot uses, asked one by one of the API server. */
export async function lookAtReadRights(subject: Subject): Promise<readonly Finding[]> {
  return look(subject, SNAPSHOT_PERMISSIONS, null);
}

/** The rights on Pods in the namespace of the probes. */
export async function lookAtProbeRights(
  subject: Subject,
  namespace: string,
): Promise<readonly Finding[]> {
  return look(subject, [PROBE_RIGHTS], namespace);
}

async function look(
  { client, username, is }: Subject,
  rules: readonly PermissionRule[],
  namespace: string | null,
): Promise<readonly Finding[]> {
  const questions = rules.flatMap((rule) =>
    expand(rule, namespace).map((attributes) => ({ rule, attributes })),
  );
  const answers: (boolean | null)[] = [];
  for (let from = 0; from < questions.length; from += AT_ONCE) {
    const asked = questions.slice(from, from + AT_ONCE);
    answers.push(...(await Promise.all(asked.map(({ attributes }) => review(client, attributes)))));
  }
  const where = namespace === null ? '' : ` in namespace ${namespace}`;
  if (answers.includes(null)) {
    return [is.skipped(`the API server does not say which rights we have${where}`)];
  }
  const denied = questions.filter((_, i) => answers[i] === false);
  if (denied.length === 0) return [is.ok(`all ${questions.length} rights${where} are granted`)];
  const lacking = [...new Set(denied.map(({ rule }) => rule))];
  return lacking.map((rule) => {
    const verbs = rule.verbs.filter((verb) =>
      denied.some((each) => each.rule === rule && each.attributes.verb === verb),
    );
    const lacks = { ...rule, verbs };
    return is.wrong({
      what: `not allowed to ${spell(lacks)}${where}`,
      why: `Not seen without it: ${rule.why}`,
      mend: grant(lacks, username, { name: roleName(rule), namespace }),
    });
  });
}

interface Attributes {
  readonly verb: string;
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** RBAC rules are products; an access review asks for one element. */
function expand(rule: PermissionRule, namespace: string | null): readonly Attributes[] {
  const { apiGroups = [], resources = [], resourceNames = [null], nonResourceURLs = [] } = rule;
  return rule.verbs.flatMap((verb) => [
    ...nonResourceURLs.map((path) => ({ verb, path })),
    ...apiGroups.flatMap((group) =>
      resources.flatMap((each) =>
        resourceNames.map((name): Attributes => {
          const [resource = '', subresource] = each.split('/');
          return {
            verb,
            group,
            resource,
            ...(subresource === undefined ? {} : { subresource }),
            ...(name === null ? {} : { name }),
            ...(namespace === null ? {} : { namespace }),
          };
        }),
      ),
    ),
  ]);
}

/** Null where the question itself is refused or not answered. */
async function review(client: ClusterClient, attributes: Attributes): Promise<boolean | null> {
  const { path, verb } = attributes;
  const answer = await client.write(
    'POST',
    REVIEWS,
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec:
        path === undefined
          ? { resourceAttributes: attributes }
          : { nonResourceAttributes: { path, verb } },
    },
    { timeoutMs: REVIEW_LIMIT_MS },
  );
  const allowed = answer.kind === 'answered' ? at(answer.json, 'status')['allowed'] : null;
  return typeof allowed === 'boolean' ? allowed : null;
}

function spell({
  apiGroups,
  resources,
  resourceNames,
  nonResourceURLs,
  verbs,
}: PermissionRule): string {
  const what = (nonResourceURLs ?? resources ?? []).join(', ');
  const group = (apiGroups ?? []).filter((each) => each !== '').join(', ');
  const named = resourceNames === undefined ? '' : ` (${resourceNames.join(', ')})`;
  return `${verbs.join(', ')} ${what}${group === '' ? '' : ` of ${group}`}${named}`;
}

/** One role for each rule, so that none overwrites another. */
function roleName(rule: PermissionRule): string {
  const index = SNAPSHOT_PERMISSIONS.indexOf(rule);
  return index < 0 ? 'metrics-diag-probe-pods' : `metrics-diag-read-${index + 1}`;
}

/** A role of just this rule, bound to us: what an admin pastes. */
function grant(
  { apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PermissionRule,
  username: string | null,
  { name, namespace }: { readonly name: string; readonly namespace: string | null },
): readonly string[] {
  const rule = JSON.stringify({ apiGroups, resources, resourceNames, nonResourceURLs, verbs });
  const kind = namespace === null ? 'ClusterRole' : 'Role';
  const scope = namespace === null ? '' : `, namespace: ${namespace}`;
  const api = 'rbac.authorization.k8s.io';
  return [
    "kubectl apply -f - <<'EOF'",
    `apiVersion: ${api}/v1`,
    `kind: ${kind}`,
    `metadata: { name: ${name}${scope} }`,
    `rules: [${rule}]`,
    '---',
    `apiVersion: ${api}/v1`,
    `kind: ${kind}Binding`,
    `metadata: { name: ${name}${scope} }`,
    `roleRef: { apiGroup: ${api}, kind: ${kind}, name: ${name} }`,
    `subjects: [${subject(username)}]`,
    'EOF',
  ];
}

/** `system:serviceaccount:NAMESPACE:NAME` is a ServiceAccount; anything else a user. */
function subject(username: string | null): string {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username ?? '');
  return JSON.stringify(
    account === null
      ? {
          kind: 'User',
          apiGroup: 'rbac.authorization.k8s.io',
          name: username ?? '<the user of this kubeconfig>',
        }
      : { kind: 'ServiceAccount', namespace: account[1], name: account[2] },
  );
}
