import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds: a run ends within 8 s mostly, its last words within 45 s. */
const STAGE_BUCKETS_SECONDS = [0.25, 0.5, 1, 2, 3, 5, 8, 12, 15, 20, 30, 45, 60];

/** What a process tells Prometheus. Label values come from fixed sets and configured cluster names alone. */
export interface Metrics {
  readonly registry: Registry;
  runEnded(labels: { readonly verdict: string; readonly trigger: string }): void;
  stageTook(stage: string, seconds: number): void;
  slackCall(labels: {
    readonly method: string;
    readonly outcome: 'ok' | 'rate-limited' | 'error';
  }): void;
  probeEnded(outcome: string): void;
  alertReceived(outcome: AlertNotificationOutcome): void;
  /** Asked at each scrape; rejects and the gauge is left out. */
  watchQueues(read: () => Promise<readonly QueueDepth[]>): void;
}

/** What a notification led to; `held` is counted once for a group, when a quiet time holds it back. */
const ALERT_OUTCOMES = [
  'opened',
  'grown',
  'repeated',
  'reopened',
  'resolved',
  'stale',
  'ignored',
  'refused',
  'overload',
  'held',
] as const;
export type AlertNotificationOutcome = (typeof ALERT_OUTCOMES)[number];

export interface QueueDepth {
  readonly queue: string;
  readonly state: string;
  readonly jobs: number;
}

/** One registry per process, so that tests and `all` do not share state by accident. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const runs = new Counter({
    name: 'metrics_diag_runs_total',
    help: 'Runs that ended, by verdict (or failed) and by what asked for them.',
    labelNames: ['verdict', 'trigger'],
    registers,
  });
  const stages = new Histogram({
    name: 'metrics_diag_stage_duration_seconds',
    help: 'Time that each stage of a run took.',
    labelNames: ['stage'],
    buckets: STAGE_BUCKETS_SECONDS,
    registers,
  });
  const slack = new Counter({
    name: 'metrics_diag_slack_calls_total',
    help: 'Calls of the Slack Web API, by method and outcome; rate-limited is a 429.',
    labelNames: ['method', 'outcome'],
    registers,
  });
  const probes = new Counter({
    name: 'metrics_diag_probe_pods_total',
    help: 'Probe Pods, by how they ended.',
    labelNames: ['outcome'],
    registers,
  });
  const alerts = new Counter({
    name: 'metrics_diag_alert_notifications_total',
    help: 'Alert notifications received, by what they led to.',
    labelNames: ['outcome'],
    registers,
  });
  // A counter that begins at one has not increased, for Prometheus: the first refusal would raise no alert.
  for (const outcome of ALERT_OUTCOMES) alerts.inc({ outcome }, 0);
  return {
    registry,
    runEnded: (labels) => runs.inc(labels),
    stageTook: (stage, seconds) => stages.observe({ stage }, seconds),
    slackCall: (labels) => slack.inc(labels),
    probeEnded: (outcome) => probes.inc({ outcome }),
    alertReceived: (outcome) => alerts.inc({ outcome }),
    watchQueues(read) {
      const gauge = new Gauge({
        name: 'metrics_diag_queue_jobs',
        help: 'Jobs in each queue, by state.',
        labelNames: ['queue', 'state'],
        registers,
        async collect() {
          this.reset();
          const depths = await read().catch(() => []); // Redis is away: no figure is better than an old one
          for (const { queue, state, jobs } of depths) this.set({ queue, state }, jobs);
        },
      });
      gauge.reset();
    },
  };
}
