import type { Observed } from '../evidence/observed.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type {
  ApiServiceObject,
  EndpointsView,
  PodObject,
  ServiceObject,
} from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { providerName } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import type { Claim } from './define-cause.ts';
import { defineCause } from './define-cause.ts';
import { securePorts } from './provider-pods.ts';

/**
 * APIService port, Service port, targetPort and the port that the process listens on do not line up.
 *
 * Three breaks, each read off the objects: the APIService names a port that the Service lacks; targetPort names
 * a container port that no pod declares; traffic goes to a port other than the one that metrics-server was told
 * to listen on (`--secure-port`). The third needs a refusal from the pod's own node, too, when the argument is
 * not there to read: "refused" from elsewhere may be a REJECT.
 */
export const servicePortMismatch = defineCause({
  id: 'service-port-mismatch',
  title: 'APIService, Service and metrics-server disagree on the port',
  needs: ['apiService', 'service'],
  wants: ['endpoints', 'providerPods', 'reach'],
  bears: ['provider-image', 'provider-args', 'helm-chart-config', 'service'],
  infer({ apiService, service, endpoints, providerPods, reach }) {
    if (apiService?.service == null || service === null) {
      return {
        kind: 'ruled-out',
        because: 'there is no pair of APIService and Service to compare',
      };
    }
    const pods =
      providerPods.state === 'known' ? providerPods.value.filter(({ deleting }) => !deleting) : [];
    const found =
      wrongServicePort(apiService, service) ??
      wrongTargetName(apiService, service, pods) ??
      wrongTarget({ apiService, service, endpoints, pods, reach });
    if (found === null)
      return { kind: 'ruled-out', because: 'APIService port, Service port and targetPort line up' };
    return {
      kind: 'confirmed',
      headline: found.headline,
      where: { nodes: [], from: [], to: [], layer: 'api', direction: null },
      because: found.because,
      explains: metricsApiDown(),
      fixes: [
        {
          ...found.fix,
          where: ['cluster'],
          verify: [...VERIFY_METRICS_API],
          notes: [
            'RKE2: remove the port override from the HelmChartConfig rke2-metrics-server instead, or the chart puts it back.',
          ],
        },
      ],
    };
  },
  fromWords: spokenBy('service-port-mismatch', ({ facts }) => [
    lineUpFix(providerName(facts.platform)),
  ]),
});

/** The objects were not seen: compare them first. */
function lineUpFix(name: string): Fix {
  return {
    title: 'Line up the ports of APIService, Service and metrics-server',
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          'kubectl get apiservice v1beta1.metrics.k8s.io -o jsonpath={.spec.service}   # its port must be a port of the Service',
          `kubectl -n kube-system get service ${name} -o jsonpath={.spec.ports}   # targetPort: a container port, by number or name`,
          `kubectl -n kube-system get deployment ${name} -o yaml | grep -E 'secure-port|containerPort'   # both the same`,
        ],
      },
    ],
    risk: 'the commands only read',
    undo: ['nothing to undo'],
    verify: [...VERIFY_METRICS_API],
    notes: [
      'RKE2: remove the port override from the HelmChartConfig rke2-metrics-server, or the chart puts it back.',
    ],
  };
}

interface Mismatch {
  readonly headline: string;
  readonly because: readonly Claim[];
  readonly fix: {
    readonly title: string;
    readonly variants: readonly { tool: string; commands: readonly string[] }[];
    readonly risk: string;
    readonly undo: readonly string[];
  };
}

function wrongServicePort(apiService: ApiServiceObject, service: ServiceObject): Mismatch | null {
  const wanted = apiService.service?.port ?? 443;
  const ports = service.ports.map(({ port }) => port);
  const right = ports[0];
  if (ports.includes(wanted) || right === undefined) return null;
  return {
    headline: `The APIService asks for port ${wanted}, but Service ${service.name} has only ${ports.join(', ')}.`,
    because: [
      { text: `APIService spec.service.port is ${wanted}`, evidence: 'snapshot.apiService' },
      {
        text: `Service ${service.namespace}/${service.name} has ports ${ports.join(', ')}`,
        evidence: 'snapshot.service',
      },
    ],
    fix: patchFix(
      "Name the Service's real port in the APIService",
      'apiservice v1beta1.metrics.k8s.io',
      { spec: { service: { port: right } } },
      { spec: { service: { port: wanted } } },
    ),
  };
}

function servedPort(apiService: ApiServiceObject, service: ServiceObject) {
  return service.ports.find(({ port }) => port === apiService.service?.port) ?? null;
}

function wrongTargetName(
  apiService: ApiServiceObject,
  service: ServiceObject,
  pods: readonly PodObject[],
): Mismatch | null {
  const target = servedPort(apiService, service)?.targetPort;
  if (typeof target !== 'string' || pods.length === 0) return null;
  const named = pods.flatMap(({ containers }) => containers.flatMap(({ ports }) => ports));
  const right = named[0];
  if (named.some(({ name }) => name === target)) return null;
  return {
    headline: `Service ${service.name} sends to the container port named "${target}", which metrics-server does not have.`,
    because: [
      { text: `Service targetPort is "${target}"`, evidence: 'snapshot.service' },
      {
        text: `the pods declare ${named.map(({ name, containerPort }) => `${name ?? 'unnamed'}=${containerPort}`).join(', ') || 'no port'}`,
        evidence: 'snapshot.providerPods',
      },
    ],
    fix: targetFix(service, apiService, right?.name ?? right?.containerPort ?? 10250),
  };
}

interface TargetFacts {
  readonly apiService: ApiServiceObject;
  readonly service: ServiceObject;
  readonly endpoints: Observed<EndpointsView | null>;
  readonly pods: readonly PodObject[];
  readonly reach: Observed<readonly ReachResult[]>;
}

function wrongTarget({
  apiService,
  service,
  endpoints,
  pods,
  reach,
}: TargetFacts): Mismatch | null {
  const sent = sentPort(apiService, service, pods, endpoints);
  if (sent === null || pods.length === 0) return null;
  const listening = pods.flatMap(securePorts);
  const declared = new Set(
    pods.flatMap(({ containers }) =>
      containers.flatMap(({ ports }) => ports.map(({ containerPort }) => containerPort)),
    ),
  );
  const told = listening[0];
  const refusedAtHome = (reach.state === 'known' ? reach.value : []).find(
    ({ to, layer, check, result }) =>
      to.kind === 'provider' &&
      layer === 'same-node' &&
      check === 'tcp' &&
      to.port === sent &&
      result.state === 'known' &&
      result.value.outcome === 'refused',
  );
  const wrong =
    told === undefined
      ? refusedAtHome !== undefined && !declared.has(sent)
      : !listening.includes(sent);
  if (!wrong) return null;
  const right = told ?? [...declared][0] ?? 10250;
  return {
    headline: `The Service sends to port ${sent}; metrics-server listens on ${right}.`,
    because: [
      {
        text: `Service ${service.namespace}/${service.name} leads to container port ${sent}`,
        evidence: 'snapshot.service',
      },
      {
        text:
          told === undefined
            ? `the pods declare ${[...declared].join(', ')}`
            : `metrics-server was started with --secure-port=${told}`,
        evidence: 'snapshot.providerPods',
      },
      ...(refusedAtHome === undefined
        ? []
        : [
            {
              text: `port ${sent} is refused even from the pod's own node ${refusedAtHome.from.node}`,
              evidence: refusedAtHome.id,
            },
          ]),
    ],
    fix: targetFix(service, apiService, right),
  };
}

/** The port that traffic reaches at the pod: what the endpoints say, else targetPort resolved by name. */
function sentPort(
  apiService: ApiServiceObject,
  service: ServiceObject,
  pods: readonly PodObject[],
  endpoints: Observed<EndpointsView | null>,
): number | null {
  const port = servedPort(apiService, service);
  if (port === null) return null;
  if (endpoints.state === 'known') {
    const seen = endpoints.value?.addresses
      .flatMap(({ ports }) => ports)
      .find(({ name }) => name === port.name);
    if (seen !== undefined) return seen.port;
  }
  if (typeof port.targetPort === 'number') return port.targetPort;
  return (
    pods
      .flatMap(({ containers }) => containers.flatMap(({ ports }) => ports))
      .find(({ name }) => name === port.targetPort)?.containerPort ?? null
  );
}

function targetFix(
  service: ServiceObject,
  apiService: ApiServiceObject,
  right: number | string,
): Mismatch['fix'] {
  const at = Math.max(
    0,
    service.ports.findIndex(({ port }) => port === apiService.service?.port),
  );
  const path = `/spec/ports/${at}/targetPort`;
  const command = (value: string | number | undefined) =>
    `kubectl -n ${service.namespace} patch service ${service.name} --type=json -p '${JSON.stringify([{ op: 'replace', path, value }])}'`;
  return {
    title: 'Send the Service to the port that metrics-server listens on',
    variants: [{ tool: 'kubectl', commands: [command(right)] }],
    risk: 'changes where this Service sends; nothing else uses it',
    undo: [command(service.ports[at]?.targetPort)],
  };
}

function patchFix(title: string, object: string, patch: unknown, back: unknown): Mismatch['fix'] {
  return {
    title,
    variants: [
      {
        tool: 'kubectl',
        commands: [`kubectl patch ${object} --type=merge -p '${JSON.stringify(patch)}'`],
      },
    ],
    risk: 'changes one field of the APIService',
    undo: [`kubectl patch ${object} --type=merge -p '${JSON.stringify(back)}'`],
  };
}
