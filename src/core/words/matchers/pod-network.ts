import type { Matcher } from '../matcher.ts';

/** UDP ports of overlays: flannel and Cilium, IANA's VXLAN (Calico, RKE2's flannel), Geneve, WireGuard. */
const PORT = '(?:8472|4789|6081|5182[01]|51871)';
const DROPS = '(?:drop|reject|block|deny|denied|refuse)';

/** Overlay, policies and paths between nodes. */
export const POD_NETWORK: readonly Matcher[] = [
  // A packet filter's own listing or log.
  {
    kind: 'overlay-port-dropped',
    hints: ['drop', 'reject', 'deny', 'block'],
    all: [
      new RegExp(
        `\\b(?:drop|reject)\\s{1,20}(?:udp|17)\\s[^\\n]{0,160}(?:dpts?:|dports? )[\\d:,]{0,40}(?<value>${PORT})\\b`,
        'i',
      ),
    ],
    not: [/^\s{0,10}(?:\d{1,4}\s{1,10})?0\s{1,10}0\s{1,10}(?:drop|reject)/i],
  },
  {
    kind: 'overlay-port-dropped',
    hints: ['-j drop', '-j reject', 'dport'],
    all: [
      new RegExp(
        `-p udp [^\\n]{0,120}--dports? [\\d,:]{0,40}(?<value>${PORT})[^\\n]{0,80}-j (?:drop|reject)|udp dport \\{?[\\d, -]{0,40}(?<value2>${PORT})[^\\n]{0,100}\\b(?:drop|reject)\\b`,
        'i',
      ),
    ],
    not: [/packets 0 bytes 0/i],
  },
  {
    kind: 'overlay-port-dropped',
    hints: ['dpt='],
    all: [
      new RegExp(`PROTO=(?:UDP|17) [^\\n]{0,40}DPT=(?<value>${PORT})\\b`, 'i'),
      /block|reject|drop|deny|denied|final/i,
    ],
  },
  {
    kind: 'overlay-port-dropped',
    hints: ['proto=4', 'proto=ipip', 'proto=ipencap'],
    all: [/PROTO=(?<value>4|IPIP|IPENCAP)\b/i, /block|reject|drop|deny|final/i],
  },
  {
    kind: 'overlay-port-dropped',
    hints: ['drop', 'reject'],
    all: [
      /\b(?:drop|reject)\s{1,20}(?<value>4|ipv4|ipencap|ipip)\s{1,20}--|-p (?:4|ipencap|ipip|ipv4)\b[^\n]{0,80}-j (?:drop|reject)|(?:ip protocol|meta l4proto) (?:4|ipip|ipencap)\b[^\n]{0,80}\b(?:drop|reject)/i,
    ],
  },
  // A person's words about the port.
  {
    kind: 'overlay-port-closed',
    hints: [
      '8472',
      '4789',
      '6081',
      '51820',
      '51871',
      'vxlan',
      'ipip',
      'overlay',
      'protocol 4',
      'udp',
    ],
    all: [
      new RegExp(
        `(?:\\b${PORT}\\b|vxlan|ipip|ip-in-ip|protocol (?:number )?4\\b|overlay|\\budp\\b)[^\\n]{0,70}(?:${DROPS}|closed|clos|filter|not (?:open|allowed|permitted|in the|listed)|isn't (?:open|allowed)|missing|never (?:opened|allowed)|forgot|没有?放[行通开]|未放[行通开]|没有?开放|未开放|没开|未开|被(?:拦|挡|阻|丢|封|过滤)|拦(?:截|了|掉|住)|挡(?:了|掉|住)|封(?:了|掉|禁|住)|屏蔽|禁)|(?:${DROPS}s?|blocks|blocking|blocked|dropping|drops|closed|forgot(?:ten)?(?: to open| to allow)?|no rule for|not? (?:open|allow)[a-z]{0,3}|does not (?:open|allow|let)|only)[^\\n]{0,40}(?:\\b${PORT}\\b|vxlan|ipip|protocol 4\\b|overlay)|\\bno udp\\b|without (?:any )?udp|udp[^\\n]{0,20}(?:not at all|none)|(?:没有?|未)(?:放[行通开]|开放?)[^\\n]{0,20}${PORT}`,
        'i',
      ),
    ],
    not: [
      /\b(?:is|are|was|were) (?:already |also )?(?:open|allowed|permitted)\b|已(?:经)?(?:放[行通开]|开放)|checksum|cksum|route to the pod|no encap|vxlanmode: ?never|counter packets|-j drop|dpt[:=]/i,
    ],
    loose: true,
    asIs: true,
  },
  {
    kind: 'overlay-port-closed',
    hints: ['"ipip"', "'ipip'", 'protocol ipip', 'protocol: ipip'],
    all: [/protocol(?: name)?:? ?["']?ipip["']?/i, /rule|group|sg\b|openstack/i],
    loose: true,
  },
  {
    kind: 'firewall-active',
    hints: ['firewalld', 'ufw', 'nftables', 'firewall', '防火墙', 'host firewall'],
    all: [
      /(?:firewalld|ufw|nftables|host ?firewall|firewall|防火墙)[^\n]{0,40}(?:running|active|enabled|\bon\b(?! (?:the|a|each|every|that|all|node|prod|this|both))|is up|installed|started|开着|开启|启用|运行)|(?:active|enabled|running|with) (?:firewalld|ufw|firewall)/i,
    ],
    not: [
      /inactive|not (?:running|active|enabled)|disabled|is off|stopped|masked|dead|未(?:开启|启用|运行)|没有?(?:开启|启用|开)|已?关(?:闭|了|掉)/i,
    ],
    loose: true,
  },
  {
    kind: 'encapsulated-lost',
    hints: [
      'never arrive',
      'not arrive',
      "n't arrive",
      'nothing arrives',
      'never reach',
      'not reach',
      'nothing shows',
      'no packet',
      'not show',
      '收不到',
      '没有收到',
      '没到',
      '抓不到',
      '到不了',
      'arrive',
      'not see',
    ],
    all: [
      /(?:never|not|n't|nothing|none|no packets?)\s[^\n]{0,30}(?:arriv|reach|show|seen?\b|captur|receiv|com(?:e|ing) in)|收不到|没有?收到|抓不到|到不了|没有?到达|未到达/i,
      new RegExp(
        `tcpdump|encapsul|\\b${PORT}\\b|vxlan|ipip|protocol 4|封装|抓包|leave|发出|sent|sender|udp`,
        'i',
      ),
    ],
    not: [/pod on [^\n]{0,30} ever sees|no pod/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'encapsulated-arrives',
    hints: ['arrive', 'reaches the', 'decapsul', 'counts them', '到达', '收到', 'rx '],
    all: [
      new RegExp(
        `(?:encapsulated|vxlan|${PORT}|outer|封装)[^\\n]{0,50}(?:arrives?|reach(?:es)?|received|到达|收到)|decapsulated|(?:flannel|vxlan|cilium_vxlan)[\\w.]{0,12} (?:counts|receives|rx)`,
        'i',
      ),
    ],
    not: [/(?:not|never|n't|no|nothing)\s[^\n]{0,20}(?:arriv|reach|received)|没有?(?:到达|收到)/i],
    loose: true,
  },
  {
    kind: 'forwarding-dropped',
    hints: ['chain forward'],
    all: [/chain forward \(policy drop [1-9]\d{0,12}k? ?m?g? packets/i],
  },
  {
    kind: 'forwarding-dropped',
    hints: ['forward'],
    all: [
      /(?:\bforward(?:ing)?\b(?: chain| policy)?)[^\n]{0,60}(?:drop|reject|disabled|\boff\b|= ?0\b|= ?drop|被丢|丢弃)|ip_forward ?= ?0|-A FORWARD [^\n]{0,80}-j (?:drop|reject)/i,
    ],
    not: [/chain forward|forwarding = ?1|kube-forward/i],
    loose: true,
  },
  {
    kind: 'pod-range-not-routed',
    hints: ['route', 'routing', '路由'],
    all: [
      /(?:router|gateway|switch|vpc|route table|routing table|network between|physical network|路由器|交换机|路由表)[^\n]{0,80}(?:no route|not? (?:know|have|carry)|lacks?|missing|does not|n't|没有)|(?:no|missing) routes? (?:to|for) (?:the )?pod|source\/destination check|src\/?dst check/i,
      /pod|10\.4[24]|range|cidr|check/i,
    ],
    not: [/no route to host/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'no-encapsulation',
    hints: [
      'host-gw',
      'vxlanmode',
      'ipipmode',
      'no encap',
      'without encap',
      'native routing',
      'native-routing',
      'unencapsulated',
      'encapsulation: none',
      'tunnel: disabled',
    ],
    all: [
      /host-gw|no encap|without encap|native[- ]routing|unencapsulated|encapsulation: ?none|tunnel: ?disabled|vxlanmode:? ?never[^\n]{0,40}ipipmode:? ?never|ipipmode:? ?never[^\n]{0,40}vxlanmode:? ?never/i,
    ],
    asIs: true,
  },
  {
    kind: 'refused-at-home',
    hints: [
      'own node',
      'same node',
      'node itself',
      'locally',
      'localhost',
      '本节点',
      '所在节点',
      'inside the pod',
      'in the pod',
    ],
    all: [
      /(?:own|same) node|node itself|locally|localhost|from inside the pod|(?:本节点|所在节点)[^\n,，。；]{0,24}(?:拒绝|没有响应|超时|不通)/i,
      /refus|no answer|does not (?:answer|respond|listen)|nothing listens|times? out|timed out|拒绝|没有响应|超时|不通/i,
      /metrics-server|:4443|:10250\/(?:livez|readyz|healthz|apis)|\bpod\b/i,
    ],
    not: [/kubelet|other pods? on the same|pods? on the same node (?:works?|can|answer)/i],
    loose: true,
    asIs: true,
  },
  // Checksums.
  {
    kind: 'bad-udp-checksum',
    hints: ['udp: bad checksum'],
    all: [/udp: bad checksum/i],
    value: 'receiver',
  },
  {
    kind: 'bad-udp-checksum',
    hints: ['bad udp cksum', 'bad udp checksum', 'incsumerrors', 'udpincsumerrors'],
    all: [/bad udp c(?:hec)?ksum|incsumerrors[^\n]{0,20}[1-9]/i],
  },
  {
    kind: 'bad-udp-checksum',
    hints: ['checksum', 'cksum', '校验和'],
    all: [
      /(?:wrong|bad|incorrect|invalid|broken)[^\n]{0,20}(?:udp |outer |tcp |vxlan )?c(?:hec)?ksums?|校验和[^\n]{0,10}(?:错|不对|异常)|(?:错误|坏)的?[^\n]{0,6}校验和/i,
    ],
    not: [/bad udp c(?:hec)?ksum|udp: bad checksum/i],
    loose: true,
  },
  {
    kind: 'offload-off-helps',
    hints: ['ethtool', 'offload', 'tx-checksum', 'checksum'],
    all: [
      /(?:tx-checksum-ip-generic|offload(?:ing)?|tx|ethtool)[^\n]{0,60}(?:\boff\b|disabl|turn|关)|(?:\boff\b|disabl|turn|关)[^\n]{0,30}(?:ethtool|offload|tx-checksum)/i,
      /works? again|reach each other again|help|fix|resolv|cure|solve|works? (?:after|once|then)|then (?:it )?works|after(?:wards)?[^\n]{0,60}(?:work|reach|fine|ok)|恢复|就好了|正常了|解决/i,
    ],
    not: [
      /changed nothing|no (?:effect|change|difference)|did not|didn't|does not help|n't help|没有?(?:效果|用|变化)|无效/i,
    ],
    loose: true,
  },
  {
    kind: 'offload-off-is-no-help',
    hints: ['ethtool', 'offload', 'tx-checksum', 'checksum'],
    all: [
      /(?:tx-checksum-ip-generic|offload(?:ing)?|ethtool)/i,
      /chang(?:ed|es) nothing|no (?:effect|change|difference)|(?:did not|didn't|does not|doesn't) (?:help|change|fix)|没有?(?:效果|用|变化|改善)|无效/i,
    ],
    loose: true,
    asIs: true,
  },
  {
    kind: 'offload-prone',
    hints: ['vmxnet3', 'vmware', 'esxi', 'vsphere', 'hypervisor'],
    all: [/vmxnet3|vmware|esxi|vsphere|(?:different|other|another) (?:hypervisor|esxi)/i],
  },
  // Sizes.
  {
    kind: 'large-packets-lost',
    hints: ['mtu', 'frag', 'message too long'],
    all: [/message too long|frag(?:mentation)? needed/i],
    asIs: true,
  },
  {
    kind: 'tunnelled-underlay',
    hints: ['wireguard', 'ipsec', 'vpn', 'gre ', 'tailscale', 'zerotier', '隧道', 'tunnel'],
    all: [
      /(?:over|through|via|behind|inside|across|between)[^\n]{0,40}(?:wireguard|ipsec|\bvpn\b|\bgre\b|tailscale|zerotier|tunnel)|(?:之间|通过|走)[^\n]{0,16}(?:隧道|vpn|ipsec|wireguard)/i,
    ],
    not: [/9345|konnectivity|egress/i],
    loose: true,
  },
  {
    kind: 'mtu-differs',
    hints: ['mtu'],
    all: [
      /mtu[^\n]{0,80}(?:differ|mismatch|still has|others?|too (?:big|large|high)|不一致|不同|过大|太大)|different mtu|(?:mtu|MTU)[^\n]{0,12}(?<value>\d{3,5})[^\n]{0,60}(?:and|but|while|vs|versus|而|,)[^\n]{0,40}\b\d{3,5}\b/i,
    ],
    loose: true,
  },
  // Policies.
  {
    kind: 'policy-denies',
    hints: [
      'networkpolicy',
      'network policy',
      'networkpolicies',
      'default-deny',
      'default deny',
      'netpol',
      'network policies',
      'default-network-policy',
      '网络策略',
    ],
    all: [
      /(?:default[- ]deny|deny[- ]all)(?![^\n]{0,16}(?:firewall|\bvpc\b|security|\bsg\b|\bnsg\b))|default-network-policy|(?:network ?polic(?:y|ies)|netpol|网络策略)[^\n]{0,120}(?:den|block|drop|only|restrict|default|select|not (?:admit|allow|match|let)|without|no (?:rule|exception)|isolat|拒|禁|阻|挡|默认|没有放)|(?:den(?:y|ies)|block|restrict)[^\n]{0,60}(?:network ?polic)/i,
    ],
    not: [
      /no resources found|no network ?polic|without (?:a |any )?network ?polic|没有(?:任何)?(?:网络策略|networkpolicy)/i,
    ],
    loose: true,
  },
  {
    kind: 'policy-denies',
    hints: ['profile', 'cis'],
    all: [/profile["']?:? ?"?cis|cis[- ](?:\d|profile|harden)|hardened profile|cis 加固/i],
    loose: true,
  },
  {
    kind: 'policy-absent',
    hints: [
      'networkpolicy',
      'network policy',
      'netpol',
      'networkpolicies',
      'network policies',
      '网络策略',
    ],
    all: [
      /(?:no|without (?:a |any )?|zero|没有(?:任何)?) ?(?:network ?polic(?:y|ies)|netpol|网络策略)|(?:netpol|networkpolic)[^\n]{0,40}no resources found|no network ?polic/i,
    ],
    loose: true,
    asIs: true,
  },
  {
    kind: 'host-network-helps',
    hints: ['hostnetwork'],
    all: [
      /host ?network(?::? ?true| enabled)?/i,
      /works|fix|help|cure|solve|resolve|正常|好了|可以/i,
    ],
    not: [/crash|bind|in use|not help|n't help|no help|does not|nothing/i],
    loose: true,
  },
];
