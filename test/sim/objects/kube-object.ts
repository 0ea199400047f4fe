import { createHash } from 'node:crypto';
import { timestamp } from '../time.ts';

export { timestamp };

/** An API object as JSON: what the API server stores and sends. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMetadata;
  readonly [field: string]: unknown;
}

export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly creationTimestamp?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A UUID that is the same for the same name, so that a world is the same twice. */
export function uidFor(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Metadata with uid and creation time. */
export function metadata(
  name: string,
  createdMs: number,
  more: Partial<KubeMetadata> = {},
): KubeMetadata {
  return {
    name,
    ...more,
    uid: uidFor(`${more.namespace ?? ''}/${name}/${createdMs}`),
    creationTimestamp: timestamp(createdMs),
  };
}

/** A status condition. */
export function condition(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  sinceMs: number,
  words: { readonly reason?: string; readonly message?: string } = {},
): Readonly<Record<string, unknown>> {
  return { type, status, lastTransitionTime: timestamp(sinceMs), ...words };
}

/** The cluster's age in the model: long enough that nothing counts as "just created". */
export const CLUSTER_AGE_MS = 90 * 86_400_000;
