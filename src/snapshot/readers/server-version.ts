import { known, missing, type Observed } from '../../core/evidence/observed.ts';
import { at, textOrNull } from './json-fields.ts';
import { type ReadContext, readObject } from './reads.ts';

/** `gitVersion` of the API server that we read from, e.g. `v1.32.5+rke2r1`. */
export async function readServerVersion(context: ReadContext): Promise<Observed<string>> {
  const read = await readObject(context, '/version', 'get /version');
  if (read.state === 'missing') return read;
  const version = textOrNull(at(read.value)['gitVersion']);
  return version === null
    ? missing('failed', 'get /version: the answer holds no gitVersion')
    : known(version, read.source);
}
