import { z } from 'zod';
import type { ProbePodOutcome } from '../core/evidence/probe-results.ts';

const terminated = z.object({
  exitCode: z.number().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
});
const waiting = z.object({ reason: z.string().optional(), message: z.string().optional() });

const podObject = z.object({
  metadata: z.object({
    name: z.string(),
    deletionTimestamp: z.string().optional(),
    creationTimestamp: z.string().nullish(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  status: z
    .object({
      phase: z.string().optional(),
      reason: z.string().optional(),
      message: z.string().optional(),
      podIP: z.string().optional(),
      containerStatuses: z
        .array(
          z.object({
            state: z
              .object({
                waiting: waiting.optional(),
                running: z.object({}).optional(),
                terminated: terminated.optional(),
              })
              .optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});

/** The few words of a Pod object that say how a probe fares. */
export interface PodLook {
  readonly name: string;
  readonly createdAt: string | null;
  readonly annotations: Readonly<Record<string, string>>;
  readonly podIp: string | null;
  readonly state: PodState;
}

export type PodState =
  | { readonly kind: 'pending'; readonly detail: string }
  | { readonly kind: 'running' }
  /** Will not start, as far as the kubelet says. */
  | { readonly kind: 'stuck'; readonly detail: string }
  | {
      readonly kind: 'ended';
      readonly exitCode: number | null;
      readonly message: string;
      readonly detail: string;
    };

/** Waiting reasons after which waiting longer is vain within a run (kubernetes pkg/kubelet/images, kuberuntime). */
const STUCK_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'CrashLoopBackOff',
]);
const MAX_DETAIL_CHARS = 240;

/** Reads a raw Pod; null when it is none. */
export function readPod(raw: unknown): PodLook | null {
  const parsed = podObject.safeParse(raw);
  if (!parsed.success) return null;
  const { metadata, status } = parsed.data;
  return {
    name: metadata.name,
    createdAt: metadata.creationTimestamp ?? null,
    annotations: metadata.annotations ?? {},
    podIp: status?.podIP ?? null,
    state: stateOf(status),
  };
}

function stateOf(status: z.infer<typeof podObject>['status']): PodState {
  const state = status?.containerStatuses?.[0]?.state;
  if (state?.terminated !== undefined) {
    const { exitCode, message, reason } = state.terminated;
    return {
      kind: 'ended',
      exitCode: exitCode ?? null,
      message: message ?? '',
      detail: reason ?? '',
    };
  }
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') {
    const detail = words(status.reason, status.message);
    return { kind: 'ended', exitCode: null, message: '', detail };
  }
  if (state?.running !== undefined) return { kind: 'running' };
  const detail = words(state?.waiting?.reason, state?.waiting?.message);
  return STUCK_REASONS.has(state?.waiting?.reason ?? '')
    ? { kind: 'stuck', detail }
    : { kind: 'pending', detail };
}

function words(reason: string | undefined, message: string | undefined): string {
  return [reason, message].filter(Boolean).join(': ').slice(0, MAX_DETAIL_CHARS);
}

/** What a Pod's last look means once nobody waits for it any more. */
export function unfinishedOutcome(
  look: PodLook | null,
): Pick<ProbePodOutcome, 'outcome' | 'detail'> {
  if (look === null)
    return { outcome: 'never-started', detail: 'the Pod was not seen again after its creation' };
  switch (look.state.kind) {
    case 'stuck':
      return { outcome: 'never-started', detail: look.state.detail };
    case 'pending': {
      const detail = look.state.detail === '' ? 'no kubelet took it up' : look.state.detail;
      return {
        outcome: 'never-started',
        detail: `still Pending at the end of the wave: ${detail}`,
      };
    }
    case 'running':
      return { outcome: 'timed-out', detail: 'still running at the end of the wave' };
    case 'ended':
      return { outcome: 'failed', detail: look.state.detail };
  }
}
