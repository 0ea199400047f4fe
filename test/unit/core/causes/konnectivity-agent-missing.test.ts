import { describe, expect, it } from 'vitest';
import { konnectivityAgentMissing } from '../../../../src/core/causes/konnectivity-agent-missing.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  apiServerPod,
  evidence,
  foundingIncident,
  withApiServer,
  withReach,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { allServersSay } from './provider-world.ts';

const say = (words: string): string => `error trying to reach service: ${words}\n`;

function withAgents(e: Evidence, ready: readonly boolean[]): Evidence {
  return withSnapshot(e, {
    controlPlanePods: known(
      ready.map((isReady, i) =>
        apiServerPod(`prod0${i + 1}`, {
          component: 'konnectivity-agent',
          name: `konnectivity-agent-${i}`,
          ready: isReady,
          flags: { 'proxy-server-host': '192.168.77.1', 'proxy-server-port': '8132' },
        }),
      ),
      'GET pods',
    ),
  });
}

describe('konnectivity-agent-missing', () => {
  it('is confirmed for the API server whose tunnel has no agent, with the agents there are', () => {
    const e = withApiServer(withAgents(evidence(), [true, true]), 'prod02', {
      outcome: 'http-error',
      status: 503,
      body: say('No agent available'),
      nodes: [],
    });
    const report = buildReport(e);
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [
        { id: 'konnectivity-agent-missing', verdict: 'confirmed', where: { from: ['prod02'] } },
      ],
      unexplained: [],
    });
    expect(report.causes).toHaveLength(1);
    expect(JSON.stringify(report.causes[0]?.because)).toContain(
      '2 of 2 konnectivity-agent Pods ready; they connect to 192.168.77.1',
    );
  });

  it.each([
    'dial timeout, backstop',
    'dialing proxy "/run/k0s/konnectivity-server.sock" failed: dial unix: connect: no such file or directory',
  ])('is only suspected of a tunnel that does not answer: %s', (words) => {
    const e = withAgents(allServersSay(evidence(), 503, say(words)), [true]);
    expect(judgeOne(konnectivityAgentMissing, e)).toMatchObject({
      kind: 'suspected',
      settle: expect.stringContaining('konnectivity'),
    });
  });

  it('is suspected when no agent is ready and the API servers are silent', () => {
    const silent = allServersSay(evidence(), 503, say('context deadline exceeded'));
    const blind = withReach(withAgents(silent, [false, false]), () => true, null);
    expect(judgeOne(konnectivityAgentMissing, blind)).toMatchObject({
      kind: 'suspected',
      where: { nodes: ['prod01', 'prod02'] },
    });
  });

  it('is ruled out when an agent passes on that its own dial timed out, and by a dead network', () => {
    const e = withAgents(foundingIncident(), [true, true, true]);
    expect(judgeOne(konnectivityAgentMissing, e).kind).toBe('ruled-out');
    const litter = withAgents(foundingIncident(), [false]);
    expect(buildReport(litter).causes).toMatchObject([{ id: 'overlay-port-blocked' }]);
    expect(buildReport(litter).causes).toHaveLength(1);
  });

  it('is ruled out on a healthy cluster with an agent that is not ready', () => {
    const e = withAgents(evidence(), [true, false]);
    expect(judgeOne(konnectivityAgentMissing, e).kind).toBe('ruled-out');
    expect(buildReport(e).verdict).toBe('healthy');
  });
});
