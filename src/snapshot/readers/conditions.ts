import type { ConditionObject } from '../../core/evidence/snapshot.ts';
import { array, object, text, textOrNull } from './json-fields.ts';

/** `status.conditions` of any kind. */
export function conditions(value: unknown): readonly ConditionObject[] {
  return array(value).map((item) => {
    const raw = object(item);
    return {
      type: text(raw['type']),
      status: text(raw['status'], 'Unknown'),
      reason: text(raw['reason']),
      message: text(raw['message']),
      lastTransitionTime: textOrNull(raw['lastTransitionTime']),
    };
  });
}

/** The condition of one type, null when the object has none. */
export function condition(value: unknown, type: string): ConditionObject | null {
  return conditions(value).find((item) => item.type === type) ?? null;
}
