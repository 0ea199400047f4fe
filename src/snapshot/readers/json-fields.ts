/**
 * Careful reading of objects that an API server sent: each helper narrows one field and has a plain
 * default, so that a missing or odd field never throws. Done by hand and not by schema, since a list of
 * thousands of nodes must be read in well under a second and only a few of the fields are wanted.
 */
export type Json = Readonly<Record<string, unknown>>;

const EMPTY: Json = {};

/** The value as an object; `{}` for anything else. */
export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : EMPTY;
}

/** The value as an object, null when it is absent: where absent and empty differ (selectors). */
export function objectOrNull(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : null;
}

/** A field that holds an object, by a path of names. */
export function at(value: unknown, ...path: readonly string[]): Json {
  let current = object(value);
  for (const name of path) current = object(current[name]);
  return current;
}

export function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function text(value: unknown, fallback = ''): string {
  return typeof value === 'string' ? value : fallback;
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function integer(value: unknown, fallback = 0): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

export function integerOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function strings(value: unknown): readonly string[] {
  return array(value).filter((item): item is string => typeof item === 'string');
}

/** A map of strings (labels, annotations), filtered by name where wanted. */
export function stringMap(
  value: unknown,
  wanted: (name: string) => boolean = () => true,
): Readonly<Record<string, string>> {
  const map: Record<string, string> = {};
  for (const [name, item] of Object.entries(object(value))) {
    if (typeof item === 'string' && wanted(name)) map[name] = item;
  }
  return map;
}

export function metadata(value: unknown): {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
} {
  const meta = at(value, 'metadata');
  return {
    name: text(meta['name']),
    namespace: text(meta['namespace']),
    labels: stringMap(meta['labels']),
  };
}
