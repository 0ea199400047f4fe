import type { Litter } from '../litter.ts';
import type { FilterRule, PolicyObject, SimNode, World } from '../world.ts';
import type { Random } from './random.ts';

/** How likely each kind of litter lies about. */
const SHARE = 0.3;
const HOUR_MS = 3_600_000;
const MOST_CLOCK_MS = 400;

/** The same cluster with what lies about in real ones; nothing of it is a fault of the Metrics API. */
export function drawLitter(random: Random, world: World): World {
  const steps = [
    withNotReady,
    withCordoned,
    withJoining,
    withClocks,
    withForeignPolicies,
    withDroppedPings,
  ];
  const littered = steps.reduce(
    (before, step) => (random.chance(SHARE) ? step(random, before) : before),
    world,
  );
  return {
    ...littered,
    litter: drawObjects(random, littered),
    provider: {
      ...littered.provider,
      insecureKubeletTls: random.chance(0.15),
      caBundle: random.chance(0.15) ? 'matching' : littered.provider.caBundle,
    },
  };
}

function drawObjects(random: Random, world: World): Litter {
  const when = <T>(some: T, none: T): T => (random.chance(SHARE) ? some : none);
  const names = world.nodes.filter(({ registered }) => registered).map(({ name }) => name);
  const pair = random.some(names, 2);
  return {
    providerRestarts: when(
      [
        {
          replica: 0,
          count: random.int(1, 40),
          ...random.pick<Pick<Litter['providerRestarts'][number], 'reason' | 'exitCode'>>([
            { reason: 'Error', exitCode: 1 },
            { reason: 'OOMKilled', exitCode: 137 },
            { reason: 'Completed', exitCode: 0 },
          ]),
          agoMs: random.int(1, 400) * HOUR_MS,
        },
      ],
      [],
    ),
    evictedProviderPods: when(random.int(1, 3), 0),
    terminatingProviderPod: random.chance(0.1),
    providerLog: when(oldLines(random, world), []),
    events: when(
      [
        {
          agoMs: random.int(1, 50) * 60_000,
          ...random.pick([
            {
              reason: 'Unhealthy',
              message: 'Readiness probe failed: HTTP probe failed with statuscode: 500',
            },
            {
              reason: 'Unhealthy',
              message:
                'Liveness probe failed: Get "https://10.0.0.1:10250/livez": context deadline exceeded',
            },
            {
              reason: 'FailedScheduling',
              message: '0/3 nodes are available: 3 Insufficient memory.',
            },
            {
              reason: 'BackOff',
              message: 'Back-off restarting failed container metrics-server in pod metrics-server',
            },
          ]),
        },
      ],
      [],
    ),
    agentRestarts: when(
      Object.fromEntries(random.some(names, 2).map((name) => [name, random.int(1, 9)])),
      {},
    ),
    lossyPings:
      pair.length === 2 && random.chance(SHARE) ? [{ from: pair[0] ?? '', to: pair[1] ?? '' }] : [],
    troubledHpas: when(
      random.some(['missing-request', 'external-metric', 'no-target'] as const, random.int(1, 3)),
      [],
    ),
    completedPods: when(random.int(1, 3), 0),
    pendingRequests: when(random.int(1, 2), 0),
  };
}

/** Complaints of other days, and such as mean nothing. */
function oldLines(random: Random, world: World): Litter['providerLog'] {
  const node = random.pick(world.nodes as [SimNode, ...SimNode[]]);
  const scrape = (words: string): string =>
    `scraper.go:149] "Failed to scrape node" err=${JSON.stringify(words)} node="${node.name}"`;
  const get = `Get "https://${node.publishedIp}:10250/metrics/resource": `;
  const texts = [
    scrape(`${get}dial tcp ${node.publishedIp}:10250: connect: connection refused`),
    scrape(`${get}context deadline exceeded`),
    scrape(
      `${get}tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    ),
    scrape('request failed, status: "401 Unauthorized"'),
    'pod_metrics.go:77] "Failed getting pod metric" err="no metrics known for pod \\"shop/web-1\\""',
    'authentication.go:73] "Unable to authenticate the request" err="verifying certificate SN=1, SKID=, AKID= failed: x509: certificate signed by unknown authority"',
  ];
  return [
    ...random.some(texts, random.int(1, 3)).map((text) => ({
      agoMs: random.int(2, 200) * HOUR_MS,
      text,
    })),
    // Load balancers that look whether somebody listens.
    ...(random.chance(0.5)
      ? [
          {
            agoMs: 5_000,
            text: 'server.go:3012] http: TLS handshake error from 10.0.0.9:41230: EOF',
          },
        ]
      : []),
  ].toSorted((a, b) => b.agoMs - a.agoMs);
}

/** Nodes that neither API servers nor metrics-server stand on. */
function bystanders(world: World): readonly SimNode[] {
  const homes = new Set(world.provider.replicas.map(({ node }) => node));
  const tunnels = new Set(world.nodes.map(({ dialsFrom }) => dialsFrom));
  return world.nodes.filter(
    ({ name, registered, apiServer }) =>
      registered && apiServer === 'none' && !homes.has(name) && !tunnels.has(name),
  );
}

function changeOne(random: Random, world: World, change: Partial<SimNode>): World {
  const [one] = random.some(bystanders(world), 1);
  if (one === undefined) return world;
  return {
    ...world,
    nodes: world.nodes.map((node) => (node === one ? { ...node, ...change } : node)),
  };
}

/** A worker that was switched off for good, or whose kubelet has given up. */
function withNotReady(random: Random, world: World): World {
  return changeOne(
    random,
    world,
    random.chance(0.5) ? { ready: 'Unknown', up: false } : { ready: 'False' },
  );
}

function withCordoned(random: Random, world: World): World {
  const [one] = random.some(
    world.nodes.filter(({ registered }) => registered),
    1,
  );
  return {
    ...world,
    nodes: world.nodes.map((node) => (node === one ? { ...node, cordoned: true } : node)),
  };
}

/** A node that joined seconds ago: metrics-server has not been there yet. */
function withJoining(random: Random, world: World): World {
  return changeOne(random, world, { ageMs: random.int(10, 55) * 1_000 });
}

function withClocks(random: Random, world: World): World {
  return {
    ...world,
    nodes: world.nodes.map((node) => ({
      ...node,
      clockOffsetMs: random.int(-MOST_CLOCK_MS, MOST_CLOCK_MS),
    })),
  };
}

function policy(namespace: string, name: string, spec: PolicyObject['spec']): PolicyObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace, name },
    spec,
  };
}

/** Policies of others: some shut users' pods, one lets the API servers in by name of the port. */
function withForeignPolicies(random: Random, world: World): World {
  const { namespace } = world.provider;
  const dns = policy(namespace, 'allow-dns', {
    podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    policyTypes: ['Ingress'],
    ingress: [
      {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
    ],
  });
  const shop = policy('shop', 'deny-all', {
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: [],
  });
  const allow = policy(namespace, 'allow-metrics-server', {
    podSelector: { matchLabels: world.platform.provider.selector },
    policyTypes: ['Ingress'],
    ingress: [{ ports: [{ port: 'https', protocol: 'TCP' }] }],
  });
  return { ...world, policies: [...world.policies, ...random.some([dns, shop, allow], 2)] };
}

/** Networks that drop pings between machines, as clouds do. */
function withDroppedPings(_random: Random, world: World): World {
  const rule: FilterRule = {
    place: { kind: 'fabric', from: null, to: null },
    protocol: 'icmp',
    port: null,
    sources: null,
    arrivesOn: null,
    longerThanBytes: null,
    newOnly: false,
    podAddressesOnly: false,
    share: 1,
    action: 'drop',
  };
  return { ...world, rules: [...world.rules, rule] };
}
