import type { Catalogue } from '../translate.ts';

export const report: Catalogue = {
  "Does an API server's node reach Metrics Server on {0}?":
    '{0} 上的 Metrics Server 能否从 API Server 所在节点访问？',
  'Any status, 401 and 403 too, means reachable. Small ping alone: MTU. Pings without curl: a policy, a filter or checksum offload. Nothing but from its own node: the overlay.':
    '返回任何状态码（包括 401 和 403）都说明可达。仅小包 ping 通：MTU 问题。ping 通但 curl 不通：策略、包过滤规则或校验和卸载。只有本节点能通：overlay 问题。',
  'Do the same nodes reach other pods on {0}?': '同样这些节点能否访问 {0} 上的其他 Pod？',
  'These answer and Metrics Server does not: a NetworkPolicy or its Service. Neither answers: the network.':
    '这些 Pod 有响应而 Metrics Server 没有：NetworkPolicy 或其 Service 的问题。都没有响应：网络问题。',
  'Do overlay packets ({0}) leave one node and reach the other?':
    'overlay 报文（{0}）是否从一个节点发出并到达另一个节点？',
  'Run it on both ends while the commands above run. Leaves the sender and does not reach {0}: dropped on the way. Arrives and no answer comes: a filter of {1} itself. "bad udp cksum" at the receiver: checksum offload.':
    '在执行上述命令的同时，于两端运行。已从发送端发出但未到达 {0}：在途中被丢弃。到达但没有应答：{1} 自身的包过滤规则。接收端出现 "bad udp cksum"：校验和卸载问题。',
  ' {0} left out: the same commands fit them.': '另略去 {0}：可使用同样的命令。',
  'more node': '个其他节点',
  'Do the machines reach one another outside of the overlay?': '不经过 overlay，机器之间能否互通？',
  'Fails as the pods do: not the overlay but the machines\' own network. "refused" comes at once, silence after 5 s.{0}':
    '失败情况与 Pod 一致：问题不在 overlay，而在机器自身的网络。"refused" 会立即返回，无应答则在 5 s 后返回。{0}',
  'Does Metrics Server reach the kubelets and an API server, and are the certificates for these addresses?':
    'Metrics Server 能否访问各 kubelet 和 API Server，证书是否包含这些地址？',
  'Open from the node and not from inside the pod: its own firewall. No IP address in the certificate: kubelet-tls-no-ip-san.':
    '从节点能通、从 Pod 内不通：节点自身的防火墙。证书中没有 IP 地址：kubelet-tls-no-ip-san。',
  'API servers: not asked, {0}': 'API Server：未查询，{0}',
  'API servers: {0} of {1} {2} metrics.k8s.io ({3})':
    'API Server：{1} 个中 {0} 个{2} metrics.k8s.io（{3}）',
  'Chain: APIService not read, {0}': '链路：未读取到 APIService，{0}',
  'Chain: there is no APIService': '链路：APIService 不存在',
  'Chain: the APIService names no Service': '链路：APIService 未指定 Service',
  'Chain: APIService → Service {0}': '链路：APIService → Service {0}',
  '{0}, which does not exist': '{0}，该 Service 不存在',
  '{0} → pods not read, {1}': '{0} → 未读取到 Pod，{1}',
  '{0} → no pod': '{0} → 无 Pod',
  'no node': '未分配节点',
  'not ready': '未就绪',
  'Paths: not probed, {0}': '路径：未探测，{0}',
  ', {0} without a result': '，{0} 条无结果',
  'Paths: {0} probed from {1}, {2} dead{3}': '路径：从 {1}探测 {0} 条，不通：{2}{3}',
  'Counters: none, {0}': '计数器：无，{0}',
  'one-way burst': '个单向突发包',
  'Counters: {0} of {1} arrived{2}': '计数器：{1}中 {0} 个到达{2}',
  ' {0} would say otherwise: it depends on who wrote last.':
    '而 {0} 会给出相反的结果：取决于谁最后写入。',
  'The APIService shows Available={0} ({1}).{2}': 'APIService 显示 Available={0}（{1}）。{2}',
  'the API server on {0} overwrites what the {1}': '{0} 上的 API Server 会覆盖{1} 写入的状态',
  'other reports': '另一个 API Server',
  'other {0} report': '其他 {0} 个 API Server',
  'its check does not verify TLS, uses open connections and reacts up to 35 s late':
    '其检查不验证 TLS、会复用已建立的连接，且最多滞后 35 s 才有反应',
  'The APIService shows Available=True. Do not trust it here: {0}{1}.':
    'APIService 显示 Available=True，此处不可信：{0}{1}。',
  'the condition is {0} s old': '该状态写于 {0} s 前',
  'written at least {0} in {1} s': '{1} s 内至少写入 {0}',
  'only pasted text was read': '仅读取了粘贴的文本',
  'the clock of the asker': '提问者的时钟',
  'told beside the text': '文本之外的说明',
  'line {0}': '第 {0} 行',
  'line {0}: “{1}”': '第 {0} 行：“{1}”',
  'words that tell it from what is named first': '能将其与首要原因区分开的信息',
  'Platform: {0} ({1}).': '平台：{0}（{1}）。',
  'Only the pasted text was read; nothing was measured.': '仅读取了粘贴的文本，未做任何实测。',
  '{0} characters in the middle of the text were left out: it is too long.':
    '文本过长，中间略去了 {0} 个字符。',
  'Chatter, which says nothing here: lines {0}.': '与故障无关的日志，行号：{0}。',
  '{0} about the past, or only supposed, not counted: lines {1}.':
    '{0}描述的是过去或仅为推测，未计入，行号：{1}。',
  'To go on, paste the output of: kubectl get apiservice v1beta1.metrics.k8s.io -o yaml; kubectl -n kube-system get pods -o wide | grep metrics-server; kubectl -n kube-system logs deploy/metrics-server --tail=50 (rke2-metrics-server on RKE2).':
    '如需继续，请粘贴以下命令的输出：kubectl get apiservice v1beta1.metrics.k8s.io -o yaml; kubectl -n kube-system get pods -o wide | grep metrics-server; kubectl -n kube-system logs deploy/metrics-server --tail=50（RKE2 上为 rke2-metrics-server）。',
  'The words do not decide it. They would fit: {0}': '仅凭文本无法定论，可能的情况：{0}',
  'Probably: {0}': '很可能：{0}',
  ' Also: {0}': '此外：{0}',
  ' Perhaps also: {0}': '可能还有：{0}',
  'There is no text to explain.': '没有可供分析的文本。',
  'The Service has no endpoints, which only says that no metrics-server pod is Ready; its own log and state tell why.':
    'Service 没有端点，这只说明没有 metrics-server Pod 处于 Ready；具体原因要看其自身的日志和状态。',
  'The text shows that something fails (“{0}”), but not why.':
    '文本表明存在故障（“{0}”），但看不出原因。',
  'Nothing in the text is broken: the Metrics API gives numbers (“{0}”).':
    '文本中没有故障：Metrics API 能返回数据（“{0}”）。',
  'Nothing in the text is broken: the APIService is available and metrics-server is ready.':
    '文本中没有故障：APIService 可用，metrics-server 已就绪。',
  'Nothing in the text is broken, but it does not show that the Metrics API works.':
    '文本中没有故障，但也不能证明 Metrics API 正常工作。',
  'These lines are ordinary chatter; nothing in them is wrong with the Metrics API.':
    '这些只是普通日志，看不出 Metrics API 有任何问题。',
  'Nothing in this text speaks of a fault of the Metrics API.':
    '文本中没有提到 Metrics API 的故障。',
  '{0} still {1} 200 over connections that are open since before; new ones fail, so that ends when they close.':
    '{0} 仍通过此前已建立的连接{1} 200；新连接均失败，这些连接关闭后便不再可用。',
  'The API server cannot serve the Metrics API; kubectl top fails every time.':
    'API Server 无法提供 Metrics API；kubectl top 每次都失败。',
  'None of the {0} API servers can serve the Metrics API; kubectl top fails every time.':
    '{0} 个 API Server 均无法提供 Metrics API；kubectl top 每次都失败。',
  '{0} of {1} API servers ({2}) cannot serve the Metrics API.':
    '{0}/{1} 个 API Server（{2}）无法提供 Metrics API。',
  'Behind a load balancer kubectl top fails {0}.': '经负载均衡访问时，kubectl top {0}会失败。',
  '{0} cannot scale on CPU or memory{1}.': '{0} {1}无法按 CPU 或内存扩缩容。',
  '{0} of {1} {2} no metrics: {3}.': '{0}/{1} {2}指标缺失：{3}。',
  ' Let the bot create pods in its namespace: kubectl apply with the RBAC of helm/metrics-diag.':
    '请允许机器人在其命名空间中创建 Pod：用 kubectl apply 应用 helm/metrics-diag 中的 RBAC。',
  'The network was not tested: {0}.{1}{2}': '未测试网络：{0}。{1}{2}',
  'Deep mode saw nothing: {0}.': '深度模式未获得任何信息：{0}。',
  'Deep mode on {0} lacks: {1}.': '{0} 上的深度模式缺少：{1}。',
  ' By hand, on {0}: curl -k --max-time 5 https://{1}:{2}/livez':
    '可在 {0} 上手动执行：curl -k --max-time 5 https://{1}:{2}/livez',
  'The probe': '探测 Pod',
  'The listener': '监听端',
  'never started': '始终未启动',
  'was not allowed': '未获授权',
  'gave no result in time': '未按时返回结果',
  'The APIService': 'APIService',
  "Metrics Server's Service": 'Metrics Server 的 Service',
  'The EndpointSlices': 'EndpointSlice',
  "Metrics Server's pods": 'Metrics Server 的 Pod',
  "Metrics Server's log": 'Metrics Server 的日志',
  'The nodes': '节点',
  "The CNI's pods": 'CNI 的 Pod',
  "The CNI's configuration": 'CNI 的配置',
  'The metrics of pods': 'Pod 的指标',
  "The kubelets' Leases": 'kubelet 的 Lease',
  "The kubelets' certificate requests": 'kubelet 的证书签发请求',
  "The front proxy's CA and names": 'front-proxy 的 CA 与名称',
  ' Grant the bot: {0}.': '请为机器人授予权限：{0}。',
  '{0} could not be read: {1}.{2}': '无法读取 {0}：{1}。{2}',
  'The API servers could not be asked one by one: {0}.': '无法逐个查询 API Server：{0}。',
  'API server {0} could not be asked: {1}.': '无法查询 API Server {0}：{1}。',
  'The last {0} of {1} {2} still awaited (up to 45 s).':
    '{1} 的最终结果{0}{2}待返回（最多 45 s）。',
  '{0}: Windows, not probed.': '{0}：Windows 节点，未探测。',
  '{0}: Fargate, where no host pod may run, not probed.':
    '{0}：Fargate 节点，不允许运行主机网络 Pod，未探测。',
  '{0} {1} IPv4 and IPv6 addresses: between nodes, IPv4 alone was probed.':
    '{0} {1} IPv4 和 IPv6 地址：节点之间仅探测了 IPv4。',
  '{0} of {1} gave no direction: counters missing, too noisy beside other traffic, or packets lost in part.':
    '{1}中有 {0} 个无法判断方向：计数器缺失、受其他流量干扰过大，或报文仅部分丢失。',
  '{0} still {1} that metrics are missing; every API server serves them now, and an HPA looks again every 15 s by default.':
    '{0} 仍{1}指标缺失；目前所有 API Server 均可提供指标，HPA 默认每 15 s 重新检查一次。',
  'for any protocol or size': '与协议和包大小无关',
  'for TCP, though ping passes': 'TCP 不通，但 ping 可通',
  'for full-size packets, though small ones pass': '满长报文不通，但小包可通',
  ', for small and for full-size packets': '，小包和满长报文均正常',
  "{0} of nodes tried reach each other's pods{1}.": '已测试的{0}可互访对方的 Pod{1}。',
  'No pair of the {0} nodes probed works over the pod network, {1}.':
    '已探测的 {0} 个节点中，没有任何节点对能通过 Pod 网络互通（{1}）。',
  '; between {0} it works': '；{0} 之间正常',
  'No pair with {0} works over the pod network, {1}{2}.':
    '凡涉及 {0} 的节点对，在 Pod 网络上均不通（{1}{2}）。',
  "The nodes fall into {0} groups that do not reach each other's pods, {1}: {2}.":
    '节点分为 {0} 组，各组之间无法互访 Pod（{1}）：{2}。',
  'Between {0} the pod network does not work, {1}.': '{0} 之间的 Pod 网络不通（{1}）。',
  ', the {0}': '，{0}',
  'other one works': '其余 1 对正常',
  '{0} others work': '其余 {0} 对正常',
  'the one tried fails': '已测试的 1 对不通',
  'all {0} tried fail': '已测试的 {0} 对全部不通',
  ' The same holds {0}: they are the same nodes.': '对{0}节点对同样成立：它们是同一批节点。',
  '{0}{1} no pair works over the pod network, {2}: {3}{4}.{5}':
    '{0}{1}节点对在 Pod 网络上全部不通（{2}）：{3}{4}。{5}',
  'reach the network card and die there': '到达网卡后被丢弃',
  'reach the network card and not the IP layer': '到达网卡但未到达 IP 层',
  'leave their senders and never reach the network card': '已离开发送端但从未到达网卡',
  'never leave the network card': '从未离开网卡',
  "die in the sender's own filter": '被发送端自身的包过滤规则丢弃',
  'are not put into the overlay': '未被封装进 overlay',
  'arrive with bad checksums': '到达时校验和错误',
  "find no socket for the overlay's port": '在 overlay 端口上没有对应的 socket',
  'arrive and belong to another virtual network': '已到达但属于另一个虚拟网络',
  'are addressed to the wrong overlay device': '发往了错误的 overlay 设备',
  'are unpacked there and do not reach the pods': '已在对端解封装但未到达 Pod',
  'Counters on both ends give the direction: {0}.': '两端计数器显示的方向：{0}。',
  'The {0} nodes without metrics are exactly the {1}.': '没有指标的 {0} 个节点恰好就是 {1}。',
  'The machines themselves see each other: {0} {1} open on all pairs tried.':
    '机器之间在自身网络上互通：已测试的所有节点对上，{0} {1}开放。',
  'Between the machines themselves {0} of {1} failed: {2}.':
    '机器自身网络之间的 {1}中有 {0} 个失败：{2}。',
  '{0}: not tested.': '{0}：未测试。',
  '{0}: all {1} node pairs work.': '{0}：{1} 个节点对全部正常。',
  '{0} of {1} node pairs dead ({2})': '{0}/{1} 个节点对不通（{2}）',
  '{0} partly ({1})': '{0} 个部分不通（{1}）',
  'No API server lets us ask for node metrics': '没有任何 API Server 允许查询节点指标',
  'API server {0} cannot serve the Metrics API: {1}': 'API Server {0} 无法提供 Metrics API：{1}',
  'No metrics-server pod is ready, so no API server can serve the Metrics API':
    '没有 metrics-server Pod 就绪，因此所有 API Server 都无法提供 Metrics API',
  'it still answers {0} over an open connection, but {1}': '它仍通过已建立的连接返回 {0}，但 {1}',
  'it sends {0} and then no body': '它返回 {0} 后没有响应体',
  'not reachable from the worker ({0})': '从 worker 无法访问（{0}）',
  'an error': '错误',
  'new connections from {0} to {1} fail': '从 {0} 到 {1} 的新连接失败',
  'APIService says Available={0} ({1}): {2}': 'APIService 显示 Available={0}（{1}）：{2}',
  'metrics-server cannot scrape node {0}': 'metrics-server 无法抓取节点 {0}',
  'Node {0} has no metrics': '节点 {0} 没有指标',
  'No pod on {0} has metrics, though the node has': '{0} 上的 Pod 均无指标，但该节点有指标',
  'HPA {0}/{1} gets no resource metrics': 'HPA {0}/{1} 获取不到资源指标',
  'The API servers could not be asked: {0}.': '无法查询 API Server：{0}。',
  'No API server was found, so none was asked.': '未发现 API Server，因此未做查询。',
  '{0} of {1} {2} the Metrics API': '{0}/{1} {2} Metrics API',
  'API server': 'API Server',
  '{0}; no answer of its own was had from {1}.': '{0}；未从以下 API Server 获得其自身的响应：{1}。',
  '{0} of {1} ({2}) {3} not answered within {4}; the last word is awaited for up to 45 s.':
    '{0}/{1}（{2}）{3}请求在 {4} 内未获响应；最多等待 45 s 以获取最终结果。',
  'and no cause fits what was seen.': '且没有原因与观察到的现象相符。',
  'and the network was not tested ({0}).': '且未测试网络（{0}）。',
  '{0} of {1} ({2}) cannot serve the Metrics API, {3}': '{0}/{1}（{2}）无法提供 Metrics API，{3}',
  '{0} ({1}) {2} no metrics, {3}': '{0}（{1}）{2}指标缺失，{3}',
  'Every API server asked serves the Metrics API, but something is not as it should be, {0}':
    '所有已查询的 API Server 均可提供 Metrics API，但仍有异常，{0}',
  '{0} of {1} {2} in {3} or less': '{0}/{1} {2}，耗时不超过 {3}',
  ' (not Ready: {0})': '（未 Ready：{0}）',
  '{0} of {1} report metrics{2}': '{0}/{1}有指标{2}',
  'the network was not tested': '未测试网络',
  ' of {0}': '（节点 {0}）',
  "The managed control plane may not open metrics-server's port{0} on the nodes.":
    '托管控制平面可能无权访问节点上的 metrics-server 端口{0}。',
  'Look at the inbound rules of the nodes: do they admit the control plane (cluster security group, master range) on {0}?':
    '检查节点的入站规则：是否允许控制平面（集群安全组、master 网段）访问 {0}？',
  "metrics-server's container port": 'metrics-server 的容器端口',
  'The API server stands on a host without CNI, kube-proxy or tunnel, so it cannot reach pods.':
    'API Server 所在主机没有 CNI、kube-proxy 或隧道，因此无法访问 Pod。',
  'The konnectivity tunnel has no agent behind some API server.':
    '部分 API Server 的 konnectivity 隧道没有 agent。',
  'The tunnel built into RKE2 and k3s refuses or misroutes what the API server sends to pods.':
    'RKE2 和 k3s 内置的隧道拒绝或错误转发了 API Server 发往 Pod 的流量。',
  'On that server: curl -k --max-time 5 https://<pod address>:10250/livez. An answer there proves the tunnel at fault; silence, the network.':
    '在该 server 上：curl -k --max-time 5 https://<Pod 地址>:10250/livez。有响应说明是隧道的问题；无响应则是网络的问题。',
  'kube-apiserver sends its calls to metrics-server to an HTTP proxy.':
    'kube-apiserver 把对 metrics-server 的调用发给了 HTTP 代理。',
  "On a server: tr '\\0' '\\n' < /proc/$(pgrep -o 'kube-apiserver|k3s|rke2')/environ | grep -i proxy. Variables without the pod and Service ranges in NO_PROXY prove it.":
    "在 server 上：tr '\\0' '\\n' < /proc/$(pgrep -o 'kube-apiserver|k3s|rke2')/environ | grep -i proxy。若有代理变量，而 NO_PROXY 中没有 Pod 和 Service 网段，即可证实。",
  'An API server keeps using a dead connection to the metrics-server pod that is gone.':
    '某个 API Server 仍在使用通往已消失的 metrics-server Pod 的失效连接。',
  'On that server: curl -k --max-time 5 https://<address of the present pod>:10250/livez. An answer while kubectl top fails proves it; a restart of that API server mends it.':
    '在该 server 上：curl -k --max-time 5 https://<当前 Pod 的地址>:10250/livez。有响应而 kubectl top 失败即可证实；重启该 API Server 可恢复。',
  'The host of an API server does not lead the Service address to the pod: kube-proxy is not at work there.':
    '某个 API Server 所在主机未把 Service 地址转发到 Pod：该主机上的 kube-proxy 未生效。',
  'On that server: curl -k --max-time 5 https://<ClusterIP>:443/livez, then https://<pod address>:10250/livez. Only the pod answering proves it.':
    '在该 server 上：先 curl -k --max-time 5 https://<ClusterIP>:443/livez，再访问 https://<Pod 地址>:10250/livez。仅 Pod 有响应即可证实。',
  'An API server takes connections and answers nothing.':
    '某个 API Server 能接受连接，但不返回任何响应。',
  'APIService, Service and metrics-server disagree on the port.':
    'APIService、Service 与 metrics-server 的端口不一致。',
  'Another product owns the APIService v1beta1.metrics.k8s.io{0}.':
    'APIService v1beta1.metrics.k8s.io 归其他产品所有{0}。',
  'The APIService v1beta1.metrics.k8s.io does not exist, though metrics-server runs.':
    'metrics-server 在运行，但 APIService v1beta1.metrics.k8s.io 不存在。',
  'API servers do not trust the certificate of metrics-server.':
    'API Server 不信任 metrics-server 的证书。',
  'kube-apiserver lacks the flags of the aggregation layer.':
    'kube-apiserver 缺少聚合层的启动参数。',
  "metrics-server does not trust the CA that signed the API server's front-proxy certificate.":
    'metrics-server 不信任签发 API Server front-proxy 证书的 CA。',
  'The front-proxy client certificate of the API server has expired.':
    'API Server 的 front-proxy 客户端证书已过期。',
  'On each server: openssl x509 -noout -enddate -in the proxy client certificate (front-proxy-client.crt; RKE2 and k3s: client-auth-proxy.crt).':
    '在每个 server 上：openssl x509 -noout -enddate -in <代理客户端证书>（front-proxy-client.crt；RKE2 和 k3s 为 client-auth-proxy.crt）。',
  "The front proxy's name{0} is not among requestheader-allowed-names.":
    'requestheader-allowed-names 中没有 front-proxy 的名称{0}。',
  'The identity of the caller is not mapped to a user; the cluster itself is sound.':
    '调用方的身份未映射到用户；集群本身正常。',
  'The same request with a cluster admin certificate: if that works, the mapping of the caller is at fault.':
    '用集群管理员证书发送同一请求：若成功，则是调用方身份映射的问题。',
  '{0} has no right to read metrics.k8s.io.': '{0} 无权读取 metrics.k8s.io。',
  'The caller': '调用方',
  'Clocks differ between nodes, so certificates or tokens look invalid.':
    '节点之间时钟不一致，导致证书或 token 看似无效。',
  "date -u and chronyc tracking on every server and on metrics-server's node, at once.":
    '在每个 server 和 metrics-server 所在节点上同时执行 date -u 和 chronyc tracking。',
  'metrics-server does not trust the kubelet certificates{0} (signed by an unknown authority).':
    'metrics-server 不信任 kubelet 证书{0}：签发机构未知。',
  "Look where the line stands: with a kubelet address and :10250 it is this; under “Unable to authenticate the request” it is the front proxy; in an API server's answer it is the caBundle.":
    '看该行出现的位置：带有 kubelet 地址和 :10250，即为此原因；在 “Unable to authenticate the request” 之后，是 front-proxy；在 API Server 的响应中，是 caBundle。',
  'Kubelet certificates{0} lack the IP address that metrics-server scrapes (x509 SAN).':
    'kubelet 证书{0}缺少 metrics-server 抓取所用的 IP 地址（x509 SAN）。',
  'openssl s_client -connect <node>:10250 </dev/null | openssl x509 -noout -ext subjectAltName: is the InternalIP in it?':
    'openssl s_client -connect <node>:10250 </dev/null | openssl x509 -noout -ext subjectAltName：其中是否包含 InternalIP？',
  'The kubelet serving certificates{0} have expired.': 'kubelet 服务证书{0}已过期。',
  'openssl s_client -connect <node>:10250 </dev/null | openssl x509 -noout -enddate, and date -u on both sides.':
    'openssl s_client -connect <node>:10250 </dev/null | openssl x509 -noout -enddate，并在两端执行 date -u。',
  'The request for a kubelet serving certificate{0} was never approved.':
    'kubelet 服务证书的签发请求{0}一直未获批准。',
  'metrics-server cannot resolve the node name{0}.': 'metrics-server 无法解析节点名{0}。',
  'The host firewall{0} keeps pods from the kubelet of their own node (10250/tcp).':
    '主机防火墙{0}阻止 Pod 访问本节点的 kubelet（10250/tcp）。',
  'On that node: curl -k --max-time 5 https://<its InternalIP>:10250/healthz from the host, then from a pod. Only the host being answered proves it.':
    '在该节点上：先从主机执行 curl -k --max-time 5 https://<该节点 InternalIP>:10250/healthz，再从 Pod 内执行。仅主机能得到响应即可证实。',
  'Connections from metrics-server to the kubelet port 10250/tcp{0} are dropped on the way.':
    'metrics-server 到 kubelet 10250/tcp 端口{0}的连接在途中被丢弃。',
  "On that node: curl -k --max-time 5 https://<its InternalIP>:10250/healthz, then the same from metrics-server's node. Only the node itself being answered proves the filter.":
    '在该节点上：curl -k --max-time 5 https://<该节点 InternalIP>:10250/healthz，再从 metrics-server 所在节点执行同一命令。仅该节点自身能得到响应，即可证实存在过滤。',
  "The kubelet{0} does not listen on 10250 at the node's address.":
    '节点地址的 10250 端口上没有 kubelet 监听{0}。',
  'On that node: ss -ltnp | grep 10250. Nothing, or 127.0.0.1 only, proves it; else a filter rejects.':
    '在该节点上：ss -ltnp | grep 10250。无输出或仅有 127.0.0.1 即可证实；否则是包过滤规则在拒绝。',
  'metrics-server scrapes the wrong kubelet port{0}.':
    'metrics-server 抓取的 kubelet 端口不正确{0}。',
  "Kubelets{0} refuse metrics-server's token (401).":
    'metrics-server 的 token 被 kubelet 以 401 拒绝{0}。',
  "On the node: the kubelet's authentication.webhook.enabled must be true.":
    '在该节点上：kubelet 的 authentication.webhook.enabled 必须为 true。',
  'Kubelets{0} know metrics-server and refuse it (403): its RBAC lacks a right.':
    'kubelet 能识别 metrics-server，但以 403 拒绝其请求{0}：其 RBAC 缺少权限。',
  'Kubelets{0} answer too slowly for the scrape.': 'kubelet 响应过慢，抓取无法按时完成{0}。',
  'On the node: time curl -k https://127.0.0.1:10250/metrics/resource with a token. More than a few seconds proves it; a failing connect is the network.':
    '在该节点上：携带 token 执行 time curl -k https://127.0.0.1:10250/metrics/resource。超过几秒即可证实；连接失败则是网络问题。',
  'Kubelets{0} answer the scrape with an error of their own (500).':
    '抓取时 kubelet 返回自身错误 500{0}。',
  'Kubelets report no CPU or memory for their node, so metrics-server leaves it out.':
    'kubelet 未上报所在节点的 CPU 或内存，因此 metrics-server 略过了该节点。',
  "The kubelet's housekeeping{0} is slower than the scrape, so pods have no numbers.":
    'kubelet 的 housekeeping 间隔长于抓取周期{0}，因此 Pod 没有数据。',
  "The kubelet's --housekeeping-interval: with 10s the numbers come back.":
    '检查 kubelet 的 --housekeeping-interval：设为 10s 后数据即恢复。',
  'The errors are about nodes that just joined or left{0}.':
    '这些错误涉及刚加入或刚离开的节点{0}。',
  'Two nodes publish the same address{0}: packets for one end at the other.':
    '两个节点发布了相同的地址{0}：发往其中一个的报文到了另一个。',
  'A node is registered with an address that the others cannot use{0}.':
    '某个节点注册的地址无法被其他节点使用{0}。',
  'The pod range{0} covers addresses of the nodes, so replies to them go into the overlay.':
    '节点地址落入 Pod 网段{0}，因此发往节点的应答进入了 overlay。',
  'Compare kubectl get nodes -o wide with the cluster CIDR or IPPools: no node address may lie inside.':
    '将 kubectl get nodes -o wide 的结果与集群 CIDR 或 IPPool 对比：任何节点地址都不应落在其中。',
  'The CNI agent{0} does not work, so its part of the pod network is stale.':
    'CNI agent{0} 工作异常，其负责的那部分 Pod 网络已过时。',
  'The kernel lacks a module that the CNI or kube-proxy needs.':
    '内核缺少 CNI 或 kube-proxy 所需的模块。',
  'On the node: modprobe -a br_netfilter vxlan ip_set xt_comment xt_conntrack xt_set. What fails is missing.':
    '在该节点上：modprobe -a br_netfilter vxlan ip_set xt_comment xt_conntrack xt_set。加载失败的即为缺失的模块。',
  'On the node: iptables --version; iptables-nft-save | wc -l; iptables-legacy-save | wc -l. Rules in both, or 1.8.0 to 1.8.4, are the fault.':
    '在该节点上：iptables --version; iptables-nft-save | wc -l; iptables-legacy-save | wc -l。两者都有规则，或版本为 1.8.0 至 1.8.4，即为故障所在。',
  'NetworkManager manages devices of the CNI{0}.': 'NetworkManager 接管了 CNI 的设备{0}。',
  'On the node: nmcli device. A cali*, flannel* or tunl* device that is not "unmanaged" is the fault.':
    '在该节点上：nmcli device。若有 cali*、flannel* 或 tunl* 设备的状态不是 "unmanaged"，即为故障所在。',
  'nm-cloud-setup adds a routing table of its own, so nodes do not reach their own pods.':
    'nm-cloud-setup 添加了自己的路由表，导致节点无法访问自身的 Pod。',
  'On the node: systemctl is-enabled nm-cloud-setup.service nm-cloud-setup.timer; ip rule. Enabled with a rule 30400 is the fault.':
    '在该节点上：systemctl is-enabled nm-cloud-setup.service nm-cloud-setup.timer; ip rule。已启用且存在 30400 规则，即为故障所在。',
  'Packets of the pod overlay are dropped between nodes ({0}).':
    'Pod overlay 报文在节点之间被丢弃（{0}）。',
  "On both nodes at once: tcpdump -ni any '{0}'. Leaving one and not arriving at the other is a filter between them; arriving with a bad checksum is offload; never leaving is routes or the CNI agent.":
    "在两个节点上同时执行：tcpdump -ni any '{0}'。从一端发出而未到达另一端，是中间的过滤；到达但校验和错误，是校验和卸载；从未发出，是路由或 CNI agent 的问题。",
  'Overlay packets arrive with wrong checksums and are thrown away: checksum offload.':
    'overlay 报文到达时校验和错误而被丢弃：校验和卸载问题。',
  'On both nodes: ethtool -K {0} tx-checksum-ip-generic off. If TCP works then, it was the offload; a bad checksum seen on the sender alone is normal.':
    '在两个节点上：ethtool -K {0} tx-checksum-ip-generic off。若此后 TCP 恢复，就是卸载的问题；仅在发送端看到校验和错误属正常现象。',
  'Large packets are lost between nodes while small ones pass: the MTU of the pod network is larger than the path carries.':
    '节点之间大报文丢失而小报文可通：Pod 网络的 MTU 超过了路径的承载能力。',
  'From one node to a pod on the other: ping -M do -c 3 -s 1400, then -s 500. Only the small one answering proves it.':
    '从一个节点到另一节点上的 Pod：先 ping -M do -c 3 -s 1400，再用 -s 500。仅小包有应答即可证实。',
  'A NetworkPolicy keeps API servers on other nodes from metrics-server.':
    'NetworkPolicy 阻止其他节点上的 API Server 访问 metrics-server。',
  'From another node try a pod on the same node in a namespace without policies: if it answers, the policy is it; if not, the overlay is.':
    '从另一个节点访问同一节点上、位于无策略命名空间中的 Pod：有响应则是策略的问题；否则是 overlay 的问题。',
  'A packet filter on a node drops what it forwards to its pods.':
    '某个节点上的包过滤规则丢弃了转发给其 Pod 的流量。',
  'On that node: iptables -L FORWARD -vn --line-numbers, and look for the rule whose counter rises.':
    '在该节点上：iptables -L FORWARD -vn --line-numbers，查找计数器在增长的规则。',
  'The network between nodes does not carry pod addresses.': '节点之间的网络不承载 Pod 地址。',
  'On one node: ip route get <address of a pod on the other>; and the route table of the network between them.':
    '在一个节点上：ip route get <另一节点上某 Pod 的地址>；并检查节点之间网络的路由表。',
  'The machines do not reach each other at their own addresses.': '机器之间用各自的地址无法互通。',
  'From one node: ping the InternalIP of the other, and try its port 6443 or 22.':
    '从一个节点：ping 另一节点的 InternalIP，并尝试其 6443 或 22 端口。',
  'Pods cannot reach the API server through the kubernetes Service, so metrics-server does not become ready.':
    'Pod 无法通过 kubernetes Service 访问 API Server，因此 metrics-server 无法就绪。',
  "On metrics-server's node: curl -k --max-time 5 https://<Service address>:443/livez from the host, then from a pod. Only the host being answered proves it.":
    '在 metrics-server 所在节点上：先从主机执行 curl -k --max-time 5 https://<Service 地址>:443/livez，再从 Pod 内执行。仅主机能得到响应即可证实。',
  'metrics-server is Pending: the scheduler finds no node for it{0}':
    'metrics-server 处于 Pending：调度器找不到可用节点{0}',
  'metrics-server exits again and again{0}': 'metrics-server 反复退出{0}',
  'The metrics-server Deployment is scaled to zero.': 'metrics-server 的 Deployment 已缩容到 0。',
  'metrics-server is killed at its memory limit.': 'metrics-server 达到内存上限而被终止（OOM）。',
  'metrics-server does not start: an image cannot be pulled.':
    'metrics-server 未能启动：镜像拉取失败。',
  "metrics-server runs on the host network with the kubelet's port, which is taken.":
    'metrics-server 运行在主机网络上并使用 kubelet 的端口，该端口已被占用。',
  'Restarted pods land in the network namespace of the host, where their ports are taken.':
    '重启后的 Pod 落入了主机的网络命名空间，其端口在那里已被占用。',
  "The kubelet's probes of metrics-server are refused (403).":
    'kubelet 对 metrics-server 的健康探测被拒绝（403）。',
  "The kubelet's probe of metrics-server asks for a path, port or scheme that it does not serve.":
    'kubelet 探测 metrics-server 所用的路径、端口或协议，metrics-server 并不提供。',
  'The container of metrics-server cannot be started{0}': 'metrics-server 的容器无法启动{0}',
  'No metrics-server pod is let in{0}': 'metrics-server 的 Pod 不被准入{0}',
  "The Service's selector matches no metrics-server pod, so the Service has no endpoints.":
    'Service 的选择器未匹配到任何 metrics-server Pod，因此该 Service 没有端点。',
  'metrics-server does not accept connections, even from its own node.':
    'metrics-server 不接受连接，即使来自其所在节点。',
  'The first scrape is still to come: nothing is broken yet.': '首次抓取尚未完成：目前没有故障。',
  'Look again five minutes after the start; if numbers are still missing it is another fault.':
    '请在启动五分钟后再查看；若仍无数据，则是其他故障。',
  'The HPA cannot compute: a container has no {0} request. The Metrics API itself works.':
    'HPA 无法计算：有容器未设置 {0} request。Metrics API 本身正常。',
  'pod {0} on {1} ({2})': '{1} 上的 Pod {0}（{2}）',
  'kubectl get apiservice v1beta1.metrics.k8s.io -o yaml: "bad status … 401" or "403" is the refusal.':
    'kubectl get apiservice v1beta1.metrics.k8s.io -o yaml：出现 "bad status … 401" 或 "403" 即为被拒绝。',
  'kubectl get --raw /readyz?verbose against {0} alone, with --request-timeout=10s.':
    '仅对 {0} 执行 kubectl get --raw /readyz?verbose，并加上 --request-timeout=10s。',
  'Nothing to undo.': '无需撤销。',
  'kubectl get apiservice v1beta1.metrics.k8s.io -o yaml: does its caBundle hold the authority of that certificate, and is insecureSkipTLSVerify false?':
    'kubectl get apiservice v1beta1.metrics.k8s.io -o yaml：其中的 caBundle 是否为该证书的签发 CA，且 insecureSkipTLSVerify 为 false？',
  'kubectl (skip, upstream default)': 'kubectl（跳过验证，上游默认）',
  'kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes: an empty list from prometheus-adapter means that its resource rules match no series.':
    'kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes：若 prometheus-adapter 返回空列表，说明其资源规则未匹配到任何时间序列。',
  'aws ec2 describe-security-groups --group-ids <security group of the nodes>: an inbound rule for {0}/tcp from the cluster security group? (aws eks describe-cluster --query cluster.resourcesVpcConfig)':
    'aws ec2 describe-security-groups --group-ids <节点的安全组>：是否有放行集群安全组访问 {0}/tcp 的入站规则？（aws eks describe-cluster --query cluster.resourcesVpcConfig）',
  "gcloud compute firewall-rules list --filter='direction=INGRESS': a rule that allows {0}/tcp from the masterIpv4CidrBlock?":
    "gcloud compute firewall-rules list --filter='direction=INGRESS'：是否有放行 masterIpv4CidrBlock 访问 {0}/tcp 的规则？",
  'az network nsg rule list on the group of the node subnet: a rule that denies {0}/tcp from the control plane or from VirtualNetwork?':
    '在节点子网的安全组上执行 az network nsg rule list：是否有规则拒绝控制平面或 VirtualNetwork 访问 {0}/tcp？',
  'kubectl get nodes -o wide: if the node that is not Ready is gone for good, delete its Node object.':
    'kubectl get nodes -o wide：若未 Ready 的节点已永久下线，请删除其 Node 对象。',
  'kubectl -n {0} get networkpolicies: one that selects {1} would explain it, too.':
    'kubectl -n {0} get networkpolicies：若有策略选中 {1}，也可解释此现象。',
  'take the name out of --requestheader-allowed-names again':
    '再从 --requestheader-allowed-names 中删去该名称',
  'nothing to undo; a changed registry setting: put back the old file{0}':
    '无需撤销；若改过镜像仓库设置，恢复原文件{0}',
  'iptables on {0} is too old for the CNI or in another mode, so its agent there cannot write its rules.':
    '{0} 上的 iptables 版本对 CNI 而言过旧或模式不同，因此该节点上的 CNI agent 无法写入规则。',
  'kubectl -n {0} logs {1}: does it reach its server?':
    'kubectl -n {0} logs {1}：它能否连上其 server？',
  'kubectl delete csr NAME; a certificate that was issued is good until it ends':
    'kubectl delete csr NAME；已签发的证书在到期前仍然有效',
  'put the flag back and restart the kubelet': '恢复该参数并重启 kubelet',
  'put the former `address` back and restart the kubelet': '恢复原来的 `address` 并重启 kubelet',
  'put the `disable:` entry back and restart': '恢复 `disable:` 项并重启',
  'kubectl -n {0} logs {1} --tail=50, and its restarts: kubectl -n {2} describe pod {3}':
    'kubectl -n {0} logs {1} --tail=50，并查看其重启次数：kubectl -n {2} describe pod {3}',
  'HelmChartConfig: remove the keys again': 'HelmChartConfig：再删除这些键',
  'The limit was {0}.': '原上限为 {0}。',
  'kubectl -n {0} describe replicaset | grep -A 5 FailedCreate; without such an event: does kube-controller-manager run?':
    'kubectl -n {0} describe replicaset | grep -A 5 FailedCreate；若没有此类事件：kube-controller-manager 是否在运行？',
  'nothing to undo; a changed quota, label or webhook: put it back as it was':
    '无需撤销；若改过配额、标签或 webhook：恢复原状',
  'put the taint, request, selector or cordon back as it was':
    '将污点、request、选择器或 cordon 恢复原状',
  'kubectl -n {0} get networkpolicies: one that selects {1} and admits no API server is it; with none, a filter on {2} is.':
    'kubectl -n {0} get networkpolicies：若有策略选中 {1} 且不放行任何 API Server，即为该策略；若没有，则是 {2} 上的过滤规则。',
  'dnf (upgrade instead)': 'dnf（改为升级）',
  'restart the kubelet: it registers its node again': '重启 kubelet：它会重新注册其节点',
  'Set the same attribute back.': '将同一属性恢复原值。',
  'put the former mapping back': '恢复原来的映射',
  'Take the flags out again and restart kube-apiserver.':
    '再删去这些启动参数并重启 kube-apiserver。',
  'kubectl top and HPAs on cpu and memory read from that metrics-server from now on':
    '此后 kubectl top 以及基于 CPU 和内存的 HPA 都从该 metrics-server 读取数据',
  'Nothing to undo: the agent computes its state from the cluster.':
    '无需撤销：agent 会根据集群重新计算其状态。',
  "sed -i '/^egress-selector-mode:/d' {0}, then restart {1}.":
    "sed -i '/^egress-selector-mode:/d' {0}，然后重启 {1}。",
  '{0}, then restart {1}.': '{0}，然后重启 {1}。',
  'cloud security group: delete the rule again': '云安全组：再删除该规则',
  '# take the lines out of /etc/ufw/before.rules again':
    '# 再从 /etc/ufw/before.rules 中删去这些行',
  'the old pair is kept: kubeadm in a backup of /etc/kubernetes/pki that you make first, RKE2 and k3s in server/tls-TIMESTAMP':
    '旧的证书和密钥仍保留：kubeadm 在您事先为 /etc/kubernetes/pki 做的备份中，RKE2 和 k3s 在 server/tls-TIMESTAMP 中',
  'iptables 1.8.0 to 1.8.4 doubles rules in nft mode: upgrade it (docs.k3s.io/known-issues).':
    'iptables 1.8.0 至 1.8.4 在 nft 模式下会重复写入规则：请升级（docs.k3s.io/known-issues）。',
  'Take the setting back and restart the same way.': '撤回该设置并以同样方式重启。',
  'rm -f /etc/modules-load.d/cni.conf; the packages do no harm.':
    'rm -f /etc/modules-load.d/cni.conf；已安装的软件包无害。',
  'Nothing to undo: agents connect by themselves.': '无需撤销：agent 会自行连接。',
  'put the former kubelet setting back and restart the kubelet':
    '恢复原来的 kubelet 设置并重启 kubelet',
  'HelmChartConfig: remove the key again': 'HelmChartConfig：再删除该键',
  'Put the old value back the same way and restart the CNI agents.':
    '以同样方式恢复原值并重启 CNI agent。',
  'ip (network card)': 'ip（网卡）',
  'kubectl (Calico address detection)': 'kubectl（Calico 地址检测）',
  'Put the old value back and restart again.': '恢复原值并再次重启。',
  'the same rule with --remove-rich-rule, ufw delete, or iptables -D':
    '对同一规则使用 --remove-rich-rule、ufw delete 或 iptables -D',
  'Put the old NO_PROXY back and restart the same way.': '恢复原来的 NO_PROXY 并以同样方式重启。',
  'Take the flag out again.': '再删去该启动参数。',
  'iptables (the rule itself)': 'iptables（规则本身）',
  'kubectl (policies of the CNI)': 'kubectl（CNI 的策略）',
  'Insert the deleted rule again: iptables -I FORWARD <line> <rule>.':
    '重新插入已删除的规则：iptables -I FORWARD <行号> <规则>。',
  'CNI host policies: put back what was changed': 'CNI 主机策略：恢复所做的更改',
  'kubectl get nodes: are the servers listed? On a server and on a worker: curl -k --max-time 5 https://<pod address>:10250/livez. Only the worker being answered proves it.':
    'kubectl get nodes：是否列出了 server 节点？在一个 server 和一个 worker 节点上分别执行：curl -k --max-time 5 https://<Pod 地址>:10250/livez。仅 worker 节点得到响应即可证实。',
  'kubectl -n kube-system get pods -o wide | grep konnectivity, and each server in turn: k0s kubectl top nodes. Is an agent connected to every server?':
    'kubectl -n kube-system get pods -o wide | grep konnectivity，并逐个 server 执行：k0s kubectl top nodes。是否每个 server 都有 agent 与之相连？',
  'kubectl get --raw /readyz?verbose against that API server alone, with --request-timeout=10s.':
    '仅对该 API Server 执行 kubectl get --raw /readyz?verbose，并加上 --request-timeout=10s。',
  'kubectl get apiservice v1beta1.metrics.k8s.io -o jsonpath={.spec.service.port}; kubectl -n kube-system get svc,endpoints | grep metrics-server; and --secure-port in its args: do they line up?':
    'kubectl get apiservice v1beta1.metrics.k8s.io -o jsonpath={.spec.service.port}; kubectl -n kube-system get svc,endpoints | grep metrics-server；以及其 args 中的 --secure-port：三者是否一致？',
  'kubectl get apiservice v1beta1.metrics.k8s.io -o jsonpath={.spec.service}: does it name metrics-server?':
    'kubectl get apiservice v1beta1.metrics.k8s.io -o jsonpath={.spec.service}：其中是否为 metrics-server？',
  'kubectl get apiservice v1beta1.metrics.k8s.io; kubectl -n kube-system get deploy | grep metrics-server: NotFound beside a Deployment proves it.':
    'kubectl get apiservice v1beta1.metrics.k8s.io; kubectl -n kube-system get deploy | grep metrics-server：前者为 NotFound 而 Deployment 存在即可证实。',
  'kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes at each API server: x509 in every body proves it.':
    '对每个 API Server 执行 kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes：响应正文中都有 x509 即可证实。',
  'kubectl -n kube-system get configmap extension-apiserver-authentication -o yaml: without requestheader keys it is not configured.':
    'kubectl -n kube-system get configmap extension-apiserver-authentication -o yaml：若没有 requestheader 键，则说明未配置。',
  'kubectl -n kube-system get configmap extension-apiserver-authentication -o jsonpath={.data.requestheader-client-ca-file} against the issuer of the proxy client certificate on each server.':
    '将 kubectl -n kube-system get configmap extension-apiserver-authentication -o jsonpath={.data.requestheader-client-ca-file} 的结果与每个 server 上代理客户端证书的签发者对比。',
  'kubectl -n kube-system get configmap extension-apiserver-authentication -o jsonpath={.data.requestheader-allowed-names} against the CN of the proxy client certificate.':
    '将 kubectl -n kube-system get configmap extension-apiserver-authentication -o jsonpath={.data.requestheader-allowed-names} 的结果与代理客户端证书的 CN 对比。',
  'kubectl auth can-i list pods.metrics.k8s.io --as <user>; an admin who may proves it.':
    'kubectl auth can-i list pods.metrics.k8s.io --as <用户>；若管理员有此权限，即可证实。',
  'kubectl get csr | grep kubelet-serving: Pending proves it; so does kubectl logs failing with “tls: internal error”.':
    'kubectl get csr | grep kubelet-serving：出现 Pending 即可证实；kubectl logs 报 “tls: internal error” 亦可证实。',
  'kubectl -n kube-system get deploy metrics-server -o yaml | grep preferred-address: Hostname first, without a DNS that knows it, is the fault.':
    'kubectl -n kube-system get deploy metrics-server -o yaml | grep preferred-address：若 Hostname 排在首位，而 DNS 不能解析该主机名，即为故障所在。',
  'kubectl -n kube-system get deploy metrics-server -o yaml | grep -E "source|kubelet-port|use-node-status".':
    '查看 kubectl -n kube-system get deploy metrics-server -o yaml | grep -E "source|kubelet-port|use-node-status"。',
  "kubectl get --raw /api/v1/nodes/<node>/proxy/metrics/resource, and the kubelet's log at that moment.":
    'kubectl get --raw /api/v1/nodes/<节点>/proxy/metrics/resource，并查看此时的 kubelet 日志。',
  'kubectl get --raw /api/v1/nodes/<node>/proxy/metrics/resource | grep ^node_: zeros prove it; stat -fc %T /sys/fs/cgroup and uname -r tell why.':
    'kubectl get --raw /api/v1/nodes/<节点>/proxy/metrics/resource | grep ^node_：值为零即可证实；stat -fc %T /sys/fs/cgroup 和 uname -r 可说明原因。',
  'kubectl get nodes: if the node is gone, or Ready for five minutes and still without numbers, it is another fault.':
    'kubectl get nodes：若节点已不存在，或 Ready 已满五分钟仍无数据，则是其他故障。',
  'kubectl get nodes -o wide, and the annotations flannel.alpha.coreos.com/public-ip and projectcalico.org/IPv4Address: does an address stand there twice?':
    'kubectl get nodes -o wide，以及注解 flannel.alpha.coreos.com/public-ip 和 projectcalico.org/IPv4Address：是否有地址出现两次？',
  'kubectl get nodes -o wide, then from another node: curl -k --max-time 5 https://<InternalIP>:10250/healthz. Any answer, 401 too, proves the address good.':
    'kubectl get nodes -o wide，然后从另一节点执行：curl -k --max-time 5 https://<InternalIP>:10250/healthz。只要有响应（401 亦可），即说明该地址可用。',
  'kubectl get pods -A -o wide | grep -E "canal|calico|flannel|cilium", and the log of the one that is not ready: does it stand on the node that is cut off?':
    'kubectl get pods -A -o wide | grep -E "canal|calico|flannel|cilium"，并查看未就绪者的日志：它是否位于被隔断的节点上？',
  'iptables on the host and in the components do not agree{0}, so rules are missing or doubled.':
    '主机与组件中的 iptables 不一致{0}，导致规则缺失或重复。',
  'kubectl -n kube-system logs deploy/metrics-server --previous --tail=50: its last words tell why.':
    'kubectl -n kube-system logs deploy/metrics-server --previous --tail=50：最后几行会说明原因。',
  'kubectl -n kube-system describe pod -l k8s-app=metrics-server | grep -A4 "Last State": OOMKilled proves it.':
    'kubectl -n kube-system describe pod -l k8s-app=metrics-server | grep -A4 "Last State"：出现 OOMKilled 即可证实。',
  "kubectl -n kube-system describe pod -l k8s-app=metrics-server | tail -n 15: the registry's own words tell why.":
    'kubectl -n kube-system describe pod -l k8s-app=metrics-server | tail -n 15：镜像仓库返回的信息会说明原因。',
  "kubectl -n kube-system get pod -l k8s-app=metrics-server -o yaml | grep hostNetwork: true proves it; unset means that pods land in the host's network.":
    'kubectl -n kube-system get pod -l k8s-app=metrics-server -o yaml | grep hostNetwork：为 true 即可证实；若未设置，则说明 Pod 落入了主机网络。',
  "kubectl -n kube-system exec deploy/metrics-server -- ip addr, or on the node nsenter -t <its pid> -n ip addr: the host's devices prove it.":
    'kubectl -n kube-system exec deploy/metrics-server -- ip addr，或在节点上执行 nsenter -t <其 pid> -n ip addr：出现主机的网络设备即可证实。',
  'kubectl get clusterrolebinding system:public-info-viewer, and --authorization-always-allow-paths in its args.':
    'kubectl get clusterrolebinding system:public-info-viewer，以及其 args 中的 --authorization-always-allow-paths。',
  'kubectl -n kube-system get service metrics-server -o jsonpath={.spec.selector}, and the labels of the pods: kubectl -n kube-system get pods --show-labels':
    'kubectl -n kube-system get service metrics-server -o jsonpath={.spec.selector}，以及 Pod 的标签：kubectl -n kube-system get pods --show-labels',
  'kubectl get deploy -A | grep metrics-server; kubectl get apiservice v1beta1.metrics.k8s.io: neither proves it.':
    'kubectl get deploy -A | grep metrics-server; kubectl get apiservice v1beta1.metrics.k8s.io：两者都不存在即可证实。',
  'kubectl -n kube-system logs deploy/metrics-server --tail=50, and its restarts.':
    'kubectl -n kube-system logs deploy/metrics-server --tail=50，并查看其重启次数。',
  'kubectl top pods works while the HPA says “missing request for”: set requests on every container, sidecars too.':
    'kubectl top pods 正常，而 HPA 报 “missing request for”：为每个容器（包括 sidecar）设置 requests。',
  'the listener did not answer its own node in {0} ms': '监听端在 {0} ms 内未应答其所在节点',
  'the listener could not be asked: {0}': '无法查询监听端：{0}',
  'the listener said too much': '监听端返回的数据过多',
  'the listener broke off': '监听端中途断开',
  'no HTTP answer': '无 HTTP 响应',
  'no ping program in the probe image': '探测镜像中没有 ping 程序',
  'ping needs root and NET_RAW': 'ping 需要 root 和 NET_RAW',
  'ping said: {0}': 'ping 输出：{0}',
  'no projected token in the probe Pod': '探测 Pod 中没有投射的 token',
  'request failed': '请求失败',
  'answer broke off': '响应中断',
  'the check itself failed': '检查本身失败',
  'the target has no port': '目标没有端口',
  'sent {0} bytes, not confirmed': '已发送 {0} 字节，未确认',
  'sent {0} bytes, confirmed; received {1} of {2}': '已发送 {0} 字节，已确认；收到 {1}/{2}',
  '{0}, received {1} bytes': '{0}，收到 {1} 字节',
  'sent {0} bytes, received {1}': '已发送 {0} 字节，收到 {1}',
  'checks after {0}': '第 {0} 项之后的检查',
  'the plan for {0} has {1} checks: too large': '{0} 的计划有 {1} 项检查：过大',
  'the probe\'s answer has an unexpected shape at "{0}"': '探测 Pod 的结果在 "{0}" 处格式不符',
  'deep probe on {0}': '{0} 上的深度探测',
  'the probe left no answer': '探测 Pod 未留下结果',
  'termination message': '终止消息',
  "the probe's answer of {0} characters cannot be read (cut or garbled)":
    '探测 Pod 的结果（共 {0} 个字符）无法读取（被截断或乱码）',
  'nft printed what is no rule set': 'nft 的输出不是规则集',
  'the deep probe ran out of time': '深度探测超时',
  'the deep probe failed': '深度探测失败',
  '{0} is not in the probe image': '探测镜像中没有 {0}',
  '{0} took longer than {1} ms': '{0} 耗时超过 {1} ms',
  '{0} printed no JSON': '{0} 未输出 JSON',
  'tracing: {0}': '跟踪：{0}',
  'tracing: table inet {0} stayed behind; nft delete table inet {1}':
    '跟踪：表 inet {0} 未能清除；请执行 nft delete table inet {1}',
  '{0} more nodes: a sample of {1} was probed in full':
    '另有 {0} 个节点未探测：仅对 {1} 个节点的样本做了完整探测',
  'runs {0}, which is not supported': '运行 {0}，不受支持',
  'is a virtual node, which runs no host-network Pod': '是虚拟节点，不能运行主机网络 Pod',
  'has no InternalIP': '没有 InternalIP',
  'the Pod was not seen again after its creation': 'Pod 创建后再未出现',
  'no kubelet took it up': '没有 kubelet 接手该 Pod',
  'still Pending at the end of the wave: {0}': '本轮结束时仍为 Pending：{0}',
  'still running at the end of the wave': '本轮结束时仍在运行',
  "the probe's answer belongs to another plan": '探测 Pod 的结果属于另一个计划',
  ' (exit code {0})': '（退出码 {0}）',
  'probe Pod on {0}: {1}': '{0} 上的探测 Pod：{1}',
  'the API server did not take the Pod: {0}': 'API Server 未接受该 Pod：{0}',
  'no token for the local API server': '没有访问本地 API Server 的 token',
  'the probe ran out of time': '探测超时',
  'another Pod of this node reports them': '由该节点上的另一个 Pod 上报',
  'a listener asks no API server': '监听端不查询 API Server',
  'a listener sees its own network namespace only': '监听端只能看到自身的网络命名空间',
  'no listener on this node': '该节点上没有监听端',
  'the listener answered something else': '监听端返回了其他内容',
  ', {0} worth a look': '，{0} 项值得关注',
  'Nothing is wrong{0}.': '没有异常{0}。',
  '{0} wrong{1}.': '{0} 项异常{1}。',
  'their own {0}': '各自的{0}',
};
