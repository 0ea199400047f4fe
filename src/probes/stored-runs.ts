import type { PodRun } from './run-pods.ts';
import type { ListenerState } from './start-listeners.ts';

/**
 * Pod runs that were kept as JSON between the steps of a run. They were written by this program and their
 * answers were checked when they came in, so only the outline is checked here; what is no Pod run is left out.
 */
export function readPodRuns(stored: unknown): readonly PodRun[] {
  return Array.isArray(stored) ? stored.filter(isPodRun) : [];
}

/** Listener states that were kept as JSON between the steps of a run. */
export function readListenerStates(stored: unknown): readonly ListenerState[] {
  return Array.isArray(stored) ? stored.filter(isListenerState) : [];
}

function isPodRun(value: unknown): value is PodRun {
  return (
    isRecord(value) &&
    isRecord(value['plan']) &&
    isRecord(value['outcome']) &&
    isRecord(value['answer'])
  );
}

function isListenerState(value: unknown): value is ListenerState {
  return (
    isRecord(value) && isRecord(value['plan']) && isRecord(value['outcome']) && 'target' in value
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
