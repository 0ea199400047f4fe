import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseAst } from 'vite';

/** What speaks to people: its sentences have to be in every language. */
export const SPEAKING = [
  'src/core/causes',
  'src/core/changes',
  'src/core/engine.ts',
  'src/core/evidence',
  'src/core/fixes',
  'src/core/report',
  'src/core/words/judge-words.ts',
  'src/core/words/managed.ts',
  'src/core/words/refine.ts',
  'src/core/words/rules',
  'src/delivery',
  'src/probes',
  'src/renderers',
  'src/runs',
  'src/snapshot',
  'src/triggers',
];

/** Properties whose texts are ids, commands or patterns. */
const NO_PROSE = new Set([
  'bears',
  'command',
  'commands',
  'evidence',
  'id',
  'kind',
  'layer',
  'needs',
  'type',
  'wants',
  'words',
]);

/** One literal of the source as a template: `${…}` became `{0}`, `{1}`… */
export interface Found {
  readonly template: string;
  readonly file: string;
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** All string and template literals of files and folders that hold words. */
export function literalsOf(...paths: readonly string[]): readonly Found[] {
  return paths.flatMap(filesOf).flatMap((file) => {
    const found: Found[] = [];
    walk(parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }), (template) => {
      if (/\p{L}{2}/u.test(template.replaceAll(/\{\d+\}/gu, ''))) found.push({ template, file });
    });
    return found;
  });
}

/** Those that read like prose: two words, or a word beside a value. */
export function isProse(template: string): boolean {
  const words = template.replaceAll(/\{\d+\}/gu, '');
  return (
    /[A-Za-z]{2,}[\s,;:.]+\S*[A-Za-z]{2,}/u.test(words) ||
    /[a-z]{2,},?:? \(?\{\d\}|\{\d\} [a-z]{2,}/u.test(template)
  );
}

function filesOf(place: string): readonly string[] {
  if (!statSync(place).isDirectory()) return place.endsWith('.ts') ? [place] : [];
  return readdirSync(place).flatMap((name) => filesOf(path.join(place, name)));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function walk(value: unknown, visit: (template: string) => void): void {
  if (Array.isArray(value)) {
    for (const each of value) walk(each, visit);
    return;
  }
  if (!isNode(value)) return;
  if (value.type === 'ImportDeclaration') return;
  if (value.type.startsWith('TS') && !/^TS(?:As|Satisfies|NonNull)/u.test(value.type)) return;
  if (value.type === 'Property' && isNode(value['key']) && isNode(value['value'])) {
    const isCode = NO_PROSE.has(String(value['key']['name']));
    if (isCode && value['value'].type !== 'ArrowFunctionExpression') return;
  }
  if (value.type === 'NewExpression' && isNode(value['callee'])) {
    if (value['callee']['name'] === 'Error') return;
  }
  if (value.type === 'Literal' && typeof value['value'] === 'string') visit(value['value']);
  if (value.type === 'TemplateLiteral') {
    const quasis = value['quasis'] as readonly { readonly value: { readonly cooked: string } }[];
    visit(
      quasis.map(({ value: { cooked } }, i) => (i === 0 ? '' : `{${i - 1}}`) + cooked).join(''),
    );
  }
  for (const inner of Object.values(value)) walk(inner, visit);
}
