import { z } from 'zod';
import { fileSchema } from './file-schema.ts';

/** The configuration file's JSON Schema, as published in `docs/config.schema.json`: what people write, defaults left out. */
export function configJsonSchema(): unknown {
  return {
    title: 'metrics-diag configuration',
    description:
      'One file for all roles. It holds no secret: tokens come from the environment or from files named here.',
    ...z.toJSONSchema(fileSchema, { io: 'input' }),
  };
}
