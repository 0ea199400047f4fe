import type { Observed } from '../evidence/observed.ts';
import { valueOr } from '../evidence/observed.ts';
import type { PeerCertificate, ReachResult } from '../evidence/probe-results.ts';
import type { PodObject } from '../evidence/snapshot.ts';

/** The certificate that a node's kubelet shows now, if a probe saw it. */
export function kubeletCertificate(
  reach: Observed<readonly ReachResult[]>,
  node: string,
): { readonly peer: PeerCertificate; readonly evidence: string } | null {
  for (const { id, to, result } of valueOr(reach, [])) {
    if (
      to.kind === 'kubelet' &&
      to.node === node &&
      result.state === 'known' &&
      result.value.peer !== null
    ) {
      return { peer: result.value.peer, evidence: id };
    }
  }
  return null;
}

/** True when a provider container was told not to verify kubelet certificates. */
export function skipsKubeletTls(pods: Observed<readonly PodObject[]>): boolean {
  return valueOr(pods, []).some(({ containers }) =>
    containers.some(({ args }) => args.some((arg) => /^--kubelet-insecure-tls(=true)?$/.test(arg))),
  );
}
