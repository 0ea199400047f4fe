import type { KubeObject } from '../../sim/objects/kube-object.ts';

export type Selects = (object: KubeObject) => boolean;

/** @throws SelectorError for a field that the kind cannot select by, as the API server answers 400 */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

/** Fields that API servers index, by kind; `metadata.*` everywhere (k8s.io/kubernetes pkg/apis/*\/conversion.go). */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  CertificateSigningRequest: ['spec.signerName'],
  Node: ['spec.unschedulable'],
  Namespace: ['status.phase'],
};

/** Both selectors of a list or watch request as one test. */
export function selectorOf(
  kind: string,
  query: { readonly labelSelector: string | null; readonly fieldSelector: string | null },
): Selects {
  const tests = [
    ...terms(query.labelSelector).map(labelTest),
    ...terms(query.fieldSelector).map((term) => fieldTest(kind, term)),
  ];
  return (object) => tests.every((test) => test(object));
}

/** Splits at commas outside parentheses. */
function terms(selector: string | null): string[] {
  if (selector === null || selector.trim() === '') return [];
  return selector.split(/,(?![^(]*\))/).map((term) => term.trim());
}

function labelTest(term: string): Selects {
  const labels = (object: KubeObject): Readonly<Record<string, string>> =>
    object.metadata.labels ?? {};
  const set = /^([^\s!=]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (object) => {
      const value = labels(object)[key];
      const within = value !== undefined && values.includes(value);
      return operator === 'in' ? within : !within;
    };
  }
  const pair = /^([^\s!=]+)\s*(!=|==|=)\s*(.*)$/.exec(term);
  if (pair !== null) {
    const [, key = '', operator, value] = pair;
    return (object) =>
      operator === '!=' ? labels(object)[key] !== value : labels(object)[key] === value;
  }
  return term.startsWith('!')
    ? (object) => labels(object)[term.slice(1)] === undefined
    : (object) => labels(object)[term] !== undefined;
}

function fieldTest(kind: string, term: string): Selects {
  const pair = /^([^!=]+)(!=|==|=)(.*)$/.exec(term);
  if (pair === null)
    throw new SelectorError(`invalid selector: '${term}'; can't understand '${term}'`);
  const [, field = '', operator, wanted] = pair;
  const allowed = ['metadata.name', 'metadata.namespace', ...(FIELDS[kind] ?? [])];
  if (!allowed.includes(field)) {
    throw new SelectorError(`field label not supported: ${field}`);
  }
  return (object) => {
    const value = fieldValue(object, field);
    return operator === '!=' ? value !== wanted : value === wanted;
  };
}

function fieldValue(object: KubeObject, field: string): string {
  const value = field
    .split('.')
    .reduce<unknown>(
      (current, key) =>
        typeof current === 'object' && current !== null
          ? (current as Record<string, unknown>)[key]
          : undefined,
      object,
    );
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}
