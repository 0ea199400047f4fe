import { clockSkews } from '../evidence/clock-skews.ts';
import type { Facts } from '../evidence/facts.ts';
import { known } from '../evidence/observed.ts';
import { callerComplaints } from '../evidence/refused-callers.ts';
import type { ApiServerView, ContainerLog, NodeObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { failedScrapes } from './failed-scrapes.ts';

/** Go crypto/x509, NotBefore in the future; k8s.io/kubernetes serviceaccount and go-jose for tokens. */
const NOT_YET =
  /x509: certificate has expired or is not yet valid: current time \S{1,40} is before \S{1,40}|token (?:is )?not valid yet|token is not yet valid/i;

/**
 * Clocks of nodes differ, so that certificates or tokens that were made a moment ago look as if they were not valid yet.
 *
 * Signature: `current time … is before …` (or a token `not valid yet`) in a scrape, a refused request or the answer
 * of an API server, and a node whose Lease shows a clock that differs from the API server's. Without the measured
 * difference the words leave it open who is wrong: suspected. A difference that hurts nothing is no cause of anything.
 */
export const clockSkew = defineCause({
  id: 'clock-skew',
  title: 'Clocks of nodes differ',
  needs: ['nodes', 'providerLogs', 'apiServers'],
  wants: ['nodeHeartbeats', 'nodeMetrics', 'providerPods', 'takenAt'],
  bears: ['node-added'],
  infer(facts): Judgement {
    const found = whereSaid(facts);
    if (found === null)
      return { kind: 'ruled-out', because: 'nothing was refused for not being valid yet' };
    const skews = clockSkews(facts.nodes, facts);
    const nodes = skews.map(({ node }) => node).toSorted();
    const common = {
      headline:
        nodes.length === 0
          ? 'Something is refused for not being valid yet: clocks differ.'
          : `The clocks of ${list(nodes)} differ from the API server's, so certificates or tokens look as if they were not valid yet.`,
      where: { nodes, from: [], to: [], layer: null, direction: null },
      because: [
        ...found.claims,
        ...skews.map(({ node, seconds }) => ({
          text: `the clock of ${node} is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the API server's`,
          evidence: 'snapshot.nodeHeartbeats',
        })),
      ],
      explains: found.explains,
      fixes: [timeFix(nodes)],
    } as const;
    if (nodes.length > 0) return { kind: 'confirmed', ...common };
    return {
      kind: 'suspected',
      ...common,
      settle:
        'On every node, at once: date -u; timedatectl   # a difference of seconds, or "System clock synchronized: no", proves it',
    };
  },
  fromWords: spokenBy('clock-skew', ({ nodes }) => [timeFix(nodes)]),
});

type Handed = Pick<Facts, 'nodeMetrics' | 'providerPods' | 'takenAt'> & {
  readonly nodes: readonly NodeObject[];
  readonly providerLogs: readonly ContainerLog[];
  readonly apiServers: readonly ApiServerView[];
};

interface Saying {
  readonly claims: readonly Claim[];
  readonly explains: readonly string[];
}

/** Who refuses what for not being valid yet, and what follows from each; null when nobody does. */
function whereSaid(facts: Handed): Saying | null {
  const scrapes = failedScrapes(
    { ...facts, nodes: known(facts.nodes, '') },
    ({ text }) => NOT_YET.test(text),
    'was too early',
  );
  const callers = callerComplaints(facts.providerLogs, facts.takenAt).filter((text) =>
    NOT_YET.test(text),
  );
  const bodies = facts.apiServers.flatMap(({ name, metricsApi }) => {
    const words =
      metricsApi.state === 'known' ? NOT_YET.exec(metricsApi.value.body)?.[0] : undefined;
    return words === undefined ? [] : [{ name, words }];
  });
  const unwell = facts.apiServers.some(
    ({ metricsApi }) => metricsApi.state === 'known' && metricsApi.value.outcome !== 'ok',
  );
  const parts: readonly Saying[] = [
    ...(scrapes.state === 'none'
      ? []
      : [
          {
            claims: scrapes.complaints.slice(0, 1).map(({ node, text }) => ({
              text: `${node}: ${NOT_YET.exec(text)?.[0] ?? ''}`,
              evidence: 'snapshot.providerLogs',
            })),
            explains: scrapes.explains,
          },
        ]),
    // Refused callers count only while some API server is refused: others dial the pod, too.
    ...(callers.length === 0 || !unwell
      ? []
      : [
          {
            claims: [
              {
                text: `metrics-server: ${NOT_YET.exec(callers.at(-1) ?? '')?.[0] ?? ''}`,
                evidence: 'snapshot.providerLogs',
              },
            ],
            explains: metricsApiDown(),
          },
        ]),
    ...bodies.map(({ name, words }) => ({
      claims: [{ text: `API server ${name}: ${words}`, evidence: 'snapshot.apiServers' }],
      explains: [`api-server:${name}`, 'apiservice-condition', 'hpa:*'],
    })),
  ];
  if (parts.length === 0) return null;
  return {
    claims: parts.flatMap(({ claims }) => claims),
    explains: parts.flatMap(({ explains }) => explains),
  };
}

function timeFix(nodes: readonly string[]): Fix {
  return {
    title: 'Set the clocks right, and keep them so',
    where: nodes.length === 0 ? ['every node'] : nodes,
    variants: [
      {
        tool: 'chrony',
        commands: [
          'chronyc tracking',
          'systemctl enable --now chronyd   # Debian, Ubuntu: chrony',
          'chronyc makestep',
        ],
      },
      {
        tool: 'systemd-timesyncd',
        commands: [
          'timedatectl set-ntp true',
          'systemctl restart systemd-timesyncd',
          'timedatectl',
        ],
      },
    ],
    risk: 'a step of the clock confuses what counts by it: etcd and databases do not like it under load',
    undo: ['nothing to undo'],
    verify: ['date -u on every node, at once', 'kubectl top nodes'],
    notes: [
      'A virtual machine that was suspended needs the host tools or chrony to step after it wakes.',
    ],
  };
}
