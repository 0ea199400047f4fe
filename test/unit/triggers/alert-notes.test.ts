import { expect, it } from 'vitest';
import { alerts as schema } from '../../../src/config/alerts-schema.ts';
import type { AlertStore } from '../../../src/runs/alert-store.ts';
import type { RunStore } from '../../../src/runs/run-store.ts';
import { createAlertNotes } from '../../../src/triggers/alert-notes.ts';

const hour = (n: number): string => new Date(Date.now() + n * 3_600_000).toISOString().slice(0, 16);
const notes = (section: object, held: readonly string[] = []) =>
  createAlertNotes(schema.unwrap().parse({ channel: 'C0OPS', ...section }), {
    alerts: { held: () => Promise.resolve(held) } as unknown as AlertStore,
    store: {
      lastVerdict: () => Promise.resolve({ causes: ['kubelet-tls-no-ip-san'] }),
    } as unknown as RunStore,
  });

it('names a maintenance window, and how many groups it holds back', async () => {
  const maintenance = [{ clusters: ['prod'], from: hour(-1), to: hour(1), reason: '*upgrade*' }];
  expect(await notes({ maintenance }, ['a', 'b'])('prod')).toEqual([
    expect.stringMatching(
      /^🔕 maintenance until 20\d\d-\d\d-\d\d \d\d:\d\d UTC: .*upgrade.*; 2 alert groups are held back$/u,
    ),
  ]);
  expect(await notes({ maintenance }, ['a'])('test')).toEqual([]);
});

it('names accepted causes that the last run found, while they are accepted', async () => {
  const of = (cause: string, until?: string) => ({
    knownCauses: [{ cause, reason: 'new nodes in May', ...(until === undefined ? {} : { until }) }],
  });
  expect(await notes(of('kubelet-tls-no-ip-san'))('prod')).toEqual([
    '☑️ accepted as known: `kubelet-tls-no-ip-san`, new nodes in May',
  ]);
  expect(await notes(of('kubelet-tls-no-ip-san', hour(-1)))('prod')).toEqual([]);
  expect(await notes(of('overlay-port-blocked'))('prod')).toEqual([]);
});
