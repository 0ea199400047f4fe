import type { PlannedCheck, PodPlan } from './plan.ts';

/** A run that tries some paths alone, such as those that failed in an earlier one. */
export interface OnlyPaths {
  /** The nodes at their ends. */
  readonly nodes: readonly string[];
  /** Keys of their checks, by `pathKey`. */
  readonly paths: readonly string[];
}

/**
 * What a check is called in every run: its id, but for the provider, whose pod has another name, and perhaps another
 * node, once it is restarted.
 */
export function pathKey(id: string): string {
  return id.replace(/>provider\/.*$/su, '>provider');
}

/** Whether any of the paths needs a listener: at its end, or as the pod that it leaves from. */
export function needListeners({ paths }: OnlyPaths): boolean {
  return paths.some((path) => path.includes('>listener@') || / pod@[^>]*>/u.test(path));
}

/** The checks of these paths alone. Bursts, facts of nodes and their own API servers are not asked for. */
export function onlyThese(plans: readonly PodPlan[], { paths }: OnlyPaths): readonly PodPlan[] {
  const wanted = new Set(paths);
  const fromListeners = new Set(
    paths.flatMap((path) => / pod@(?<node>[^>]*)>/u.exec(path)?.groups?.['node'] ?? []),
  );
  return plans.flatMap((plan) => {
    const checks = plan.checks.filter((check: PlannedCheck) => wanted.has(pathKey(check.id)));
    const ownListener = fromListeners.has(plan.node) ? plan.ownListener : null;
    if (checks.length === 0 && ownListener === null) return [];
    return [{ ...plan, checks, ownListener, bursts: null, localApi: false, nodeFacts: false }];
  });
}
