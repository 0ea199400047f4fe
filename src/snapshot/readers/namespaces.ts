import { mapObserved, type Observed } from '../../core/evidence/observed.ts';
import { metadata } from './json-fields.ts';
import { joinReads, type ReadContext, readObject } from './reads.ts';

/** Labels by namespace; one that does not exist is not in the map. */
export async function readNamespaceLabels(
  context: ReadContext,
  names: readonly string[],
): Promise<Observed<Readonly<Record<string, Readonly<Record<string, string>>>>>> {
  const reads = await Promise.all(
    [...new Set(names)].map(async (name) => {
      const read = await readObject(
        context,
        `/api/v1/namespaces/${name}`,
        `get namespaces ${name}`,
      );
      return mapObserved(read, (raw) =>
        raw === null ? [] : [[name, metadata(raw).labels] as const],
      );
    }),
  );
  return mapObserved(joinReads(reads), (entries) => Object.fromEntries(entries));
}
