import { valueOr } from '../evidence/observed.ts';
import { fails } from '../evidence/paths.ts';
import type { NodeObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { scrapePaths } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';

/** Two scrapes of the slowest setting in use (60 s), and a kubelet that starts. */
const YOUNG_MS = 150_000;

/**
 * Errors are only about nodes that come or go: one that has just joined, or that is not Ready.
 *
 * Signature: the kubelet paths that fail, or the nodes without metrics, belong to nodes younger than two scrapes or
 * not Ready. Never confirmed: it passes by itself or it does not. A node for which a better reason was measured is
 * left to that one.
 */
export const nodeJustJoinedOrGone = defineCause({
  id: 'node-just-joined-or-gone',
  title: 'Errors are only about nodes that come or go',
  needs: ['nodes', 'takenAt'],
  wants: ['reach', 'providerPods', 'nodeMetrics'],
  bears: ['node-added', 'node-removed'],
  infer(facts): Judgement {
    const now = Date.parse(facts.takenAt);
    const passing = facts.nodes.flatMap((node) => {
      const why = whyPassing(node, now);
      return why === null ? [] : [{ name: node.name, why }];
    });
    const names = new Set(passing.map(({ name }) => name));
    const dead = scrapePaths(valueOr(facts.reach, []), facts).filter(
      (r) => fails(r) && names.has(r.to.node),
    );
    const reported = facts.nodeMetrics.state === 'known' ? new Set(facts.nodeMetrics.value) : null;
    const hurt = passing.filter(
      ({ name }) => dead.some(({ to }) => to.node === name) || reported?.has(name) === false,
    );
    if (hurt.length === 0)
      return {
        kind: 'ruled-out',
        because: 'no node that has just joined or is not Ready is what fails',
      };
    const nodes = hurt.map(({ name }) => name).toSorted();
    return {
      kind: 'suspected',
      headline: `${list(nodes)} ${nodes.length === 1 ? 'comes or goes' : 'come or go'}: no numbers from there are to be expected now.`,
      where: { nodes, from: [], to: nodes, layer: null, direction: null },
      because: hurt.map(({ name, why }) => ({
        text: `${name} ${why}`,
        evidence: 'snapshot.nodes',
      })),
      explains: [
        ...nodes.map((name) => `node-metrics:${name}`),
        ...dead.map(({ id }) => `path:${id}`),
      ],
      fixes: [waitFix()],
      settle:
        'kubectl get nodes -w   # Ready for three minutes and still no numbers: another fault',
    };
  },
  fromWords: spokenBy('node-just-joined-or-gone', () => [waitFix()]),
});

function whyPassing({ ready, createdAt, conditions }: NodeObject, now: number): string | null {
  const age = now - Date.parse(createdAt ?? '');
  if (age < YOUNG_MS) return `joined ${Math.round(age / 1_000)} s ago`;
  if (ready.state === 'known' && !ready.value) return 'is not Ready';
  const unknown = conditions.some(({ type, status }) => type === 'Ready' && status === 'Unknown');
  return unknown ? 'has not been heard of: condition Ready is Unknown' : null;
}

function waitFix(): Fix {
  return {
    title: 'Wait, or take the node out of the cluster',
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          'kubectl get nodes -o wide',
          'kubectl delete node NAME   # only when the machine is gone for good',
        ],
      },
    ],
    risk: 'deleting a node that lives takes its pods away until its kubelet registers again',
    undo: ['restart the kubelet: it registers its node again'],
    verify: ['kubectl top nodes'],
    notes: ['Let alerts wait some minutes (`for:`) before a single node counts.'],
  };
}
