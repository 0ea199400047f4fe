import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';

/**
 * A status that a kubelet answered: `request failed, status: "403 Forbidden"` (0.4 and later), before that
 * `request failed - "403 Forbidden", response: "Forbidden (user=…, verb=get, resource=nodes, subresource=stats)"`.
 * A refusing proxy in between gives the bare word instead (`Get "https://…": Forbidden`), which does not match.
 */
export function statusWords(statuses: string): RegExp {
  return new RegExp(
    `request failed(?:, status:| -) \\\\?"(?:${statuses}) [^"\\\\]*\\\\?"(?:, response: \\\\?"[^"\\\\]*)?`,
  );
}

/** Who the kubelet took metrics-server for when it could not make anything of its token. */
export const ANONYMOUS = /user=system:anonymous/;

/** The status that a node's kubelet gave our probe, which has no login; null when it was not asked. */
export function anonymousStatus(
  { reach }: Pick<Facts, 'reach'>,
  node: string,
): { readonly status: number; readonly evidence: string } | null {
  for (const { id, check, to, result } of valueOr(reach, [])) {
    if (check !== 'https' || to.kind !== 'kubelet' || to.node !== node) continue;
    if (result.state === 'known' && result.value.status !== null)
      return { status: result.value.status, evidence: id };
  }
  return null;
}
