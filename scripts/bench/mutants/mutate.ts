import { parseAst } from 'vitest/node';

/** One change to a cause's source, switched on by its number while tests run. */
export interface Mutant {
  readonly id: number;
  readonly cause: string;
  readonly line: number;
  /** `=== → !==`, `if (…) → if (true)`. */
  readonly what: string;
}

/** A source that holds all of its mutants, each behind a switch, and what they are. */
export interface Mutated {
  readonly code: string;
  readonly mutants: readonly Mutant[];
}

/** ESTree with TypeScript's nodes, as far as it is walked here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const OPPOSITE: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
};
const STANCE: Readonly<Record<string, string>> = {
  confirmed: 'suspected',
  suspected: 'confirmed',
  'ruled-out': 'unknown',
  unknown: 'ruled-out',
};
/** Lists of a judgement that a test should miss when they are empty. */
const LISTS: ReadonlySet<string> = new Set(['because', 'explains', 'fixes', 'nodes', 'from', 'to']);
const FUNCTIONS: ReadonlySet<string> = new Set([
  'ArrowFunctionExpression',
  'FunctionDeclaration',
  'FunctionExpression',
]);
/** Wrappers that only the compiler sees; what they hold is walked, every other type is left alone. */
const TYPED: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
]);

/**
 * Puts every mutant of one file behind a switch: `(__mutant(7) ? b : a)`. What stands outside of functions runs
 * once, before a switch could be turned, and is left alone.
 */
export function mutate(source: string, cause: string, firstId: number): Mutated {
  const mutants: Mutant[] = [];
  const add = (node: Node, what: string): number => {
    const id = firstId + mutants.length;
    mutants.push({ id, cause, line: source.slice(0, node.start).split('\n').length, what });
    return id;
  };
  const raw = (node: Node): string => source.slice(node.start, node.end);

  const inner = (node: Node, live: boolean, keys?: readonly string[]): string => {
    let text = '';
    let at = node.start;
    for (const [key, child] of childrenOf(node)) {
      text += source.slice(at, child.start);
      text += keys === undefined || keys.includes(key) ? emit(child, node, key, live) : raw(child);
      at = child.end;
    }
    return text + source.slice(at, node.end);
  };

  const emit = (node: Node, parent: Node, key: string, live: boolean): string => {
    if (node.type.startsWith('TS') && !TYPED.has(node.type)) return raw(node);
    // Words of a sentence are no rule, and a pattern has no value.
    if (/Pattern$|^ImportDeclaration$|^TemplateLiteral$/.test(node.type)) return raw(node);
    const text = inner(node, live || FUNCTIONS.has(node.type));
    if (!live) return text;
    const changes = [...changesOf(node, raw), ...changesIn(node, parent, key)];
    return changes.reduce(
      (kept, { what, code }) => `(__mutant(${add(node, what)}) ? ${code} : ${kept})`,
      text,
    );
  };
  const program = parseAst(source, { lang: 'ts' }) as unknown as Node;
  return { code: inner(program, false), mutants };
}

interface Change {
  readonly what: string;
  readonly code: string;
}

/** Changes that follow from the node itself. */
function changesOf(node: Node, raw: (node: Node) => string): readonly Change[] {
  const { operator, argument } = node;
  switch (node.type) {
    case 'BinaryExpression':
      return (OPPOSITE[String(operator)] ?? []).map((other) => swapped(node, raw, other));
    case 'LogicalExpression':
      return operator === '??' ? [] : [swapped(node, raw, operator === '&&' ? '||' : '&&')];
    case 'UnaryExpression':
      return operator === '!' && isNode(argument)
        ? [{ what: '!… → …', code: `(${raw(argument)})` }]
        : [];
    case 'CallExpression':
      return changesOfCall(node, raw);
    default:
      return [];
  }
}

/** The same with another operator; the parentheses around its sides stay. */
function swapped(node: Node, raw: (node: Node) => string, other: string): Change {
  const { left, right } = node;
  const operator = String(node['operator']);
  if (!isNode(left) || !isNode(right)) throw new TypeError(`${node.type} without sides`);
  const text = raw(node);
  const [from, to] = [left.end - node.start, right.start - node.start];
  const between = text.slice(from, to).replace(operator, other);
  const [before, after] = [text.slice(0, from), text.slice(to)];
  const logical = node.type === 'LogicalExpression';
  const code = logical ? mixed(before, between, after) : before + between + after;
  return { what: `${operator} → ${other}`, code: `(${code})` };
}

/** `&&` and `||` stand beside each other without parentheses: each side keeps together. */
function mixed(left: string, between: string, right: string): string {
  const [closing = '', opening = ''] = between.split(/\|\||&&/);
  const operator = between.includes('||') ? '||' : '&&';
  return `(${left}${closing}) ${operator} (${opening}${right})`;
}

/** A filter that lets all pass; `some` for `every` and the other way round. */
function changesOfCall(node: Node, raw: (node: Node) => string): readonly Change[] {
  const { callee } = node;
  if (!isNode(callee) || callee.type !== 'MemberExpression') return [];
  const { object, property } = callee;
  if (!isNode(object) || !isNode(property) || callee['optional'] === true) return [];
  const name = raw(property);
  if (name === 'filter') return [{ what: '.filter(…) dropped', code: raw(object) }];
  const other = name === 'some' ? 'every' : name === 'every' ? 'some' : null;
  if (other === null) return [];
  const rest = raw(node).slice(callee.end - node.start);
  return [{ what: `.${name} → .${other}`, code: `${raw(object)}.${other}${rest}` }];
}

/** Changes that follow from where the node stands. */
function changesIn(node: Node, parent: Node, key: string): readonly Change[] {
  const isTest =
    key === 'test' && (parent.type === 'IfStatement' || parent.type === 'ConditionalExpression');
  if (isTest) {
    return ['true', 'false'].map((code) => ({ what: `condition → ${code}`, code }));
  }
  if (parent.type !== 'Property' || key !== 'value' || parent['shorthand'] === true) return [];
  const name = nameOf(parent['key']);
  if (name === 'kind' && isText(node)) {
    const told = String(node['value']);
    const other = STANCE[told];
    return other === undefined ? [] : [{ what: `${told} → ${other}`, code: `'${other}'` }];
  }
  const isEmpty = node.type === 'ArrayExpression' && childrenOf(node).length === 0;
  return LISTS.has(name) && !isEmpty && !isText(node) && node.type !== 'TemplateLiteral'
    ? [{ what: `${name} → []`, code: '[]' }]
    : [];
}

function childrenOf(node: Node): readonly (readonly [string, Node])[] {
  return Object.entries(node)
    .flatMap(([key, value]) =>
      (Array.isArray(value) ? value : [value]).flatMap((one) =>
        isNode(one) ? [[key, one] as const] : [],
      ),
    )
    .filter(([key]) => !(node['shorthand'] === true && key === 'key'))
    .toSorted(([, a], [, b]) => a.start - b.start);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function isText(node: Node): boolean {
  return node.type === 'Literal' && typeof node['value'] === 'string';
}

function nameOf(key: unknown): string {
  return isNode(key) && key.type === 'Identifier' ? String(key['name']) : '';
}
