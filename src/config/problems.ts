import type { z } from 'zod';
import { UserError } from '../errors.ts';

/** One thing that is wrong: where, and what to write instead. Never holds the value. */
export interface ConfigProblem {
  /** `clusters[0].access.server`, or the name of an environment variable. */
  readonly path: string;
  readonly message: string;
}

/** All that is wrong with the configuration, in one error: nobody mends a file line by line over five restarts. */
export class ConfigError extends UserError {
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super('config-invalid', `The configuration has ${count}:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/** `['clusters', 0, 'name']` becomes `clusters[0].name`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** Turns what zod found into problems with a remedy. zod's own texts name types and keys, not values. */
export function problemsOf(error: z.ZodError): readonly ConfigProblem[] {
  return error.issues.flatMap((issue) => {
    const path = formatPath(issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: formatPath([...issue.path, key]),
        message: 'is not a known key; remove it or correct its spelling (docs/config.schema.json)',
      }));
    }
    return [{ path: path === '' ? '(file)' : path, message: issue.message }];
  });
}
