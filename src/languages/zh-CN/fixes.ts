import type { Catalogue } from '../translate.ts';

export const fixes: Catalogue = {
  'and {0} more of the same{1}': '另有 {0} 项同类变化{1}',
  'Kubernetes of the API server': 'API Server 的 Kubernetes 版本',
  'image of the CNI': 'CNI 镜像',
  'image of metrics-server': 'metrics-server 镜像',
  'argument of metrics-server': 'metrics-server 参数',
  'the flags of the API server on {0} were changed': '{0} 上 API Server 的启动参数已变更',
  'metrics-server runs on {0} and ran on {1}': 'metrics-server 现运行在 {0} 上，此前运行在 {1} 上',
  'node {0} is new': '新增节点 {0}',
  'node {0} is gone': '节点 {0} 已不存在',
  'the address': '地址',
  'the kernel': '内核',
  'the OS image': '操作系统镜像',
  'the container runtime': '容器运行时',
  '{0} of {1} was {2} and is {3}': '{1} 的{0}由 {2} 变为 {3}',
  'the {0} was {1} and is {2}': '{0}由 {1} 变为 {2}',
  'the {0} {1} is gone': '{0} {1} 已不存在',
  'the {0} {1} is new': '新增 {0} {1}',
  'is new': '是新增的',
  'is gone': '已不存在',
  'was changed': '已被改动',
  'the caBundle of the APIService was changed': 'APIService 的 caBundle 已变更',
  'the APIService {0}': 'APIService {0}',
  'verifies TLS now': '现在会校验 TLS',
  'no longer verifies TLS': '不再校验 TLS',
  'the kubelet of {0} shows another certificate': '{0} 的 kubelet 换了证书',
  'metrics-server shows another certificate': 'metrics-server 换了证书',
  'the CA of the front proxy was exchanged': 'front-proxy 的 CA 已更换',
  'the answer of each API server': '各 API Server 的响应',
  'the APIService object': 'APIService 对象',
  'the Service of the Metrics API': 'Metrics API 的 Service',
  'the nodes': '节点',
  'paths tried by probe Pods': '探测 Pod 测试的路径',
  'one-way bursts between nodes': '节点间的单向突发包',
  'devices and ports of the nodes': '节点的网络设备与端口',
  'what deep mode reads on the nodes (--deep)': '深度模式在节点上读取的内容（--deep）',
  'which overlay the CNI speaks': 'CNI 使用的 overlay 类型',
  'the NetworkPolicies': 'NetworkPolicy 列表',
  'the nodes that the Metrics API reports': 'Metrics API 上报的节点',
  'the pods that the Metrics API reports': 'Metrics API 上报的 Pod',
  "the CNI's pods": 'CNI 的 Pod',
  'the HPAs': 'HPA 列表',
  'the events': '事件',
  "the kubelets' heartbeats": 'kubelet 的心跳',
  'the trust in the front proxy': '对 front-proxy 的信任配置',
  'who the API server takes us for': 'API Server 将我们识别成的身份',
  'possible, but nothing that is broken would follow from it':
    '有可能，但当前的故障现象都不能由它导致',
  'possible, but {0} already accounts for all of it': '有可能，但 {0} 已足以解释其全部现象',
  'more API servers cannot serve': '更多 API Server 无法提供服务',
  'more nodes have no metrics': '更多节点没有指标',
  'more nodes have no pod with metrics': '更多节点上没有任何 Pod 有指标',
  'more HPAs get no resource metrics': '更多 HPA 取不到资源指标',
  'more paths fail': '更多路径不通',
  'more of the same': '更多同类现象',
  'Configure the aggregation layer of kube-apiserver': '配置 kube-apiserver 的聚合层',
  'openssl (a CA for the front proxy alone)': 'openssl(front-proxy 专用 CA)',
  'flags of kube-apiserver, on every server': 'kube-apiserver 参数，每个 server 上都要设置',
  'kube-apiserver is restarted; metrics-server reads the new CA by itself, versions before 0.3.7 after a restart':
    'kube-apiserver 会重启；metrics-server 会自动读取新 CA,0.3.7 之前的版本需重启后才读取',
  "Never use the cluster's own client CA for the front proxy: its holders could pose as anybody (kubernetes.io, Configure the Aggregation Layer).":
    '切勿将集群自身的客户端 CA 用于 front-proxy：持有该 CA 签发证书的人可以冒充任何人（kubernetes.io,Configure the Aggregation Layer）。',
  'RKE2 and k3s set all of these: look for kube-apiserver-arg in config.yaml that overrides them.':
    'RKE2 和 k3s 会自动设置以上全部参数：检查 config.yaml 中是否有 kube-apiserver-arg 覆盖了它们。',
  'Lead the APIService to {0}/{1}, and keep the other product from it':
    '将 APIService 指向 {0}/{1}，并阻止另一产品占用它',
  'Helm values of the other product': '另一产品的 Helm values',
  'Custom and external metrics (custom.metrics.k8s.io, external.metrics.k8s.io) are other APIs: prometheus-adapter keeps those.':
    '自定义指标和外部指标（custom.metrics.k8s.io、external.metrics.k8s.io）是另外的 API：仍由 prometheus-adapter 提供。',
  'While two products own it, the one whose controller runs last wins: the patch lasts only when the other lets go.':
    '只要两个产品都在管理它，就由最后运行的控制器说了算：另一方放手后，该 patch 才能保持。',
  'The APIService carries the label of {0}.': '该 APIService 带有 {0} 的标签。',
  'On RKE2 the chart rke2-metrics-server refuses an APIService of another release: delete it and the chart makes its own.':
    '在 RKE2 上，chart rke2-metrics-server 会拒绝接管属于其他 release 的 APIService：删除它，chart 会自行重建。',
  'Let the control plane reach {0}/tcp on the nodes': '放行控制平面到节点 {0}/tcp 的访问',
  'opens {0}/tcp of the nodes to the control plane, to nobody else':
    '节点的 {0}/tcp 只对控制平面开放，不对其他来源开放',
  'It is the port of the container that counts, not that of the Service.':
    '起作用的是容器端口，而不是 Service 端口。',
  'Admission webhooks on other ports need rules of their own.':
    '使用其他端口的准入 webhook 需要单独配置规则。',
  'AWS security group': 'AWS 安全组',
  'EKS add-on on a port that is open': '将 EKS add-on 改到已放行的端口',
  'GCP firewall rule': 'GCP 防火墙规则',
  'Azure network security group': 'Azure 网络安全组',
  'Read what the CNI agent says, then restart it': '先查看 CNI agent 的日志，再重启它',
  'running connections survive; for some seconds no new pod gets an address on these nodes':
    '现有连接不受影响；数秒内这些节点上的新 Pod 分配不到地址',
  'Read the log before the restart: it is the only witness of why the state went stale.':
    '重启前先看日志：状态为何过期，只有日志能说明。',
  'NetworkManager must leave flannel* and cali* alone: https://docs.rke2.io/known_issues':
    'NetworkManager 不得管理 flannel* 和 cali*:https://docs.rke2.io/known_issues',
  'Set egress-selector-mode to {0}, or upgrade': '将 egress-selector-mode 设为 {0}，或升级版本',
  '{0} config': '{0} 配置',
  'each server is restarted once; running pods are not touched':
    '每个 server 各重启一次；运行中的 Pod 不受影响',
  'agent (the default): servers dial pods themselves. pod and cluster: through the agents; pod was wrong with CNIs that hand out ranges of their own. disabled: no tunnel, for a plain network.':
    'agent（默认）：server 自行连接 Pod。pod 和 cluster：经由 agent 连接；对自行分配地址段的 CNI,pod 模式并不适用。disabled：不使用隧道，适合扁平网络。',
  'Releases v1.24.0 and v1.24.1 refused pods in any mode (rancher/rke2 issue 3016), and pod and cluster were broken until May 2023 (k3s-io/k3s issue 7332): upgrade.':
    'v1.24.0 和 v1.24.1 在任何模式下都会拒绝连接 Pod（rancher/rke2 issue 3016），且 pod 和 cluster 模式直到 2023 年 5 月才修复（k3s-io/k3s issue 7332）：请升级。',
  'Switch checksum offload off on {0}': '关闭 {0} 的校验和卸载（checksum offload）',
  'the CPU computes checksums of overlay packets: some percent of load at high traffic':
    'overlay 报文的校验和改由 CPU 计算：高流量时会增加百分之几的负载',
  'Both ends send, so it goes on every node of the broken paths.':
    '两端都会发包，因此故障路径上的每个节点都要设置。',
  'Kernels before 5.7 and VMware vmxnet3 with RHEL 8.3 or 8.6 have this fault: https://docs.rke2.io/known_issues':
    '5.7 之前的内核，以及搭配 RHEL 8.3 或 8.6 的 VMware vmxnet3 存在此缺陷：https://docs.rke2.io/known_issues',
  "The udev rule is flannel's own advice: https://github.com/flannel-io/flannel/blob/master/Documentation/troubleshooting.md#nat":
    '该 udev 规则是 flannel 官方的建议：https://github.com/flannel-io/flannel/blob/master/Documentation/troubleshooting.md#nat',
  "RKE2's Calico chart sets ChecksumOffloadBroken=true by itself: look for an override in a HelmChartConfig rke2-calico.":
    'RKE2 的 Calico chart 会自动设置 ChecksumOffloadBroken=true：检查 HelmChartConfig rke2-calico 中是否有覆盖。',
  'the {0} other nodes': '其余 {0} 个节点',
  'Allow {0} from {1}': '放行来自 {1} 的 {0}',
  'opens {0} to {1} of the cluster, to nobody else': '{0} 只对集群的{1}开放，不对其他来源开放',
  'one address': '一个地址',
  '{0} addresses': ' {0} 个地址',
  'ping (ICMP echo request)': 'ping(ICMP echo request)',
  'IP protocol {0} ({1})': 'IP 协议 {0}({1})',
  '# and the same for {0} more node addresses': '# 其余 {0} 个节点地址同理',
  'cloud security group': '云安全组',
  "Renew the front proxy's certificate, then start kube-apiserver and metrics-server anew":
    '续期 front-proxy 证书，然后重启 kube-apiserver 和 metrics-server',
  'each kube-apiserver is away for some seconds: one node after the other':
    '每个 kube-apiserver 会中断数秒：请逐个节点操作',
  'kubernetes.io: Configure the Aggregation Layer. The CA in ConfigMap kube-system/extension-apiserver-authentication must be the one that signed the certificate.':
    'kubernetes.io:Configure the Aggregation Layer。ConfigMap kube-system/extension-apiserver-authentication 中的 CA 必须是签发该证书的 CA。',
  'Let metrics-server learn from the cluster whom to believe':
    '让 metrics-server 从集群获知应信任谁',
  'Without these flags it reads ConfigMap kube-system/extension-apiserver-authentication, which each kube-apiserver keeps.':
    '不带这些参数时，它读取 ConfigMap kube-system/extension-apiserver-authentication，该 ConfigMap 由各 kube-apiserver 维护。',
  'Let the kernel forward packets': '开启内核的报文转发',
  'the machine forwards between its networks, as every Kubernetes node must':
    '主机会在其各网络之间转发报文，这是每个 Kubernetes 节点都必需的',
  'Find what switched it off, or it will again: hardening scripts, systemd-networkd (IPForward), and Wicked on SLES, which resets it: https://docs.rke2.io/known_issues':
    '找出是谁关闭了转发，否则还会被关掉：加固脚本、systemd-networkd（IPForward），以及 SLES 上会将其重置的 Wicked:https://docs.rke2.io/known_issues',
  'Let host and CNI use one variant of iptables': '让主机与 CNI 使用同一种 iptables 变体',
  'rules in the other variant stay in the kernel until a reboot: drain the node and reboot it':
    '另一种变体中的规则在重启节点前会一直留在内核中：请先 drain 节点再重启',
  'The agent becomes Ready.': 'agent 变为 Ready。',
  'Give the control plane a way to pods': '打通控制平面到 Pod 的路径',
  'a restart of the API servers, one after the other; hostNetwork puts metrics-server on a port of its node':
    'API Server 会逐个重启；使用 hostNetwork 时，metrics-server 会占用所在节点的一个端口',
  'Webhooks and other aggregated APIs need the same way.':
    'webhook 和其他聚合 API 也需要同样的路径。',
  'With hostNetwork use another port than the kubelet: --secure-port=4443.':
    '使用 hostNetwork 时，端口须与 kubelet 不同：--secure-port=4443。',
  'kubeadm and clusters built by hand': 'kubeadm 及手工搭建的集群',
  'helm (around the pod network)': 'helm（绕开 Pod 网络）',
  'Install and load the kernel modules of the CNI': '安装并加载 CNI 所需的内核模块',
  'a reboot takes the node away for some minutes: drain it first':
    '重启会使节点离线数分钟：请先 drain',
  'A kernel that was upgraded without a reboot loads no modules either: uname -r beside ls /lib/modules.':
    '内核升级后未重启同样无法加载模块：对比 uname -r 与 ls /lib/modules。',
  'Let an agent connect to each tunnel server': '让每个隧道 server 都有 agent 连接',
  'logs, exec and aggregated APIs break off for some seconds while agents connect':
    'agent 重新连接期间，logs、exec 和聚合 API 会中断数秒',
  'With several control-plane hosts each agent must reach every one: through a load balancer that spreads connections, or by an address for each. Agents count servers once, at their start: restart them after one was added.':
    '控制平面有多台主机时，每个 agent 都必须能连到每一台：经由能分散连接的负载均衡器，或每台各用一个地址。agent 只在启动时统计一次 server 数量：新增 server 后请重启 agent。',
  'Agents connect out to the control plane (8132/tcp on k0s, 8091 or 8132 elsewhere): a firewall there reads the same.':
    'agent 主动向外连接控制平面（k0s 为 8132/tcp，其他为 8091 或 8132）：若被该处防火墙拦截，表现与此相同。',
  'Let the kubelets check tokens at the API server': '让 kubelet 通过 API Server 校验 token',
  'kubelet configuration': 'kubelet 配置',
  'restarts the kubelet of each node; its containers go on. Tools that read the kubelet without a login lose it':
    '各节点的 kubelet 会重启；其容器继续运行。未经认证读取 kubelet 的工具将失去访问权限',
  'kubernetes.io: Kubelet authentication/authorization. The API server must serve authentication.k8s.io/v1 TokenReview.':
    'kubernetes.io:Kubelet authentication/authorization。API Server 必须提供 authentication.k8s.io/v1 TokenReview。',
  "Grant metrics-server's account the kubelets' metrics":
    '授权 metrics-server 的账号读取 kubelet 指标',
  'the account may read the resource numbers of all nodes and pods, as metrics-server must':
    '该账号可读取所有节点和 Pod 的资源用量，这正是 metrics-server 所需要的',
  'nodes/metrics since metrics-server 0.6, nodes/stats before; a kubelet remembers a refusal for 30 s.':
    'metrics-server 0.6 起需要 nodes/metrics，此前需要 nodes/stats；kubelet 会将拒绝结果缓存 30 秒。',
  'Give the kubelets serving certificates from the cluster CA, with their IP address':
    '为 kubelet 签发由集群 CA 签名且包含其 IP 地址的服务证书',
  'restarts the kubelet of each node; its containers go on':
    '各节点的 kubelet 会重启；其容器继续运行',
  'kubernetes-sigs/metrics-server KNOWN_ISSUES.md; kubernetes.io: Certificate Management with kubeadm, "Enabling signed kubelet serving certificates".':
    '参见 kubernetes-sigs/metrics-server 的 KNOWN_ISSUES.md；kubernetes.io：Certificate Management with kubeadm，“Enabling signed kubelet serving certificates”。',
  'Workaround: let metrics-server skip the check (--kubelet-insecure-tls)':
    '临时规避：让 metrics-server 跳过校验（--kubelet-insecure-tls）',
  'metrics-server then believes whoever answers at the address of {0}: its token and the numbers can be taken by a machine in between':
    '此后 metrics-server 会信任{0}地址上的任何应答者：其 token 和指标数据可能被中间人窃取',
  'A workaround, not the fix.': '这是临时规避，不是根本修复。',
  'RKE2 undoes edits of the Deployment at the next chart run; the HelmChartConfig is the way that lasts (docs.rke2.io/add-ons/helm). Put the file on one server only.':
    'RKE2 下次运行 chart 时会撤销对 Deployment 的修改；能持久生效的方式是 HelmChartConfig（docs.rke2.io/add-ons/helm）。该文件只需放在一个 server 上。',
  'k3s rewrites its packaged manifest at start: the patch lasts until k3s restarts. For good: start with --disable=metrics-server and install the upstream chart (docs.k3s.io/installation/packaged-components).':
    'k3s 启动时会重写内置 manifest：patch 只在 k3s 重启前有效。要永久生效：以 --disable=metrics-server 启动，并安装上游 chart（docs.k3s.io/installation/packaged-components）。',
  'If metrics-server is the EKS add-on, set the same through its configuration values, or the add-on manager undoes the patch.':
    '如果 metrics-server 是 EKS add-on，请通过其配置值做同样的设置，否则 add-on 管理器会撤销该 patch。',
  'measure first': '先测量',
  'Lower the MTU of the pod network{0}, or let the path carry full packets':
    '将 Pod 网络的 MTU 调低{0}，或让路径能承载满尺寸报文',
  ' to {0}': '至 {0}',
  'pods take the new MTU when they are made again; connections of running pods keep failing until then':
    'Pod 重建后才会使用新 MTU；在此之前，运行中 Pod 的连接仍会失败',
  'Run the diagnosis again: it sends full-size packets over these paths again.':
    '重新运行诊断：它会在这些路径上再次发送满尺寸报文。',
  'The overlay adds {0} bytes to each packet: its MTU must be that much below the smallest MTU between the nodes.':
    'overlay 会给每个报文增加 {0} 字节：其 MTU 必须比节点间的最小 MTU 小这么多。',
  'If the underlay should carry full packets (jumbo frames, a tunnel in between, a cloud network with 1450 or 1460), mend it there instead.':
    '如果底层网络本应承载满尺寸报文（巨型帧、中间有隧道、MTU 为 1450 或 1460 的云网络），请改在底层网络修复。',
  'Admit the API servers to port {0} of metrics-server':
    '放行 API Server 到 metrics-server 端口 {0} 的访问',
  'opens port {0} of metrics-server to {1} node addresses; other policies stay as they are':
    'metrics-server 的端口 {0} 将对 {1} 个节点地址开放；其他策略保持不变',
  'opens port {0} of metrics-server to every source; it asks callers for credentials all the same':
    'metrics-server 的端口 {0} 将对所有来源开放；它仍会要求调用方提供凭据',
  "Over an overlay an API server shows up with its tunnel address (flannel.1, vxlan.calico), not with the node's InternalIP; both are listed. New control-plane nodes need theirs added.":
    '经由 overlay 访问时，API Server 的源地址是其隧道地址（flannel.1、vxlan.calico），而不是节点的 InternalIP；两者均已列出。新增控制平面节点时，需要补充其地址。',
  'RKE2 brings default-network-metrics-server-policy with profile: cis (since 1.26.14, 1.27.11, 1.28.7, 1.29.2); it selects app=rke2-metrics-server and the port named https: check both on the pod. https://docs.rke2.io/security/hardening_guide':
    'RKE2 在 profile: cis 下自带 default-network-metrics-server-policy（自 1.26.14、1.27.11、1.28.7、1.29.2 起）；它选择 app=rke2-metrics-server 和名为 https 的端口：请在 Pod 上核对这两项。https://docs.rke2.io/security/hardening_guide',
  'How policies work: https://kubernetes.io/docs/concepts/services-networking/network-policies/':
    'NetworkPolicy 的工作原理：https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  "Tell NetworkManager to leave the CNI's devices alone":
    '让 NetworkManager 不再管理 CNI 的网络设备',
  'the reboot takes the node away for some minutes: drain it first':
    '重启会使节点离线数分钟：请先 drain',
  'Give each node an address of its own that the others reach':
    '为每个节点配置独有且其他节点可达的地址',
  "the restart takes the node's agent down for some seconds; pods keep running":
    '重启会使节点的 agent 中断数秒；Pod 继续运行',
  'A cloned virtual machine often carries the address, the machine-id and the CNI state of its template.':
    '克隆的虚拟机常常带着模板的地址、machine-id 和 CNI 状态。',
  '# first find out which overlay it is; the ports are not interchangeable:':
    '# 先确认使用的是哪种 overlay；各端口不能互相替代：',
  "#   Calico VXLAN, RKE2's flannel: 4789/udp": '#   Calico VXLAN、RKE2 的 flannel: 4789/udp',
  '#   Calico IPIP: IP protocol 4    WireGuard: 51820-51821/udp':
    '#   Calico IPIP: IP 协议 4    WireGuard: 51820-51821/udp',
  'Allow the overlay of this CNI between the nodes': '放行节点间该 CNI 的 overlay 流量',
  'opens one port to the nodes of the cluster, to nobody else':
    '只对集群节点开放一个端口，不对其他来源开放',
  'find the port': '查明端口',
  'IP protocol 4 (IPIP)': 'IP 协议 4(IPIP)',
  'Allow {0} between the nodes': '放行节点间的 {0}',
  'opens {0} to the nodes of the cluster, to nobody else': '{0} 只对集群节点开放，不对其他来源开放',
  'Never open it to the world.': '切勿对公网开放。',
  'Ports that RKE2 needs: https://docs.rke2.io/install/requirements':
    'RKE2 所需端口：https://docs.rke2.io/install/requirements',
  'Never open it to the world: anyone who reaches it can inject packets into the pod network.':
    '切勿对公网开放：任何能访问该端口的人都可以向 Pod 网络注入报文。',
  'RKE2 advises against firewalld together with Canal: https://docs.rke2.io/known_issues':
    'RKE2 不建议 firewalld 与 Canal 同时使用：https://docs.rke2.io/known_issues',
  'Ports that RKE2 needs between nodes: https://docs.rke2.io/install/requirements':
    'RKE2 节点间所需端口：https://docs.rke2.io/install/requirements',
  'k3s advises to disable firewalld and ufw, or to open what it lists: https://docs.k3s.io/installation/requirements':
    'k3s 建议禁用 firewalld 和 ufw，或放行其列出的端口：https://docs.k3s.io/installation/requirements',
  'OpenStack: give the rule the protocol number 4; its name "ipip" becomes 94. Azure does not carry IPIP: use VXLAN.':
    'OpenStack：规则中请填协议号 4；若填名称“ipip”，会变成 94。Azure 不支持承载 IPIP：请使用 VXLAN。',
  'VMware NSX may swallow 8472/udp: https://github.com/flannel-io/flannel/issues/2388':
    'VMware NSX 可能会吞掉 8472/udp:https://github.com/flannel-io/flannel/issues/2388',
  'Under VMware with NSX, VXLAN inside VXLAN on the same port is lost: https://github.com/projectcalico/calico/issues/4727':
    '在使用 NSX 的 VMware 环境中，同一端口上的 VXLAN 套 VXLAN 会丢失：https://github.com/projectcalico/calico/issues/4727',
  'the policy of chain {0}': '链 {0} 的默认策略',
  '{0} of chain {1}': '链 {1} 中 {0} 处的规则',
  'Let {0} pass before {1} on {2}': '在 {2} 上，于{1}之前放行 {0}',
  'lets {0} pass for {1} of the cluster, for nobody else':
    '只为集群的{1}放行 {0}，不为其他来源放行',
  'one peer': '一个对端',
  '{0} peers': ' {0} 个对端',
  'The rule that has the packets: {0}': '匹配到这些报文的规则：{0}',
  'To keep it over a restart, put it into the file that made this table (/etc/nftables.conf as a rule).':
    '要在重启后保留，请将其写入创建该表的文件（通常是 /etc/nftables.conf）。',
  'To keep it over a restart, save it where this rule is kept (iptables-save, netfilter-persistent).':
    '要在重启后保留，请保存到该规则所在之处（iptables-save、netfilter-persistent）。',
  'Take the pods, Services and nodes of the cluster out of the proxy':
    '将集群的 Pod、Service 和节点排除在代理之外',
  'the API server goes to these addresses directly; its restart is felt by the clients connected to it':
    'API Server 将直接访问这些地址；其重启会影响与之相连的客户端',
  'Go reads addresses, ranges (10.0.0.0/8), domains and *; a glob such as 10.42.* matches nothing.':
    'Go 识别地址、网段（10.0.0.0/8）、域名和 *；像 10.42.* 这样的通配写法不会匹配任何内容。',
  'RKE2 and k3s add the pod and Service ranges by themselves; the addresses of the nodes are yours to add (docs.rke2.io/advanced).':
    'RKE2 和 k3s 会自动加入 Pod 和 Service 网段；节点地址需要自行添加（docs.rke2.io/advanced）。',
  'kubeadm copies the proxy variables of the shell that ran it into the manifests: an upgrade copies them again.':
    'kubeadm 会把运行它的 shell 的代理变量写入 manifest：升级时会再次写入。',
  '{0} environment file': '{0} 环境变量文件',
  'static Pod manifest': '静态 Pod manifest',
  'Let kube-proxy write its rules again, or dial pods directly':
    '让 kube-proxy 重新写入规则，或直接连接 Pod',
  'flag of kube-apiserver': 'kube-apiserver 参数',
  'a restart of kube-proxy leaves the rules in place; the flag restarts kube-apiserver':
    '重启 kube-proxy 不会清除规则；设置该参数会重启 kube-apiserver',
  'Rules that are there and do not work: look for two iptables variants side by side (iptables -V, iptables-legacy-save).':
    '规则存在却不生效：检查是否两种 iptables 变体并存（iptables -V、iptables-legacy-save）。',
  'Find and remove the rule that drops {0}': '找出并删除丢弃 {0} 的规则',
  'removing a rule opens what it shut: delete the one, not the chain':
    '删除规则会放开它原本拦截的流量：只删除这一条，不要删除整条链',
  "Traffic from the pod's own node never passes FORWARD, which is why one API server still works.":
    '来自 Pod 所在节点的流量不经过 FORWARD，因此仍有一个 API Server 能正常访问。',
  'the kubelet': 'kubelet',
  'Let pods reach {0} ({1}/tcp) from this node': '放行 Pod 从本节点访问 {0}({1}/tcp)',
  'CNI host policies': 'CNI 主机策略',
  'pods may then open connections to this port of the node; it asks every caller for credentials':
    '此后 Pod 可以连接该节点的这个端口；它会要求每个调用方提供凭据',
  '{0} advises to disable firewalld or to trust the pod and service ranges: https://docs.{1}.io/{2}':
    '{0} 建议禁用 firewalld，或信任 Pod 和 Service 网段：https://docs.{1}.io/{2}',
  'The same firewall often keeps pods from other ports of their node, too (DNS on the host, 6443).':
    '同一防火墙往往也会阻止 Pod 访问所在节点的其他端口（主机上的 DNS、6443）。',
  'the endpoints of that Service': '该 Service 的 endpoints',
  "Metrics Server's Deployment": 'Metrics Server 的 Deployment',
  'the pods that could serve the Metrics API': '可能提供 Metrics API 的 Pod',
  'paths between pods of different nodes': '不同节点上的 Pod 之间的路径',
  'which distribution it is': '集群的发行版',
  'when it was seen': '采集时间',
};
