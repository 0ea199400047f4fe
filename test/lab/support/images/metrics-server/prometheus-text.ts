/** What a kubelet's `/metrics/resource` says (Kubernetes 1.20 and later; units as in the metric names). */
export interface ResourceSample {
  /** Milliseconds since the epoch at which the kubelet measured. */
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

export interface NodeSamples {
  readonly node: ResourceSample | null;
  /** By `namespace/pod`, then by container. */
  readonly pods: ReadonlyMap<string, ReadonlyMap<string, ResourceSample>>;
}

const LINE = /^(\w+)(?:\{([^}]*)\})? (\S+)(?: (\d+))?$/;

/** Reads the few metrics that metrics-server uses; a line of another form is passed over, as a new metric would be. */
export function parseResourceMetrics(text: string): NodeSamples {
  const values = new Map<string, { cpu?: number; memory?: number; atMs: number }>();
  for (const line of text.split('\n')) {
    const [, metric, labels = '', value, at] = LINE.exec(line) ?? [];
    if (metric === undefined || at === undefined) continue;
    const key = keyOf(metric, labels);
    if (key === null) continue;
    const entry = values.get(key) ?? { atMs: Number(at) };
    if (metric.endsWith('cpu_usage_seconds_total')) entry.cpu = Number(value);
    else if (metric.endsWith('memory_working_set_bytes')) entry.memory = Number(value);
    values.set(key, entry);
  }
  let node: ResourceSample | null = null;
  const pods = new Map<string, Map<string, ResourceSample>>();
  for (const [key, { cpu, memory, atMs }] of values) {
    if (cpu === undefined || memory === undefined) continue;
    const sample = { atMs, cpuSeconds: cpu, memoryBytes: memory };
    if (key === '') {
      node = sample;
      continue;
    }
    const [pod = '', container = ''] = key.split(' ');
    const containers = pods.get(pod) ?? new Map<string, ResourceSample>();
    containers.set(container, sample);
    pods.set(pod, containers);
  }
  return { node, pods };
}

/** '' for the node itself, `namespace/pod container` for a container, null for anything else. */
function keyOf(metric: string, labels: string): string | null {
  if (metric.startsWith('node_')) return '';
  if (!metric.startsWith('container_')) return null;
  const label = (name: string): string | undefined =>
    new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1];
  const [namespace, pod, container] = [label('namespace'), label('pod'), label('container')];
  if (namespace === undefined || pod === undefined || container === undefined) return null;
  return `${namespace}/${pod} ${container}`;
}
