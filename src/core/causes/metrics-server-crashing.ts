import { valueOr } from '../evidence/observed.ts';
import type { Fix } from '../fixes/fix.ts';
import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { providerName } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { logOf, NO_API_SERVER } from './container-words.ts';
import { defineCause } from './define-cause.ts';
import { PORT_IN_USE } from './port-in-use.ts';
import { failedProbe, misaskedProbe } from './probe-events.ts';
import { ailingContainers, lastEnd, presentEnd, someReplicaReady } from './provider-pods.ts';

/** Errors of single scrapes and requests: it lives on after them. */
const PASSING =
  /Failed to scrape node|TLS handshake error|Unable to authenticate the request|no metrics known|Failed probe/;
/** A line that names the reason itself: a Go panic, a klog fatal or error, a usage error of cobra. */
const TELLING =
  /^(?:panic:|F\d{4}|E\d{4}|Error:|error:|unknown flag|invalid argument)|unknown flag|no such file or directory|failed to/;

/**
 * The container ends for reasons of its own: a bad flag, a bad file, a bug.
 *
 * Signature: not Ready, has ended with an exit code, not OOMKilled. A log that says it could not reach the API
 * server, or that its port was taken, speaks of another fault and rules this one out. Without the log the
 * reason is open, hence `suspected`.
 */
export const metricsServerCrashing = defineCause({
  id: 'metrics-server-crashing',
  title: 'metrics-server exits again and again',
  needs: ['providerPods'],
  wants: ['providerLogs', 'platform', 'events', 'nodes', 'takenAt'],
  bears: ['provider-image', 'provider-args', 'helm-chart-config'],
  infer({ providerPods, providerLogs, platform, events, nodes, takenAt }) {
    const ended = ailingContainers(providerPods).filter(({ status }) => {
      const end = presentEnd(status, takenAt);
      return end !== null && end.reason !== 'OOMKilled' && end.exitCode !== null;
    });
    const first = ended[0];
    if (first === undefined)
      return { kind: 'ruled-out', because: 'no metrics-server container that is down has exited' };
    if (someReplicaReady(providerPods))
      return { kind: 'ruled-out', because: 'another replica is ready and serves' };
    const lines = providerLogs.state === 'known' ? logOf(providerLogs.value, first) : [];
    const lastWords = [...lines, lastEnd(first.status)?.message ?? ''].slice(-30).join('\n');
    if (PORT_IN_USE.test(lastWords))
      return {
        kind: 'ruled-out',
        because: 'its port was taken: the log says "address already in use"',
      };
    const telling = lines.findLast((line) => TELLING.test(line) && !PASSING.test(line)) ?? null;
    if (NO_API_SERVER.test(lastWords)) {
      return { kind: 'ruled-out', because: 'its log says that it could not reach the API server' };
    }
    const probe =
      takenAt.state === 'known'
        ? failedProbe(first.pod, { events: valueOr(events, []), takenAt: takenAt.value, nodes })
        : null;
    if (probe !== null && misaskedProbe(probe, first.pod) !== null) {
      return { kind: 'ruled-out', because: 'it is restarted for a probe that asks in a wrong way' };
    }
    if (probe !== null && (probe.status === 401 || probe.status === 403)) {
      return { kind: 'ruled-out', because: 'it is restarted for a probe that it refuses' };
    }
    const exitCode = lastEnd(first.status)?.exitCode ?? -1;
    const node = first.pod.nodeName;
    return {
      kind: telling === null ? 'suspected' : 'confirmed',
      headline: `metrics-server exits with code ${exitCode}${telling === null ? '' : `: ${cut(telling)}`}`,
      where: {
        nodes: node === null ? [] : [node],
        from: [],
        to: [],
        layer: 'api',
        direction: null,
      },
      because: [
        {
          text: `pod ${first.pod.name}, container ${first.status.name}: exit code ${exitCode}, ${first.status.restarts} restarts`,
          evidence: 'snapshot.providerPods',
        },
        ...(telling === null
          ? []
          : [{ text: `its last words: ${cut(telling)}`, evidence: 'snapshot.providerLogs' }]),
      ],
      explains: metricsApiDown(),
      fixes: [
        crashFix(
          first.pod.namespace,
          first.pod.owner?.name.replace(/-[a-f0-9]{8,10}$/, '') ?? 'metrics-server',
          platform.state === 'known' && platform.value === 'rke2',
        ),
      ],
      ...(telling === null
        ? {
            settle: `kubectl -n ${first.pod.namespace} logs ${first.pod.name} --previous --tail=50`,
          }
        : {}),
    };
  },
  fromWords: spokenBy('metrics-server-crashing', ({ facts }) => {
    const name = providerName(facts.platform);
    return [crashFix('kube-system', name, name !== 'metrics-server')];
  }),
});

const LINE_CHARS = 240;

function cut(line: string): string {
  return line.length > LINE_CHARS ? `${line.slice(0, LINE_CHARS)}…` : line;
}

function crashFix(namespace: string, name: string, rke2: boolean): Fix {
  return {
    title: 'Take back what makes it exit',
    where: ['cluster'],
    variants: [
      ...(rke2
        ? [
            {
              tool: 'HelmChartConfig (look first)',
              commands: [
                'kubectl -n kube-system get helmchartconfig rke2-metrics-server -o yaml   # the usual place of a bad flag',
                `kubectl -n ${namespace} get deployment ${name} -o jsonpath='{.spec.template.spec.containers[0].args}'`,
              ],
            },
          ]
        : []),
      {
        tool: 'kubectl',
        commands: [
          `kubectl -n ${namespace} rollout history deployment ${name}`,
          `kubectl -n ${namespace} rollout undo deployment ${name}`,
        ],
        undo: [
          `kubectl -n ${namespace} rollout undo deployment ${name}   # once more: forward again`,
        ],
      },
    ],
    risk: rke2
      ? "goes back to the Deployment's previous revision, until the next chart run: then the HelmChartConfig counts"
      : "goes back to the Deployment's previous revision",
    undo: [],
    verify: [
      `kubectl -n ${namespace} rollout status deployment ${name} --timeout=120s`,
      ...VERIFY_METRICS_API,
    ],
    notes: [],
  };
}
