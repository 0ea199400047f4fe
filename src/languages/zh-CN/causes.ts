import type { Catalogue } from '../translate.ts';

export const causes: Catalogue = {
  'agent {0} on {1} is not ready and says: {2}': '{1} 上的 agent {0} 未就绪，其日志：{2}',
  'pods on {0} and {1} do not reach each other, the machines do':
    '{0} 与 {1} 上的 Pod 互不可达，而两台机器之间是通的',
  ' ({0}: {1}, {2} restarts)': '（{0}：{1}，已重启 {2} 次）',
  'kube-apiserver lacks the flags of the aggregation layer': 'kube-apiserver 缺少聚合层的启动参数',
  'there is no APIService': '没有 APIService',
  '{0} lacks the flags of the aggregation layer, so metrics-server does not accept {1} requests.':
    '{0} 缺少聚合层的启动参数，因此 metrics-server 不接受{1}请求。',
  'kube-apiserver on {0}': '{0} 上的 kube-apiserver',
  'metrics-server refuses nobody': 'metrics-server 没有拒绝任何请求',
  'kube-apiserver on {0} was started without {1}': '{0} 上的 kube-apiserver 启动时未带 {1}',
  'ConfigMap kube-system/extension-apiserver-authentication holds no requestheader-client-ca-file':
    'ConfigMap kube-system/extension-apiserver-authentication 中没有 requestheader-client-ca-file',
  'metrics-server logs: {0}': 'metrics-server 日志：{0}',
  'metrics-server ends with: {0}': 'metrics-server 退出前的最后日志：{0}',
  'APIService: {0}': 'APIService：{0}',
  '{0}: metrics-server takes the caller for system:anonymous':
    '{0}：metrics-server 把调用方当作 system:anonymous',
  'the kube-apiserver Pods have the flags of the aggregation layer':
    'kube-apiserver Pod 已带有聚合层的启动参数',
  'nothing says that the aggregation layer lacks its flags': '没有迹象表明聚合层缺少启动参数',
  'kube-apiserver sends its calls to metrics-server to an HTTP proxy':
    'kube-apiserver 把发往 metrics-server 的调用送到了 HTTP 代理',
  "On a server: tr '\\0' '\\n' < /proc/$(pgrep -o 'kube-apiserver|k3s|rke2')/environ | grep -i proxy, and whether NO_PROXY covers the addresses of pods and Services.":
    "在某台 server 上执行：tr '\\0' '\\n' < /proc/$(pgrep -o 'kube-apiserver|k3s|rke2')/environ | grep -i proxy，并检查 NO_PROXY 是否涵盖 Pod 和 Service 的地址。",
  'every server': '每台 server',
  '<pod range>': '<Pod 网段>',
  '<Service range>': '<Service 网段>',
  '<node addresses>': '<节点地址>',
  'API servers send': 'API Server',
  "{0} calls to metrics-server to an HTTP proxy instead of the cluster's network.":
    '{0} 发往 metrics-server 的调用走了 HTTP 代理，而不是集群网络。',
  'the APIService condition': 'APIService 的状况（condition）',
  'kube-apiserver on {0} has a proxy ({1}) and no NO_PROXY entry for {2}':
    '{0} 上的 kube-apiserver 配置了代理（{1}），而 NO_PROXY 中没有 {2} 对应的条目',
  '{0} from {1} works past it': '绕过代理时，{0} 从 {1} 可用',
  '{0}: {1}, while its node reaches metrics-server': '{0}：{1}，而其节点能够连通 metrics-server',
  'a web page in place of an answer': '返回的是网页而不是响应',
  'the kube-apiservers that fail have no proxy in their environment':
    '失败的 kube-apiserver 的环境变量中没有代理',
  'no API server speaks of a proxy': '没有 API Server 提到代理',
  'An API server answers nothing': '某个 API Server 对任何请求都不响应',
  'every API server that was reached answers for itself':
    '所有连得上的 API Server 都能正常响应自身的请求',
  'their nodes do not reach metrics-server, for which they wait':
    '它们的节点无法连通 metrics-server，它们正在等待后者',
  'The API server on {0} takes connections and answers nothing, whatever it is asked.':
    '{0} 上的 API Server 接受连接，但无论请求什么都不响应。',
  'that server': '该 server',
  '{0} ({1}): no answer to the Metrics API in {2} ms':
    '{0}（{1}）：{2} 毫秒内对 Metrics API 无响应',
  '{0} says that it is not ready': '{0} 报告自己未就绪',
  'its node {0} reaches metrics-server': '其节点 {0} 能够连通 metrics-server',
  'See what the API server is waiting for, then restart it':
    '查明 API Server 在等待什么，然后重启它',
  'a restart of one of several API servers is felt by the clients connected to it only':
    '有多个 API Server 时，重启其中一个只影响连接到它的客户端',
  'Disk latency of etcd, a full disk and a hanging admission webhook are the usual reasons.':
    '常见原因是 etcd 磁盘延迟、磁盘写满，以及卡住的准入 webhook。',
  'An API server keeps a dead connection to metrics-server':
    '某个 API Server 仍在使用到 metrics-server 的失效连接',
  'no API server waits on a connection': '没有 API Server 在等待某个连接',
  'the nodes of the API servers that wait do not reach metrics-server either, or were not asked':
    '正在等待的 API Server 所在节点同样无法连通 metrics-server，或者未被探测',
  'no node was lost within the last {0}: a dead connection would have been given up by now':
    '最近 {0}内没有节点丢失：失效连接到现在应该已被放弃',
  '{0} {1} on a connection to metrics-server that went down with {2}; the present pod is within reach.':
    '{0} {1}一条到 metrics-server 的连接，而该连接已随 {2} 一起失效；当前的 Pod 是可达的。',
  'Run the diagnosis again in {0}: what heals by itself was this.':
    '{0}后再次运行诊断：如果已自行恢复，就是此原因。',
  '{0} has not been Ready for {1}': '{0} 已有 {1}不处于 Ready 状态',
  'no answer in {0}': '{0}内无响应',
  '{0} from {1} works now': '{0} 从 {1} 现在可用',
  'Wait, or restart that kube-apiserver': '等待，或重启该 kube-apiserver',
  'clients connected to that API server reconnect': '连接到该 API Server 的客户端会重新连接',
  'Kubernetes 1.20 and newer notice a dead connection by themselves within a minute: upgrade older ones.':
    'Kubernetes 1.20 及更新版本会在一分钟内自行发现失效连接：请升级更旧的版本。',
  'The API servers do not trust the certificate of metrics-server':
    'API Server 不信任 metrics-server 的证书',
  'the APIService says insecureSkipTLSVerify: no certificate is checked':
    'APIService 设置了 insecureSkipTLSVerify：不校验任何证书',
  'no API server answered with an x509 error': '没有 API Server 返回 x509 错误',
  'API servers refuse the certificate of metrics-server ({0}).':
    'API Server 拒绝 metrics-server 的证书（{0}）。',
  'APIService: insecureSkipTLSVerify false, caBundle {0}':
    'APIService：insecureSkipTLSVerify 为 false，caBundle {0}',
  'the APIService shows Available=True all the same: its check does not verify the certificate':
    'APIService 仍显示 Available=True：其可用性检查不校验证书',
  '{0} accepts the same certificate': '{0} 接受同一张证书',
  'compare the clocks: date -u on every server and on the metrics-server node':
    '比对时钟：在每台 server 以及 metrics-server 所在节点上执行 date -u',
  'ask every API server again: the answers differ': '再次询问每个 API Server：各自的响应不一致',
  'signed by an authority that the caBundle does not hold': '其签发 CA 不在 caBundle 中',
  'it is made out to another name': '证书签发给了另一个名称',
  'it has expired': '证书已过期',
  'Make the caBundle and the certificate match': '让 caBundle 与证书匹配',
  'insecureSkipTLSVerify lets anyone on the pod network who takes over that address answer in the place of metrics-server; upstream ships it so':
    '设置 insecureSkipTLSVerify 后，Pod 网络中任何占用该地址者都可以冒充 metrics-server 响应；上游发行的默认配置即如此',
  'With cert-manager, the annotation cert-manager.io/inject-ca-from keeps the caBundle current.':
    '使用 cert-manager 时，注解 cert-manager.io/inject-ca-from 会让 caBundle 保持最新。',
  'Another product owns the APIService v1beta1.metrics.k8s.io':
    '另一产品占用了 APIService v1beta1.metrics.k8s.io',
  'no APIService names a Service': '没有 APIService 指向 Service',
  'no second metrics-server is ready beside the registered one':
    '除已注册的 metrics-server 外，没有第二个就绪的 metrics-server',
  'The APIService is switched between {0} while one looks: two products write it.':
    '观察期间 APIService 在 {0} 之间来回切换：有两个产品在写它。',
  'the registered provider has ready pods: what is broken is the way to them':
    '已注册的提供方有就绪的 Pod：有问题的是通往它们的路径',
  'the registered provider serves': '已注册的提供方工作正常',
  'The APIService leads to {0}{1}, not to the metrics-server that runs in {2}.':
    'APIService 指向 {0}{1}，而不是运行在 {2} 中的 metrics-server。',
  ', which nothing stands behind': '（其后没有任何后端）',
  'APIService spec.service is {0}': 'APIService 的 spec.service 为 {0}',
  '{0} in {1}: {2} of {3} pods ready': '{1} 中的 {0}：{3} 个 Pod 中有 {2} 个就绪',
  'spec.service was written by {0}{1}': 'spec.service 由 {0} 写入{1}',
  ' at {0}': '（时间 {0}）',
  '<other provider>': '<另一提供方>',
  'The APIService v1beta1.metrics.k8s.io does not exist':
    'APIService v1beta1.metrics.k8s.io 不存在',
  'the APIService exists': 'APIService 存在',
  'there is no provider to register': '没有可注册的提供方',
  'The APIService v1beta1.metrics.k8s.io is gone, so no API server forwards to metrics-server.':
    'APIService v1beta1.metrics.k8s.io 已不存在，因此没有 API Server 会把请求转发给 metrics-server。',
  'APIService v1beta1.metrics.k8s.io: not found': 'APIService v1beta1.metrics.k8s.io：未找到',
  '{0} {1}/{2} exists': '{0} {1}/{2} 存在',
  'Register metrics-server again': '重新注册 metrics-server',
  'API servers start to forward metrics.k8s.io to this Service; nothing else changes':
    'API Server 会开始把 metrics.k8s.io 转发到该 Service；其他一切不变',
  'insecureSkipTLSVerify: true is what upstream and the packaged charts ship; with a certificate of your own set caBundle instead.':
    '上游和打包的 chart 默认设置 insecureSkipTLSVerify: true；如果使用自己的证书，请改为设置 caBundle。',
  'Find out what deleted it: an uninstall of kube-prometheus or prometheus-adapter takes it along.':
    '查明它是被什么删除的：卸载 kube-prometheus 或 prometheus-adapter 时会连带删除它。',
  'Clocks of nodes differ': '节点时钟不一致',
  'nothing was refused for not being valid yet': '没有任何请求因“尚未生效”而被拒绝',
  'Something is refused for not being valid yet: clocks differ.':
    '有请求因“尚未生效”而被拒绝：时钟不一致。',
  "The clocks of {0} differ from the API server's, so certificates or tokens look as if they were not valid yet.":
    '{0} 的时钟与 API Server 不一致，因此证书或 token 看起来尚未生效。',
  "the clock of {0} is {1} s {2} the API server's": '{0} 的时钟比 API Server {2} {1} 秒',
  'ahead of': '快',
  'On every node, at once: date -u; timedatectl   # a difference of seconds, or "System clock synchronized: no", proves it':
    '在所有节点上同时执行：date -u; timedatectl   # 相差数秒，或显示 "System clock synchronized: no"，即可证实',
  'was too early': '因时间过早而失败',
  'metrics-server: {0}': 'metrics-server：{0}',
  'API server {0}: {1}': 'API Server {0}：{1}',
  'Set the clocks right, and keep them so': '校准时钟，并保持同步',
  'every node': '所有节点',
  'a step of the clock confuses what counts by it: etcd and databases do not like it under load':
    '时钟跳变会扰乱依赖时间的组件：etcd 和数据库在高负载下尤其受影响',
  'date -u on every node, at once': '在所有节点上同时执行 date -u',
  'A virtual machine that was suspended needs the host tools or chrony to step after it wakes.':
    '挂起过的虚拟机需要由宿主机工具或 chrony 在唤醒后校正时钟。',
  "The cloud's firewall keeps the control plane from metrics-server":
    '云防火墙阻断了控制平面到 metrics-server 的流量',
  'not a managed cluster of EKS, GKE or AKS': '不是 EKS、GKE 或 AKS 的托管集群',
  'no API server waits for metrics-server in vain': '没有 API Server 等不到 metrics-server 的响应',
  'no metrics-server pod is ready, so API servers have nobody to dial':
    '没有就绪的 metrics-server Pod，API Server 无目标可连',
  'pods live in an overlay that the control plane is no part of':
    'Pod 位于控制平面未加入的 overlay 中',
  'other nodes do not reach metrics-server either': '其他节点同样无法连通 metrics-server',
  "The control plane gets no answer from metrics-server's port{0}, which nodes reach: the firewall between {1} and the nodes.":
    '控制平面收不到 metrics-server 端口{0} 的响应，而节点可以连通该端口：问题在于 {1}与节点之间的防火墙。',
  'GKE opens 443 and 10250 to its control plane by itself, not {0}':
    'GKE 默认只向其控制平面开放 443 和 10250，不包括 {0}',
  'the EKS control plane': 'EKS 控制平面',
  'the GKE control plane': 'GKE 控制平面',
  'the AKS control plane': 'AKS 控制平面',
  'no answer': '无响应',
  '{0} of {1} from {2} to metrics-server work, as tcp from {3}':
    '从 {2} 到 metrics-server 的 {1}中有 {0} 条可用，例如 tcp 从 {3}',
  "The CNI's state on a node is broken or stale": '某节点上 CNI 的状态损坏或过期',
  'its agents say what they lack: see kernel-module-missing, iptables-incompatible':
    '其 agent 已说明缺少什么：参见 kernel-module-missing、iptables-incompatible',
  'nodes share an address: see duplicate-node-ip': '有节点共用同一地址：参见 duplicate-node-ip',
  'pods reach each other between all nodes tried': '所有已探测的节点之间 Pod 均互通',
  'paths between pods on different nodes': '不同节点上的 Pod 之间的路径',
  '{0} of {1} agents ready, and the packets end at a filter or unseen':
    '{1} 个 agent 中有 {0} 个就绪，报文止于包过滤规则或去向不明',
  'the packets end at a filter': '报文止于包过滤规则',
  'on {0}': '在 {0} 上',
  "The CNI's state {0} is wrong: {1}.": 'CNI {0}的状态有误：{1}。',
  "Pods do not reach each other {0}, and the CNI's state {1} may be why: {2}.":
    'Pod {0}互不可达，原因可能是 CNI {1}的状态：{2}。',
  'the node that is cut off': '失联的节点',
  '{0} logs: {1}': '{0} 日志：{1}',
  '<overlay device>': '<overlay 设备>',
  'On {0}: ip route, bridge fdb show dev {1}, ip neigh show dev {2}: each other node needs one entry. All there: look at iptables -L OUTPUT -vn.':
    '在 {0} 上执行：ip route、bridge fdb show dev {1}、ip neigh show dev {2}：其他每个节点都应有一条对应条目。如果齐全，再查看 iptables -L OUTPUT -vn。',
  'both nodes': '两个节点',
  '{0} has no route over the overlay to {1} on {2}': '{0} 没有经 overlay 到 {2} 上 {1} 的路由',
  'agent {0} on {1} is not ready{2}': '{1} 上的 agent {0} 未就绪{2}',
  '{0} finds no neighbour for {1} (EHOSTUNREACH after {2} ms)':
    '{0} 找不到 {1} 的邻居条目（{2} 毫秒后返回 EHOSTUNREACH）',
  "nothing listens there on the overlay's UDP port": '该处没有进程监听 overlay 的 UDP 端口',
  'it takes packets of another VNI only': '它只接收另一 VNI 的报文',
  "it sends to a MAC that is not the other node's overlay device":
    '它发往的 MAC 不是对方节点的 overlay 设备',
  'The host of kube-apiserver is not on the pod network': 'kube-apiserver 所在主机不在 Pod 网络中',
  'no API server fails whose host is not a node': '没有“所在主机不是节点”的 API Server 出现失败',
  'metrics-server is in the host network': 'metrics-server 使用主机网络',
  'konnectivity agents are there: a tunnel stands in': '存在 konnectivity agent：由隧道代为转发',
  'the cloud gives pods addresses that its control plane reaches':
    '云平台为 Pod 分配了其控制平面可达的地址',
  "On the host of {0}: ip route get {1}, and ip -br link | grep -E 'flannel|cali|cilium|vxlan'. No device of the CNI, and a way over the default route: it is not on the pod network.":
    "在 {0} 所在主机上执行：ip route get {1}，以及 ip -br link | grep -E 'flannel|cali|cilium|vxlan'。如果没有 CNI 设备，且走默认路由，则该主机不在 Pod 网络中。",
  'the API server': 'API Server',
  '<pod address>': '<Pod 地址>',
  "The {0} of API server {1} {2} not on the cluster's pod network{3}.":
    'API Server {1} 所在的{0}{2}不在集群的 Pod 网络中{3}。',
  '{0} ({1}) stands on no node, and says: {2}': '{0}（{1}）不在任何节点上，其返回：{2}',
  '{0} of {1} from nodes to metrics-server work, as tcp from {2}':
    '从节点到 metrics-server 的 {1}中有 {0} 条可用，例如 tcp 从 {2}',
  'It is': '该规则是',
  'By the listed rules it is': '按所列规则，应是',
  ', and {0}': '，以及{0}',
  'more rule': '条其他规则',
  'plain iptables': '普通 iptables',
  'plain nftables': '普通 nftables',
  'chain {0} in table {1} {2}': '表 {1} {2} 的 {0} 链',
  'the policy of {0} ({1}, {2})': '{0}的默认策略（{1}，{2}）',
  'the rule with {0}': '{0} 的规则',
  "{0} such packets before the kernel's own trace ({1} followed)":
    '{0}此类报文，内核自身的跟踪可证实（跟踪了 {1}）',
  '{0} them: its counter rose by {1} while {2} of {3} alone came':
    '{0}这些报文：其计数器增加了 {1}，而同期仅来自 {3} 的就有 {2} 个',
  'is where the rules, read for such a packet, end; it counts nothing':
    '是此类报文按规则推演的终点；它没有计数器',
  'Two nodes publish the same address': '两个节点公布了同一地址',
  'all {0} nodes publish addresses of their own': '{0} 个节点各自公布自己的地址',
  '{0} publish {1}': '{0} 公布了同一地址 {1}',
  '{0}: packets for one end at the other.': '{0}：发往其中一个的报文会到达另一个。',
  '{0} {1} stands on {2}': '{0} {1} 同时出现在 {2} 上',
  'the nodes that share it': '共用该地址的节点',
  'the tunnel address': '隧道地址',
  'The tunnel of RKE2 or k3s does not pass API servers on to pods':
    'RKE2 或 k3s 的隧道没有把 API Server 的请求转发到 Pod',
  'no API server speaks of a tunnel on its own host': '没有 API Server 提到自身主机上的隧道',
  'On {0}: curl -k --max-time 5 https://{1}/livez. An answer (403 is one): the tunnel refuses; silence: the network does.':
    '在 {0} 上执行：curl -k --max-time 5 https://{1}/livez。有响应（403 也算）：是隧道拒绝；无响应：是网络问题。',
  'the server': '该 server',
  'the tunnel passed it on: its host does not reach metrics-server either':
    '隧道已转发：其主机同样无法连通 metrics-server',
  'the tunnel was asked for an address that is no longer in service':
    '隧道被要求连接的地址已不再提供服务',
  ', egress-selector-mode {0}': '，egress-selector-mode 为 {0}',
  'The tunnel server on {0} ({1}{2}) does not pass API servers on to metrics-server{3}.':
    '{0} 上的隧道服务端（{1}{2}）没有把 API Server 的请求转发到 metrics-server{3}。',
  ', which the same hosts reach': '，而同一主机可以连通它',
  '{0} from {1} works on the same host {2}': '在同一主机 {2} 上，{0} 从 {1} 可用',
  '{0} has {1}, outside of {2} of its node: the CNI hands out ranges of its own':
    '{0} 的地址 {1} 不在其节点的 {2} 内：CNI 分配的是自己的网段',
  'no scrape {0}': '没有抓取{0}',
  'the log lines are old: those nodes have metrics by now': '这些日志是旧的：相应节点现在已有指标',
  'the same of {0} more nodes': '另有 {0} 个节点相同',
  'A packet filter on a node drops what it forwards to pods':
    '某节点上的包过滤规则丢弃了转发给 Pod 的流量',
  'that node': '该节点',
  'forwarded traffic': '转发流量',
  'Traffic from other nodes reaches {0} and is dropped on its way to the pods there.':
    '来自其他节点的流量到达了 {0}，但在送往其上 Pod 的途中被丢弃。',
  'all forwarded traffic': '所有转发流量',
  '{0} {1} not forward packets at all (net.ipv4.ip_forward is 0), so pods there are cut off from other nodes.':
    '{0} 不{1}转发任何报文（net.ipv4.ip_forward 为 0），因此其上的 Pod 与其他节点隔绝。',
  'On {0}: iptables -L FORWARD -vn --line-numbers, and look for the rule whose counter rises during a run.':
    '在 {0} 上执行：iptables -L FORWARD -vn --line-numbers，找出诊断期间计数器增加的那条规则。',
  'the node': '该节点',
  'on {0} net.ipv4.ip_forward is 0: the kernel drops what is not for itself':
    '{0} 上 net.ipv4.ip_forward 为 0：内核丢弃目的地址不是本机的报文',
  'a NetworkPolicy shuts the port': '有 NetworkPolicy 关闭了该端口',
  ', and no NetworkPolicy does it': '，且并非 NetworkPolicy 所致',
  'Port {0}/tcp of metrics-server on {1} is shut to other nodes{2}.':
    '{1} 上 metrics-server 的端口 {0}/tcp 对其他节点关闭{2}。',
  'so the network between the nodes carries it': '可见节点间的网络是通的',
  'its own node {0} reaches it': '其所在节点 {0} 可以连通它',
  'Run the diagnosis again: it tries these paths again.': '再次运行诊断：它会重新探测这些路径。',
  'Not all connections to {0}/tcp fail, or others do, too: run the diagnosis again, and on {1} look for a rule with its own sources (iptables -L -vn --line-numbers).':
    '到 {0}/tcp 的连接并非全部失败，或者其他连接也失败：再次运行诊断，并在 {1} 上查找限定了来源的规则（iptables -L -vn --line-numbers）。',
  'metrics-server asks every caller for credentials; still, open it to the nodes only.':
    'metrics-server 会要求每个调用方出示凭据；即便如此，也请只对节点开放。',
  'no pod is cut off beside others that answer': '没有 Pod 在其他 Pod 有响应的情况下单独失联',
  '{0} {1} what its pods send to kubelets of other nodes ({2}/tcp).':
    '{0} {1}其 Pod 发往其他节点 kubelet（{2}/tcp）的报文。',
  'from the host itself': '从主机自身发起',
  '{0} the same': '{0}结果相同',
  'more path': '条其他路径',
  'metrics-server refused no request {0}': 'metrics-server 没有{0}拒绝过请求',
  'metrics-server lets the API servers in; whom it refuses is somebody else':
    'metrics-server 放行 API Server；它拒绝的是其他调用方',
  'the API servers': 'API Server',
  'metrics-server: Unable to authenticate the request: {0}':
    'metrics-server：Unable to authenticate the request: {0}',
  'metrics-server runs with {0} instead of asking the cluster':
    'metrics-server 以 {0} 运行，而不是向集群查询',
  "metrics-server does not accept the front proxy's name":
    'metrics-server 不接受 front-proxy 的名称',
  'the cluster allows {0}': '集群允许 {0}',
  "metrics-server turns {0} away: the front proxy's name is not in its list of allowed names.":
    'metrics-server 拒绝 {0}：front-proxy 的名称不在其允许名称列表中。',
  'metrics-server takes the front proxy of {0} for a user of its own, and not for one who speaks for others.':
    'metrics-server 把 {0} 的 front-proxy 当作普通用户，而不是代他人发起请求的代理。',
  "Allow the front proxy's name, and start metrics-server anew: it reads the list when it starts":
    '允许 front-proxy 的名称，并重启 metrics-server：它在启动时读取该列表',
  'every control-plane node': '所有控制平面节点',
  'whoever holds a certificate of that CA with an allowed name can speak for any user: never leave the list empty where the CA signs users, too':
    '凡持有该 CA 签发且名称在允许列表中的证书者，都可以冒充任意用户：如果该 CA 也签发用户证书，切勿让列表为空',
  'RKE2 and k3s use system:auth-proxy, kubeadm front-proxy-client.':
    'RKE2 和 k3s 使用 system:auth-proxy，kubeadm 使用 front-proxy-client。',
  "metrics-server does not trust the front proxy's certificate":
    'metrics-server 不信任 front-proxy 的证书',
  'metrics-server does not trust the front-proxy certificate of {0}: it knows another CA.':
    'metrics-server 不信任 {0} 的 front-proxy 证书：它所知的是另一个 CA。',
  "the cluster names {0} (from {1}) as the front proxy's CA{2}":
    '集群公布的 front-proxy CA 为 {0}（始于 {1}）{2}',
  ', younger than metrics-server': '，比 metrics-server 的启动时间更新',
  "The front proxy's certificate has expired": 'front-proxy 的证书已过期',
  'The front-proxy certificate of {0} has expired: metrics-server turns their requests away.':
    '{0} 的 front-proxy 证书已过期：metrics-server 拒绝其请求。',
  'On a control-plane node: openssl x509 -noout -enddate -in /etc/kubernetes/pki/front-proxy-client.crt   # RKE2, k3s: server/tls/client-auth-proxy.crt; and date':
    '在某个控制平面节点上执行：openssl x509 -noout -enddate -in /etc/kubernetes/pki/front-proxy-client.crt   # RKE2、k3s：server/tls/client-auth-proxy.crt；以及 date',
  "A node's firewall keeps its own pods from its kubelet":
    '节点防火墙阻断了自身 Pod 到其 kubelet 的流量',
  "metrics-server's own node tried from a pod on it":
    '从 metrics-server 所在节点的 Pod 上对该节点的探测',
  'pods reach the kubelet of their own node': 'Pod 能够连通所在节点的 kubelet',
  'the kubelet does not answer its own node either': 'kubelet 对自身节点同样无响应',
  "The firewall of {0} keeps pods from the node's own kubelet ({1}/tcp), so metrics-server cannot scrape the node it runs on.":
    '{0} 的防火墙阻断了 Pod 到该节点自身 kubelet（{1}/tcp）的流量，因此 metrics-server 无法抓取它所在的节点。',
  'tcp from {0}: {1}': 'tcp 从 {0}：{1}',
  'On {0}: curl -k --max-time 5 https://{1}:{2}/healthz. An answer there proves the firewall.':
    '在 {0} 上执行：curl -k --max-time 5 https://{1}:{2}/healthz。如果有响应，即可证实是防火墙。',
  'Autoscalers look at containers without resource requests': 'HPA 涉及的容器没有设置资源 requests',
  'no autoscaler misses a resource request': '没有 HPA 因缺少资源 requests 而失效',
  'Look again once the Metrics API serves: kubectl describe hpa.':
    '待 Metrics API 恢复后再看：kubectl describe hpa。',
  '{0} cannot scale: containers there have no {1} request. The Metrics API is not at fault.':
    '{0} 无法扩缩容：其容器没有设置 {1} request。问题不在 Metrics API。',
  'Give every container of the target a request, sidecars and init helpers included':
    '为目标的每个容器设置 requests，包括 sidecar 和 init 辅助容器',
  'rolls the pods out anew; a request too large leaves them Pending':
    '会重新滚动发布 Pod；request 过大会让 Pod 停留在 Pending',
  'kubernetes.io: Horizontal Pod Autoscaling: without a request for one container the utilization of the pod is undefined.':
    'kubernetes.io: Horizontal Pod Autoscaling：只要有一个容器没有 request，该 Pod 的利用率就无法计算。',
  "If the pod named is not the target's own, the selector of the Deployment catches others: make its labels unique.":
    '如果所列 Pod 不属于该目标，说明 Deployment 的 selector 匹配到了其他 Pod：请使其标签唯一。',
  'The image of metrics-server cannot be pulled': '无法拉取 metrics-server 的镜像',
  'no metrics-server container waits for an image': '没有 metrics-server 容器在等待镜像',
  'another replica is ready and serves': '另一副本已就绪且工作正常',
  'pod {0}: {1}{2}': 'Pod {0}：{1}{2}',
  'pod {0}: {1}': 'Pod {0}：{1}',
  'the sandbox (pause) image': 'sandbox（pause）镜像',
  'metrics-server does not start: {0} cannot be pulled{1}.':
    'metrics-server 无法启动：无法拉取 {0}{1}。',
  ' on {0}': '（节点 {0}）',
  'its image': '其镜像',
  'Make the image available to the node': '让节点能够获取该镜像',
  '{0} registry mirror': '{0} 镜像仓库 mirror',
  'deleting the pod only starts it again': '删除 Pod 只会让它重新启动',
  'Private registries and air gap: docs.rke2.io/install/private_registry, docs.rke2.io/install/airgap.':
    '私有镜像仓库和离线环境：docs.rke2.io/install/private_registry、docs.rke2.io/install/airgap。',
  'A node does not forward packets to its pods': '节点不向其 Pod 转发报文',
  'whether {0} forwards packets': '{0} 是否转发报文',
  'nothing ends where a node would have to forward it': '没有报文在需要由节点转发之处中断',
  '{0} {1} not forward packets (net.ipv4.ip_forward is 0), so other nodes do not reach the pods there.':
    '{0} 不{1}转发报文（net.ipv4.ip_forward 为 0），因此其他节点无法访问那里的 Pod。',
  '{0}: net.ipv4.ip_forward is 0': '{0}：net.ipv4.ip_forward 为 0',
  'On {0}: sysctl -w net.ipv4.ip_forward=1, then run the diagnosis again. Pods there that answer now prove it.':
    '在 {0} 上执行：sysctl -w net.ipv4.ip_forward=1，然后重新诊断。若那里的 Pod 此时有应答，即可证实。',
  'Let the node forward packets again, and keep it so': '让该节点恢复报文转发，并使设置持久生效',
  'the machine routes between its networks, as every Kubernetes node must':
    '该机器会在其各网络之间转发流量，而每个 Kubernetes 节点都必须如此',
  'Wicked on SLES, hardening profiles and some VPN clients switch it off again: find who does (docs.rke2.io/known_issues).':
    'SLES 上的 Wicked、安全加固配置以及某些 VPN 客户端会再次关闭转发：请查明是谁所为（docs.rke2.io/known_issues）。',
  "Two variants of iptables stand in each other's way on a node":
    '节点上的两种 iptables 变体相互冲突',
  'no agent of the CNI that is not ready complains of iptables':
    '未就绪的 CNI agent 均未报告 iptables 问题',
  'On {0}: iptables --version; iptables-legacy-save | head; iptables-nft-save | head. Rules in both are the quarrel.':
    '在 {0} 上执行：iptables --version; iptables-legacy-save | head; iptables-nft-save | head。若两者中都有规则，即为冲突所在。',
  'The kernel of a node lacks a module that the CNI needs': '节点内核缺少 CNI 所需的模块',
  'no agent of the CNI that is not ready speaks of a kernel module':
    '未就绪的 CNI agent 均未提到内核模块',
  'The kernel of {0} lacks a module that the CNI needs, so its agent there has no working network.':
    '{0} 的内核缺少 CNI 所需的模块，因此那里的 CNI agent 没有可用的网络。',
  'On {0}: modprobe -a vxlan br_netfilter ip_set xt_set; "not found" names the one that is missing.':
    '在 {0} 上执行：modprobe -a vxlan br_netfilter ip_set xt_set；输出中的 "not found" 会指明缺少哪个模块。',
  '{0} runs {1}, kernel {2}': '{0} 运行 {1}，内核 {2}',
  'br_netfilter is not loaded on {0}': '{0} 上未加载 br_netfilter',
  'The konnectivity tunnel has no agent behind an API server':
    'API Server 背后的 konnectivity 隧道没有 agent',
  "The tunnel server's log on each control-plane host: konnectivity-server, or journalctl -u k0scontroller | grep konnectivity; and whether each reports a ready backend.":
    '查看每台控制平面主机上隧道服务端的日志：konnectivity-server，或 journalctl -u k0scontroller | grep konnectivity；并确认每台是否都报告有就绪的后端。',
  'no API server speaks of a tunnel, and no agent of one is there':
    '没有 API Server 提到隧道，集群中也没有隧道 agent',
  'no API server speaks of a tunnel without agents; {0} of {1} are ready':
    '没有 API Server 提到隧道缺少 agent；{1} 个 agent 中有 {0} 个就绪',
  'The API servers': '各 API Server',
  "{0} cannot reach the cluster's network: {1}.": '{0} 无法访问集群网络：{1}。',
  'the tunnel has no agent behind it': '隧道背后没有 agent',
  'the tunnel server does not take connections': '隧道服务端不接受连接',
  'the tunnel does not carry its connections': '隧道无法承载其连接',
  'no agent of the tunnel is ready': '没有就绪的隧道 agent',
  'no konnectivity-agent Pod is there': '没有 konnectivity-agent Pod',
  '{0} of {1} ready{2}': '{1} 中有 {0} 个就绪{2}',
  '; they connect to {0}': '；它们连接到 {0}',
  'The host of an API server does not lead Service addresses to pods':
    'API Server 所在主机未将 Service 地址转发到 Pod',
  "no API server dials the Service's address in vain": '没有 API Server 连接该 Service 地址失败',
  'the nodes of these API servers do not reach the pod itself either':
    '这些 API Server 所在节点也无法直接访问该 Pod',
  'no pod behind the Service is ready': '该 Service 背后没有就绪的 Pod',
  "On the host of {0}: curl -k --max-time 5 https://{1}/livez beside the same to the pod's own address. Only the pod answers: it is kube-proxy's rules.":
    '在 {0} 所在主机上执行：curl -k --max-time 5 https://{1}/livez，再对 Pod 自身的地址执行同样的命令。若只有 Pod 有响应，则问题出在 kube-proxy 的规则。',
  "{0} {1} not lead the address of Service {2} to its pod, which {3} can reach: kube-proxy's rules are missing or wrong there.":
    '{0} 不{1}将 Service {2} 的地址转发到其 Pod，而{3}能直接访问该 Pod：那里的 kube-proxy 规则缺失或有误。',
  'its host': '其所在主机',
  'their hosts': '它们所在的主机',
  '{0} from {1} works on {2}': '{1} 的 {0} 探测在 {2} 上成功',
  'Kubelets wait for a serving certificate that nobody approves':
    'kubelet 在等待无人批准的服务证书',
  'ended in "tls: internal error"': '以 "tls: internal error" 告终',
  'no request for a serving certificate of these nodes waits': '这些节点没有待批准的服务证书请求',
  'The kubelets of {0} have no serving certificate{1}': '{0} 的 kubelet 没有服务证书{1}',
  ': their requests were not granted.': '：其证书请求未获批准。',
  'request {0} of {1} is {2}{3}': '{1} 的请求 {0} 状态：{2}{3}',
  ' since {0}': '，自 {0} 起',
  'Approve the requests, and let an approver do it from now on':
    '批准这些请求，并在今后交由 approver 自动批准',
  'who approves a request vouches for it: a wrong one lets a machine pass itself off as that node':
    '批准请求即为其担保：误批会让某台机器冒充该节点',
  'kube-controller-manager approves client certificates of kubelets, never serving ones (kubernetes.io: kubelet TLS bootstrapping).':
    'kube-controller-manager 只批准 kubelet 的客户端证书，从不批准服务证书（kubernetes.io：kubelet TLS bootstrapping）。',
  'A kubelet asks again every few minutes; pending requests are deleted after 24 h.':
    'kubelet 每隔几分钟会重新请求；待批准的请求在 24 小时后会被删除。',
  'metrics-server looks kubelets up by names that DNS does not know':
    'metrics-server 按 DNS 无法解析的名称查找 kubelet',
  'ended in a DNS lookup': '因 DNS 查询失败而告终',
  'metrics-server dials the kubelets of {0} by host names that DNS does not know.':
    'metrics-server 按主机名连接 {0} 的 kubelet，而 DNS 中没有这些主机名。',
  'metrics-server dials the kubelets of {0} by host names, and DNS does not answer it.':
    'metrics-server 按主机名连接 {0} 的 kubelet，而 DNS 没有应答。',
  'Let metrics-server dial the InternalIP of nodes':
    '让 metrics-server 使用节点的 InternalIP 进行连接',
  'kubelet certificates must then carry the IP address (x509 SAN), or the scrape ends there':
    '此后 kubelet 证书必须包含该 IP 地址（x509 SAN），否则抓取会因此失败',
  'k3s, RKE2 and the upstream manifest since 0.4 set InternalIP first.':
    'k3s、RKE2 以及 0.4 起的上游清单都将 InternalIP 排在首位。',
  'The other way is to make the node names resolvable inside the cluster.':
    '另一种办法是让节点名称在集群内可解析。',
  'metrics-server may not read kubelet metrics': 'metrics-server 无权读取 kubelet 指标',
  'ended in 403': '以 403 告终',
  'The kubelets of {0} deny metrics-server their metrics (403): its RBAC lacks nodes/metrics.':
    '{0} 的 kubelet 拒绝向 metrics-server 提供指标（403）：其 RBAC 缺少 nodes/metrics。',
  "the kubelet of {0} answers 401 to callers without a login: metrics-server's token was accepted":
    '{0} 的 kubelet 对未登录的调用方返回 401：说明 metrics-server 的 token 已被接受',
  'the kubelet of {0} answers 403 to callers without a login, too: it may not check tokens at all':
    '{0} 的 kubelet 对未登录的调用方同样返回 403：它可能根本不校验 token',
  'RBAC is one for all nodes, and {0} lets metrics-server in':
    'RBAC 对所有节点一致，而 {0} 允许 metrics-server 访问',
  'A kubelet looks at its containers too seldom': 'kubelet 采集容器数据的间隔过长',
  'no pod that must have numbers is known': '未发现理应有指标数据的 Pod',
  'pods have numbers wherever their node has': '凡节点有指标数据之处，其 Pod 也都有',
  '{0} {1} metrics, and none of the pods there: the kubelet looks at its containers too seldom, or its runtime gives no statistics.':
    '{0} {1}指标，而那里的 Pod 均无指标：kubelet 采集容器数据的间隔过长，或其容器运行时不提供统计数据。',
  'pods that have been ready for minutes on {0} have no numbers, the nodes have':
    '{0} 上已就绪数分钟的 Pod 没有指标数据，而节点有',
  "Put the kubelet's housekeeping interval back to its default of 10 s":
    '将 kubelet 的 housekeeping 间隔恢复为默认的 10 秒',
  'on the node': '在节点上',
  'restarts the kubelet; the containers of the node go on': '会重启 kubelet；节点上的容器继续运行',
  'kubernetes.io: kubelet --housekeeping-interval, "Interval between container housekeepings" (default 10s).':
    'kubernetes.io：kubelet --housekeeping-interval，“Interval between container housekeepings”（默认 10s）。',
  'A kubelet does not listen where others dial it': 'kubelet 未在被访问的地址上监听',
  "kubelets tried from metrics-server's node": '从 metrics-server 所在节点对 kubelet 的探测',
  'no kubelet that was tried refuses connections': '探测过的 kubelet 均未拒绝连接',
  'the kubelets that refuse metrics-server serve on their own node: something rejects in between':
    '拒绝 metrics-server 的 kubelet 在其本节点上可正常提供服务：是中间环节拒绝了连接',
  'Nobody listens at the kubelet port {0}/tcp of {1}.': '{1} 的 kubelet 端口 {0}/tcp 无人监听。',
  "On {0}: ss -ltnp 'sport = :{1}'. No line, or 127.0.0.1 only, proves it; 0.0.0.0 or * speaks of a filter that rejects.":
    "在 {0} 上执行：ss -ltnp 'sport = :{1}'。没有输出，或只有 127.0.0.1，即可证实；若为 0.0.0.0 或 *，则说明有包过滤规则在拒绝连接。",
  'every node named in the log': '日志中提到的每个节点',
  'the kubelet of {0} has renewed no Lease for {1} s (it does so every 10 s)':
    '{0} 的 kubelet 已有 {1} 秒未续约 Lease（正常为每 10 秒一次）',
  'condition Ready of {0} is Unknown': '{0} 的 Ready 状况为 Unknown',
  'Start the kubelet, and let it listen on all addresses': '启动 kubelet，并让其监听所有地址',
  'kubernetes.io: KubeletConfiguration, `address` (default 0.0.0.0).':
    'kubernetes.io：KubeletConfiguration，`address`（默认 0.0.0.0）。',
  'A packet filter keeps metrics-server from kubelets of other nodes':
    '包过滤规则阻止 metrics-server 访问其他节点的 kubelet',
  "metrics-server's host gets through: only its pods are filtered, at home":
    'metrics-server 所在主机可以连通：被过滤的只有其 Pod，且发生在本节点',
  "the answers to metrics-server's pod have no way back over the pod network":
    '返回 metrics-server Pod 的应答无法经由 Pod 网络送达',
  "kubelets of other nodes tried from metrics-server's node":
    '从 metrics-server 所在节点对其他节点 kubelet 的探测',
  "metrics-server's node reaches all {0} kubelets of other nodes that were tried":
    'metrics-server 所在节点可访问探测过的全部 {0} 个其他节点的 kubelet',
  'the kubelets do not answer on their own node either': '这些 kubelet 在其本节点上也无响应',
  'these machines answer nothing at all from outside': '这些机器对外部完全没有应答',
  'Connections from metrics-server on {0} to the kubelet port {1}/tcp of {2} are {3}.':
    '{0} 上的 metrics-server 到 {2} 的 kubelet 端口 {1}/tcp 的连接被{3}。',
  'On {0}: curl -k --max-time 5 https://{1}:{2}/healthz. An answer there proves the filter.':
    '在 {0} 上执行：curl -k --max-time 5 https://{1}:{2}/healthz。若有响应，即可证实存在包过滤。',
  'The kubelet asks every caller for credentials; still, open it to the nodes only.':
    'kubelet 会要求每个调用方提供凭据；即便如此，也只应对节点开放。',
  'RKE2 and k3s need 10250/tcp between all nodes: https://docs.rke2.io/install/requirements':
    'RKE2 和 k3s 要求所有节点之间开放 10250/tcp：https://docs.rke2.io/install/requirements',
  'A kubelet fails to gather its metrics': 'kubelet 收集自身指标失败',
  'ended in a 5xx status or in garbage': '以 5xx 状态码或无法解析的内容告终',
  'The kubelets of {0} answer the scrape with an error of their own.':
    '{0} 的 kubelet 对抓取返回了其自身的错误。',
  'Mend what the kubelet stumbles over': '修复导致 kubelet 出错的问题',
  'a restart of the container runtime leaves containers running; pods cannot be started for some seconds':
    '重启容器运行时不影响运行中的容器；数秒内无法启动 Pod',
  'The first command only reads; it needs the right nodes/proxy.':
    '第一条命令只读；需要 nodes/proxy 权限。',
  'Kubelet serving certificates have expired': 'kubelet 服务证书已过期',
  'metrics-server runs with --kubelet-insecure-tls':
    'metrics-server 以 --kubelet-insecure-tls 运行',
  'ended with an expired certificate': '因证书过期而告终',
  'The kubelet serving certificates of {0} have expired.': '{0} 的 kubelet 服务证书已过期。',
  '{0} shows a certificate that ended {1}': '{0} 出示的证书已于 {1} 到期',
  'Kubelet certificates lack the address that metrics-server scrapes':
    'kubelet 证书不含 metrics-server 抓取所用的地址',
  'ended with a certificate made out to another name': '因证书签发给其他名称而告终',
  "Kubelet certificates of {0} lack the node's IP address (x509 SAN), so metrics-server refuses them.":
    '{0} 的 kubelet 证书不含节点的 IP 地址（x509 SAN），因此被 metrics-server 拒绝。',
  '{0} shows a certificate for {1}': '{0} 出示的证书签发给 {1}',
  'metrics-server does not trust the certificates of kubelets':
    'metrics-server 不信任 kubelet 的证书',
  'ended with an unknown authority': '因签发机构未知而告终',
  'metrics-server does not trust the kubelet certificates of {0} (signed by an unknown authority).':
    'metrics-server 不信任 {0} 的 kubelet 证书（由未知机构签发）。',
  '{0} shows a certificate issued by {1}': '{0} 出示的证书，签发者：{1}',
  "Kubelets do not accept metrics-server's token": 'kubelet 不接受 metrics-server 的 token',
  'ended in 401': '以 401 告终',
  "The kubelets of {0} do not accept metrics-server's token ({1}).":
    '{0} 的 kubelet 不接受 metrics-server 的 token（{1}）。',
  '403 for system:anonymous': '对 system:anonymous 返回 403',
  'On every node, at once: date -u   # set the clocks right first (clock-skew)':
    '在每个节点上同时执行：date -u   # 请先校准时钟（clock-skew）',
  'metrics-server asks kubelets at the wrong port': 'metrics-server 访问 kubelet 所用的端口有误',
  'went to a port other than the one that the node publishes': '发往节点所公布端口以外的端口',
  'metrics-server asks the kubelets of {0} at port {1}; they serve at {2}.':
    'metrics-server 通过端口 {1} 访问 {0} 的 kubelet；而它们在端口 {2} 上提供服务。',
  'the nodes publish kubelet port {0}': '节点公布的 kubelet 端口为 {0}',
  'metrics-server runs with --kubelet-port={0}': 'metrics-server 以 --kubelet-port={0} 运行',
  'Let metrics-server use the port that each node publishes':
    '让 metrics-server 使用各节点所公布的端口',
  'none beyond a restart of metrics-server': '除重启 metrics-server 外无其他风险',
  '10255 is the read-only port: plain HTTP, no login, off by default since Kubernetes 1.10 installers.':
    '10255 是只读端口：明文 HTTP，无需登录，自 Kubernetes 1.10 的安装工具起默认关闭。',
  'A kubelet reports no CPU or memory of its node': 'kubelet 不报告其节点的 CPU 或内存',
  'every node has metrics, or metrics-server complains of its scrape':
    '每个节点都有指标，或 metrics-server 报告了其抓取失败',
  'whether pods on the nodes without metrics have numbers': '没有指标的节点上的 Pod 是否有指标数据',
  'The kubelets of {0} are scraped, but report no CPU or memory of the node itself.':
    '{0} 的 kubelet 可正常抓取，但不报告节点自身的 CPU 或内存。',
  'pods on {0} have numbers, the node has none: its kubelet is scraped':
    '{0} 上的 Pod 有指标数据，而节点没有：说明其 kubelet 可正常抓取',
  '{0} runs cgroup v2 on kernel {1} (5.8 is needed)': '{0} 在内核 {1} 上使用 cgroup v2（需要 5.8）',
  '{0} runs cgroup v2 with kubelet {1} (1.25 is needed)':
    '{0} 使用 cgroup v2，kubelet 版本为 {1}（需要 1.25）',
  'Give the kubelet control groups that it can read': '让 kubelet 使用其可读取的 cgroup',
  'a reboot of the node: drain it first. Newer Kubernetes and systemd give cgroup v1 up':
    '需重启节点：请先 drain。较新的 Kubernetes 和 systemd 不再支持 cgroup v1',
  'kubernetes-sigs/metrics-server KNOWN_ISSUES.md, "Kubelet doesn\'t report metrics for all or subset of nodes".':
    "参见 kubernetes-sigs/metrics-server KNOWN_ISSUES.md，“Kubelet doesn't report metrics for all or subset of nodes”。",
  '{0} has no route to {1} on {2}, and no answer from there':
    '{0} 没有到 {2} 上 {1} 的路由，且那里没有应答',
  '{0} has one to {1} there, and reaches it': '{0} 有到那里 {1} 的路由，且可以访问',
  'metrics-server has only just started': 'metrics-server 刚刚启动',
  'metrics-server has run for more than two scrapes': 'metrics-server 的运行时间已超过两次抓取',
  'metrics-server complains of its scrapes': 'metrics-server 报告了抓取失败',
  'metrics-server started {0} s ago and has not scraped twice yet: nothing is broken so far.':
    'metrics-server 于 {0} 秒前启动，尚未完成两次抓取：目前没有故障。',
  '{0}: {1} s old, running, scrapes every {2} s': '{0}：创建于 {1} 秒前，运行中，每 {2} 秒抓取一次',
  'Run the diagnosis again in {0} s: if numbers are still missing it is another fault.':
    '{0} 秒后重新诊断：若仍没有指标数据，则是其他故障。',
  'Wait for two scrapes': '等待两次抓取完成',
  'A second replica (values of the chart, PodDisruptionBudget) keeps numbers there during a rollout.':
    '增加一个副本（chart 的 values、PodDisruptionBudget）可在滚动更新期间保持指标可用。',
  'metrics-server exits again and again': 'metrics-server 反复退出',
  'no metrics-server container that is down has exited':
    '停止运行的 metrics-server 容器均非自行退出',
  'its port was taken: the log says "address already in use"':
    '其端口已被占用：日志中有 "address already in use"',
  'its log says that it could not reach the API server': '其日志表明无法访问 API Server',
  'it is restarted for a probe that asks in a wrong way': '它因探针请求方式有误而被重启',
  'it is restarted for a probe that it refuses': '它因拒绝了探针请求而被重启',
  'metrics-server exits with code {0}{1}': 'metrics-server 已退出，退出码 {0}{1}',
  'pod {0}, container {1}: exit code {2}, {3} restarts':
    'Pod {0} 的容器 {1}：退出码 {2}，重启 {3} 次',
  'its last words: {0}': '其最后的日志：{0}',
  'Take back what makes it exit': '撤回导致其退出的变更',
  'HelmChartConfig (look first)': 'HelmChartConfig（请先查看）',
  "goes back to the Deployment's previous revision, until the next chart run: then the HelmChartConfig counts":
    '回退到该 Deployment 的上一个版本，仅在 chart 下次运行前有效：之后以 HelmChartConfig 为准',
  "goes back to the Deployment's previous revision": '回退到该 Deployment 的上一个版本',
  'No metrics-server is installed': '未安装 metrics-server',
  'a provider of the Metrics API is deployed': '已部署 Metrics API 的提供者',
  'the Service has addresses of a provider outside the cluster':
    '该 Service 的地址属于集群外的提供者',
  '{0} runs in namespace {1}': '{0} 运行在命名空间 {1} 中',
  "the provider's Deployment: {0}": '提供者的 Deployment：{0}',
  'No metrics-server is installed; an APIService of an earlier one was left behind.':
    '未安装 metrics-server；之前安装的 APIService 有残留。',
  'No metrics-server is installed.': '未安装 metrics-server。',
  'no Deployment and no pod of a Metrics API provider exists':
    '不存在 Metrics API 提供者的 Deployment 和 Pod',
  'no Service and no pod of a Metrics API provider exists':
    '不存在 Metrics API 提供者的 Service 和 Pod',
  'APIService {0} names {1}/{2}, which has no pods': 'APIService {0} 指向 {1}/{2}，而后者没有 Pod',
  'the APIService v1beta1.metrics.k8s.io does not exist':
    'APIService v1beta1.metrics.k8s.io 不存在',
  '# on every server: remove rke2-metrics-server from `disable:` in /etc/rancher/rke2/config.yaml, and any skip file':
    '# 在每台 server 上：从 /etc/rancher/rke2/config.yaml 的 `disable:` 中移除 rke2-metrics-server，并删除 .skip 文件（如有）',
  '# on every server: remove metrics-server from `disable:` in /etc/rancher/k3s/config.yaml (or --disable), and any skip file':
    '# 在每台 server 上：从 /etc/rancher/k3s/config.yaml 的 `disable:`（或 --disable）中移除 metrics-server，并删除 .skip 文件（如有）',
  'Install metrics-server the way this distribution does': '按该发行版的方式安装 metrics-server',
  'adds a Deployment and an APIService to kube-system':
    '会在 kube-system 中添加一个 Deployment 和一个 APIService',
  'metrics-server needs about one minute (two scrapes) before it answers with numbers.':
    'metrics-server 需要约一分钟（两次抓取）才能返回指标数据。',
  'metrics-server does not accept connections, even at home':
    'metrics-server 不接受连接，在其所在节点上也是如此',
  "metrics-server's port tried from its own node": '从 metrics-server 所在节点对其端口的探测',
  'metrics-server accepts connections from its own node': 'metrics-server 接受来自其所在节点的连接',
  'no path from its own node failed': '从其所在节点出发的路径均未失败',
  'metrics-server on {0} refuses connections to {1}/tcp even from its own node: nothing listens there.':
    '{0} 上的 metrics-server 拒绝对 {1}/tcp 的连接，来自其所在节点的也不例外：该端口无人监听。',
  'metrics-server on {0} does not answer on {1}/tcp even from its own node.':
    '{0} 上的 metrics-server 在 {1}/tcp 上无响应，从其所在节点访问也是如此。',
  'tcp from {0} ({1}): open': '{0}（{1}）的 tcp 探测：端口开放',
  'metrics-server on {0} refuses every node that tried it, and its pod is not ready: nothing listens there.':
    '{0} 上的 metrics-server 拒绝了所有探测节点的连接，且其 Pod 未就绪：该端口无人监听。',
  'Read its log, then restart metrics-server': '查看其日志，然后重启 metrics-server',
  'metrics are away for one or two scrapes': '指标会中断一到两次抓取的时间',
  'Read the log first: the restart takes the witness away.': '请先查看日志：重启会使证据丢失。',
  'The container of metrics-server cannot be started': 'metrics-server 的容器无法启动',
  'no metrics-server container fails to be made': '没有创建失败的 metrics-server 容器',
  'metrics-server does not start: {0}': 'metrics-server 未能启动：{0}',
  'pod {0}, container {1}: {2}': 'Pod {0} 的容器 {1}：{2}',
  'Give the container what it lacks': '补上容器所缺的内容',
  'the commands only read': '这些命令只读',
  'Either make the missing object, or take the change back: `kubectl rollout undo` on its Deployment (RKE2: the HelmChartConfig rke2-metrics-server).':
    '创建缺失的对象，或撤回该变更：对其 Deployment 执行 `kubectl rollout undo`（RKE2：HelmChartConfig rke2-metrics-server）。',
  'metrics-server is killed for want of memory': 'metrics-server 因内存不足（OOM）被终止',
  'no metrics-server container that is down was OOMKilled':
    '停止运行的 metrics-server 容器均未被 OOMKilled',
  'metrics-server is OOMKilled{0} and does not get Ready.':
    'metrics-server {0}被 OOMKilled，无法就绪。',
  ' at its limit of {0}': '在达到其上限 {0} 时',
  'pod {0}, container {1}: OOMKilled, {2} restarts': 'Pod {0} 的容器 {1}：OOMKilled，重启 {2} 次',
  'Raise the memory limit to {0}': '将内存上限提高到 {0}',
  'restarts metrics-server; it may use up to {0} on its node':
    '会重启 metrics-server；它在所在节点上最多可使用 {0} 内存',
  'Upstream asks for 100m CPU and 200Mi per 100 nodes (kubernetes-sigs/metrics-server README, Scaling).':
    '上游建议每 100 个节点配置 100m CPU 和 200Mi 内存（kubernetes-sigs/metrics-server README，Scaling）。',
  'The API server does not accept the pods of metrics-server':
    'API Server 不接受 metrics-server 的 Pod',
  'no Deployment wants metrics-server pods': '没有 Deployment 需要 metrics-server 的 Pod',
  'metrics-server pods exist': 'metrics-server 的 Pod 已存在',
  'Deployment {0}/{1} wants {2} and has no pod': 'Deployment {0}/{1} 期望副本数为 {2}，但没有 Pod',
  'Nobody makes pods for Deployment {0}/{1}, which wants {2}.':
    '没有组件为 Deployment {0}/{1} 创建 Pod，其期望副本数为 {2}。',
  'No metrics-server pod is let in: {0}': 'metrics-server 的 Pod 均被拒绝创建：{0}',
  'ReplicaSet {0}: {1} ({2} times)': 'ReplicaSet {0}：{1}（{2} 次）',
  'Let the pods of metrics-server in': '允许创建 metrics-server 的 Pod',
  'the first commands only read; the restart makes a new ReplicaSet':
    '前几条命令只读；重启会创建新的 ReplicaSet',
  'The metrics-server Deployment is scaled to zero': 'metrics-server 的 Deployment 被缩容到零',
  'there is no Deployment': '没有 Deployment',
  'the Deployment wants at least one replica': '该 Deployment 期望至少一个副本',
  'a ready provider pod exists all the same': '仍有就绪的提供者 Pod',
  'Deployment {0} is scaled to zero: nothing answers the Metrics API.':
    'Deployment {0} 被缩容到零：Metrics API 没有后端响应。',
  'Deployment {0}: spec.replicas is 0': 'Deployment {0}：spec.replicas 为 0',
  'Scale metrics-server up again': '将 metrics-server 重新扩容',
  'starts one pod': '会启动一个 Pod',
  'Find out who scaled it (GitOps, a cost saver, a colleague), or it will happen again.':
    '请查明是谁缩容的（GitOps、降本工具或某位同事），否则还会再次发生。',
  'metrics-server finds no node to run on': 'metrics-server 无法调度：没有可运行的节点',
  'every metrics-server pod has a node, or there is none':
    '所有 metrics-server Pod 都已分配节点，或没有这样的 Pod',
  'metrics-server is Pending: {0}': 'metrics-server 处于 Pending：{0}',
  'the scheduler finds no node for it': '调度器找不到可用的节点',
  'pod {0} is Pending, Unschedulable: {1}': 'Pod {0} 处于 Pending，Unschedulable：{1}',
  '# a taint keeps it off: tolerate it, or remove a taint that should be gone':
    '# 有污点将其排除：添加容忍，或移除本应清除的污点',
  '# no room: free a node, add one, or lower the requests':
    '# 资源不足：腾出或新增节点，或降低 requests',
  '# its nodeSelector or affinity matches no node':
    '# 其 nodeSelector 或 affinity 与任何节点都不匹配',
  '# nodes are cordoned: uncordon one': '# 节点已被 cordon：对其中一个执行 uncordon',
  'Give metrics-server a node': '为 metrics-server 提供可用的节点',
  'depends on what is changed; the commands shown only read, except uncordon':
    '取决于所做的变更；所列命令除 uncordon 外均只读',
  'Large packets are lost between nodes': '节点之间的大包丢失',
  'where pods do not answer, small packets die, too': '在 Pod 无应答之处，小包同样丢失',
  'full-size packets pass wherever small ones do': '凡小包能通过之处，满尺寸报文也能通过',
  'a full-size answer over the pod network': 'Pod 网络上的满尺寸应答',
  'full-size pings pass where large TCP stalls': '在大 TCP 传输停滞之处，满尺寸 ping 可以通过',
  "Full-size packets {0} vanish, small ones pass: the pod network's MTU is larger than the path carries.":
    '{0}满尺寸报文丢失，而小包可以通过：Pod 网络的 MTU 超过了路径的承载能力。',
  'On {0}: ping -M do -c 3 -s 1400 to a pod on {1}, then -s 56. Only the small one answering proves it.':
    '在 {0} 上执行：ping -M do -c 3 -s 1400 到 {1} 上的某个 Pod，然后改用 -s 56。若只有小包有应答，即可证实。',
  '{0} silent over {1}': '{0}在 {1}上无应答',
  "the nodes' cards have different MTUs: {0}": '节点网卡的 MTU 不一致：{0}',
  'an overlay device is too large for its card: {0}': 'overlay 设备的 MTU 对其网卡而言过大：{0}',
  'all cards say {0} bytes, so something between the nodes carries less':
    '所有网卡的 MTU 均为 {0} 字节，因此是节点之间的某处承载能力更小',
  "NetworkManager manages the CNI's devices": 'NetworkManager 接管了 CNI 的网络设备',
  'the overlay has no device of its own': '该 overlay 没有自己的网络设备',
  '{0} is up and has its address where it was seen': '在已查看的节点上，{0} 均处于 up 状态且有地址',
  'where the device is bare its agent is not ready, or NetworkManager is not usual there':
    '设备缺少地址的节点上 agent 未就绪，或这类系统通常不使用 NetworkManager',
  "{0} on {1} has lost its address although the CNI's agent is ready: NetworkManager does that to devices that it manages.":
    '{1} 上的 {0} 丢失了地址，而 CNI 的 agent 已就绪：NetworkManager 会对其接管的设备这样做。',
  'On {0}: nmcli device | grep -E \'flannel|cali|vxlan|cni\'. "unmanaged" clears NetworkManager; anything else is it.':
    '在 {0} 上执行：nmcli device | grep -E \'flannel|cali|vxlan|cni\'。显示 "unmanaged" 即可排除 NetworkManager；显示其他内容则就是它。',
  '{0} on {1} is down': '{1} 上的 {0} 处于 down 状态',
  '{0} on {1} has no address': '{1} 上的 {0} 没有地址',
  'A NetworkPolicy keeps API servers from metrics-server':
    'NetworkPolicy 阻止 API Server 访问 metrics-server',
  'pods that no policy selects are unreachable, too': '未被任何策略选中的 Pod 同样不可达',
  'metrics-server is reachable from every node tried': '从所有已测试的节点均可访问 metrics-server',
  'paths from other nodes to a metrics-server pod': '从其他节点到 metrics-server Pod 的路径',
  'the NetworkPolicies: {0}': 'NetworkPolicy 列表：{0}',
  'the policies that select the pod admit this traffic': '选中该 Pod 的策略允许此流量',
  'there is no NetworkPolicy in its namespace': '其命名空间中没有 NetworkPolicy',
  'none of {0} selects the pod': '{0}均未选中该 Pod',
  "Other nodes do not reach metrics-server's port {0}/tcp on {1}, which its own node does: a NetworkPolicy would do that, and they could not be read.":
    '其他节点无法访问 {1} 上 metrics-server 的端口 {0}/tcp，而其所在节点可以访问：符合 NetworkPolicy 拦截的表现，但未能读取 NetworkPolicy。',
  "NetworkPolicy {0} {1} not admit API servers on other nodes to metrics-server's port {2}/tcp on {3}.":
    'NetworkPolicy {0} {1}拒绝其他节点上的 API Server 访问 {3} 上 metrics-server 的端口 {2}/tcp。',
  'From {0} try a pod on {1} in a namespace without policies: if it answers, the policy is it; if not, the overlay is.':
    '从 {0} 访问 {1} 上某个没有策略的命名空间中的 Pod：有响应则是策略的问题，否则是 overlay 的问题。',
  'another node': '另一个节点',
  'policy {0} selects pod {1} and admits no traffic from hosts to {2}/tcp':
    '策略 {0} 选中了 Pod {1}，且不允许主机访问 {2}/tcp',
  'its own node {0} reaches it: traffic from there is exempt from policies':
    '其所在节点 {0} 可以访问：来自本节点的流量不受策略限制',
  'tcp from {0}: {1}{2}': '{0} 的 tcp 探测：{1}{2}',
  ' (and {0})': '（以及{0}）',
  'tcp from {0} ({1}): open, so the network between the nodes carries it':
    '{0}（{1}）的 tcp 探测：端口开放，说明节点之间的网络可以承载该流量',
  'nm-cloud-setup leads a node past its own pods': 'nm-cloud-setup 使节点流量绕过本机的 Pod',
  'no node fails to reach its own pods': '没有节点无法访问自己的 Pod',
  'the routing tables of {0}': '{0} 的路由表',
  'no such node has a routing table of nm-cloud-setup': '这些节点上没有 nm-cloud-setup 的路由表',
  'nm-cloud-setup leads {0} past {1} own pods, which nobody on the machine reaches.':
    'nm-cloud-setup 使 {0} 的流量绕过{1}自身的 Pod，导致本机无法访问这些 Pod。',
  "On {0}: ip rule; ip route get <address of a pod there> from <address of the node>. The card in place of the pod's device is the fault.":
    '在 {0} 上执行：ip rule; ip route get <该节点上某 Pod 的地址> from <节点地址>。若指向物理网卡而不是该 Pod 的设备，即为故障所在。',
  '{0} has routing {1} {2} of nm-cloud-setup': '{0} 上有 nm-cloud-setup 的{1} {2}',
  'tcp from {0} works': '{0} 的 tcp 探测成功',
  'Switch nm-cloud-setup off and reboot': '停用 nm-cloud-setup 并重启节点',
  'second addresses and cards that the cloud gives are no longer set up by themselves; the reboot takes the node away for some minutes':
    '云平台分配的辅助地址和网卡将不再自动配置；重启会使节点离线几分钟',
  'Known from RHEL 8.4 and its kin on AWS, Azure and GCP (rancher/rke2 issue 1053).':
    '已知问题：AWS、Azure 和 GCP 上的 RHEL 8.4 及其衍生发行版（rancher/rke2 issue 1053）。',
  'Errors are only about nodes that come or go': '错误只涉及正在加入或离开的节点',
  'no node that has just joined or is not Ready is what fails': '故障与刚加入或未 Ready 的节点无关',
  '{0} {1}: no numbers from there are to be expected now.': '{0} {1}：目前不应期望获得其指标。',
  'comes or goes': '正在加入或离开',
  'come or go': '正在加入或离开',
  'joined {0} s ago': '于 {0} 秒前加入',
  'is not Ready': '未 Ready',
  'has not been heard of: condition Ready is Unknown': '已失联：Ready 状态为 Unknown',
  'Wait, or take the node out of the cluster': '等待，或将节点移出集群',
  'deleting a node that lives takes its pods away until its kubelet registers again':
    '若节点仍在运行，删除它会移走其上的 Pod，直到其 kubelet 重新注册',
  'Let alerts wait some minutes (`for:`) before a single node counts.':
    '让告警等待几分钟（`for:`），再对单个节点告警。',
  'out of': '发自',
  ' by its own filter': '在节点自身的包过滤规则处',
  ' by the nodes themselves': '在节点自身处',
  ' before they reach it': '在到达该节点之前',
  ' on the way out': '在发出途中',
  'Overlay packets from {0} to {1} are dropped{2} ({3}).':
    '从 {0} 到 {1} 的 overlay 报文{2}被丢弃（{3}）。',
  'Overlay packets into {0} are dropped{1} ({2}).': '进入 {0} 的 overlay 报文{1}被丢弃（{2}）。',
  'Overlay packets out of {0} are dropped{1} ({2}).':
    '从 {0} 发出的 overlay 报文{1}被丢弃（{2}）。',
  ' by their own filters': '在各节点自身的包过滤规则处',
  ' before they leave it': '在离开该节点之前',
  'Overlay packets {0} are dropped{1} ({2}).': '{0} overlay 报文{1}被丢弃（{2}）。',
  'A packet filter drops the pod overlay between nodes':
    '包过滤规则丢弃了节点之间的 Pod overlay 报文',
  'this CNI sends pod packets without encapsulation': '该 CNI 发送 Pod 报文时不做封装',
  'a path between two nodes over the pod network': '两个节点之间经过 Pod 网络的路径',
  'an answer from a pod that is known to be alive': '来自确认存活的 Pod 的应答',
  'small packets pass between pods on all {0} of nodes tried':
    '已测试的全部 {0}节点之间，Pod 的小包均可通过',
  'where pods do not answer, the machines do not reach each other either':
    '在 Pod 无应答之处，机器之间同样互不可达',
  'one-way bursts pass every filter and end later: see the other causes':
    '单向突发包通过了所有包过滤规则，在之后才丢失：参见其他原因',
  'Overlay packets {0} are lost ({1}).': '{0} overlay 报文丢失（{1}）。',
  '{0} to {1} on other nodes dead for every protocol and size tried ({2}): {3}':
    '到其他节点上 {1} 的 {0}不通，所有已测试的协议和大小（{2}）均如此：{3}',
  'the machines themselves reach each other on {0} of these {1}':
    '机器本身可互通的节点对：{0}（共 {1}）',
  'one node': '一个节点',
  'the other': '另一个节点',
  "On {0} and {1} at once: tcpdump -ni any '{2}'. Leaving one and not arriving at the other is a filter between them; arriving without an answer, the filter of the receiver (iptables -L INPUT -vn); leaving for a wrong address, or not at all, the sender's own state (bridge fdb show) or filter (iptables -L OUTPUT -vn).":
    "在 {0} 和 {1} 上同时执行：tcpdump -ni any '{2}'。从一端发出而未到达另一端，是两者之间的过滤；到达但没有应答，是接收端的包过滤规则（iptables -L INPUT -vn）；发往错误的地址或根本没有发出，是发送端自身的状态（bridge fdb show）或包过滤规则（iptables -L OUTPUT -vn）。",
  'The pod range covers the addresses of the machines': 'Pod 网段覆盖了机器自身的地址',
  'the range of pod addresses': 'Pod 地址的网段',
  "no machine's address lies in a pod range": '没有机器的地址落在 Pod 网段内',
  'the ranges overlap at {0}, and every path tried there works':
    '网段与 {0} 重叠，但在那里测试的所有路径均正常',
  '{0} {1} inside the pod range {2}, so what is meant for {3} goes to pods.':
    '{0} {1} Pod 网段 {2} 之内，因此发往{3}的流量会被送往 Pod。',
  'that machine': '该机器',
  'these machines': '这些机器',
  'On another node: ip route get {0}. A device of the CNI there (flannel, cali, vxlan, cni0) is the fault; the card that leads to the machines is not.':
    '在另一个节点上执行：ip route get {0}。若指向该节点上 CNI 的设备（flannel、cali、vxlan、cni0），即为故障所在；若指向通往这些机器的网卡则正常。',
  '{0} ({1}) lies in {2} ({3})': '{0}（{1}）位于 {2}（{3}）之内',
  '{0} sends packets for {1} ({2}) by its route {3} into {4}':
    '{0} 将发往 {1}（{2}）的报文按其路由 {3} 送入 {4}',
  '{0} to or from {1} dead, as {2} from {3}: {4}': '进出{1}的 {0}不通，例如 {3} 的 {2} 探测：{4}',
  'Give pods a range that no machine lives in': '为 Pod 换用没有机器占用的网段',
  'every pod gets a new address; a rebuilt cluster starts empty':
    '所有 Pod 都会更换地址；重建的集群从空白开始',
  'Moving the machines to other addresses is the other way: new InternalIPs, one node after the other.':
    '另一种办法是将机器迁到其他地址：逐个节点更换 InternalIP。',
  "Pods of a node land in the host's network": '某节点的 Pod 落入了主机网络',
  'no metrics-server in the pod network found its port taken':
    'Pod 网络中没有 metrics-server 遇到端口被占用',
  'metrics-server on {0} is not on the host network, and yet its port {1} is taken: its pod has lost its own network.':
    '{0} 上的 metrics-server 不在主机网络中，但其端口 {1} 已被占用：其 Pod 丢失了自己的网络。',
  'pod {0} has the address of its node, {1}, without hostNetwork':
    'Pod {0} 未设置 hostNetwork，却使用其节点的地址 {1}',
  'On {0}: ls -l /proc/1/ns/net /proc/$(pgrep -f metrics-server | head -1)/ns/net. The same number proves it; else a second process of the pod holds the port.':
    '在 {0} 上执行：ls -l /proc/1/ns/net /proc/$(pgrep -f metrics-server | head -1)/ns/net。编号相同即可证实；否则是该 Pod 中的另一个进程占用了端口。',
  'Move to a build without the bug, and start the pods anew':
    '更换为没有该缺陷的版本，并重新启动 Pod',
  'pods that are deleted are away until they are ready again': '被删除的 Pod 在重新就绪之前不可用',
  'Every pod of that node that was restarted since the upgrade is likely to be hurt.':
    '该节点上自升级以来重启过的所有 Pod 都可能受影响。',
  'The network between nodes does not carry pod addresses': '节点之间的网络不承载 Pod 地址',
  'this CNI encapsulates pod packets, or which way it goes is not known':
    '该 CNI 会封装 Pod 报文，或其封装方式未知',
  'the packets reach the other machine, and end there': '报文已到达对端机器，并在那里终止',
  'pods reach each other between the nodes tried': '已测试的节点之间，Pod 可以互通',
  'Packets with pod addresses do not pass {0}, where this CNI relies on plain routing.':
    '{0}网络不放行带 Pod 地址的报文，而该 CNI 在此依赖普通路由。',
  '{0} to pods on other nodes dead: {1}': '到其他节点上 Pod 的 {0}不通：{1}',
  'tcpdump -ni any icmp on {0} and {1} during a ping from {2} to a pod on {3}: leaves one and does not reach the other, the network drops it.':
    '从 {2} ping {3} 上的某个 Pod，同时在 {0} 和 {1} 上执行 tcpdump -ni any icmp：若报文从一端发出而未到达另一端，则是网络将其丢弃。',
  'Let the network carry pod addresses': '让网络承载 Pod 地址',
  'cloud network': '云网络',
  'lifts a source check of the cloud for these machines': '对这些机器取消云平台的源地址检查',
  'Routing without encapsulation needs all nodes in one layer-2 network, or a router that knows every pod range.':
    '不封装的路由要求所有节点位于同一个二层网络，或有一台知晓所有 Pod 网段的路由器。',
  'Pods cannot reach the API servers': 'Pod 无法访问 API Server',
  'metrics-server is ready, and it could not be without an API server':
    'metrics-server 已就绪，若没有 API Server 则不可能就绪',
  "pods on metrics-server's node reach an API server":
    'metrics-server 所在节点上的 Pod 可以访问 API Server',
  "API servers tried from a pod on metrics-server's node":
    '从 metrics-server 所在节点上的 Pod 对 API Server 的探测',
  'Pods on {0} cannot reach any API server ({1}/tcp), so metrics-server does not become ready.':
    '{0} 上的 Pod 无法访问任何 API Server（{1}/tcp），因此 metrics-server 无法就绪。',
  'On {0}: curl -k --max-time 5 https://{1}:{2}/livez. An answer there proves the filter.':
    '在 {0} 上执行：curl -k --max-time 5 https://{1}:{2}/livez。若有响应，即可证实是包过滤规则所致。',
  'metrics-server{0} ends because it cannot reach an API server.':
    'metrics-server{0}：因无法访问 API Server 而退出。',
  '{0} says: {1}': '{0} 的日志：{1}',
  'metrics-server on the host network wants a port that is taken':
    '主机网络中的 metrics-server 所需端口已被占用',
  'no metrics-server on the host network found its port taken':
    '主机网络中没有 metrics-server 遇到端口被占用',
  "the kubelet's own": '正由 kubelet 自身使用',
  'metrics-server runs on the host network of {0} and wants port {1}, which is {2} there.':
    'metrics-server 运行在 {0} 的主机网络中，所需端口（{1}）在该节点上{2}。',
  'of its own': '其自身端口',
  'pod {0} has hostNetwork: true': 'Pod {0} 设置了 hostNetwork: true',
  'the kubelet of {0} serves at {1}': '{0} 的 kubelet 监听 {1}',
  'Take metrics-server off the host network': '让 metrics-server 退出主机网络',
  'if hostNetwork was put there to get around a network fault, that fault shows again: diagnose it then':
    '若当初设置 hostNetwork 是为了绕开网络故障，该故障会再次出现：届时请重新诊断',
  'hostNetwork hides a proxy, a NetworkPolicy, a broken overlay and a host firewall alike: it is a test, not a fix.':
    'hostNetwork 会同时掩盖代理、NetworkPolicy、overlay 故障和主机防火墙的问题：它是测试手段，而不是修复方法。',
  'Or let it listen on {0}': '或让其监听 {0}',
  'firewalls that let API servers reach the old port must open {0}/tcp between nodes':
    '允许 API Server 访问旧端口的防火墙，必须在节点之间放行 {0}/tcp',
  'A Service whose targetPort is the number and not the name of the port must be changed with it.':
    '若 Service 的 targetPort 写的是端口号而非端口名，必须一并修改。',
  'speaks plain HTTP where TLS is served, or TLS where it is not':
    '在需要 TLS 的端口上使用了明文 HTTP，或在非 TLS 端口上使用了 TLS',
  'asks for {0}, which metrics-server does not serve (status {1})':
    '请求 {0}，而 metrics-server 不提供该路径（状态码 {1}）',
  'asks for {0}, which is not there (status {1})': '请求 {0}，而该路径不存在（状态码 {1}）',
  'asks at port {0}, and metrics-server was told to listen on {1}':
    '请求端口 {0}，而 metrics-server 配置的监听端口是 {1}',
  "metrics-server refuses the kubelet's probes": 'metrics-server 拒绝 kubelet 的探针',
  'no probe of a metrics-server pod ends in 401 or 403':
    '没有 metrics-server Pod 的探针以 401 或 403 失败',
  "metrics-server answers the kubelet's {0} probe with {1}, so its pod never counts as ready.":
    'metrics-server 对 kubelet 的 {0} 探针返回 {1}，因此其 Pod 始终无法就绪。',
  'pod {0}: {1} ({2} times)': 'Pod {0}：{1}（{2} 次）',
  'Let everybody ask for its health': '允许任何人查询其健康状态',
  'anyone who reaches the pod may ask whether it is healthy, which is the default of Kubernetes':
    '任何能访问该 Pod 的人都可以查询其是否健康，这也是 Kubernetes 的默认行为',
  'The cause is often that the ClusterRoleBinding system:public-info-viewer was taken away from system:unauthenticated: `kubectl get clusterrolebinding system:public-info-viewer -o yaml`.':
    '常见根源是 ClusterRoleBinding system:public-info-viewer 不再授予 system:unauthenticated：`kubectl get clusterrolebinding system:public-info-viewer -o yaml`。',
  "The kubelet's probe of metrics-server asks in a wrong way":
    'kubelet 对 metrics-server 的探针配置有误',
  'no probe of a metrics-server pod asks in a wrong way': '没有 metrics-server Pod 的探针配置有误',
  "metrics-server never counts as ready: the kubelet's {0} probe {1}.":
    'metrics-server 始终无法就绪：kubelet 的 {0} 探针{1}。',
  'Point the {0} probe at what metrics-server serves':
    '将 {0} 探针指向 metrics-server 实际提供的路径和端口',
  'metrics-server is rolled out anew': 'metrics-server 会重新滚动发布',
  'A chart or GitOps that keeps the Deployment puts its own probe back: mend it there (RKE2: HelmChartConfig rke2-metrics-server).':
    '若该 Deployment 由 chart 或 GitOps 管理，其探针会被改回：请在那里修改（RKE2：HelmChartConfig rke2-metrics-server）。',
  "The asker's identity has no user name": '请求者的身份没有用户名',
  'metrics-server knows who we are at every API server':
    'metrics-server 在每个 API Server 上都能识别我们的身份',
  'the API server knows us by name ({0})': 'API Server 能识别我们的用户名（{0}）',
  'the API servers themselves are turned away, too': 'API Server 自身的请求也被拒绝',
  '{0} {1} our request on without a user name, and metrics-server turns it away (401).':
    '{0} {1}我们的请求时未带用户名，metrics-server 因此拒绝（401）。',
  '401 for nodes.metrics.k8s.io at {0}, where other requests of ours are served':
    '在 {0} 上请求 nodes.metrics.k8s.io 返回 401，而我们的其他请求均正常',
  'SelfSubjectReview: our user name is empty': 'SelfSubjectReview：我们的用户名为空',
  'the APIService has been Available since {0}: the front proxy itself is let in':
    'APIService 自 {0} 起一直为 Available：front-proxy 自身未被拒绝',
  'Give the identity a user name': '为该身份设置用户名',
  'bindings by user name apply to the new name at once': '按用户名绑定的权限会立即对新用户名生效',
  'docs.aws.amazon.com: EKS, "Grant IAM users access to Kubernetes with a ConfigMap".':
    '参见 docs.aws.amazon.com：EKS，“Grant IAM users access to Kubernetes with a ConfigMap”。',
  'A kubelet answers scrapes too slowly': 'kubelet 响应抓取过慢',
  'ended in a deadline on an open path': '在连通的路径上超时',
  'The kubelets of {0} take connections and do not answer metrics-server in time.':
    '{0} 的 kubelet 接受连接，但未能及时响应 metrics-server。',
  'Give the kubelets more time, and the nodes some air': '放宽 kubelet 的响应时限，并减轻节点负载',
  'numbers get up to a minute old (they are taken every {0} now), and so do decisions of autoscalers':
    '指标最多会滞后一分钟（目前每 {0} 采集一次），自动伸缩的决策也会相应滞后',
  '--kubelet-request-timeout exists since metrics-server 0.7 and may be 90 % of --metric-resolution at most; before, every scrape had that much time.':
    '--kubelet-request-timeout 自 metrics-server 0.7 起提供，最大为 --metric-resolution 的 90 %；更早的版本中，每次抓取的时限等于 --metric-resolution。',
  'The other half of the cure is on the node: CPU and disk pressure, many exited containers, a slow container runtime (crictl stats takes as long).':
    '另一半问题在节点上：CPU 和磁盘压力、大量已退出的容器、容器运行时缓慢（crictl stats 同样耗时）。',
  'APIService, Service and metrics-server disagree on the port':
    'APIService、Service 与 metrics-server 的端口不一致',
  'there is no pair of APIService and Service to compare': '没有可供比较的 APIService 与 Service',
  'APIService port, Service port and targetPort line up':
    'APIService 端口、Service 端口与 targetPort 一致',
  'RKE2: remove the port override from the HelmChartConfig rke2-metrics-server instead, or the chart puts it back.':
    'RKE2：请改为从 HelmChartConfig rke2-metrics-server 中移除端口覆盖，否则 chart 会将其改回。',
  'Line up the ports of APIService, Service and metrics-server':
    '使 APIService、Service 与 metrics-server 的端口一致',
  'RKE2: remove the port override from the HelmChartConfig rke2-metrics-server, or the chart puts it back.':
    'RKE2：请从 HelmChartConfig rke2-metrics-server 中移除端口覆盖，否则 chart 会将其改回。',
  'The APIService asks for port {0}, but Service {1} has only {2}.':
    'APIService 请求端口 {0}，但 Service {1} 只有 {2}。',
  'APIService spec.service.port is {0}': 'APIService 的 spec.service.port 为 {0}',
  'Service {0}/{1} has ports {2}': 'Service {0}/{1} 的端口为 {2}',
  "Name the Service's real port in the APIService": '在 APIService 中填写 Service 的实际端口',
  'Service {0} sends to the container port named "{1}", which metrics-server does not have.':
    'Service {0} 将流量送往名为 "{1}" 的容器端口，而 metrics-server 没有该端口。',
  'Service targetPort is "{0}"': 'Service 的 targetPort 为 "{0}"',
  'the pods declare {0}': 'Pod 声明的端口：{0}',
  'no port': '无',
  'The Service sends to port {0}; metrics-server listens on {1}.':
    'Service 将流量送往端口 {0}；metrics-server 监听的是 {1}。',
  'Service {0}/{1} leads to container port {2}': 'Service {0}/{1} 指向容器端口 {2}',
  'metrics-server was started with --secure-port={0}': 'metrics-server 以 --secure-port={0} 启动',
  "port {0} is refused even from the pod's own node {1}":
    '即使从该 Pod 所在节点 {1} 访问，端口 {0} 也被拒绝',
  'Send the Service to the port that metrics-server listens on':
    '将 Service 指向 metrics-server 监听的端口',
  'changes where this Service sends; nothing else uses it':
    '会改变该 Service 的流量去向；没有其他组件使用它',
  'changes one field of the APIService': '修改 APIService 的一个字段',
  'The Service of the Metrics API selects no metrics-server pod':
    'Metrics API 的 Service 未选中任何 metrics-server Pod',
  'there is no Service': 'Service 不存在',
  'the Service leads to a name outside of the cluster': '该 Service 指向集群外的名称',
  'the Service has endpoints': '该 Service 有 endpoint',
  'there is no metrics-server pod to select': '没有可供选中的 metrics-server Pod',
  "the Service's selector matches metrics-server pods":
    '该 Service 的 selector 与 metrics-server Pod 匹配',
  'Service {0} has no selector and no endpoints, so it leads nowhere while metrics-server runs.':
    'Service {0} 既没有 selector 也没有 endpoint，因此虽然 metrics-server 在运行，该 Service 却没有后端。',
  "Service {0} selects no pod: it wants {1}, and metrics-server's pods carry other labels.":
    'Service {0} 未选中任何 Pod：其 selector 为 {1}，而 metrics-server 的 Pod 带有其他标签。',
  'Service {0}/{1} selects {2} and has no endpoint':
    'Service {0}/{1} 的 selector 为 {2}，没有 endpoint',
  'pod {0} carries {1}': 'Pod {0} 的标签为 {1}',
  "Let the Service select metrics-server's pods": '让 Service 选中 metrics-server 的 Pod',
  'changes which pods this Service leads to; nothing else uses it':
    '会改变该 Service 指向的 Pod；没有其他组件使用它',
  'A chart or GitOps that keeps this Service puts its own selector back: mend it there.':
    '若该 Service 由 chart 或 GitOps 管理，其 selector 会被改回：请在那里修改。',
  'The machines do not reach each other': '机器之间互不可达',
  "the nodes' own routes lead each other's addresses into the pod network":
    '节点自身的路由将彼此的地址引入了 Pod 网络',
  'the machines reach each other at their own addresses': '机器之间以自身地址可以互通',
  "paths between the machines' own addresses": '机器自身地址之间的路径',
  'The machines do not reach each other {0}: nothing answers at their own addresses, so the pod network cannot work.':
    '{0}机器网络不通：其自身地址均无应答，因此 Pod 网络无法工作。',
  '{0} between host addresses silent ({1})': '主机地址之间的 {0}无应答（{1}）',
  'On {0}: ping the InternalIP of {1}, and try its port 6443 or 22.':
    '在 {0} 上：ping {1} 的 InternalIP，并测试其端口 6443 或 22。',
  'Mend the network between the machines': '修复机器之间的网络',
  'looking changes nothing': '仅查看，不做任何更改',
  'Switch port, VLAN, security group, routing, a wrong netmask or a machine that is off: outside what Kubernetes can see.':
    '交换机端口、VLAN、安全组、路由、子网掩码错误或机器已关机：均在 Kubernetes 可见范围之外。',
  'A user may not read the Metrics API': '某用户无权读取 Metrics API',
  'nobody is known who may not read metrics.k8s.io': '未发现无权读取 metrics.k8s.io 的用户',
  '{0} may not list nodes.metrics.k8s.io.': '无权列出 nodes.metrics.k8s.io：{0}。',
  'The user that this program runs as': '运行本程序的用户',
  'all {0} API servers refuse the request for want of the right':
    '全部 {0} 个 API Server 均因缺少权限而拒绝该请求',
  '{0} may not read metrics.k8s.io, so {1} cannot scale.':
    '{0} 无权读取 metrics.k8s.io，因此 {1} 无法伸缩。',
  'Let this user read metrics': '授权该用户读取指标',
  'default roles': '默认角色',
  'the user may see how busy every node and pod is':
    '该用户将可以查看所有节点和 Pod 的资源使用情况',
  'ClusterRole system:aggregated-metrics-reader comes with metrics-server and is part of view, edit and admin.':
    'ClusterRole system:aggregated-metrics-reader 随 metrics-server 一同安装，并聚合到 view、edit 和 admin 中。',
  'Checksum offload breaks overlay packets': '校验和卸载损坏 overlay 报文',
  'checksum offload is off at both ends': '两端的校验和卸载均已关闭',
  'Overlay packets {0} arrive with wrong {1}checksums and are thrown away ({2}, {3} counted): checksum offload.':
    '{0} overlay 报文到达时{1}校验和错误而被丢弃（{2}, {3} 次）：校验和卸载所致。',
  'Ping passes and TCP dies over the overlay {0}: checksum offload would do that.':
    '{0} overlay 上 ping 可通而 TCP 不通：符合校验和卸载问题的表现。',
  'On {0} and {1}: ethtool -K {2} tx-checksum-ip-generic off. If TCP works then, it was the offload.':
    '在 {0} 和 {1} 上执行：ethtool -K {2} tx-checksum-ip-generic off。若之后 TCP 恢复，则是校验和卸载所致。',
  '{0} counted {1} bad UDP checksums during the run':
    '{0} 在诊断期间统计到 {1} 个错误的 UDP 校验和',
  'the listener pod on {0} counted {1} bad TCP checksums in its own namespace':
    '{0} 上的监听端 Pod 在自己的网络命名空间中统计到 {1} 个错误的 TCP 校验和',
  'TCP connects over the overlay': 'TCP 可以经 overlay 建立连接',
  'ping passes and TCP dies, but no bad checksum was counted on either side':
    'ping 可通而 TCP 不通，但两端均未统计到错误的校验和',
  'ping dies, too': 'ping 同样不通',
  'no bad checksum was counted': '未统计到错误的校验和',
  'A node publishes a tunnel address that is not its own': '节点公布了不属于自己的隧道地址',
  '{0} carry the address that they publish': '{0}均持有其公布的地址',
  'probed node': '被探测的节点',
  'the overlay works with the node that publishes another address':
    '与公布其他地址的节点之间 overlay 正常',
  '{0}, which it does not have: overlay packets for it go elsewhere.':
    '{0}，而该节点并没有这一地址：发往它的 overlay 报文去往了别处。',
  '{0} publishes tunnel address {1}': '{0} 公布的隧道地址为 {1}',
  '{0} is published by {1} and stands on none of its devices ({2})':
    '{0} 由 {1} 公布，但不在其任何设备上（{2}）',
  'From another node: ping {0} and see with tcpdump whether {1} gets it.':
    '从另一个节点 ping {0}，并用 tcpdump 查看 {1} 是否收到。',
};
