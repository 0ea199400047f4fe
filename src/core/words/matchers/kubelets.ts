import type { Matcher } from '../matcher.ts';

/** The kubelet side: ports, numbers, load. */
export const KUBELETS: readonly Matcher[] = [
  {
    kind: 'kubelet-on-loopback',
    hints: ['127.0.0.1:10250', 'address: 127.0.0.1', 'loopback', '[::1]:10250', '--address=127'],
    all: [
      /(?:127\.0\.0\.1|\[::1\]):10250\b(?!\/)|^\s{0,8}address: ?"?127\.0\.0\.1|--address=127\.0\.0\.1/i,
    ],
    not: [/curl|wget|https?:\/\//i],
  },
  {
    kind: 'kubelet-on-loopback',
    hints: ['loopback', 'localhost', '127.0.0.1', '回环'],
    all: [
      /kubelet/i,
      /(?:bound|binds?|listens?|listening|监听|绑定)[^\n]{0,30}(?:loopback|localhost|127\.0\.0\.1|回环)|(?:only|just) (?:on )?(?:loopback|localhost|127\.0\.0\.1)/i,
    ],
    loose: true,
  },
  {
    kind: 'kubelet-stopped',
    hints: ['inactive (dead)', 'kubelet', 'failed (result'],
    all: [/active: (?:inactive \(dead\)|failed)/i],
    asIs: true,
  },
  {
    kind: 'kubelet-stopped',
    hints: ['kubelet'],
    all: [
      /kubelet[^\n]{0,30}(?:(?:is|was|has|had|been|service|进程|服务)[^\n]{0,12})?(?:stopped|not running|is down|dead|crashed|挂了|停了|没有运行|未运行|没启动)|nothing listens on (?:port )?10250/i,
    ],
    not: [/active: inactive/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'kubelet-odd-port',
    hints: ['10255', 'kubelet-port', 'kubeletport', 'read-only'],
    all: [
      /:10255\b|kubelet-?port=(?!10250)(?<value>\d{2,5})|kubeletport=(?!10250)\d{2,5}|--kubelet-port[= ](?!10250)\d{2,5}|read-?only port/i,
    ],
  },
  {
    kind: 'kubelet-answers-on-host',
    hints: [
      'from the host',
      'host itself',
      'on the node',
      'from the node',
      'on the host',
      '宿主机',
      'host network',
      'itself',
      '节点上',
    ],
    all: [
      /(?:from|on) (?:the |that |this )?(?:host|node|machine)(?: itself)?[^\n]{0,60}(?:kubelet|10250)[^\n]{0,40}(?:answers?|works?|ok\b|fine|open|responds|reach)|(?:kubelet|10250)[^\n]{0,60}(?:answers?|works?|ok\b|fine|open|responds|reachable|succeeds)[^\n]{0,40}(?:from|on) (?:the |that )?(?:host|node|machine)|(?:宿主机|节点)(?:上)?[^\n]{0,24}(?:10250|kubelet)[^\n]{0,20}(?:正常|能通|可以|通)/i,
    ],
    not: [/other node|another node|remote|node-[a-z] hangs/i],
    loose: true,
  },
  {
    kind: 'kubelet-shut-to-pods',
    hints: ['pod', 'container'],
    all: [
      /(?:from|in|inside|within) (?:any |the |a |its )?(?:metrics-server )?(?:pods?|containers?)[^\n]{0,60}(?:times? out|timed out|fails?|refused|no route|not (?:reach|answer)|cannot|hangs?|does not|doesn't|blocked)|(?:pod|容器)(?:里|内|中)[^\n]{0,24}(?:访问不了|不通|超时|连不上)/i,
      /host|node|kubelet|10250|节点|宿主机|times? out|超时/i,
    ],
    not: [/10\.43\.0\.1|10\.96\.0\.1|api ?server|kubernetes service/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'own-node-missing',
    hints: ['own node', 'runs on', 'same node', 'one it', '自己所在', '所在节点', '本节点'],
    all: [
      /(?:every|all)(?: other)? nodes? (?:but|except) (?:for )?(?:the one|its own|the node)[^\n]{0,30}|(?:only )?(?:its own node|the node (?:that )?(?:it|metrics-server|the pod) (?:runs|is) on|自己所在(?:的)?节点|所在节点|本节点)[^\n]{0,30}(?:missing|has no|without|fails?|<unknown>|no (?:metrics|numbers)|采集不到|没有数据|unknown)/i,
    ],
    loose: true,
    asIs: true,
  },
  {
    kind: 'remote-nodes-missing',
    hints: [
      'other nodes',
      'remote nodes',
      'own node',
      'where metrics-server',
      '其他节点',
      '自己所在',
      '远端节点',
      'itself has',
      'metrics only for',
      'fargate',
      'only the node',
    ],
    all: [
      /(?:node|host)[^\n]{0,30}(?:where|on which|with)[^\n]{0,12}metrics-server[^\n]{0,30}(?:has|have|shows?|reports?|is) (?:numbers|metrics|fine|ok|data|values)|only (?:the|its own|that) nodes?[^\n]{0,60}(?:has|have|shows?|reports?|appears?|is) (?:up |ok|fine|metrics|numbers)?|(?:only|just)[^\n]{0,12}(?:other|remote|fargate)[^\n]{0,20}nodes?[^\n]{0,30}(?:missing|<unknown>|fail|time|unknown)|metrics only for the (?:server|node|master) itself|只(?:能)?(?:采集|有|拿)到?[^\n]{0,10}(?:自己|本)[^\n]{0,8}节点|(?:其他|远端|别的)节点[^\n]{0,30}(?:unknown|超时|采集不到|没有数据|i\/o timeout)/i,
    ],
    loose: true,
  },
  {
    kind: 'kubelet-port-closed',
    hints: ['10250'],
    all: [
      /10250(?:\/tcp)?[^\n,，。；]{0,40}(?:closed|blocked|filtered|dropped|not (?:open|allowed)|isn't open|hangs?|没有?放[行通开]|未放[行通开]|没有?开放|被(?:拦|挡|封)|不通)|(?:block(?:s|ed|ing)?|drop(?:s|ped)?|closed?|forgot[^\n]{0,12}open|no rule for|not? (?:open|allow)\w{0,3})[^\n]{0,24}10250|(?:没有?|未)(?:放[行通开]|开放?)[^\n,，。；]{0,12}10250|DPT=10250|tcp dpt:10250/i,
    ],
    not: [
      /\baccept\b|may only|allows? only|only (?:open )?443|apis\/metrics/i,
      // The same number is metrics-server's own port: what is said of its pod, or by API servers, is not of kubelets.
      /^(?![^\n]{0,400}kubelet)[^\n]{0,400}(?:metrics-server(?:'s)?(?: ?pod)?(?: ?的| at| on| \(|:)?[^\n,，。；]{0,20}10250|api ?servers?[^\n。]{0,60}10250)/i,
    ],
    loose: true,
    asIs: true,
  },
  {
    kind: 'node-is-slow',
    hints: [
      'load',
      'slow',
      'busy',
      'takes',
      'resolution',
      '负载',
      '很慢',
      'overload',
      'cpu',
      'iowait',
      'many pods',
      'starv',
    ],
    all: [
      /\bload (?:average|of|is|at)?[^\n]{0,12}\d|at load|high(?:ly)? load|loaded|overload|\bslow|busy|takes? (?:about |~|more than |up to )?\d{1,3}(?:\.\d{1,2})? ?s|metric-resolution|负载|很慢|iowait|starv|throttl/i,
    ],
    not: [/load ?balancer|offload|loading|config loaded|should be a time/i],
    loose: true,
  },
  {
    kind: 'zero-node-metrics',
    hints: [
      'node_cpu_usage_seconds_total 0',
      'node_memory_working_set_bytes 0',
      'node_cpu_usage',
      'node_memory_working',
    ],
    all: [
      /node_(?:cpu_usage_seconds_total|memory_working_set_bytes)(?:\{\})?["' :=]{1,4}(?:is )?(?:0(?:e\+00)?(?![.\d])|zero)/i,
    ],
    asIs: true,
  },
  {
    kind: 'zero-node-metrics',
    hints: ['zero', ' 0 ', '为 0', '是 0', '0 cpu', 'no node'],
    all: [
      /kubelet[^\n]{0,40}(?:reports?|gives?|returns?|返回|上报)[^\n]{0,30}(?:zero|\b0\b|no) ?(?:node )?(?:cpu|memory|usage|values?)?|(?:node )?(?:cpu|memory)(?: usage)?[^\n]{0,12}(?:is|are|reads?|shows?|=|为|是) ?(?:zero|0)\b/i,
      /node|节点|kubelet/i,
    ],
    not: [/node_(?:cpu|memory)|requests?|replicas|limits?/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'empty-node-list',
    hints: ['nodemetricslist', '"items":[]', 'items: []', 'empty list', 'empty node'],
    all: [
      /nodemetricslist[^\n]{0,200}items["']?: ?\[\]|nodemetricslist[^\n]{0,20}(?:is )?empty|empty (?:node ?metrics ?)?list/i,
    ],
  },
  {
    kind: 'cgroup-v2-too-early',
    hints: ['cgroup2fs', 'cgroup v2', 'cgroups v2', 'cgroupv2', 'unified_cgroup_hierarchy'],
    all: [/cgroup2fs|cgroups? ?v2|unified_cgroup_hierarchy=1/i],
    not: [/cgroup_hierarchy=0/i],
  },
  {
    kind: 'housekeeping-interval',
    hints: ['housekeeping'],
    all: [/housekeeping[-_ ]?interval["']?[=: ]{0,3}(?<value>\d{1,4}[smh])?/i],
  },
  {
    kind: 'token-webhook-off',
    hints: ['authentication-token-webhook', 'token webhook', 'webhook'],
    all: [
      /without (?:the )?(?:--)?authentication-token-webhook|authentication-token-webhook=false|(?:no|without|missing) token webhook|webhook: ?\{? ?enabled: ?false/i,
    ],
    asIs: true,
  },
];
