import type { Matcher } from '../matcher.ts';

const CNI_PODS = 'canal|calico-node|calico|flannel|cilium|kube-router|weave|antrea';

/** Addresses, CNI agents, kernels and network managers of the nodes. */
export const NODES: readonly Matcher[] = [
  {
    kind: 'address-already-used',
    hints: ['already using the ipv', 'already using the ip'],
    all: [/already using the ip(?:v[46])? address/i],
    asIs: true,
  },
  {
    kind: 'address-shared',
    hints: [
      'same',
      'duplicate',
      'both',
      'twice',
      '相同',
      '重复',
      '一样',
      '冲突',
      'identical',
      '都',
    ],
    all: [
      /(?:same|duplicated?|identical)[^\n]{0,40}(?:internal-?ip|node-?ip|public-?ip|ip address|\bip\b|address)|(?:internal-?ip|node-?ip|public-?ip|address)[^\n]{0,60}(?:twice|duplicate|the same|identical|both)|(?:相同|重复|一样)的?[^\n]{0,16}(?:ip|地址|InternalIP)|(?:ip|地址|InternalIP|node-ip)[^\n]{0,24}(?:相同|重复|一样|冲突)|(?:node-?ip|internal-?ip|public-?ip)[^\n，。]{0,8}都(?:写|配|设|是|为)/i,
      /node|server|master|worker|machine|vm\b|节点|config|cni|internal/i,
    ],
    not: [/as the kubelet|pod and|own ip|same subnet|same network/i],
    loose: true,
  },
  {
    kind: 'node-address-wrong',
    hints: [
      'public-ip',
      'node-ip',
      'internalip',
      'internal-ip',
      'registered',
      'nat',
      'wrong',
      'nic',
      '注册',
      '网卡',
      'interface',
      'external',
      'stale',
      'iface',
    ],
    all: [
      /(?:wrong|nat|external|public|storage|management|stale|old|other|second|外网|公网|错误的?|存储网?)[^\n]{0,24}(?:nic|card|interface|network|ip\b|address|网卡|地址)/i,
      /internal-?ip|public-ip|node-?ip|registers?|registered|publish|advertis|flannel-iface|external-ip|joined|picked|注册|选了|发布/i,
    ],
    not: [
      /duplicate|same internal|already using|loadbalancer|ingress|external-ip\s{1,40}(?:os-image|$)|roles\s{1,20}age/i,
    ],
    loose: true,
  },
  {
    kind: 'node-address-wrong',
    hints: ['flannel-external-ip', 'node-external-ip', '10.0.2.15'],
    all: [
      /(?:flannel-external-ip|node-external-ip)|(?:public-ip|internal-?ip)["']?[:= ]{1,12}"?(?<value>10\.0\.2\.15)/i,
    ],
    loose: true,
  },
  {
    kind: 'ranges-overlap',
    hints: [
      'overlap',
      'collid',
      'conflict',
      'inside',
      'covers',
      '冲突',
      '重叠',
      '重合',
      'same range',
    ],
    all: [
      /(?:overlap|collid|conflict|inside|covers?|same range|冲突|重叠|重合)/i,
      /pod[^\n]{0,16}(?:cidr|range|network|subnet)|cluster-?cidr|ip ?pool|pod 网段|网段/i,
      /node|host|machine|lan\b|节点|主机|network/i,
    ],
    not: [/rule|networkpolicy|disjoint|not overlap/i],
    loose: true,
  },
  {
    kind: 'cni-agent-not-ready',
    hints: ['canal', 'calico', 'flannel', 'cilium', 'kube-router', 'weave', 'antrea'],
    all: [
      new RegExp(
        `(?:${CNI_PODS})[\\w-]{0,40}[^\\n]{0,40}?(?:\\s0\\/[1-9]|\\s1\\/[2-9]|crashloop|init:|error\\s{2})`,
        'i',
      ),
    ],
    not: [/kube-controllers|calico-typha|operator/i],
  },
  {
    kind: 'cni-agent-not-ready',
    hints: ['calico/node is not ready', 'bird is not ready', 'felix is not ready', 'cilium'],
    all: [
      /calico\/node is not ready|(?:bird|felix|confd) is not ready|readiness probe failed[^\n]{0,40}(?:calico|felix|bird)/i,
    ],
    asIs: true,
  },
  {
    kind: 'cni-agent-not-ready',
    hints: ['canal', 'calico', 'flannel', 'cilium', 'cni'],
    all: [
      new RegExp(
        `(?:${CNI_PODS}|cni)[^\\n]{0,40}(?:pods?|agents?|daemonset)?[^\\n]{0,40}(?:not ready|crash|restart(?:s|ing) |not running|unready|未就绪|异常|崩溃|起不来|没有?就绪|is down|broken)`,
        'i',
      ),
    ],
    not: [/hostname|version|kube-controllers/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'cni-agent-error',
    hints: ['felix', 'ipset', 'flannel', 'lease', 'bird', 'canal', 'network plugin', 'cni'],
    all: [
      /failed to (?:apply|update|create|delete) ip ?sets?|ipset v[\d.]{1,6}: error|felix\/[\w.]{1,30} \d{1,5}: failed|failed to acquire lease|error registering network|pod cidr not assigned|failed to find any valid interface|could not find valid interface|felix[^\n]{0,60}(?:panic|fatal|cannot|error applying|failed to)|cni plugin not initialized|failed to program|iptables-(?:nft-)?restore[^\n]{0,60}(?:failed|error)|bird: [^\n]{0,60}(?:error|down|refused)/i,
    ],
    not: [/missing kernel module|modprobe|revision \d/i],
    asIs: true,
  },
  {
    kind: 'kernel-module-missing',
    hints: [
      'kernel module',
      'modprobe',
      'revision 0 not supported',
      'module ',
      'modules-extra',
      'modules.dep',
      'unknown device type',
      'operation not supported',
    ],
    all: [
      /missing kernel module|module \S{1,30} not found in dir|modprobe: fatal|could not find module|revision \d not supported(?! by userspace)|rtnetlink answers: operation not supported|flannel exited: operation not supported|unknown device type|couldn't load (?:match|target)/i,
    ],
    asIs: true,
  },
  {
    kind: 'kernel-module-missing',
    hints: ['module', '模块', 'modules-extra'],
    all: [
      /(?:br_netfilter|xt_\w{1,20}|ip_set|ip_tables|iptable_\w{1,10}|nf_\w{1,20}|vxlan|kernel)[^\n]{0,40}modules?[^\n]{0,30}(?:missing|not (?:found|loaded|there|available|installed)|absent|lack)|(?:lacks?|missing|without|no)\s[^\n]{0,40}(?:br_netfilter|xt_\w{1,20}|ip_set|kernel modules?|modules-extra|vxlan module)|(?:缺少|没有)[^\n]{0,20}(?:内核)?模块|modprobe[^\n]{0,40}(?:not found|fails)|modules-extra[\w-]{0,10}[^\n]{0,30}(?:not installed|missing|solves|fixed|helps)/i,
    ],
    not: [/missing kernel module|not found in dir/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'iptables-table-missing',
    hints: ["can't initialize iptables", 'table does not exist', 'iptables or your kernel'],
    all: [/can't initialize ip6?tables|table does not exist|perhaps ip6?tables or your kernel/i],
    asIs: true,
  },
  {
    kind: 'iptables-modes-mixed',
    hints: ['iptables-legacy', 'iptables-nft', 'nf_tables', 'legacy'],
    all: [
      /iptables-legacy tables present|(?:legacy|nf_?tables|nft)[^\n]{0,80}(?:mixed|disagree|mismatch|instead of|while|whereas|but|versus|vs\.?|混用|不一致)[^\n]{0,80}(?:legacy|nf_?tables|nft)/i,
      /iptables|nft/i,
    ],
    asIs: true,
  },
  {
    kind: 'iptables-old-version',
    hints: ['iptables v1.', 'iptables 1.', 'iptables: 1.', 'iptables version'],
    all: [/iptables(?: version|:)? v?(?<value>1\.(?:[0-7]\.\d{1,2}|[0-7]\b|8\.[0-4]\b))/i],
  },
  {
    kind: 'iptables-rules-wrong',
    hints: ['iptables', 'masquerade', 'kube-services', 'kube-proxy', 'chains', '规则', '链'],
    all: [
      /(?:no|missing|lacks?|without|absent|not (?:there|present|contain)|shows? no)[^\n]{0,40}(?:kube-\w{3,12}|masquerade|kube-proxy|flannel|nat) ?(?:chains?|rules?)?|(?:kube-\w{3,12}|masquerade|flannel|kube-proxy)[^\n]{0,40}(?:chains?|rules?)[^\n]{0,30}(?:missing|absent|not there|gone|duplicate|pile)|duplicates? by|duplicated? (?:iptables )?rules|(?:规则|链)[^\n]{0,16}(?:重复|缺失|没有|丢失)/i,
      /iptables|rules?|chains?|规则|链/i,
    ],
    not: [/kube-system/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'cni-device-managed',
    hints: ['cali', 'flannel', 'vxlan.calico', 'tunl0', 'cilium', 'lxc'],
    all: [
      /^\s{0,8}(?<value>cali\w{3,20}|flannel[\w.-]{0,12}|vxlan\.calico|tunl0|lxc\w{3,20}|cilium_\w{2,10})\s{1,20}\w{2,12}\s{1,20}(?:connecting|connected(?! \(externally)|disconnected|deactivating|config)/i,
    ],
  },
  {
    kind: 'cni-device-managed',
    hints: ['networkmanager', 'network manager', 'nmcli'],
    all: [
      /network ?manager|nmcli/i,
      /cali|flannel|vxlan|cni\b|tunl|interfaces?|网卡|接口|devices?/i,
      /manag(?:es|ed|ing)|takes? over|takes? control|remov|delet|touch|interfer|flush|rewrit|connecting|接管|管理|删除|干扰|清/i,
    ],
    not: [/unmanaged(?! devices? (?:is|are) missing)|nm-cloud-setup|cloud-setup/i],
    loose: true,
  },
  {
    kind: 'nm-cloud-setup-active',
    hints: ['nm-cloud-setup'],
    all: [/nm-cloud-setup/i],
    not: [
      /disabled|not (?:installed|found|enabled|active)|inactive|absent|masked|could not be found|未启用|没有启用|已关闭/i,
    ],
  },
  {
    kind: 'extra-routing-table',
    hints: ['lookup 30400', 'lookup 30200', '30400', '30200'],
    all: [/\b30[2-4]00:?[^\n]{0,60}lookup|lookup 30[2-4]00/i],
  },
  {
    kind: 'own-pods-unreachable',
    hints: [
      'on itself',
      'own pods',
      'local pods',
      'its own',
      '本机',
      'on the same host',
      'pods on the same node',
    ],
    all: [
      /(?:host|node|machine|it)[^\n]{0,40}(?:cannot|can't|can not|not|unable|fails?)[^\n]{0,30}(?:reach|ping|curl|connect)[^\n]{0,30}(?:pods? (?:on|of) (?:itself|the same|that)|its own pods?|own pods|local pods)|(?:宿主机|节点|本机)[^\n]{0,16}(?:访问不了|不通|无法访问|ping 不通)[^\n]{0,16}(?:自己|本机)/i,
    ],
    loose: true,
    asIs: true,
  },
  {
    kind: 'node-died',
    hints: [
      'power',
      'died',
      'crashed',
      'went down',
      'dead',
      'reboot',
      'lost',
      '宕机',
      '断电',
      '挂了',
      'terminated',
      'killed',
      'fail',
    ],
    all: [
      /(?:node|worker|machine|host|server|vm|节点|机器)[^\n]{0,60}(?:lost power|power (?:loss|failure|cut|outage)|died|crashed|went down|went away|was (?:killed|terminated|lost|shut)|failed hard|hard reset|宕机|断电|挂了|掉电)|(?:after|when|since)[^\n]{0,30}(?:node|worker|machine)[^\n]{0,30}(?:died|crash|lost|fail|loss)/i,
    ],
    loose: true,
  },
  {
    kind: 'node-not-ready',
    hints: ['notready', 'not ready', '未就绪'],
    all: [
      /^\s{0,8}(?<value>[\w.-]{1,80})\s{1,20}NotReady\b|node[^\n]{0,30}(?:is |are |状态)?(?:NotReady|not ready)|节点[^\n]{0,12}(?:NotReady|未就绪)/i,
    ],
    not: [/pod|calico\/node/i],
    asIs: true,
  },
  {
    kind: 'node-just-joined',
    hints: [
      'joined',
      'added',
      'new node',
      'just',
      'bootstrap',
      'scaled up',
      '刚加入',
      '新加',
      '新节点',
    ],
    all: [
      /(?:node|worker|instance|机器|节点)[^\n]{0,30}(?:just |was |has |only )?(?:joined|joining|added|registered|came up|booted|刚(?:刚)?加入|新加)|new(?:ly)? (?:added |joined )?(?:node|worker|instance)|just (?:added|joined)|刚加入|新(?:加的?)?节点/i,
      /\b\d{1,3} ?s(?:ec|econds?)?\b|minute|moment|just|刚|秒|分钟|new|seconds/i,
    ],
    not: [/--node-external|wrong|as InternalIP/i],
    loose: true,
  },
  {
    kind: 'node-removed',
    hints: [
      'removed',
      'deleted',
      'drained',
      'scaled down',
      'scale down',
      'scale-down',
      'terminated',
      'spot',
      'decommission',
      '删除',
      '下线',
      '缩容',
      '移除',
      'gone',
    ],
    all: [
      /(?:node|worker|instance|spot|machine|autoscaler|karpenter|节点|机器)[^\n]{0,60}(?:removed?|deleted?|drained|scaled? ?-?down|terminated?|decommission|reclaim|is gone|was gone|删除|下线|缩容|移除)|(?:removed|deleted|drained|terminated|decommissioned|reclaimed) (?:the )?[\w-]{0,30} ?(?:node|worker|instance)/i,
    ],
    not: [/removed? (?:their|its|the) routes?|interfaces?|apiservice|lost power/i],
    loose: true,
  },
  {
    kind: 'stopped-by-itself',
    hints: [
      'by itself',
      'stopped',
      'went away',
      'transient',
      '自己',
      '自动恢复',
      'on its own',
      'only once',
      'no longer',
    ],
    all: [
      /(?:stop(?:s|ped)|went away|gone|disappear(?:s|ed)|recover(?:s|ed)|heal(?:s|ed)|vanish(?:es|ed))[^\n]{0,20}(?:by itself|on its own|alone|again)|transient|自己(?:就)?(?:好|恢复|消失)|自动恢复|by itself/i,
    ],
    loose: true,
  },
  {
    kind: 'heals-by-itself',
    hints: ['15 min', '16 min', 'minutes', 'healed', 'heals', 'recovers', '分钟', 'by itself'],
    all: [
      /(?:heal(?:s|ed)?|recover(?:s|ed)?|works? again|came back|goes away|恢复|好了)[^\n]{0,50}(?:by itself|itself|on its own|after (?:about |some |~)?1\d min|分钟)|(?:for|after) (?:about |around |some |~)?1\d ?min/i,
    ],
    loose: true,
  },
];
