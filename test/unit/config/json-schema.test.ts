import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { configJsonSchema } from '../../../src/config/json-schema.ts';

it('is published as it is (else: node_modules/.bin/tsx scripts/config-schema.ts)', () => {
  const published = readFileSync(
    new URL('../../../docs/config.schema.json', import.meta.url),
    'utf8',
  );
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
});
