/** Things that look like credentials. Evidence holds none by design; this is the second lock, for logs and arguments of others. */
const SECRETS: readonly RegExp[] = [
  /xox[a-z]-[\w-]+/g,
  /xapp-[\w-]+/g,
  /\bBearer [\w.~+/=-]+/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
  /((?:password|passwd|secret|token|api[-_]?key)["']?\s*[=:]\s*["']?)[^\s"',}]{4,}/gi,
];

/** Takes what looks like a credential out of a text; names of flags and files stay. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce(
    (clean, pattern) =>
      clean.replace(pattern, (match, name: unknown) =>
        typeof name === 'string' && match.startsWith(name) ? `${name}[redacted]` : '[redacted]',
      ),
    text,
  );
}

/** The evidence with every string scrubbed; objects keep their shape. */
export function scrub<T>(value: T): T {
  return mapStrings(value) as T;
}

function mapStrings(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(value);
  if (Array.isArray(value)) return value.map(mapStrings);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, mapStrings(inner)]),
    );
  }
  return value;
}
