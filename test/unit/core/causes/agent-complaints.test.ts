import { describe, expect, it } from 'vitest';
import { cniAgentBroken } from '../../../../src/core/causes/cni-agent-broken.ts';
import { iptablesIncompatible } from '../../../../src/core/causes/iptables-incompatible.ts';
import { kernelModuleMissing } from '../../../../src/core/causes/kernel-module-missing.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import { cutOverlayInto, evidence, pipe, withSnapshot } from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';

const MODULE = [
  'Extension rpfilter revision 0 not supported, missing kernel module?',
  'modprobe: FATAL: Module br_netfilter not found in directory /lib/modules/6.12.0-55.el10',
  'iptables-save v1.8.10 (legacy): Cannot initialize: iptables who? (do you need to insmod?)',
  'E1122 main.go:330] Error registering network: operation not supported',
  'iptables-restore v1.8.11 (nf_tables): line 4: RULE_APPEND failed (No such file or directory): rule in chain cali-PREROUTING',
];
const IPTABLES = [
  'iptables-save failed because there are incompatible nft rules in the table.  Remove the nft rules to continue.',
  "# Table `nat' is incompatible, use 'nft' tool.",
  'iptables-restore v1.8.4 (nf_tables): line 12: RULE_APPEND failed (Invalid argument): rule in chain KUBE-SERVICES',
  'iptables v1.6.1: unknown option "--random-fully"',
];

/** The agent on prod01 is not ready (unless said) and logged this. */
function agentSays(
  e: Evidence,
  line: string,
  { ready = false, after = 'retrying' }: { readonly ready?: boolean; readonly after?: string } = {},
): Evidence {
  const { cniPods } = e.snapshot;
  if (cniPods.state === 'missing') throw new Error('the builder has agents');
  const pods = cniPods.value.map((pod) =>
    pod.nodeName === 'prod01'
      ? { ...pod, ready, statuses: pod.statuses.map((one) => ({ ...one, ready, restarts: 7 })) }
      : pod,
  );
  return withSnapshot(e, {
    cniPods: known(pods, 'GET'),
    cniLogs: known(
      [
        {
          namespace: 'kube-system',
          pod: 'rke2-canal-prod01',
          container: 'calico-node',
          previous: false,
          lines: ['unable to reach datastore', line, after],
        },
      ],
      'GET pods/log',
    ),
  });
}
const dead = (e: Evidence): Evidence => cutOverlayInto(e, 'prod01', 'not-sent');

describe.each([
  [kernelModuleMissing, iptablesIncompatible, MODULE],
  [iptablesIncompatible, kernelModuleMissing, IPTABLES],
] as const)('$id', (cause, lookAlike, lines) => {
  it.each(lines)('is confirmed by an agent that says: %s', (line) => {
    const e = pipe(evidence(), dead, (x) => agentSays(x, line));
    expect(judgeOne(cause, e)).toMatchObject({ kind: 'confirmed', where: { nodes: ['prod01'] } });
    expect(judgeOne(lookAlike, e).kind).toBe('ruled-out');
    expect(judgeOne(cniAgentBroken, e).kind).toBe('ruled-out');
    const report = buildReport(e);
    expect(report.causes[0]).toMatchObject({ id: cause.id, verdict: 'confirmed' });
    expect(report.causes).toHaveLength(1);
    expect(report.unexplained).toEqual([]);
  });

  it('takes old words of an agent that is ready for litter', () => {
    const e = pipe(evidence(), dead, (x) => agentSays(x, lines[0] ?? '', { ready: true }));
    expect(judgeOne(cause, e).kind).toBe('ruled-out');
  });

  it('is only suspected while pods reach that node, and then shown to nobody', () => {
    const e = agentSays(evidence(), lines[0] ?? '');
    expect(judgeOne(cause, e)).toMatchObject({ kind: 'suspected', settle: expect.any(String) });
    expect(buildReport(e).verdict).toBe('healthy');
  });

  it('is only suspected when the agent is held up by something newer, or a filter cuts the node off', () => {
    const e = pipe(evidence(), dead, (x) =>
      agentSays(x, lines[0] ?? '', { after: 'dial tcp 10.43.0.1:443: i/o timeout' }),
    );
    expect(judgeOne(cause, e).kind).toBe('suspected');
    const filtered = agentSays(
      cutOverlayInto(evidence(), 'prod01', 'receiver-filter'),
      lines[0] ?? '',
    );
    expect(judgeOne(cause, filtered).kind).toBe('suspected');
    expect(buildReport(filtered).causes[0]).toMatchObject({
      id: 'overlay-port-blocked',
      verdict: 'confirmed',
    });
  });

  it('takes the words of a container that is ready for litter, beside one that is not', () => {
    const e = pipe(evidence(), dead, (x) => agentSays(x, lines[0] ?? ''));
    const { cniPods } = e.snapshot;
    if (cniPods.state === 'missing') throw new Error('the builder has agents');
    const pods = cniPods.value.map((pod) => ({
      ...pod,
      statuses: pod.statuses.flatMap((one) => [
        { ...one, name: 'calico-node', ready: true },
        { ...one, name: 'kube-flannel' },
      ]),
    }));
    const other = withSnapshot(e, { cniPods: known(pods, 'GET') });
    expect(judgeOne(cause, other).kind).toBe('ruled-out');
  });

  it('is ruled out when the agent complains of something else', () => {
    const e = pipe(evidence(), dead, (x) =>
      agentSays(x, 'Get "https://10.43.0.1:443": dial tcp: i/o timeout'),
    );
    expect(judgeOne(cause, e).kind).toBe('ruled-out');
    expect(judgeOne(cniAgentBroken, e).kind).not.toBe('ruled-out');
  });

  it.each([
    'ipset v7.11: Kernel and userspace incompatible: settype hash:ip with revision 6 not supported by userspace.',
    '# Warning: iptables-legacy tables present, use iptables-legacy-save to see them',
    'iptables v1.8.7 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)',
  ])('is ruled out by words that only sound like it: %s', (line) => {
    const e = pipe(evidence(), dead, (x) => agentSays(x, line));
    expect(judgeOne(cause, e).kind).toBe('ruled-out');
  });

  it('is ruled out on a healthy cluster', () => {
    expect(judgeOne(cause, evidence()).kind).toBe('ruled-out');
  });
});
