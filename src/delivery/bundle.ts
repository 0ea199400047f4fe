import { readFile, rename, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Evidence } from '../core/evidence/evidence.ts';
import { UserError } from '../errors.ts';
import { scrub } from '../scrub.ts';

/** Upper bound of an unpacked bundle: a 1,000-node run needs a few MiB; more is not ours. */
const MAX_BUNDLE_BYTES = 256 * 1024 * 1024;

/**
 * Saves a run's evidence. Written beside and renamed, so that a full disk leaves no half file.
 *
 * @param path - gzip when it ends in `.gz`, else plain JSON
 */
export async function saveBundle(path: string, evidence: Evidence): Promise<void> {
  const text = `${JSON.stringify(scrub(evidence))}\n`;
  const draft = `${path}.tmp-${process.pid}`;
  await writeFile(draft, path.endsWith('.gz') ? gzipSync(text) : text, { mode: 0o600 });
  await rename(draft, path);
}

/**
 * Reads a bundle back.
 *
 * @throws UserError `bundle-unreadable` | `bundle-unknown` with what to do
 */
export async function loadBundle(path: string): Promise<Evidence> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      'bundle-unreadable',
      `Cannot read the bundle ${path} (${error.code ?? 'error'}): check the path and its permissions.`,
    );
  });
  const parsed = parseBundle(bytes, path);
  if (!isEvidence(parsed)) {
    throw new UserError(
      'bundle-unknown',
      `${path} is not a bundle of this program (schema metrics-diag/evidence/v1): make one with --save-bundle.`,
    );
  }
  return parsed;
}

function parseBundle(bytes: Buffer, path: string): unknown {
  try {
    const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return JSON.parse(
      (gzipped ? gunzipSync(bytes, { maxOutputLength: MAX_BUNDLE_BYTES }) : bytes).toString('utf8'),
    );
  } catch {
    throw new UserError(
      'bundle-unreadable',
      `${path} is neither JSON nor gzipped JSON: it may be cut; ask for the file again.`,
    );
  }
}

const SNAPSHOT_KEYS = [
  'takenAt',
  'vantage',
  'apiServers',
  'apiService',
  'nodes',
  'providerPods',
] as const;
const PROBE_KEYS = ['ran', 'pods', 'reach', 'bursts', 'nodeFacts'] as const;

function isEvidence(value: unknown): value is Evidence {
  return (
    isRecord(value) &&
    value['schema'] === 'metrics-diag/evidence/v1' &&
    typeof value['runId'] === 'string' &&
    typeof value['cluster'] === 'string' &&
    isRecord(value['hints']) &&
    hasKeys(value['snapshot'], SNAPSHOT_KEYS) &&
    hasKeys(value['probes'], PROBE_KEYS)
  );
}

function hasKeys(value: unknown, keys: readonly string[]): boolean {
  return isRecord(value) && keys.every((key) => key in value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
