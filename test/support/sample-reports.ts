import type { Fix } from '../../src/core/fixes/fix.ts';
import type { RankedCause, Report } from '../../src/core/report/report.ts';

const NODES = ['prod01', 'prod02', 'prod03'] as const;

/** All ordered pairs of the three nodes, dead over the overlay where `prod01` is an end. */
const FOUNDING_REACH: Report['reach'] = (['overlay', 'underlay'] as const).flatMap((layer) =>
  NODES.flatMap((from) =>
    NODES.filter((to) => to !== from).map((to) => {
      const isDead = layer === 'overlay' && (from === 'prod01' || to === 'prod01');
      return {
        id: `reach-${layer}-${from}-${to}`,
        from,
        to,
        target: layer === 'overlay' ? '10.42.0.20:10250' : '192.168.77.1:10250',
        layer,
        check: 'tcp',
        outcome: isDead ? 'timeout' : 'open',
        ms: isDead ? 4_000 : 1,
      };
    }),
  ),
);

const OPEN_VXLAN_PORT: Fix = {
  title: 'Allow 8472/udp from the other nodes',
  where: ['prod01'],
  variants: [
    {
      tool: 'firewalld',
      commands: [
        "firewall-cmd --permanent --add-rich-rule='rule family=ipv4 source address=192.168.77.2 port port=8472 protocol=udp accept'",
        "firewall-cmd --permanent --add-rich-rule='rule family=ipv4 source address=192.168.77.3 port port=8472 protocol=udp accept'",
        'firewall-cmd --reload',
      ],
    },
    { tool: 'ufw', commands: ['ufw allow from 192.168.77.2 to any port 8472 proto udp'] },
    {
      tool: 'nftables',
      commands: ['nft insert rule inet filter input ip saddr 192.168.77.2 udp dport 8472 accept'],
    },
    {
      tool: 'iptables',
      commands: ['iptables -I INPUT -s 192.168.77.2 -p udp --dport 8472 -j ACCEPT'],
    },
    {
      tool: 'cloud security group',
      commands: ['Allow UDP 8472 between members of the group of the nodes.'],
    },
  ],
  risk: 'Anyone who reaches 8472/udp can inject packets into the pod network: never open it to the world.',
  undo: [
    "firewall-cmd --permanent --remove-rich-rule='rule family=ipv4 source address=192.168.77.2 port port=8472 protocol=udp accept'",
  ],
  verify: [
    'Run the diagnosis again: it tries these paths again.',
    'kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes',
  ],
  notes: ['RKE2 advises against firewalld together with Canal: https://docs.rke2.io/known_issues'],
};

const OVERLAY_PORT_BLOCKED: RankedCause = {
  id: 'overlay-port-blocked',
  title: "A filter drops the overlay's packets",
  verdict: 'confirmed',
  headline: 'Overlay packets into prod01 are dropped (VXLAN, 8472/udp).',
  where: {
    nodes: ['prod01'],
    from: ['prod02', 'prod03'],
    to: ['prod01'],
    layer: 'overlay',
    direction: 'into',
  },
  because: [
    {
      text: 'ping, small and large TCP from prod02 and prod03 to three pods on prod01: all time out (dropped, not rejected)',
      evidence: 'reach-overlay-prod02-prod01',
    },
    {
      text: "60 packets left prod02's VXLAN device, were counted by prod01's IP layer and not delivered; no bad checksums counted there",
      evidence: 'burst-prod02-prod01',
    },
  ],
  contradicts: [],
  settle: null,
  fixes: [OPEN_VXLAN_PORT],
};

/** The founding incident. */
export const FOUNDING_REPORT: Report = {
  schema: 'metrics-diag/report/v1',
  cluster: 'prod',
  runId: 'r7f3a0001',
  verdict: 'broken',
  headline: 'Overlay packets into prod01 are dropped (VXLAN, 8472/udp).',
  causes: [OVERLAY_PORT_BLOCKED],
  ruledOut: [
    { id: 'networkpolicy-denies', because: 'pods that no policy selects are dead too' },
    { id: 'vxlan-checksum-offload', because: 'ping dies too' },
    { id: 'mtu-blackhole', because: '56-byte packets die too' },
  ],
  unknown: [],
  unexplained: [],
  apiServers: [
    { name: 'prod01', address: '192.168.77.1', outcome: 'ok', status: 200, body: '', ms: 38 },
    {
      name: 'prod02',
      address: '192.168.77.2',
      outcome: 'no-answer',
      status: null,
      body: '',
      ms: null,
    },
    {
      name: 'prod03',
      address: '192.168.77.3',
      outcome: 'no-answer',
      status: null,
      body: '',
      ms: null,
    },
  ],
  reach: FOUNDING_REACH,
  impact: {
    sentences: [
      '2 of 3 API servers (prod02 and prod03) cannot serve the Metrics API.',
      '`kubectl top` fails about twice in three through a load balancer.',
      '4 HPAs cannot scale on CPU or memory since 14:02 UTC.',
    ],
    apiServersServing: 1,
    apiServersTotal: 3,
    hpasBlind: [
      { namespace: 'shop', name: 'cart', since: '2026-11-22T14:02:11Z', currentReplicas: 3 },
      { namespace: 'shop', name: 'web', since: null, currentReplicas: 5 },
    ],
    nodesWithoutMetrics: [],
  },
  checklist: [
    {
      id: 'api-servers',
      state: 'done',
      text: 'API servers: 1 of 3 serves metrics.k8s.io (prod01 200 in 38 ms, prod02 no answer in 2.0 s, prod03 no answer in 2.0 s)',
    },
    {
      id: 'chain',
      state: 'done',
      text: 'Chain: APIService → Service kube-system/rke2-metrics-server:443 → pod 10.42.0.20:10250 on prod01, ready: sound',
    },
    { id: 'paths', state: 'done', text: 'Paths: 14 probed from 3 nodes, 4 dead' },
    {
      id: 'counters',
      state: 'done',
      text: 'Counters: 60 packets left flannel.1 of prod02; prod01 received them (IP +60) and delivered none to its VXLAN device',
    },
  ],
  pattern: [
    'No pair with prod01 works over the overlay, for any protocol or size; between prod02 and prod03 it works.',
    'Counters on both ends give the direction: packets into prod01 reach its network card and die there.',
    'The APIService shows Available=True. Do not trust it here: the API server on prod01 overwrites what the other two report.',
  ],
  notSeen: [],
  byHand: [],
  final: true,
  tookMs: 6_800,
  takenAt: '2026-11-22T14:20:00Z',
};

/** Nothing broken. */
export const HEALTHY_REPORT: Report = {
  ...FOUNDING_REPORT,
  verdict: 'healthy',
  headline:
    '3 of 3 API servers answer in 41 ms or less, 3 of 3 nodes report metrics, 14 of 14 paths open.',
  causes: [],
  pattern: [],
  impact: { ...FOUNDING_REPORT.impact, sentences: [], apiServersServing: 3, hpasBlind: [] },
  reach: FOUNDING_REACH.map((row) => ({ ...row, outcome: 'open', ms: 1 })),
};

/** Some nodes lack metrics; the cause is only suspected, and something is left over. */
export const DEGRADED_REPORT: Report = {
  ...FOUNDING_REPORT,
  verdict: 'degraded',
  headline: 'Probably: kubelet certificates of worker-4 and worker-7 lack their IP (x509 SAN).',
  causes: [
    {
      ...OVERLAY_PORT_BLOCKED,
      id: 'kubelet-tls-no-ip-san',
      verdict: 'suspected',
      headline: 'kubelet certificates of worker-4 and worker-7 lack their IP (x509 SAN).',
      contradicts: [{ text: 'worker-7 was scraped once, at 13:58 UTC', evidence: 'log' }],
      settle: 'Read the certificate on worker-4:10250 with openssl s_client.',
      fixes: [],
    },
  ],
  unexplained: ['node worker-9 has no metrics though its kubelet answers'],
  impact: {
    ...FOUNDING_REPORT.impact,
    sentences: ['2 of 9 nodes have no metrics: worker-4 and worker-7.'],
    hpasBlind: [],
    nodesWithoutMetrics: ['worker-4', 'worker-7'],
  },
};

/** The network could not be tested. */
export const INCONCLUSIVE_REPORT: Report = {
  ...FOUNDING_REPORT,
  verdict: 'inconclusive',
  headline:
    '2 of 3 API servers time out, and the network was not tested (pods may not be created in metrics-diag).',
  causes: [],
  reach: [],
  unknown: [
    {
      id: 'overlay-port-blocked',
      missing: ['reach', 'bursts'],
      settle: 'Let the worker create Pods in metrics-diag.',
    },
  ],
  notSeen: [
    'Network paths: the bot may not create Pods in metrics-diag (forbidden). Mend with `kubectl apply -f probe-rbac.yaml`, or run by hand on prod02: `curl -k --max-time 5 https://10.42.0.20:10250/livez`.',
  ],
  final: false,
};

/** Every word of the cluster's is out to do harm. */
export const HOSTILE_WORDS = [
  '<!channel> <!here> @here @channel <@U0LIN> <https://evil.example|click>',
  '*bold* _it_ ~gone~ :fire: `code` ```fence``` & <b> "quoted"',
  'right\u202eot-left zero\u200bwidth bell\u0007 tag\u{e0041} half\ud800 soft\u00adhyphen',
  '```\nrm -rf /\n``` ``` ` ``` `unbalanced',
] as const;

/** A report in which names, claims and commands are hostile. */
export function hostileReport(): Report {
  const evil = HOSTILE_WORDS.join(' ');
  const [mention, markup] = HOSTILE_WORDS;
  return {
    ...FOUNDING_REPORT,
    headline: evil,
    causes: [
      {
        ...OVERLAY_PORT_BLOCKED,
        id: markup,
        headline: evil,
        because: HOSTILE_WORDS.map((text) => ({ text, evidence: mention })),
        contradicts: [{ text: evil, evidence: 'x' }],
        settle: evil,
        fixes: [
          {
            title: evil,
            where: [...HOSTILE_WORDS],
            variants: [
              { tool: evil, commands: [...HOSTILE_WORDS] },
              { tool: markup, commands: [...HOSTILE_WORDS] },
            ],
            risk: evil,
            undo: [...HOSTILE_WORDS],
            verify: [evil],
            notes: [evil],
          },
        ],
      },
    ],
    ruledOut: [{ id: evil, because: evil }],
    unknown: [{ id: evil, missing: [evil], settle: evil }],
    unexplained: [evil],
    impact: {
      ...FOUNDING_REPORT.impact,
      sentences: [...HOSTILE_WORDS],
      nodesWithoutMetrics: [...HOSTILE_WORDS],
      hpasBlind: [{ namespace: evil, name: evil, since: evil, currentReplicas: 1 }],
    },
    checklist: [{ id: 'chain', state: 'done', text: evil }],
    pattern: [...HOSTILE_WORDS],
    changes: {
      since: evil,
      runId: evil,
      items: HOSTILE_WORDS.map((text) => ({ kind: 'policy', text, causes: [evil] })),
    },
    notSeen: [evil],
    byHand: [
      { question: evil, on: [{ node: evil, address: evil }], commands: [evil], reading: evil },
    ],
  };
}

/** A cluster of a thousand nodes in which all that can be long is long. */
export function hugeReport(): Report {
  const many = Array.from({ length: 1_000 }, (_, i) => `node-${i}.eu-central-1.compute.internal`);
  const long = 'the path is dead and stays dead & <dead> '.repeat(60);
  const fix: Fix = {
    ...OPEN_VXLAN_PORT,
    where: many,
    variants: OPEN_VXLAN_PORT.variants.map(({ tool }) => ({
      tool,
      commands: many.map(
        (node) =>
          `ssh ${node} 'nft add rule inet filter input udp dport 8472 accept && nft list ruleset'`,
      ),
    })),
  };
  const cause: RankedCause = {
    ...OVERLAY_PORT_BLOCKED,
    headline: long,
    because: many.map((node) => ({ text: `${node}: ${long}`, evidence: node })),
    fixes: [fix, fix, fix],
  };
  return {
    ...FOUNDING_REPORT,
    headline: long,
    causes: [cause, cause, cause],
    ruledOut: many.map((id) => ({ id, because: long })),
    unknown: many.map((id) => ({ id, missing: many, settle: long })),
    unexplained: many.map(() => long),
    pattern: many.map(() => long),
    notSeen: many.map(() => long),
    byHand: many.map(() => ({
      question: long,
      on: [{ node: long, address: long }],
      commands: [long],
      reading: long,
    })),
    checklist: many.map(() => ({ id: 'paths', state: 'done', text: long })),
    impact: {
      ...FOUNDING_REPORT.impact,
      sentences: many.map(() => long),
      nodesWithoutMetrics: many,
    },
  };
}
