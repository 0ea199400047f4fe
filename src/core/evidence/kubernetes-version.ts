import type { Observed } from './observed.ts';

/** The minor version of `v1.32.5+rke2r1`, 32; null when it is not known. */
export function minorVersion(version: Observed<string>): number | null {
  const minor = version.state === 'known' ? /^v?1\.(\d+)/.exec(version.value)?.[1] : undefined;
  return minor === undefined ? null : Number(minor);
}
