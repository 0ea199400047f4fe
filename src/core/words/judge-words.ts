import type { Facts } from '../evidence/facts.ts';
import type { Leg, Statement, StatementKind } from './statement.ts';
import type { Clause, Heard, Said, SpokenRule } from './word-rule.ts';

/** How well words carry a cause: see the lists of the same names in `WordRule`. */
export type Strength = 'proves' | 'suggests' | 'fits';

/** What one rule made of what was said; null when nothing that it knows was said. */
export type WordVerdict =
  | {
      readonly kind: 'heard';
      readonly strength: Strength;
      readonly heard: Heard;
      /** Statements that follow from the cause, those relied on included. */
      readonly explains: readonly Statement[];
    }
  | { readonly kind: 'ruled-out'; readonly because: Statement }
  | null;

/** Applies a cause's rule to what was said. */
export function judgeWords(
  rule: SpokenRule,
  statements: readonly Statement[],
  facts: Facts,
): WordVerdict {
  const stated = statements.filter(({ stance }) => stance === 'stated');
  const against = firstMatch(rule.against ?? [], stated);
  const best = strongest(rule, stated);
  if (against !== null) {
    const [because] = against;
    return best === null || because === undefined ? null : { kind: 'ruled-out', because };
  }
  if (best === null) return null;
  const { strength, relied } = best;
  const follows = (rule.explains ?? []).flatMap((wanted) => matching(wanted, stated));
  return {
    kind: 'heard',
    strength,
    heard: heardOf(relied, facts),
    explains: [...new Set([...relied, ...follows])],
  };
}

interface Found {
  readonly strength: Strength;
  readonly relied: readonly Statement[];
}

function strongest(rule: SpokenRule, stated: readonly Statement[]): Found | null {
  const verbatim = stated.filter((statement) => statement.verbatim);
  const proof = allMatches(rule.proves ?? [], verbatim);
  if (proof.length > 0) return { strength: 'proves', relied: proof };
  const suggestion = allMatches([...(rule.proves ?? []), ...(rule.suggests ?? [])], stated);
  if (suggestion.length > 0) return { strength: 'suggests', relied: suggestion };
  const fit = allMatches(rule.fits ?? [], stated);
  return fit.length > 0 ? { strength: 'fits', relied: fit } : null;
}

/** The statements of every clause that holds. */
function allMatches(clauses: readonly Clause[], stated: readonly Statement[]): Statement[] {
  return [...new Set(clauses.flatMap((clause) => clauseMatch(clause, stated) ?? []))];
}

function firstMatch(
  clauses: readonly Clause[],
  stated: readonly Statement[],
): readonly Statement[] | null {
  for (const clause of clauses) {
    const found = clauseMatch(clause, stated);
    if (found !== null) return found;
  }
  return null;
}

function clauseMatch(clause: Clause, stated: readonly Statement[]): readonly Statement[] | null {
  const parts = isList(clause) ? clause : [clause];
  const found = parts.map((part) => matching(part, stated));
  return found.every(({ length }) => length > 0) ? found.flat() : null;
}

function isList(clause: Clause): clause is readonly (StatementKind | Said)[] {
  return Array.isArray(clause);
}

function matching(wanted: StatementKind | Said, stated: readonly Statement[]): Statement[] {
  const { kind, leg, value, port }: Said = typeof wanted === 'string' ? { kind: wanted } : wanted;
  const legs: readonly Leg[] | null = leg === undefined ? null : [leg].flat();
  return stated.filter(
    (statement) =>
      statement.kind === kind &&
      (legs === null || (statement.leg !== null && legs.includes(statement.leg))) &&
      (value === undefined || value.test(statement.value ?? '')) &&
      (port === undefined || statement.port === port),
  );
}

function heardOf(statements: readonly Statement[], facts: Facts): Heard {
  const first = <K extends 'host' | 'port' | 'value'>(field: K): Statement[K] | null =>
    statements.find((statement) => statement[field] !== null)?.[field] ?? null;
  return {
    statements,
    nodes: [...new Set(statements.flatMap(({ node }) => node ?? []))],
    host: first('host'),
    port: first('port'),
    value: first('value'),
    facts,
  };
}
