import type { Matcher } from '../matcher.ts';

const PROVIDER = '(?:rke2-)?metrics-server';

/** API servers, APIService, tunnels and proxies. */
export const CONTROL_PLANE: readonly Matcher[] = [
  {
    kind: 'api-unavailable',
    hints: [
      'unable to handle the request',
      'serviceunavailable',
      'service unavailable',
      'failing or missing response',
      'faileddiscoverycheck',
      'error trying to reach service',
      'metrics api not available',
      'unable to retrieve the complete list',
      'false (',
      'discoveryfailed',
    ],
    all: [
      /currently unable to handle the request|\(serviceunavailable\)|503[^\n]{0,40}service unavailable|body: service unavailable|failing or missing response|faileddiscoverycheck|error trying to reach service|metrics api not available|unable to retrieve the complete list|v1beta1\.metrics\.k8s\.io[^\n]{0,80}\sfalse\b|discoveryfailed/i,
    ],
    not: [/adapter/i],
    leg: 'api-server-to-metrics-server',
    asIs: true,
  },
  {
    kind: 'api-unavailable',
    hints: ['503', 'kubectl top', 'metrics.k8s.io', 'metrics api', 'apiservice'],
    all: [
      /\b503\b|(?:kubectl top|metrics\.k8s\.io|metrics api|apiservice)[^\n]{0,60}(?:fails?\b|failing|does not work|doesn't work|not (?:work|answer|respond)|unavailable|is false|turned false|only (?:answers?|works?)|works? (?:on |only )?(?:one|every|every third)|broken|down\b|times? out|失败|不可用|报错|503|False)/i,
    ],
    not: [/currently unable to handle|failing or missing|faileddiscoverycheck/i],
    leg: 'api-server-to-metrics-server',
    loose: true,
    asIs: true,
  },
  {
    kind: 'endpoints-missing',
    hints: ['missingendpoints', 'no endpoints', 'endpoints', '没有 endpoints', '没有endpoints'],
    all: [
      /missingendpoints|(?:has|have) no (?:available )?(?:endpoints|addresses)|no endpoints available|endpoints[^\n]{0,30}(?:<none>|have no addresses)|没有 ?endpoints/i,
    ],
    asIs: true,
  },
  {
    kind: 'api-available',
    hints: ['metrics.k8s.io', 'all checks passed', 'apiservice'],
    all: [
      /v1beta1\.metrics\.k8s\.io[^\n]{0,80}\strue\b|all checks passed|apiservice[^\n]{0,40}(?:is|shows?|says?|reads|是|显示|为) (?:available[= ])?true/i,
    ],
    leg: 'api-server-to-metrics-server',
  },
  {
    kind: 'service-missing',
    hints: ['servicenotfound', 'is not present', 'services "'],
    all: [
      new RegExp(
        `servicenotfound|service\\/[\\w-]{1,60} in "[\\w-]{1,60}" is not present|services? "${PROVIDER}" not found`,
        'i',
      ),
    ],
    asIs: true,
  },
  {
    kind: 'service-port-missing',
    hints: [
      'no service port',
      'is not listening on port',
      'serviceporterror',
      'could not find endpoint port',
    ],
    all: [/no service port [^\s]{0,40} ?found|is not listening on port|serviceporterror/i],
    asIs: true,
  },
  {
    kind: 'target-port-wrong',
    hints: ['targetport', 'target port', 'secure-port', 'containerport', 'service port', '端口'],
    all: [
      /target ?port|--secure-port|secure-port|containerport|service port|服务端口/i,
      /still|wrong|mismatch|disagree|while|but\b|names? (?:a )?port|does not (?:exist|match)|doesn't match|not match|no container port|lacks?|不一致|不匹配|不存在|还是|仍|错/i,
    ],
    not: [/no service port|networkpolic|security group|in use/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'other-provider',
    hints: ['v1beta1.metrics.k8s.io'],
    all: [
      /v1beta1\.metrics\.k8s\.io\s{1,20}(?<value>[\w-]{1,60}\/(?!(?:rke2-)?metrics-server)[\w-]{1,80})\s/i,
    ],
    asIs: true,
  },
  {
    kind: 'other-provider',
    hints: [
      'prometheus-adapter',
      'prometheus adapter',
      'kube-prometheus',
      'keda',
      'datadog',
      'adapter',
      'argo',
      'flux',
      'gitops',
      'helm release',
    ],
    all: [
      /(?<value>prometheus-? ?adapter|kube-prometheus(?:-stack)?|datadog[\w-]{0,20}|[\w-]{1,30}-adapter|another (?:product|chart|release))/i,
      /v1beta1\.metrics\.k8s\.io|spec\.service|resource[- ]metrics|apiservice|(?:registers?|owns?|took|takes|claims?) |指向|抢|接管/i,
    ],
    not: [/uninstall|remov|delet|v1beta1\.custom\.metrics\.k8s\.io|v1beta1\.external|卸载|删/i],
    loose: true,
  },
  {
    kind: 'apiservice-not-found',
    hints: [
      'v1beta1.metrics.k8s.io" not found',
      "metrics.k8s.io' not found",
      'metrics.k8s.io not found',
    ],
    all: [/v1beta1\.metrics\.k8s\.io["'\\]{0,3} not found/i],
    asIs: true,
  },
  {
    kind: 'apiservice-not-found',
    hints: ['apiservice', 'api service', 'v1beta1.metrics.k8s.io'],
    all: [
      /(?:apiservice|api service|v1beta1\.metrics\.k8s\.io)[^\n]{0,50}(?:is gone|gone\b|does not exist|doesn't exist|missing|was (?:deleted|removed)|disappeared|never (?:created|registered)|not registered|not there|(?:is|are|gives|says|returns|:) "?not ?found|不存在|被删|没有了|丢了|缺失)|(?:no|without an?|missing|没有) (?:v1beta1\.metrics\.k8s\.io |metrics )?(?:apiservice)/i,
    ],
    not: [
      /missing ?endpoints|missing response|k8s\.io["'\\]{0,3} not found|is missing its|failing or missing/i,
    ],
    loose: true,
    asIs: true,
  },
  {
    kind: 'aggregation-flags-missing',
    hints: ['requestheader-client-ca-file', 'request-header', 'aggregat', 'proxy-client-cert'],
    all: [
      /cluster doesn't provide (?:client-ca-file|requestheader-client-ca-file)|missing content for ca bundle|request-?header client certificate authentication won't work|(?:request-?header|proxy-client)[^\n]{0,60}(?:not configured|is missing)/i,
    ],
    not: [/i\/o timeout|dial tcp/i],
    asIs: true,
  },
  {
    // What it could not load for tells on: silence of the network and a refusal have their own causes.
    kind: 'aggregation-flags-missing',
    hints: ['request-header-client-ca-file', 'requestheader'],
    all: [
      /unable to load configmap based request-?header|(?:\bno|without|lacks?|lacking|has no|misses|没有|缺少|缺)\s{0,2}(?:any |the |a )?["'`]?requestheader(?!-allowed)-?[\w-]{0,40}|["'`]?requestheader(?!-allowed)-?[\w-]{0,40}["'`]?[^\n]{0,16}(?:(?:is|are) (?:missing|absent|empty|not (?:there|set|present))|missing\b|absent|unset|缺失|不存在|没有)/i,
    ],
    not: [
      /cluster doesn't provide|missing content|dial tcp|i\/o timeout|timed out|deadline|refused|no route|forbidden|unauthorized|x509/i,
    ],
    loose: true,
    asIs: true,
  },
  {
    kind: 'aggregation-flags-missing',
    hints: ['requestheader', 'proxy-client-cert', 'aggregation layer', 'aggregator', '聚合'],
    all: [
      /--requestheader-[\w-]{2,40}|--proxy-client-(?:cert|key)-file|aggregation(?: layer)?(?: flags)?|requestheader (?:keys?|flags?|ca)|聚合层|聚合/i,
      /without|missing|no\b|never|not\b|n't|lacks?|empty|absent|没有|缺少|未/i,
    ],
    not: [/cluster doesn't provide|missing content|allowed-names|dial tcp|i\/o timeout|rotat/i],
    loose: true,
    asIs: true,
  },
  // Tunnels.
  {
    kind: 'no-tunnel-agent',
    hints: ['no agent available', 'no backend available', 'failed to get a backend'],
    all: [/no agent available|no backend available|failed to get a backend/i],
    leg: 'api-server-to-metrics-server',
    asIs: true,
  },
  {
    kind: 'tunnel-agents-few',
    hints: ['konnectivity'],
    all: [
      /konnectivity(?:-agent)?s?\b/i,
      /only\b|fewer|missing|not (?:running|connected|enough|there)|none|no agents?|disconnect|one controller|crash|pending|没有|只|缺|未连接|连不上/i,
    ],
    not: [/no agent available|failed to get a backend/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'tunnel-refuses',
    hints: ['rejecting connection', 'not in node cidr', 'connection not permitted'],
    all: [
      /egress proxy rejecting connection|rejecting connection to|not in (?:node|cluster) cidr|dial request for [^\n]{0,40} denied/i,
    ],
    asIs: true,
  },
  {
    kind: 'tunnel-failed',
    hints: ['proxy error from', 'tunnel server', 'egress proxy'],
    all: [/proxy error from [^\s]{1,60} while dialing[^\n]{0,60}(?:code )?(?<value>50[0-4])?/i],
    leg: 'api-server-to-metrics-server',
    asIs: true,
  },
  {
    kind: 'tunnel-dial-failed',
    hints: ['sending http'],
    all: [
      /sending http(?:\/1\.1)? 50\d response to [^\n]{0,60}dial tcp[^\n]{0,60}(?<value>timed out|timeout|no route|refused)/i,
    ],
    leg: 'api-server-to-metrics-server',
    asIs: true,
  },
  {
    kind: 'egress-mode',
    hints: ['egress-selector-mode'],
    all: [/egress-selector-mode["']?[\s:=]{1,4}"?(?<value>pod|cluster|agent|disabled)/i],
  },
  {
    kind: 'server-without-agent',
    hints: [
      '--disable-agent',
      'disable-agent',
      'no kubelet',
      'without kubelet',
      'without a kubelet',
      'kubelet',
      'not list',
      'not nodes',
      'not in kubectl get nodes',
      'outside the cluster',
      'control plane',
      'cni',
      'kube-proxy',
    ],
    all: [
      /--disable-agent|disable-agent: ?true|(?:master|controller|server|control[- ]plane|api ?server)s?[^\n]{0,60}(?:runs? no|run neither|have no|has no|without(?: an?)?|not run(?:ning)?|lacks?|没有(?:运行)?|不(?:跑|运行))[^\n]{0,30}(?:kubelet|kube-proxy|cni|agent|flannel|calico)|(?:get nodes|node list)[^\n]{0,40}(?:only (?:the )?workers|not list|does not show|no (?:master|server|controller))|(?:master|controller|server|control[- ]plane)s?[^\n]{0,40}(?:not (?:listed|nodes|part of|in kubectl get nodes|joined|registered)|outside (?:of )?the (?:cluster|pod network)|不在集群)/i,
    ],
    loose: true,
    asIs: true,
  },
  {
    kind: 'works-from-workers',
    hints: ['worker', '工作节点', 'from the nodes', 'agents'],
    all: [
      /(?:works|answers?|ok\b|fine|succeeds|responds|reachable|正常|可以|能通)[^\n]{0,40}(?:from|on|in) (?:each|every|any|all|the)?[^\n]{0,12}(?:worker|agent)s?|(?:from|on) (?:each|every|any|all|the)[^\n]{0,12}(?:worker|agent)[^\n]{0,60}(?:works|answers?|ok\b|fine|succeeds|responds|reach)|(?:worker|工作节点)[^\n]{0,20}(?:正常|能通|可以)/i,
    ],
    not: [/not |n't |no answer/i],
    loose: true,
  },
  {
    kind: 'reachable-by-hand',
    hints: ['curl', 'wget', 'by hand', 'manually', '手动', '手工'],
    all: [
      /\bcurl\b|\bwget\b|\bby hand\b|\bmanually\b|手动|手工/i,
      /pod\b|:10250|:4443|metrics-server|livez|\b10\.4[24]\./i,
      /\bworks?\b|answer(?:s|ed)|\bfine\b|\bok\b|succeed|respond|returns? (?:at once|403|200|ok)|正常|能通|可以|立即返回/i,
    ],
    not: [
      /\bnot\b|n't|never|\bonly\b|times? ?out|fail|hang|refused|超时|不通|不能|失败|卡住|kubelet|(?:own|same) node|proxy|本机|本节点/i,
    ],
    loose: true,
  },
  // Service addresses.
  {
    kind: 'kube-proxy-broken',
    hints: ['kube-proxy', 'kube proxy'],
    all: [
      /kube-?\s?proxy[^\n]{0,60}(?:not running|does not run|doesn't run|is down|crash|missing|stopped|broken|failed to|cannot|0\/1|没有运行|未运行|挂了|异常)|(?:no|without) kube-?\s?proxy/i,
    ],
    not: [/\bcni\b|kubelet|(?:https?|no)_proxy|revision \d|modprobe/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'cluster-ip-dead',
    hints: [
      'clusterip',
      'cluster ip',
      'service ip',
      'service address',
      'virtual ip',
      '10.43.',
      '10.96.',
    ],
    all: [
      /(?:cluster ?ip|service (?:ip|address)|virtual ip|10\.(?:43|96)\.\d{1,3}\.\d{1,3})[^\n]{0,60}(?:times? out|timed out|fails?|does not (?:answer|work)|doesn't (?:answer|work)|no answer|unreachable|hangs?|超时|不通)/i,
    ],
    not: [/\b10\.(?:43|96)\.0\.1\b/],
    leg: 'api-server-to-metrics-server',
    loose: true,
    asIs: true,
  },
  {
    kind: 'pod-address-works',
    hints: ['pod ip', 'pod address', 'pod directly', 'endpoint', 'pod itself', 'pod 的'],
    all: [
      /pods?(?:'s)?(?: own)? (?:ip|address|directly|itself|endpoint)[^\n]{0,50}(?:works?|answers?|ok\b|fine|responds|reachable|能通|正常)|(?:curl|reach\w{0,3})[^\n]{0,40}pods? (?:ip|address|directly)[^\n]{0,30}(?:works?|answers?|ok\b|fine)/i,
    ],
    not: [/not |n't |no answer|nothing/i],
    loose: true,
  },
  // HTTP proxies.
  {
    kind: 'proxy-configured',
    hints: [
      'http_proxy',
      'https_proxy',
      'no_proxy',
      'corporate proxy',
      'http proxy',
      'proxy server',
      '代理',
      'noproxy',
    ],
    all: [/\bhttps?_proxy\b|\bno_?proxy\b|(?:corporate|company|http|outbound|forward) proxy|代理/i],
    not: [
      /kube-proxy(?![^\n]{0,80}(?:https?|no)_proxy)|does not use|doesn't use|not use (?:it|a proxy|the proxy)|no proxy variables|unset|without proxy variables|没有(?:配置|使用)代理|--noproxy/i,
    ],
    loose: true,
    asIs: true,
  },
  {
    kind: 'proxy-bypass-works',
    hints: [
      'noproxy',
      'without proxy',
      'without the proxy',
      '不走代理',
      '不用代理',
      'bypass',
      'unset',
    ],
    all: [
      /--noproxy|without (?:the |a )?proxy|bypass|unset https?_proxy|不(?:走|用|经过)代理/i,
      /work|answer|fine|ok\b|正常|能通|可以/i,
    ],
    loose: true,
    asIs: true,
  },
  // Old connections.
  {
    kind: 'stale-connection',
    hints: [
      'http/2',
      'http2',
      'stale',
      'dead connection',
      'old connection',
      'old address',
      '旧连接',
    ],
    all: [
      /(?:stale|dead|old|half-?open|cached|旧的?|失效的?)[^\n]{0,30}(?:http\/?2|connections?|连接)|(?:http\/?2)[^\n]{0,30}(?:connections?)[^\n]{0,30}(?:stale|dead|old|kept|keeps|reuse)/i,
      /api ?server|metrics|kube/i,
    ],
    not: [/no cached connection/i],
    loose: true,
  },
  {
    kind: 'api-server-silent',
    hints: ['api server', 'apiserver', 'kube-apiserver', '6443'],
    all: [
      /(?:api ?server|kube-apiserver|:6443)[^\n]{0,60}(?:accepts?|takes?|opens?)[^\n]{0,30}(?:connections?|tcp)[^\n]{0,60}(?:no answer|nothing|never answers?|no reply|hangs?|silen)|(?:kubectl get nodes|readyz|livez)[^\n]{0,60}(?:hangs?|never (?:answers?|returns?)|no answer)[^\n]{0,40}(?:api ?server|on (?:one|that|this) (?:master|server))/i,
    ],
    loose: true,
    asIs: true,
  },
];
