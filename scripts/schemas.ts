/** Writes the published JSON Schemas: node_modules/.bin/tsx scripts/schemas.ts */
import { writeFileSync } from 'node:fs';
import { reportJsonSchema } from '../src/renderers/report-schema.ts';

writeFileSync(
  new URL('../docs/report.schema.json', import.meta.url),
  `${JSON.stringify(reportJsonSchema(), null, 2)}\n`,
);
