import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { buildReport } from '../../../src/core/report/build-report.ts';
import type { Report } from '../../../src/core/report/report.ts';
import { reportJsonSchema, reportSchema } from '../../../src/renderers/report-schema.ts';
import { evidence, foundingIncident } from '../../support/evidence-builder.ts';

type Plain<T> = T extends readonly (infer U)[]
  ? Plain<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Plain<T[K]> }
    : T;

it('the schema and the type say the same (checked by the compiler, both ways)', () => {
  const toType = (value: z.infer<typeof reportSchema>): Plain<Report> => value;
  const toSchema = (value: Plain<Report>): z.infer<typeof reportSchema> => value;
  expect(toSchema).not.toBe(toType);
});

it('docs/report.schema.json is current (scripts/schemas.ts writes it)', () => {
  const published: unknown = JSON.parse(
    readFileSync(new URL('../../../docs/report.schema.json', import.meta.url), 'utf8'),
  );
  expect(published).toEqual(JSON.parse(JSON.stringify(reportJsonSchema())));
});

it.each([
  ['healthy', evidence()],
  ['the founding incident', foundingIncident()],
])('a report keeps to it: %s', (_, seen) => {
  expect(() => reportSchema.parse(buildReport(seen))).not.toThrow();
});

it('refuses a report with a field that is not published', () => {
  expect(reportSchema.safeParse({ ...buildReport(evidence()), extra: 1 }).success).toBe(false);
});
