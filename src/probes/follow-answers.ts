import type { ClusterClient } from '../clients/cluster-client.ts';
import { ANSWER_LINE_BYTES } from './codec.ts';
import { decodeAnswer } from './decode-answer.ts';
import type { PodLook } from './pod-status.ts';

/** Logs followed at the same time; each holds a connection. Pods beyond are heard by their status alone. */
const MAX_FOLLOWED = 32;

/**
 * Reads the answers of running Pods from their logs. This is only the quicker way: a log needs the API server's
 * connection to the kubelet, so whatever goes wrong here leaves the termination message to tell.
 */
export function followAnswers(
  client: ClusterClient,
  podsPath: string,
  options: {
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    readonly onAnswer: (look: PodLook, message: string) => void;
  },
): { see(look: PodLook): void } {
  const { timeoutMs, signal, onAnswer } = options;
  const followed = new Set<string>();
  const follow = async (look: PodLook): Promise<void> => {
    const path = `${podsPath}/${look.name}/log?follow=true`;
    const answer = await client.get(path, { timeoutMs, signal, maxBytes: ANSWER_LINE_BYTES });
    if (answer.kind === 'failed' || answer.status !== 200) return;
    const message = answer.text.trimEnd();
    if (decodeAnswer(message).state === 'known') onAnswer(look, message);
  };
  return {
    see(look) {
      if (look.state.kind !== 'running' || followed.has(look.name)) return;
      if (followed.size >= MAX_FOLLOWED) return;
      followed.add(look.name);
      follow(look).catch(() => undefined);
    },
  };
}
