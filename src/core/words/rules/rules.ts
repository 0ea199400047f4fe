import type { Fix } from '../../fixes/fix.ts';
import type { Heard, SpokenRule, WordRule } from '../word-rule.ts';
import { controlPlaneWords } from './control-plane.ts';
import { identityWords } from './identity.ts';
import { kubeletsWords } from './kubelets.ts';
import { nodesWords } from './nodes.ts';
import { podNetworkWords } from './pod-network.ts';
import { providerPodWords } from './provider-pod.ts';

const RULES = {
  ...podNetworkWords,
  ...nodesWords,
  ...controlPlaneWords,
  ...identityWords,
  ...kubeletsWords,
  ...providerPodWords,
} as const;

/** Every cause that words can speak for, by id. */
export const SPOKEN_RULES: readonly (readonly [string, SpokenRule])[] = Object.entries(RULES);

/** The words of a cause, with its own fixes: what `fromWords` of the cause is. */
export function spokenBy(
  id: keyof typeof RULES,
  fixes: (heard: Heard) => readonly Fix[],
): WordRule {
  const rule: SpokenRule = RULES[id];
  return { ...rule, fixes };
}
