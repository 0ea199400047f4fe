import { expect, it } from 'vitest';
import { findings } from '../../../src/doctor/finding.ts';
import { admission } from '../../../src/doctor/look-at-probes.ts';

const said = (status: number, message: string) =>
  admission(
    {
      kind: 'answered',
      status,
      text: '',
      json: { kind: 'Status', message },
      headers: {},
      ms: 3,
      complete: true,
    },
    'probes',
    findings('cluster prod'),
  );

it.each([
  [201, '', 'ok', 'would be admitted'],
  [404, 'namespaces "probes" not found', 'wrong', 'does not exist'],
  [
    403,
    'pods "p" is forbidden: violates PodSecurity "restricted:v1.32": host namespaces (hostNetwork=true)',
    'wrong',
    'PodSecurity of namespace probes',
  ],
  [
    403,
    'pods "p" is forbidden: User "worker" cannot create resource "pods" in API group "" in the namespace "probes"',
    'skipped',
    'without the right to create them',
  ],
  [
    403,
    'pods "p" is forbidden: error looking up service account probes/metrics-diag-probe: serviceaccount "metrics-diag-probe" not found',
    'wrong',
    'serviceaccount "metrics-diag-probe" not found',
  ],
  [
    400,
    'admission webhook "sidecar.example.org" does not support dry run',
    'skipped',
    'allows no dry run',
  ],
  [
    403,
    'admission webhook "p.example.org" denied the request: no root',
    'wrong',
    'denied the request',
  ],
])('an answer %i "%s" is %s', (status, message, state, words) => {
  const finding = said(status, message);
  expect(finding.state).toBe(state);
  expect(finding.what).toContain(words);
  if (state === 'wrong') expect(finding.mend.length).toBeGreaterThan(0);
});

it('an API server that does not answer leaves it open', () => {
  const answer = {
    kind: 'failed',
    stage: 'response',
    timedOut: true,
    errno: null,
    message: 'no answer within 5000 ms',
    ms: 5_000,
  } as const;
  expect(admission(answer, 'probes', findings('x')).state).toBe('skipped');
});
