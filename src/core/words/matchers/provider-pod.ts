import type { Matcher } from '../matcher.ts';

/** The metrics-server pod, HPAs, clocks, and what is no fault at all. */
export const PROVIDER_POD: readonly Matcher[] = [
  {
    kind: 'failed-scheduling',
    hints: ['failedscheduling', 'nodes are available', 'unschedulable', 'untolerated'],
    all: [
      /failedscheduling|0\/\d{1,5} nodes are available|untolerated taint|didn't match pod(?:'s)? node affinity/i,
    ],
    asIs: true,
  },
  {
    kind: 'failed-scheduling',
    hints: ['pending', 'schedul', '调度'],
    all: [
      /(?:cannot|can't|could not|not|un)[^\n]{0,20}schedul|(?:stays?|is|stuck|remains?|sits?|一直)[^\n]{0,12}pending|(?:pending|schedul)[^\n]{0,60}insufficient (?:cpu|memory|pods|resource)|调度(?:失败|不了|不上)|无法(?:被)?调度/i,
      /taint|insufficient|affinity|nodeselector|resources?|memory|cpu|污点|资源|亲和|schedul/i,
    ],
    not: [/csr|certificate|failedscheduling|nodes are available/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'pod-pending',
    hints: ['pending'],
    all: [/status:\s{1,20}pending|\d\/\d\s{1,20}pending/i],
  },
  {
    kind: 'image-pull-failed',
    hints: [
      'errimagepull',
      'imagepullbackoff',
      'failed to pull image',
      'back-off pulling',
      'sandbox image',
      'manifest unknown',
      'pull access denied',
      'errimageneverpull',
      'invalidimagename',
      'failed to resolve reference',
    ],
    all: [
      /errimagepull|imagepullbackoff|failed to pull image|back-off pulling image|failed to get sandbox image|manifest (?:unknown|for [^\n]{1,80} not found)|pull access denied|errimageneverpull|invalidimagename|failed to pull and unpack|failed to resolve reference/i,
    ],
    leg: 'to-registry',
    asIs: true,
  },
  {
    kind: 'image-pull-failed',
    hints: ['image', '镜像'],
    all: [
      /(?:cannot|can't|could not|unable to|not|fails? to|never)[^\n]{0,20}pull(?:ed)?\b|pull(?:ing)?[^\n]{0,40}(?:fails?|failed|denied|times? out|not possible)|镜像[^\n]{0,20}(?:拉(?:取)?(?:失败|不下来|不到|超时)|下载失败)|(?:拉取|下载)[^\n]{0,20}(?:失败|不了|超时)/i,
      /image|registry|镜像|air-?gap/i,
    ],
    not: [/failed to pull|errimagepull|imagepullbackoff/i],
    leg: 'to-registry',
    loose: true,
    asIs: true,
  },
  {
    kind: 'oom-killed',
    hints: [
      'oomkilled',
      'oom-kill',
      'oom killed',
      'out of memory',
      'exit code 137',
      'exit code: 137',
      '内存溢出',
      'memory cgroup out of memory',
    ],
    all: [
      /oomkilled|oom-kill|oom killed|memory cgroup out of memory|out of memory: killed process/i,
    ],
  },
  {
    kind: 'oom-killed',
    hints: ['oom', 'memory limit', '内存', '137'],
    all: [
      /\boom\b|killed[^\n]{0,30}memory|memory limit[^\n]{0,30}(?:killed|too small|exceed)|内存[^\n]{0,16}(?:不足|超限|溢出|被杀)|exit code:? ?137/i,
    ],
    not: [/oomkilled|oom-kill|oom killed|insufficient memory/i],
    loose: true,
  },
  {
    kind: 'crash-loop',
    hints: [
      'crashloopbackoff',
      'back-off restarting',
      'crash loop',
      'crash-loop',
      'crashes',
      'crashing',
      '崩溃',
      '反复重启',
      '不断重启',
    ],
    all: [
      /crashloopbackoff|back-off restarting failed|crash-? ?loop|\bcrash(?:es|ing)\b|反复重启|不断重启|崩溃/i,
    ],
  },
  {
    kind: 'usage-error',
    hints: [
      'unknown flag',
      'unknown shorthand',
      'invalid argument',
      'metric-resolution',
      'flag provided but not defined',
      'no such file',
      'permission denied',
      'must be',
      'unknown command',
      'config',
      'exec format',
      'parse',
    ],
    all: [
      /unknown (?:shorthand )?flag:? ?(?<value>['"\w-]{0,60})|flag provided but not defined|invalid argument "[^"\n]{0,60}" for|metric-resolution should be|metric-resolution[^\n]{0,40}(?:at least|invalid)|unable to load server certificate|error reading (?:config|kubeconfig)|invalid configuration|error loading config|open \/[\w./-]{1,80}: (?:no such file|permission denied)|exec format error|exec: "[^"\n]{1,60}": (?:stat|executable)/i,
    ],
    asIs: true,
  },
  {
    kind: 'usage-error',
    hints: ['typo', 'flag', '参数', 'argument', 'argument'],
    all: [
      /(?:wrong|bad|misspelt|misspelled|mistyped|invalid|unknown|typo)[^\n]{0,30}(?:flag|arg(?:ument)?s?|option|参数)|(?:flag|arg(?:ument)?s?|参数)[^\n]{0,30}(?:typo|wrong|misspel|does not exist|invalid|错|不存在)/i,
      /metrics-server|pod|container|deploy/i,
    ],
    not: [/unknown flag|invalid argument "/i],
    loose: true,
  },
  {
    kind: 'bind-in-use',
    hints: [
      'address already in use',
      '端口被占',
      '端口占用',
      'port is taken',
      'port is already',
      'address in use',
    ],
    all: [
      /address (?:is )?already in use|端口(?:已)?被占|端口占用|port (?:is )?(?:already )?(?:taken|in use)/i,
    ],
  },
  {
    kind: 'many-pods-hurt',
    hints: [
      'many',
      'several',
      'all pods',
      'coredns',
      'traefik',
      'other pods',
      'too',
      '多个',
      '所有',
    ],
    all: [
      /(?:many|several|multiple|various|all|other|多个|很多|所有)[^\n]{0,20}(?:pods?|workloads?)[^\n]{0,60}(?:crash|fail|bind|same|in use|崩|起不来|报)|(?:coredns|traefik|ingress|dns)[^\n]{0,60}(?:address already in use|crash|same)|(?:and|also)[^\n]{0,12}coredns/i,
    ],
  },
  {
    kind: 'host-network-on',
    hints: ['hostnetwork'],
    all: [
      /host ?network(?:\.enabled)?["']?[:= ]{1,4}["']?true|hostnetwork\.enabled: ?true|(?:with|using|set|enabled|uses|on) host ?network/i,
    ],
    not: [/without|none|not use|no hostnetwork|works|fix|help|no result|: ?false/i],
  },
  {
    kind: 'host-network-off',
    hints: ['hostnetwork', 'host network', "host's eth0"],
    all: [
      /(?:without|no|not (?:use|using|set)|none of them uses?|n't use|没有(?:用|使用|开)?)[^\n]{0,16}host ?network|host ?network["']?[:= ]{1,4}["']?false|hostnetwork[^\n]{0,30}\(?(?:no result|empty|not set|unset|nothing)|(?:in|inside)[^\n]{0,40}(?:container|pod)[^\n]{0,40}(?:host's|host) (?:eth0|interfaces?|address|network namespace)/i,
    ],
    asIs: true,
  },
  {
    kind: 'probe-forbidden',
    hints: ['statuscode: 403', 'status code 403', 'statuscode: 401', '403'],
    all: [
      /probe failed[^\n]{0,60}(?:statuscode: ?|status code:? ?|with )40[13]|(?:readiness|liveness)[^\n]{0,40}(?:403|forbidden)|探针[^\n]{0,30}403|\/(?:livez|readyz)[^\n]{0,30}(?:returns?|gives?|answers?|->|:)? ?403/i,
    ],
    leg: 'kubelet-to-pod',
  },
  {
    kind: 'probe-misasked',
    hints: ['probe failed', 'statuscode: 404', '探针'],
    all: [
      /(?:readiness|liveness|startup) probe failed[^\n]{0,200}(?:statuscode: (?:30\d|400|404|405)|http response to https client|malformed http)|探针[^\n]{0,30}404/i,
    ],
    leg: 'kubelet-to-pod',
  },
  {
    kind: 'container-not-made',
    hints: [
      'createcontainerconfigerror',
      'createcontainererror',
      'runcontainererror',
      'containercannotrun',
      'starterror',
      'failedmount',
      'mountvolume.setup failed',
    ],
    all: [
      /createcontainer(?:config)?error|runcontainererror|containercannotrun|\bstarterror\b|failedmount|mountvolume\.setup failed/i,
    ],
    asIs: true,
  },
  {
    kind: 'pod-refused',
    hints: ['failedcreate', 'error creating: ', 'exceeded quota', 'violates podsecurity'],
    all: [
      /\bfailedcreate\b|error creating: [^\n]{0,160}(?:forbidden|denied|not found|webhook)|exceeded quota|violates podsecurity/i,
    ],
    not: [/failedcreatepodsandbox/i],
    asIs: true,
  },
  {
    kind: 'selector-mismatch',
    hints: ['selector', '选择器'],
    all: [
      /selector[^\n]{0,60}(?:match(?:es)? (?:no|none|nothing)|(?:does not|doesn't|do not|don't|not) match|differs?|selects? (?:no|nothing)|wrong|typo|不匹配|不一致)|(?:no|none)[^\n]{0,30}match[^\n]{0,30}selector|选择器[^\n]{0,30}(?:不匹配|不一致|选不到|错)/i,
      /service|服务|svc|endpoint/i,
    ],
    not: [/node ?selector|nodes are available|affinity/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'nothing-to-serve',
    hints: ['no metrics to serve', 'statuscode: 500', 'metric-storage-ready', 'status code 500'],
    all: [
      /no metrics to serve|metric-storage-ready|probe failed[^\n]{0,40}(?:statuscode: ?|status code:? ?)500/i,
    ],
    leg: 'kubelet-to-pod',
    asIs: true,
  },
  {
    kind: 'pod-not-ready',
    hints: ['metrics-server'],
    all: [
      /metrics-server(?:-[\w-]{1,40})?[^\n]{0,30}\s0\/[1-9]\b|metrics-server[^\n]{0,50}(?:not ready|never (?:gets? |becomes? )?ready|stays 0\/1|0\/1|未就绪|不就绪)/i,
    ],
    not: [/0\/1\s{1,20}completed|helm-install|deploy(?:ment)?s?\b[^\n]{0,20}0\/0/i],
    asIs: true,
  },
  {
    kind: 'zero-replicas',
    hints: ['metrics-server'],
    all: [/metrics-server\s{1,30}0\/0\s{1,20}0/i],
  },
  {
    kind: 'zero-replicas',
    hints: ['replicas', '副本', 'scaled'],
    all: [
      /replicas["']?:? ?=?0\b|scaled?[^\n]{0,40}(?:to|down to|=) ?(?:0|zero)\b|(?:0|zero) replicas|--replicas=0|副本数?[^\n]{0,10}(?:为|是|=|缩到|调成|改成)? ?0\b|缩(?:容)?(?:到|成|为) ?0/i,
      /metrics-server|deploy|副本|replicas/i,
    ],
    not: [/minreplicas|hpa/i],
    loose: true,
  },
  // HPAs.
  {
    kind: 'missing-request',
    hints: ['missing request for'],
    all: [/missing request for (?<value>cpu|memory)[^\n]{0,60}/i],
    asIs: true,
  },
  {
    kind: 'missing-request',
    hints: ['request', '请求'],
    all: [
      /(?:no|without|missing|lacks?|lacking|not set|unset|have none|没有(?:设置|配置|设)?|缺少|未设置?|没设)[^\n]{0,24}(?:(?:cpu|memory|resource)[- ]?(?:cpu )?requests?|resources\.requests|requests?\.cpu)|(?:cpu|memory|resource)s? ?requests?[^\n]{0,24}(?:missing|not set|unset|absent|没有?设)|(?:resources\.)?requests?[^\n]{0,12}没有?(?:设|配)/i,
    ],
    not: [/missing request for|insufficient/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'metrics-missing',
    hints: [
      'unable to fetch metrics',
      'unable to get metrics',
      'metrics not available',
      'no metrics returned',
      '<unknown>',
      'not available yet',
      'unable to get resource metric',
      'did not receive metrics',
    ],
    all: [
      /unable to (?:fetch|get) (?:resource )?metrics(?! from (?:node|kubelet))|metrics not available|no metrics returned|<unknown>|did not receive metrics/i,
    ],
    asIs: true,
  },
  {
    kind: 'metrics-missing',
    hints: [
      'no metrics',
      'no numbers',
      'without numbers',
      '没有指标',
      '没有数据',
      '看不到',
      'no data',
    ],
    all: [/no (?:metrics|numbers|data)\b|without (?:metrics|numbers)|没有(?:指标|数据|监控)/i],
    not: [/no metrics known|no metrics to serve|no metrics-server/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'no-metrics-known',
    hints: ['no metrics known for'],
    all: [/no metrics known for (?:pod|node)/i],
    asIs: true,
  },
  {
    kind: 'just-started',
    hints: ['ago', 'just', 'seconds', 'first minute', '刚', '秒', 'age'],
    all: [
      /\b(?:[1-9]|[1-9]\d) ?s(?:ec(?:ond)?s?)? ago|\b(?:just|only) (?:now )?(?:installed|deployed|started|created|restarted|applied|rolled)|first (?:minute|seconds?|scrape)|(?:a few|some) seconds|half a minute|\b1 ?min(?:ute)? ago|刚(?:刚|才)?(?:安装|部署|启动|装|创建|重启)|\d{1,2} ?秒(?:前|之前)|running\s{1,20}0\s{1,20}[1-9]\d?s\b|age:? [1-9]\d?s\b/i,
    ],
    not: [/apiserver died/i],
    loose: true,
  },
  // Clocks.
  {
    kind: 'clock-off',
    hints: [
      'clock',
      'ntp',
      'chrony',
      'time sync',
      '时钟',
      '时间',
      'not synchronised',
      'not synchronized',
      'date',
      'timedatectl',
    ],
    all: [
      /leap status ?: ?not sync|clock(?:s)?[^\n]{0,50}(?:skew|off|drift|behind|ahead|differ|wrong|unsync|not (?:in )?sync)|(?:date|time|clock)[^\n]{0,40}(?:minutes?|hours?|seconds?|days?) (?:behind|ahead|off|slow|fast)|(?:ntp|chronyd?|timesyncd)[^\n]{0,30}(?:off|not running|stopped|disabled|unsync|dead|inactive|not sync|没有?(?:开|运行|同步)|未)|system clock synchronized: no|synchroni[sz]ed: ?no|时钟[^\n]{0,12}(?:不同步|偏差|不一致|慢|快)|时间(?:不同步|不一致|慢了|快了|偏差)/i,
    ],
    not: [/clocks? (?:are|is) (?:in sync|fine|right|ok)|in sync on all|时钟(?:都)?(?:同步|正常)/i],
    asIs: true,
  },
  // Health and chatter.
  {
    kind: 'numbers-served',
    hints: [
      'kubectl top',
      'shows numbers',
      'has numbers',
      'have numbers',
      'top works',
      'top node',
      'top pod',
      '有数据',
      '正常',
    ],
    all: [
      /(?:kubectl )?top(?: nodes?| pods?)?[^\n]{0,40}(?:works?\b|shows? (?:numbers|values|metrics)|is (?:ok|fine)|answers? (?:everywhere|on all)|是?正常|有数据|can be executed)|all (?:nodes|of them|other nodes) (?:have|has|show) (?:numbers|metrics)/i,
    ],
    not: [
      /works? (?:one|two|only|every|on (?:one|every))|third|out of|does not|doesn't|not work|only (?:on|for|answers)|should|until|worked|with the|creator|以管理员|不正常/i,
    ],
    loose: true,
  },
  {
    kind: 'chatter',
    hints: [
      'tls handshake error from',
      'leaderelection',
      'leader lease',
      'acquired lease',
      'object has been modified',
      'caches are synced',
      'waiting for caches',
      'serving securely',
      'generated self-signed cert',
      'apply request took too long',
      'createtransport failed',
      'parsed scheme',
      'cchresolverwrapper',
      'ccresolverwrapper',
      'shared_informer',
      'starting controller',
    ],
    all: [
      /http: tls handshake error from [^\n]{0,80}(?:eof|reset)|leaderelection|leader lease|acquired lease|object has been modified|caches are synced|waiting for caches|serving securely|generated self-signed cert|apply request took too long|createtransport failed|ccresolverwrapper|starting controller/i,
    ],
    asIs: true,
  },
];
