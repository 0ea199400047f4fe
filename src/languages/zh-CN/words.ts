import type { Catalogue } from '../translate.ts';

/** Single words and labels, and pieces of sentences as they read once they are put together. */
export const words: Catalogue = {
  '{0} 200 in {1}': '{0} 200（用时 {1}）',
  '{0} 401 in {1}': '{0} 401（用时 {1}）',
  '{0} 403 in {1}': '{0} 403（用时 {1}）',
  '{0} 404 in {1}': '{0} 404（用时 {1}）',
  '{0} 429 in {1}': '{0} 429（用时 {1}）',
  '{0} 500 in {1}': '{0} 500（用时 {1}）',
  '{0} 502 in {1}': '{0} 502（用时 {1}）',
  '{0} 503 in {1}': '{0} 503（用时 {1}）',
  '{0} 504 in {1}': '{0} 504（用时 {1}）',
  'Diagnose…': '诊断…',
  Diagnose: '诊断',
  'Show evidence': '查看证据',
  'Put the evidence of this run into the thread': '将本次诊断的证据发到线程',
  Cancel: '取消',
  Send: '发送',
  Close: '关闭',
  'Diagnose a cluster': '诊断集群',
  Cluster: '集群',
  Clusters: '集群',
  Undo: '撤销',
  Verify: '验证',
  'Undo:': '撤销：',
  'Verify:': '验证：',
  '  Undo:': '  撤销：',
  '  Verify:': '  验证：',
  'Undo: {0}': '撤销：{0}',
  'Verify: {0}': '验证：{0}',
  'With {0}:': '使用 {0}：',
  'Other tools: {0}': '其他工具：{0}',
  '{0} (see fixes.txt)': '{0}（见 fixes.txt）',
  Why: '原因',
  Started: '已开始',
  Queued: '排队中',
  Cancelled: '已取消',
  Checked: '已检查',
  Confirmed: '已确认',
  Suspected: '疑似',
  Inconclusive: '无法定论',
  inconclusive: '无法定论',
  degraded: '降级',
  healthy: '正常',
  broken: '故障',
  confirmed: '已确认',
  suspected: '疑似',
  Alert: '告警',
  firing: '正在触发',
  resolved: '已恢复',
  serves: '正常响应',
  'not asked': '未查询',
  nodes: '节点',
  HPAs: 'HPA',
  '(empty)': '（空）',
  Address: '地址',
  Outcome: '结果',
  Status: '状态码',
  Milliseconds: '毫秒',
  none: '无',
  works: '正常',
  dead: '不通',
  ms: '毫秒',
  From: '源',
  To: '目的',
  Target: '目标',
  Layer: '网络层',
  Check: '检查',
  'works &nbsp;': '正常 &nbsp;',
  'dead &nbsp;': '不通 &nbsp;',
  'works in part &nbsp;': '部分正常 &nbsp;',
  'Overlay (pod network)': 'Overlay（Pod 网络）',
  'Underlay (the machines themselves)': '底层网络（主机本身）',
  Underlay: '底层网络',
  underlay: '底层网络',
  'Confirmed: {0}': '已确认：{0}',
  '**dead**': '**不通**',
  ' (not begun)': '（未开始）',
  ' (under way)': '（进行中）',
  ' (not possible)': '（无法进行）',
  ' (skipped)': '（已跳过）',
  '{0} (not begun)': '{0}（未开始）',
  '{0} (under way)': '{0}（进行中）',
  '{0} (not possible)': '{0}（无法进行）',
  '{0} (skipped)': '{0}（已跳过）',
  'pending: {0}': '未开始：{0}',
  'running: {0}': '进行中：{0}',
  'done: {0}': '已完成：{0}',
  'failed: {0}': '失败：{0}',
  'skipped: {0}': '已跳过：{0}',
  '🟢 Metrics API healthy': '🟢 Metrics API 正常',
  '🟠 degraded': '🟠 降级',
  '🔴 Metrics API broken': '🔴 Metrics API 故障',
  '🟡 inconclusive': '🟡 无法定论',
  '🟢 healthy': '🟢 正常',
  '🔴 broken': '🔴 故障',
  '⚪ cancelled': '⚪ 已取消',
  '{0} firing.': '{0} 正在触发。',
  '{0} resolved.': '{0} 已恢复。',
  'Resolved {0}.': '已于 {0} 恢复。',
  'Resolved {0}, {1} after it fired.': '已于 {0} 恢复，距触发 {1}。',
  'Last check, run {0}: {1}.': '最后一次检查，诊断 {0}:{1}。',
  'alert {0} → verdict {1} → resolved {2}': '告警 {0} → 结论 {1} → 恢复 {2}',
  'alert {0} → resolved {1} → verdict {2}': '告警 {0} → 恢复 {1} → 结论 {2}',
  'alert {0} → resolved {1}': '告警 {0} → 恢复 {1}',
  'verdict {0} → resolved {1}': '结论 {0} → 恢复 {1}',
  'resolved {0} → verdict {1}': '恢复 {0} → 结论 {1}',
  '{0} UTC (after {1})': '{0} UTC（{1}后）',
  '{0} UTC (after {1}).': '{0} UTC（{1}后）。',
  '{0}: this was right.': '{0}：结论正确。',
  '{0}: this was wrong.': '{0}：结论有误。',
  '{0}: {1} of {2} checks done.': '{0}：已完成 {1}/{2} 项检查。',
  'Not explained by any cause: {0}': '没有原因可以解释：{0}',
  '{0} (at {1}, since {2})': '{0}（副本数 {1}，自 {2} 起）',
  '{0} and {1} more nodes': '{0} 等，另有 {1} 个节点',
  '{0} and {1} more HPAs': '{0} 等，另有 {1} 个 HPA',
  'confirmed {0}.': '已确认 {0}。',
  'suspected {0}.': '疑似 {0}。',
  'run `{0}`': '诊断 `{0}`',
  'paths of run `{0}`': '诊断 `{0}` 的路径',
  'details in the thread': '详情见线程',
  'started by an alert': '由告警触发',
  'checked every {0}, scheduled by {1}': '每 {0}检查一次，由 {1} 设置',
  'Verify fix, clicked by {0} at {1}': '验证修复，由 {0} 于 {1} 点击',
  'some answers are still outstanding': '部分响应尚未返回',
  '{0}: trying again what failed…': '{0}：正在重新测试失败的项目…',
  '{0}: no worker has taken the verification yet.': '{0}：尚无 worker 接手验证。',
  '{0}: verification cancelled.': '{0}：验证已取消。',
  '{0}: not verified.': '{0}：未验证。',
  '{0}: the run that was to be verified is no longer kept.': '{0}：要验证的诊断已不再保留。',
  '{0}: all that failed works now.': '{0}：之前失败的项目现在全部正常。',
  '{0}: some of what failed works now.': '{0}：之前失败的项目现在部分正常。',
  '{0}: what failed fails still.': '{0}：之前失败的项目仍然失败。',
  '{0} → {1} ({2}): {3} of {4} failing checks work':
    '{0} → {1}({2}):{4} 项失败的检查中 {3} 项已正常',
  'still `{0}`': '仍失败：`{0}`',
  '{0} could not be tried again': '{0} 项无法重新测试',
  '{0} (a node comes back one or two minutes after its path does)':
    '{0}（路径恢复后，节点指标要一两分钟才会恢复）',
  '{0} d {1} h {2} min': '{0} 天 {1} 小时 {2} 分钟',
  '{0} d {1} h': '{0} 天 {1} 小时',
  '{0} d {1} min': '{0} 天 {1} 分钟',
  'BLOCKED {0}': '被阻断 {0}',
  '  On {0}:': '  在 {0} 上：',
  'Only when': '仅在以下情况需要',
  'Ports between the machines of {0} with {1}': '{0} + {1} 的主机间端口',
  'Nothing is wrong.': '没有异常。',
  'Nothing is wrong, {0} worth a look.': '没有异常，{0} 项值得关注。',
  '{0} wrong.': '{0} 项异常。',
  '{0} wrong, {1} worth a look.': '{0} 项异常，{1} 项值得关注。',
  '{0}: Metrics API healthy.': '{0}：Metrics API 正常。',
  'Metrics API healthy.': 'Metrics API 正常。',
  '{0}: Metrics API healthy.*': '{0}：Metrics API 正常。*',
  'Metrics API healthy.*': 'Metrics API 正常。*',
  '{0}: Metrics API degraded.': '{0}：Metrics API 降级。',
  'Metrics API degraded.': 'Metrics API 降级。',
  '{0}: Metrics API degraded.*': '{0}：Metrics API 降级。*',
  'Metrics API degraded.*': 'Metrics API 降级。*',
  '{0}: Metrics API broken.': '{0}：Metrics API 故障。',
  'Metrics API broken.': 'Metrics API 故障。',
  '{0}: Metrics API broken.*': '{0}：Metrics API 故障。*',
  'Metrics API broken.*': 'Metrics API 故障。*',
  '{0}: degraded.': '{0}：降级。',
  'degraded.': '降级。',
  '{0}: degraded.*': '{0}：降级。*',
  'degraded.*': '降级。*',
  '{0}: inconclusive.': '{0}：无法定论。',
  'inconclusive.': '无法定论。',
  '{0}: inconclusive.*': '{0}：无法定论。*',
  'inconclusive.*': '无法定论。*',
  '{0}: cancelled.': '{0}：已取消。',
  '{0}: cancelled.*': '{0}：已取消。*',
  '{0}: not diagnosed.*': '{0}：未诊断。*',
  '{0}: waiting for a worker.*': '{0}：正在等待 worker。*',
  'Confirmed: {0}.*': '已确认：{0}。*',
  'Suspected: {0}.*': '疑似：{0}。*',
  '⏳ {0} (under way)': '⏳ {0}（进行中）',
  '▫️ {0} (not begun)': '▫️ {0}（未开始）',
  '❌ {0} (not possible)': '❌ {0}（无法进行）',
  '➖ {0} (skipped)': '➖ {0}（已跳过）',
  ready: '就绪',
  serve: '提供',
  answers: '返回',
  answer: '返回',
  says: '报告',
  say: '报告',
  Events: '事件',
  'IP protocol 4': 'IP 协议号 4',
  Overlay: 'Overlay',
  'API server serves': '个 API Server 可提供',
  'API server serve': '个 API Server 可提供',
  'API servers serves': '个 API Server 可提供',
  'API servers serve': '个 API Server 可提供',
  'API server answers': '个 API Server 有响应',
  'API servers answers': '个 API Server 有响应',
  'API servers answer': '个 API Server 有响应',
  'Also: {0}': '此外：{0}',
  'Perhaps also: {0}': '可能还有：{0}',
  'between {0} it works': '{0} 之间正常',
  'more nodes': '个其他节点',
  'one-way bursts': '个单向突发包',
  '{0} of {1} node has no metrics: {2}.': '{0}/{1} 个节点没有指标：{2}。',
  '{0} of {1} nodes has no metrics: {2}.': '{0}/{1} 个节点没有指标：{2}。',
  '{0} of {1} nodes have no metrics: {2}.': '{0}/{1} 个节点没有指标：{2}。',
  '{0} node has IPv4 and IPv6 addresses: between nodes, IPv4 alone was probed.':
    '{0} 个节点同时具有 IPv4 和 IPv6 地址：节点之间仅探测了 IPv4。',
  '{0} ({1}) has no metrics, {2}': '{0}（{1}）没有指标，{2}',
  '{0} of {1} ({2}) has not answered within {3}; the last word is awaited for up to 45 s.':
    '{0}/{1}（{2}）在 {3} 内未响应；最多等待 45 s 以获取最终结果。',
  '{0} nodes have IPv4 and IPv6 addresses: between nodes, IPv4 alone was probed.':
    '{0} 个节点同时具有 IPv4 和 IPv6 地址：节点之间仅探测了 IPv4。',
  '{0} ({1}) have no metrics, {2}': '{0}（{1}）没有指标，{2}',
  '{0} of {1} ({2}) have not answered within {3}; the last word is awaited for up to 45 s.':
    '{0}/{1}（{2}）在 {3} 内未响应；最多等待 45 s 以获取最终结果。',
  'The last word of {0} is still awaited (up to 45 s).': '仍在等待 {0} 的最终结果（最多 45 s）。',
  'The last words of {0} are still awaited (up to 45 s).': '仍在等待 {0} 的最终结果（最多 45 s）。',
  'The machines themselves see each other: {0} is open on all pairs tried.':
    '机器之间在自身网络上互通：已测试的所有节点对上 {0} 均开放。',
  'The machines themselves see each other: {0} are open on all pairs tried.':
    '机器之间在自身网络上互通：已测试的所有节点对上 {0} 均开放。',
  'one time out of two': '每两次中有一次',
  'one time out of three': '每三次中有一次',
  'two times out of three': '每三次中有两次',
  'one time out of four': '每四次中有一次',
  'two times out of four': '每四次中有两次',
  'three times out of four': '每四次中有三次',
  'one time out of five': '每五次中有一次',
  'two times out of five': '每五次中有两次',
  'three times out of five': '每五次中有三次',
  'four times out of five': '每五次中有四次',
  'one time out of six': '每六次中有一次',
  'two times out of six': '每六次中有两次',
  'three times out of six': '每六次中有三次',
  'four times out of six': '每六次中有四次',
  'five times out of six': '每六次中有五次',
  'one time out of seven': '每七次中有一次',
  'two times out of seven': '每七次中有两次',
  'three times out of seven': '每七次中有三次',
  'four times out of seven': '每七次中有四次',
  'five times out of seven': '每七次中有五次',
  'six times out of seven': '每七次中有六次',
  'one time out of 8': '每八次中有一次',
  'two times out of 8': '每八次中有两次',
  'three times out of 8': '每八次中有三次',
  'four times out of 8': '每八次中有四次',
  'five times out of 8': '每八次中有五次',
  'six times out of 8': '每八次中有六次',
  'seven times out of 8': '每八次中有七次',
  'one time out of 9': '每九次中有一次',
  'two times out of 9': '每九次中有两次',
  'three times out of 9': '每九次中有三次',
  'four times out of 9': '每九次中有四次',
  'five times out of 9': '每九次中有五次',
  'six times out of 9': '每九次中有六次',
  'seven times out of 9': '每九次中有七次',
  '8 times out of 9': '每九次中有八次',
  'The probe on {0} failed.': '{0} 上的探测 Pod 失败。',
  'The probe on {0} failed: {1}.': '{0} 上的探测 Pod 失败：{1}。',
  'The probe on {0} never started.': '{0} 上的探测 Pod 始终未启动。',
  'The probe on {0} never started: {1}.': '{0} 上的探测 Pod 始终未启动：{1}。',
  'The probe on {0} was not allowed.': '{0} 上的探测 Pod 未获授权。',
  'The probe on {0} was not allowed: {1}.': '{0} 上的探测 Pod 未获授权：{1}。',
  'The probe on {0} gave no result in time.': '{0} 上的探测 Pod 未按时返回结果。',
  'The probe on {0} gave no result in time: {1}.': '{0} 上的探测 Pod 未按时返回结果：{1}。',
  'The listener on {0} failed.': '{0} 上的监听端失败。',
  'The listener on {0} failed: {1}.': '{0} 上的监听端失败：{1}。',
  'The listener on {0} never started.': '{0} 上的监听端始终未启动。',
  'The listener on {0} never started: {1}.': '{0} 上的监听端始终未启动：{1}。',
  'The listener on {0} was not allowed.': '{0} 上的监听端未获授权。',
  'The listener on {0} was not allowed: {1}.': '{0} 上的监听端未获授权：{1}。',
  'The listener on {0} gave no result in time.': '{0} 上的监听端未按时返回结果。',
  'The listener on {0} gave no result in time: {1}.': '{0} 上的监听端未按时返回结果：{1}。',
  'The network was not tested: {0}.': '未测试网络：{0}。',
  'The network was not tested: {0}. Let the bot create pods in its namespace: kubectl apply with the RBAC of helm/metrics-diag.':
    '未测试网络：{0}。请允许机器人在其命名空间中创建 Pod：用 kubectl apply 应用 helm/metrics-diag 中的 RBAC。',
  'The network was not tested: {0}. By hand, on {1}: curl -k --max-time 5 https://{2}/livez':
    '未测试网络：{0}。可在 {1} 上手动执行：curl -k --max-time 5 https://{2}/livez',
  'The network was not tested: {0}. Let the bot create pods in its namespace: kubectl apply with the RBAC of helm/metrics-diag. By hand, on {1}: curl -k --max-time 5 https://{2}/livez':
    '未测试网络：{0}。请允许机器人在其命名空间中创建 Pod：用 kubectl apply 应用 helm/metrics-diag 中的 RBAC。可在 {1} 上手动执行：curl -k --max-time 5 https://{2}/livez',
  '{0} could not be read: {1}.': '无法读取 {0}：{1}。',
  '{0} could not be read: {1}. Grant the bot: {2}.': '无法读取 {0}：{1}。请为机器人授予权限：{2}。',
  'The APIService shows Available=True. Do not trust it here: the API server on {0} overwrites what the other reports.':
    'APIService 显示 Available=True，此处不可信：{0} 上的 API Server 会覆盖另一个 API Server 写入的状态。',
  'The APIService shows Available=True. Do not trust it here: the API server on {0} overwrites what the other {1} report.':
    'APIService 显示 Available=True，此处不可信：{0} 上的 API Server 会覆盖其他 {1} 个 API Server 写入的状态。',
  'The APIService shows Available=True. Do not trust it here: its check does not verify TLS, uses open connections and reacts up to 35 s late.':
    'APIService 显示 Available=True，此处不可信：其检查不验证 TLS、会复用已建立的连接，且最多滞后 35 s 才有反应。',
  'The APIService shows Available=True. Do not trust it here: the API server on {0} overwrites what the other reports ({1}).':
    'APIService 显示 Available=True，此处不可信：{0} 上的 API Server 会覆盖另一个 API Server 写入的状态（{1}）。',
  'The APIService shows Available=True. Do not trust it here: the API server on {0} overwrites what the other {1} report ({2}).':
    'APIService 显示 Available=True，此处不可信：{0} 上的 API Server 会覆盖其他 {1} 个 API Server 写入的状态（{2}）。',
  'The APIService shows Available=True. Do not trust it here: its check does not verify TLS, uses open connections and reacts up to 35 s late ({0}).':
    'APIService 显示 Available=True，此处不可信：其检查不验证 TLS、会复用已建立的连接，且最多滞后 35 s 才有反应（{0}）。',
  "All {0} pair of nodes tried reach each other's pods.":
    '已测试的 {0} 个节点对全部可互访对方的 Pod。',
  "{0} of {1} pair of nodes tried reach each other's pods.":
    '已测试的 {1} 个节点对中有 {0} 个可互访对方的 Pod。',
  "All {0} pairs of nodes tried reach each other's pods.":
    '已测试的 {0} 个节点对全部可互访对方的 Pod。',
  "{0} of {1} pairs of nodes tried reach each other's pods.":
    '已测试的 {1} 个节点对中有 {0} 个可互访对方的 Pod。',
  "All {0} pair of nodes tried reach each other's pods, for small and for full-size packets.":
    '已测试的 {0} 个节点对全部可互访对方的 Pod，小包和满长报文均正常。',
  "{0} of {1} pair of nodes tried reach each other's pods, for small and for full-size packets.":
    '已测试的 {1} 个节点对中有 {0} 个可互访对方的 Pod，小包和满长报文均正常。',
  "All {0} pairs of nodes tried reach each other's pods, for small and for full-size packets.":
    '已测试的 {0} 个节点对全部可互访对方的 Pod，小包和满长报文均正常。',
  "{0} of {1} pairs of nodes tried reach each other's pods, for small and for full-size packets.":
    '已测试的 {1} 个节点对中有 {0} 个可互访对方的 Pod，小包和满长报文均正常。',
  'the one tried fails, the other one works': '已测试的 1 对不通，其余 1 对正常',
  'the one tried fails, the {0} others work': '已测试的 1 对不通，其余 {0} 对正常',
  'all {0} tried fail, the other one works': '已测试的 {0} 对全部不通，其余 1 对正常',
  'all {0} tried fail, the {1} others work': '已测试的 {0} 对全部不通，其余 {1} 对正常',
  'Between {0} and {1} no pair works over the pod network, {2}: {3}.{4}':
    '{0} 与 {1} 之间的节点对在 Pod 网络上全部不通（{2}）：{3}。{4}',
  'Between {0} and {1} ({2}) no pair works over the pod network, {3}: {4}.{5}':
    '{0} 与 {1} 之间的节点对（{2}）在 Pod 网络上全部不通（{3}）：{4}。{5}',
  'Between {0} and the rest no pair works over the pod network, {1}: {2}.{3}':
    '{0} 与其余节点之间的节点对在 Pod 网络上全部不通（{1}）：{2}。{3}',
  'Between {0} and the rest ({1}) no pair works over the pod network, {2}: {3}.{4}':
    '{0} 与其余节点之间的节点对（{1}）在 Pod 网络上全部不通（{2}）：{3}。{4}',
  'Between {0} and every other node no pair works over the pod network, {1}: {2}.{3}':
    '{0} 与其他所有节点之间的节点对在 Pod 网络上全部不通（{1}）：{2}。{3}',
  'Between {0} and every other node ({1}) no pair works over the pod network, {2}: {3}.{4}':
    '{0} 与其他所有节点之间的节点对（{1}）在 Pod 网络上全部不通（{2}）：{3}。{4}',
  'Between nodes of the same {0} no pair works over the pod network, {1}: {2}.{3}':
    '{0}相同的节点之间的节点对在 Pod 网络上全部不通（{1}）：{2}。{3}',
  'Between nodes of different {0}s no pair works over the pod network, {1}: {2}.{3}':
    '{0}不同的节点之间的节点对在 Pod 网络上全部不通（{1}）：{2}。{3}',
  'Among {0} no pair works over the pod network, {1}: {2}.{3}':
    '{0} 内部的节点对在 Pod 网络上全部不通（{1}）：{2}。{3}',
  'Among {0} ({1}) no pair works over the pod network, {2}: {3}.{4}':
    '{0} 内部的节点对（{1}）在 Pod 网络上全部不通（{2}）：{3}。{4}',
  'Into {0} no pair works over the pod network, {1}: {2}.{3}':
    '进入 {0} 的节点对在 Pod 网络上全部不通（{1}）：{2}。{3}',
  'Into {0} ({1}) no pair works over the pod network, {2}: {3}.{4}':
    '进入 {0} 的节点对（{1}）在 Pod 网络上全部不通（{2}）：{3}。{4}',
  'Out of {0} no pair works over the pod network, {1}: {2}.{3}':
    '从 {0} 发出的节点对在 Pod 网络上全部不通（{1}）：{2}。{3}',
  'Out of {0} ({1}) no pair works over the pod network, {2}: {3}.{4}':
    '从 {0} 发出的节点对（{1}）在 Pod 网络上全部不通（{2}）：{3}。{4}',
  'From {0} to {1} no pair works over the pod network, {2}: {3}.{4}':
    '从 {0} 到 {1} 的节点对在 Pod 网络上全部不通（{2}）：{3}。{4}',
  'Between all {0} nodes probed no pair works over the pod network, {1}: {2}.{3}':
    '已探测的全部 {0} 个节点之间的节点对在 Pod 网络上全部不通（{1}）：{2}。{3}',
  'packets {0} reach the network card and die there': '{0}报文在到达网卡后被丢弃',
  'packets {0} reach the network card and not the IP layer': '{0}报文到达网卡但未到达 IP 层',
  'packets {0} leave their senders and never reach the network card':
    '{0}报文已离开发送端但从未到达网卡',
  'packets {0} never leave the network card': '{0}报文从未离开网卡',
  "packets {0} die in the sender's own filter": '{0}报文被发送端自身的包过滤规则丢弃',
  'packets {0} are not put into the overlay': '{0}报文未被封装进 overlay',
  'packets {0} arrive with bad checksums': '{0}报文到达时校验和错误',
  "packets {0} find no socket for the overlay's port": '{0}报文在 overlay 端口上没有对应的 socket',
  'packets {0} arrive and belong to another virtual network': '{0}报文已到达但属于另一个虚拟网络',
  'packets {0} are addressed to the wrong overlay device': '{0}报文发往了错误的 overlay 设备',
  'packets {0} are unpacked there and do not reach the pods': '{0}报文已在对端解封装但未到达 Pod',
  '{0}/tcp into {1}': '进入 {1} 的 {0}/tcp',
  '{0}/tcp out of {1}': '从 {1} 发出的 {0}/tcp',
  '{0}/tcp among {1}': '{1} 内部的 {0}/tcp',
  '{0}/tcp from {1} to {2}': '从 {1} 到 {2} 的 {0}/tcp',
  '{0}/tcp between {1} and {2}': '{1} 与 {2} 之间的 {0}/tcp',
  '{0}/tcp between {1} and the rest': '{1} 与其余节点之间的 {0}/tcp',
  '{0}/tcp between {1} and every other node': '{1} 与其他所有节点之间的 {0}/tcp',
  '{0}/tcp between all {1} nodes probed': '已探测的全部 {1} 个节点之间的 {0}/tcp',
  'Overlay: not tested.': 'Overlay：未测试。',
  'Overlay: all {0} node pairs work.': 'Overlay：{0} 个节点对全部正常。',
  'Overlay: {0} of {1} node pairs dead ({2}).': 'Overlay：{0}/{1} 个节点对不通（{2}）。',
  'Overlay: {0} of {1} node pairs dead ({2}); {3} partly ({4}).':
    'Overlay：{0}/{1} 个节点对不通（{2}）；{3} 个部分不通（{4}）。',
  'Overlay: {0} partly ({1}).': 'Overlay：{0} 个节点对部分不通（{1}）。',
  'Underlay: not tested.': '底层网络：未测试。',
  'Underlay: all {0} node pairs work.': '底层网络：{0} 个节点对全部正常。',
  'Underlay: {0} of {1} node pairs dead ({2}).': '底层网络：{0}/{1} 个节点对不通（{2}）。',
  'Underlay: {0} of {1} node pairs dead ({2}); {3} partly ({4}).':
    '底层网络：{0}/{1} 个节点对不通（{2}）；{3} 个部分不通（{4}）。',
  'Underlay: {0} partly ({1}).': '底层网络：{0} 个节点对部分不通（{1}）。',
  'Overlay: all {0} node pairs work. Underlay: all {1} node pairs work.':
    'Overlay：{0} 个节点对全部正常。底层网络：{1} 个节点对全部正常。',
  '{0} of {1} API servers answer in {2} or less, {3} of {4} nodes report metrics, {5} of {6} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标，{5}/{6} 条路径连通。',
  '{0} of {1} API servers answer in {2} or less, {3} of {4} nodes report metrics, the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标，未测试网络。',
  '{0} of {1} API servers answer in {2} or less, {3} of {4} nodes report metrics (not Ready: {5}), {6} of {7} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标（未 Ready：{5}），{6}/{7} 条路径连通。',
  '{0} of {1} API servers answer in {2} or less, {3} of {4} nodes report metrics (not Ready: {5}), the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标（未 Ready：{5}），未测试网络。',
  '{0} of {1} API servers answer in {2} or less, {3} of {4} node report metrics, {5} of {6} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标，{5}/{6} 条路径连通。',
  '{0} of {1} API servers answer in {2} or less, {3} of {4} node report metrics, the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标，未测试网络。',
  '{0} of {1} API servers answer in {2} or less, {3} of {4} node report metrics (not Ready: {5}), {6} of {7} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标（未 Ready：{5}），{6}/{7} 条路径连通。',
  '{0} of {1} API servers answer in {2} or less, {3} of {4} node report metrics (not Ready: {5}), the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标（未 Ready：{5}），未测试网络。',
  '{0} of {1} API servers answer in {2} or less, {3} of {4} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 条路径连通。',
  '{0} of {1} API servers answer in {2} or less, the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），未测试网络。',
  '{0} of {1} API servers answers in {2} or less, {3} of {4} nodes report metrics, {5} of {6} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标，{5}/{6} 条路径连通。',
  '{0} of {1} API servers answers in {2} or less, {3} of {4} nodes report metrics, the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标，未测试网络。',
  '{0} of {1} API servers answers in {2} or less, {3} of {4} nodes report metrics (not Ready: {5}), {6} of {7} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标（未 Ready：{5}），{6}/{7} 条路径连通。',
  '{0} of {1} API servers answers in {2} or less, {3} of {4} nodes report metrics (not Ready: {5}), the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标（未 Ready：{5}），未测试网络。',
  '{0} of {1} API servers answers in {2} or less, {3} of {4} node report metrics, {5} of {6} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标，{5}/{6} 条路径连通。',
  '{0} of {1} API servers answers in {2} or less, {3} of {4} node report metrics, the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标，未测试网络。',
  '{0} of {1} API servers answers in {2} or less, {3} of {4} node report metrics (not Ready: {5}), {6} of {7} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标（未 Ready：{5}），{6}/{7} 条路径连通。',
  '{0} of {1} API servers answers in {2} or less, {3} of {4} node report metrics (not Ready: {5}), the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标（未 Ready：{5}），未测试网络。',
  '{0} of {1} API servers answers in {2} or less, {3} of {4} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 条路径连通。',
  '{0} of {1} API servers answers in {2} or less, the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），未测试网络。',
  '{0} of {1} API server answers in {2} or less, {3} of {4} nodes report metrics, {5} of {6} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标，{5}/{6} 条路径连通。',
  '{0} of {1} API server answers in {2} or less, {3} of {4} nodes report metrics, the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标，未测试网络。',
  '{0} of {1} API server answers in {2} or less, {3} of {4} nodes report metrics (not Ready: {5}), {6} of {7} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标（未 Ready：{5}），{6}/{7} 条路径连通。',
  '{0} of {1} API server answers in {2} or less, {3} of {4} nodes report metrics (not Ready: {5}), the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标（未 Ready：{5}），未测试网络。',
  '{0} of {1} API server answers in {2} or less, {3} of {4} node report metrics, {5} of {6} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标，{5}/{6} 条路径连通。',
  '{0} of {1} API server answers in {2} or less, {3} of {4} node report metrics, the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标，未测试网络。',
  '{0} of {1} API server answers in {2} or less, {3} of {4} node report metrics (not Ready: {5}), {6} of {7} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标（未 Ready：{5}），{6}/{7} 条路径连通。',
  '{0} of {1} API server answers in {2} or less, {3} of {4} node report metrics (not Ready: {5}), the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 个节点有指标（未 Ready：{5}），未测试网络。',
  '{0} of {1} API server answers in {2} or less, {3} of {4} paths open.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），{3}/{4} 条路径连通。',
  '{0} of {1} API server answers in {2} or less, the network was not tested.':
    '{0}/{1} 个 API Server 有响应（耗时不超过 {2}），未测试网络。',
  'metrics-server is Pending: the scheduler finds no node for it.':
    'metrics-server 处于 Pending：调度器找不到可用节点。',
  'metrics-server is Pending: the scheduler finds no node for it (“{0}”).':
    'metrics-server 处于 Pending：调度器找不到可用节点（“{0}”）。',
  'metrics-server exits again and again.': 'metrics-server 反复退出。',
  'metrics-server exits again and again: “{0}”.': 'metrics-server 反复退出：“{0}”。',
  'The container of metrics-server cannot be started.': 'metrics-server 的容器无法启动。',
  'The container of metrics-server cannot be started: “{0}”.':
    'metrics-server 的容器无法启动：“{0}”。',
  'No metrics-server pod is let in.': 'metrics-server 的 Pod 不被准入。',
  'No metrics-server pod is let in: “{0}”.': 'metrics-server 的 Pod 不被准入：“{0}”。',
  'The CNI agent on {0} does not work, so its part of the pod network is stale.':
    '{0} 上的 CNI agent 工作异常，其负责的那部分 Pod 网络已过时。',
  'The CNI agent of a node does not work, so its part of the pod network is stale.':
    '某个节点上的 CNI agent 工作异常，其负责的那部分 Pod 网络已过时。',
  'the image': '镜像',
  'the argument': '参数',
  'the Kubernetes': 'Kubernetes 版本',
  'the CNI': 'CNI',
  'a node': '某个节点',
  "metrics-server's node": 'metrics-server 所在节点',
  'the kubelet of {0} was {1} and is {2}': '{0} 的 kubelet 由 {1} 变为 {2}',
  'the Kubernetes of the API server was {0} and is {1}':
    'API Server 的 Kubernetes 版本由 {0} 变为 {1}',
  'and {0} more of the same ({1})': '另有 {0} 项同类变化（{1}）',
  'Find and remove the rule that drops forwarded traffic': '找出并删除丢弃转发流量的规则',
  'Find and remove the rule that drops all forwarded traffic': '找出并删除丢弃所有转发流量的规则',
  'Allow {0} from the {1} other nodes': '放行来自其余 {1} 个节点的 {0}',
  'opens IP protocol {0} ({1}) to {2} of the cluster, to nobody else':
    'IP 协议 {0}（{1}）只对集群的{2}开放，不对其他来源开放',
  '`every node`': '所有节点',
  '`every control-plane node`': '所有控制平面节点',
  '`that node`': '该节点',
  "`metrics-server's node`": 'metrics-server 所在节点',
  'rule {0} of chain {1}': '链 {1} 的第 {0} 条规则',
  'the image of the CNI was {0} and is {1}': 'CNI 镜像由 {0} 变为 {1}',
  'the image of the CNI {0} is new': '新增 CNI 镜像 {0}',
  'the image of the CNI {0} is gone': 'CNI 镜像 {0} 已不存在',
  'the image of metrics-server was {0} and is {1}': 'metrics-server 镜像由 {0} 变为 {1}',
  'the image of metrics-server {0} is new': '新增 metrics-server 镜像 {0}',
  'the image of metrics-server {0} is gone': 'metrics-server 镜像 {0} 已不存在',
  'the argument of metrics-server was {0} and is {1}': 'metrics-server 参数由 {0} 变为 {1}',
  'the argument of metrics-server {0} is new': '新增 metrics-server 参数 {0}',
  'the argument of metrics-server {0} is gone': 'metrics-server 参数 {0} 已不存在',
  'Service {0} is new': '新增 Service {0}',
  'Service {0} is gone': 'Service {0} 已不存在',
  'Service {0} was changed': 'Service {0} 已变更',
  'NetworkPolicy {0} is new': '新增 NetworkPolicy {0}',
  'NetworkPolicy {0} is gone': 'NetworkPolicy {0} 已不存在',
  'NetworkPolicy {0} was changed': 'NetworkPolicy {0} 已变更',
  'ConfigMap {0} is new': '新增 ConfigMap {0}',
  'ConfigMap {0} is gone': 'ConfigMap {0} 已不存在',
  'ConfigMap {0} was changed': 'ConfigMap {0} 已变更',
  'HelmChartConfig {0} is new': '新增 HelmChartConfig {0}',
  'HelmChartConfig {0} is gone': 'HelmChartConfig {0} 已不存在',
  'HelmChartConfig {0} was changed': 'HelmChartConfig {0} 已变更',
  '{0} more API servers cannot serve': '另有 {0} 个 API Server 无法提供服务',
  '{0} more nodes have no metrics': '另有 {0} 个节点没有指标',
  '{0} more nodes have no pod with metrics': '另有 {0} 个节点上没有任何 Pod 有指标',
  '{0} more HPAs get no resource metrics': '另有 {0} 个 HPA 取不到资源指标',
  '{0} more paths fail': '另有 {0} 条路径不通',
  '{0} more of the same': '另有 {0} 项同类现象',
  'the answer of each API server: {0}': '各 API Server 的响应：{0}',
  'the APIService object: {0}': 'APIService 对象：{0}',
  'the Service of the Metrics API: {0}': 'Metrics API 的 Service：{0}',
  'the nodes: {0}': '节点：{0}',
  'paths tried by probe Pods: {0}': '探测 Pod 测试的路径：{0}',
  'one-way bursts between nodes: {0}': '节点间的单向突发包：{0}',
  'devices and ports of the nodes: {0}': '节点的网络设备与端口：{0}',
  'what deep mode reads on the nodes (--deep): {0}': '深度模式在节点上读取的内容（--deep）：{0}',
  'which overlay the CNI speaks: {0}': 'CNI 使用的 overlay 类型：{0}',
  'the nodes that the Metrics API reports: {0}': 'Metrics API 上报的节点：{0}',
  'the pods that the Metrics API reports: {0}': 'Metrics API 上报的 Pod：{0}',
  "the CNI's pods: {0}": 'CNI 的 Pod：{0}',
  'the HPAs: {0}': 'HPA 列表：{0}',
  'the events: {0}': '事件：{0}',
  "the kubelets' heartbeats: {0}": 'kubelet 的心跳：{0}',
  'the trust in the front proxy: {0}': '对 front-proxy 的信任配置：{0}',
  'who the API server takes us for: {0}': 'API Server 将我们识别成的身份：{0}',
  "Metrics Server's pods: {0}": 'Metrics Server 的 Pod：{0}',
  "Metrics Server's log: {0}": 'Metrics Server 的日志：{0}',
  'Kernels before 5.7 and VMware vmxnet3 with RHEL 8.3 or 8.6 have this fault: {0}':
    '5.7 之前的内核，以及搭配 RHEL 8.3 或 8.6 的 VMware vmxnet3 存在此缺陷：{0}',
  "The udev rule is flannel's own advice: {0}": '该 udev 规则是 flannel 官方的建议：{0}',
  'Find what switched it off, or it will again: hardening scripts, systemd-networkd (IPForward), and Wicked on SLES, which resets it: {0}':
    '找出是谁关闭了转发，否则还会被关掉：加固脚本、systemd-networkd（IPForward），以及 SLES 上会将其重置的 Wicked：{0}',
  'RKE2 brings default-network-metrics-server-policy with profile: cis (since 1.26.14, 1.27.11, 1.28.7, 1.29.2); it selects app=rke2-metrics-server and the port named https: check both on the pod. {0}':
    'RKE2 在 profile: cis 下自带 default-network-metrics-server-policy（自 1.26.14、1.27.11、1.28.7、1.29.2 起）；它选择 app=rke2-metrics-server 和名为 https 的端口：请在 Pod 上核对这两项。{0}',
  'How policies work: {0}': 'NetworkPolicy 的工作原理：{0}',
  'Ports that RKE2 needs: {0}': 'RKE2 所需端口：{0}',
  'RKE2 advises against firewalld together with Canal: {0}':
    'RKE2 不建议 firewalld 与 Canal 同时使用：{0}',
  'Ports that RKE2 needs between nodes: {0}': 'RKE2 节点间所需端口：{0}',
  'k3s advises to disable firewalld and ufw, or to open what it lists: {0}':
    'k3s 建议禁用 firewalld 和 ufw，或放行其列出的端口：{0}',
  'VMware NSX may swallow 8472/udp: {0}': 'VMware NSX 可能会吞掉 8472/udp：{0}',
  'Under VMware with NSX, VXLAN inside VXLAN on the same port is lost: {0}':
    '在使用 NSX 的 VMware 环境中，同一端口上的 VXLAN 套 VXLAN 会丢失：{0}',
  '{0} advises to disable firewalld or to trust the pod and service ranges: {1}':
    '{0} 建议禁用 firewalld，或信任 Pod 和 Service 网段：{1}',
  'NetworkManager must leave {0} and {1} alone: {2}': 'NetworkManager 不得管理 {0} 和 {1}:{2}',
  'Go reads addresses, ranges (`10.0.0.0/8`), domains and `*`; a glob such as `10.42.*` matches nothing.':
    'Go 识别地址、网段（`10.0.0.0/8`）、域名和 `*`；像 `10.42.*` 这样的通配写法不会匹配任何内容。',
  'Risk: kube-apiserver is restarted; metrics-server reads the new CA by itself, versions before 0.3.7 after a restart':
    '风险：kube-apiserver 会重启；metrics-server 会自动读取新 CA,0.3.7 之前的版本需重启后才读取',
  'Risk: running connections survive; for some seconds no new pod gets an address on these nodes':
    '风险：现有连接不受影响；数秒内这些节点上的新 Pod 分配不到地址',
  'Risk: each server is restarted once; running pods are not touched':
    '风险：每个 server 各重启一次；运行中的 Pod 不受影响',
  'Risk: a restart of the API servers, one after the other; hostNetwork puts metrics-server on a port of its node':
    '风险：API Server 会逐个重启；使用 hostNetwork 时，metrics-server 会占用所在节点的一个端口',
  'Risk: restarts the kubelet of each node; its containers go on. Tools that read the kubelet without a login lose it':
    '风险：各节点的 kubelet 会重启；其容器继续运行。未经认证读取 kubelet 的工具将失去访问权限',
  'Risk: restarts the kubelet of each node; its containers go on':
    '风险：各节点的 kubelet 会重启；其容器继续运行',
  'Risk: pods take the new MTU when they are made again; connections of running pods keep failing until then':
    '风险：Pod 重建后才会使用新 MTU；在此之前，运行中 Pod 的连接仍会失败',
  'Risk: opens port {0} of metrics-server to {1} node addresses; other policies stay as they are':
    '风险：metrics-server 的端口 {0} 将对 {1} 个节点地址开放；其他策略保持不变',
  'Risk: opens port {0} of metrics-server to every source; it asks callers for credentials all the same':
    '风险：metrics-server 的端口 {0} 将对所有来源开放；它仍会要求调用方提供凭据',
  "Risk: the restart takes the node's agent down for some seconds; pods keep running":
    '风险：重启会使节点的 agent 中断数秒；Pod 继续运行',
  'Risk: the API server goes to these addresses directly; its restart is felt by the clients connected to it':
    '风险：API Server 将直接访问这些地址；其重启会影响与之相连的客户端',
  'Risk: a restart of kube-proxy leaves the rules in place; the flag restarts kube-apiserver':
    '风险：重启 kube-proxy 不会清除规则；设置该参数会重启 kube-apiserver',
  'Risk: pods may then open connections to this port of the node; it asks every caller for credentials':
    '风险：此后 Pod 可以连接该节点的这个端口；它会要求每个调用方提供凭据',
  '{0} datagrams from {1} to {2}: {3} made the outer packets and dropped them on the way out: its own filter':
    '从 {1} 发往 {2} 的 {0} 个数据报：{3} 已封装出外层报文，但在发出途中将其丢弃：其自身的包过滤规则所致',
  '{0} datagrams from {1} to {2}: {3} of {4} sent none':
    '从 {1} 发往 {2} 的 {0} 个数据报：{4} 的 {3} 一个也未发出',
  '{0} datagrams from {1} to {2}: {3} of {4} sent them, its network card did not':
    '从 {1} 发往 {2} 的 {0} 个数据报：{4} 的 {3} 已发出，但其网卡未发出',
  "{0} datagrams from {1} to {2}: they left {3} of {4}; none reached {5}'s network card (IP +{6})":
    '从 {1} 发往 {2} 的 {0} 个数据报：已从 {4} 的 {3} 发出；{5} 的网卡一个也未收到（IP +{6}）',
  '{0} datagrams from {1} to {2}: they left {3} of {4}; {5} received them (IP +{6}) and delivered none: its own filter drops them':
    '从 {1} 发往 {2} 的 {0} 个数据报：已从 {4} 的 {3} 发出；{5} 已收到（IP +{6}）但全部未投递：被其自身的包过滤规则丢弃',
  '{0} datagrams from {1} to {2}: {3} threw them away for bad UDP checksums ({4} counted)':
    '从 {1} 发往 {2} 的 {0} 个数据报：{3} 因 UDP 校验和错误将其丢弃（计数 {4}）',
  "{0} datagrams from {1} to {2}: {3}'s UDP layer took them, its overlay device took none: another VNI":
    '从 {1} 发往 {2} 的 {0} 个数据报：{3} 的 UDP 层已接收，但其 overlay 设备一个也未收到：VNI 不一致',
  '{0} datagrams from {1} to {2}: {3} unpacked them and dropped the inner frames: not addressed to its overlay device':
    '从 {1} 发往 {2} 的 {0} 个数据报：{3} 解封装后丢弃了内层帧：目的地址不是其 overlay 设备',
  '{0} datagrams from {1} to {2}: {3} unpacked them; the pod received none: dropped on the way from the overlay device to the pod':
    '从 {1} 发往 {2} 的 {0} 个数据报：{3} 已解封装，但 Pod 一个也未收到：在从 overlay 设备到 Pod 的途中被丢弃',
  nowhere: '未见于任何位置',
  'into {0}': '进入 {0} 的',
  'out of {0}': '从 {0} 发出的',
  'among {0}': '{0} 内部',
  'between {0} and every other node': '{0} 与其他所有节点之间',
  'between {0} and the rest': '{0} 与其余节点之间',
  'between all {0} nodes probed': '所有被探测的 {0} 个节点之间',
  'between {{0}} and {{1}}': '{{0}}、{{1}} 各组之间',
  'between {{0}} and {{1}} and {{2}}': '{{0}}、{{1}}、{{2}} 各组之间',
  'between {{0}} and {{1}} and {{2}} and {{3}}': '{{0}}、{{1}}、{{2}}、{{3}} 各组之间',
  'between {{0}} and {{1}} and {{2}} and {{3}} and {{4}}':
    '{{0}}、{{1}}、{{2}}、{{3}}、{{4}} 各组之间',
  'between {0} and {1} and between {2} and {3}': '{0} 与 {1} 之间、{2} 与 {3} 之间',
  'between {0} and {1}, between {2} and {3} and between {4} and {5}':
    '{0} 与 {1} 之间、{2} 与 {3} 之间、{4} 与 {5} 之间',
  'between {0} and {1}, between {2} and {3}, between {4} and {5} and between {6} and {7}':
    '{0} 与 {1} 之间、{2} 与 {3} 之间、{4} 与 {5} 之间、{6} 与 {7} 之间',
  'between {0} and {1}, between {2} and {3}, between {4} and {5}, between {6} and {7} and between {8} and {9}':
    '{0} 与 {1} 之间、{2} 与 {3} 之间、{4} 与 {5} 之间、{6} 与 {7} 之间、{8} 与 {9} 之间',
  'between {0} and {1}, between {2} and {3}, between {4} and {5}, between {6} and {7}, between {8} and {9} and {10} more':
    '{0} 与 {1} 之间、{2} 与 {3} 之间、{4} 与 {5} 之间、{6} 与 {7} 之间、{8} 与 {9} 之间 等，另有 {10} 个',
  'nodes with kernel {0} in {1}': '{1} 中内核为 {0} 的节点',
  'nodes with kernel {0} that are {1}': '内核为 {0} 的节点中的{1}',
  'nodes with kernel {0} and nodes with kernel {1}': '内核为 {0} 或 {1} 的节点',
  'nodes with kernel {0}, nodes with kernel {1} and nodes with kernel {2}':
    '内核为 {0}、{1} 或 {2} 的节点',
  'nodes that run {0} in {1}': '{1} 中运行 {0} 的节点',
  'nodes that run {0} that are {1}': '运行 {0} 的节点中的{1}',
  'nodes that run {0} and nodes that run {1}': '运行 {0} 或 {1} 的节点',
  'nodes that run {0}, nodes that run {1} and nodes that run {2}': '运行 {0}、{1} 或 {2} 的节点',
  'nodes of type {0} in {1}': '{1} 中类型为 {0} 的节点',
  'nodes of type {0} that are {1}': '类型为 {0} 的节点中的{1}',
  'nodes of type {0} and nodes of type {1}': '类型为 {0} 或 {1} 的节点',
  'nodes of type {0}, nodes of type {1} and nodes of type {2}': '类型为 {0}、{1} 或 {2} 的节点',
  'nodes with kubelet {0} in {1}': '{1} 中kubelet 版本为 {0} 的节点',
  'nodes with kubelet {0} that are {1}': 'kubelet 版本为 {0} 的节点中的{1}',
  'nodes with kubelet {0} and nodes with kubelet {1}': 'kubelet 版本为 {0} 或 {1} 的节点',
  'nodes with kubelet {0}, nodes with kubelet {1} and nodes with kubelet {2}':
    'kubelet 版本为 {0}、{1} 或 {2} 的节点',
  'nodes with driver {0} in {1}': '{1} 中网卡驱动为 {0} 的节点',
  'nodes with driver {0} that are {1}': '网卡驱动为 {0} 的节点中的{1}',
  'nodes with driver {0} and nodes with driver {1}': '网卡驱动为 {0} 或 {1} 的节点',
  'nodes with driver {0}, nodes with driver {1} and nodes with driver {2}':
    '网卡驱动为 {0}、{1} 或 {2} 的节点',
  'control-plane nodes': '控制平面节点',
  'control-plane nodes in {0}': '{0} 中的控制平面节点',
  'control-plane nodes that are {0}': '控制平面节点中的{0}',
  'worker nodes': '工作节点',
  'worker nodes in {0}': '{0} 中的工作节点',
  'worker nodes that are {0}': '工作节点中的{0}',
  'amd64 nodes': 'amd64 节点',
  'amd64 nodes in {0}': '{0} 中的amd64 节点',
  'amd64 nodes that are {0}': 'amd64 节点中的{0}',
  'arm64 nodes': 'arm64 节点',
  'arm64 nodes in {0}': '{0} 中的arm64 节点',
  'arm64 nodes that are {0}': 'arm64 节点中的{0}',
  'arm nodes': 'arm 节点',
  'arm nodes in {0}': '{0} 中的arm 节点',
  'arm nodes that are {0}': 'arm 节点中的{0}',
  's390x nodes': 's390x 节点',
  's390x nodes in {0}': '{0} 中的s390x 节点',
  's390x nodes that are {0}': 's390x 节点中的{0}',
  'ppc64le nodes': 'ppc64le 节点',
  'ppc64le nodes in {0}': '{0} 中的ppc64le 节点',
  'ppc64le nodes that are {0}': 'ppc64le 节点中的{0}',
  'riscv64 nodes': 'riscv64 节点',
  'riscv64 nodes in {0}': '{0} 中的riscv64 节点',
  'riscv64 nodes that are {0}': 'riscv64 节点中的{0}',
  'zone {0}': '可用区 {0}',
  'region {0}': '地域 {0}',
  'node pool {0}': '节点池 {0}',
  'rack {0}': '机架 {0}',
  'zone {0} in region {1}': '地域 {1} 的可用区 {0}',
  'node pool {0} in zone {1}': '可用区 {1} 的节点池 {0}',
  'zone {0} in node pool {1}': '可用区 {0} 的节点池 {1}',
  'node pool {0} in region {1}': '地域 {1} 的节点池 {0}',
  'region {0} in node pool {1}': '地域 {0} 的节点池 {1}',
  role: '角色',
  zone: '可用区',
  region: '地域',
  kernel: '内核',
  '/24 network': '/24 网段',
  architecture: '架构',
  rack: '机架',
  'This cluster runs {0} ({3}): {1}; {2}.': '该集群运行 {0}（{3}）：{1}；{2}。',
  'This cluster runs {0} ({4}): {1}; {2}; {3}.': '该集群运行 {0}（{4}）：{1}；{2}；{3}。',
  'This cluster runs {0} ({5}): {1}; {2}; {3}; {4}.': '该集群运行 {0}（{5}）：{1}；{2}；{3}；{4}。',
  'This cluster runs {0} ({6}): {1}; {2}; {3}; {4}; {5}.':
    '该集群运行 {0}（{6}）：{1}；{2}；{3}；{4}；{5}。',
  'This cluster runs {0} ({7}): {1}; {2}; {3}; {4}; {5}; {6}.':
    '该集群运行 {0}（{7}）：{1}；{2}；{3}；{4}；{5}；{6}。',
  'This cluster runs {0} ({8}): {1}; {2}; {3}; {4}; {5}; {6}; {7}.':
    '该集群运行 {0}（{8}）：{1}；{2}；{3}；{4}；{5}；{6}；{7}。',
  'This cluster runs {0} ({9}): {1}; {2}; {3}; {4}; {5}; {6}; {7}; {8}.':
    '该集群运行 {0}（{9}）：{1}；{2}；{3}；{4}；{5}；{6}；{7}；{8}。',
  'This cluster runs {0} ({10}): {1}; {2}; {3}; {4}; {5}; {6}; {7}; {8}; {9}.':
    '该集群运行 {0}（{10}）：{1}；{2}；{3}；{4}；{5}；{6}；{7}；{8}；{9}。',
  'This cluster runs {0} ({11}): {1}; {2}; {3}; {4}; {5}; {6}; {7}; {8}; {9}; {10}.':
    '该集群运行 {0}（{11}）：{1}；{2}；{3}；{4}；{5}；{6}；{7}；{8}；{9}；{10}。',
  'encapsulation not known, VNI {0}': '封装方式未知，VNI {0}',
  'no encapsulation, VNI {0}': '无封装，VNI {0}',
  'some packets came back': '部分报文有应答',
  'GET {0} (only the first {1})': 'GET {0}（仅前 {1} 个）',
  'not read: {0}': '未读取：{0}',
  'unreachable after {0} ({1})': '{0}后返回不可达（{1}）',
  'answered, but TLS failed ({0})': '有响应，但 TLS 失败（{0}）',
  'all routes': '全部路由',
  'words of filter rules': '包过滤规则的文字',
  'every second sample, again': '再次隔一取一的样本',
  certificates: '证书',
  'node facts': '节点信息',
  bursts: '突发包',
  listener: '监听端',
  'deep mode': '深度模式',
  'did not fit': '超出大小限制',
  'a pod on {0} to 10.{1} on {2}': '{0} 上的某个 Pod 到 {2} 上的 10.{1}',
  'a pod on {0} to 172.{1} on {2}': '{0} 上的某个 Pod 到 {2} 上的 172.{1}',
  'a pod on {0} to 192.168.{1} on {2}': '{0} 上的某个 Pod 到 {2} 上的 192.168.{1}',
  'a pod on {0} to 100.{1} on {2}': '{0} 上的某个 Pod 到 {2} 上的 100.{1}',
  '{0} to fd{1} on {2}': '{0} 到 {2} 上的 fd{1}',
  'a pod on {0} to fd{1} on {2}': '{0} 上的某个 Pod 到 {2} 上的 fd{1}',
  'a pod on {0} to 2001:{1} on {2}': '{0} 上的某个 Pod 到 {2} 上的 2001:{1}',
  'a pod on {0} to {1} on {2}': '{0} 上的某个 Pod 到 {2} 上的 {1}',
  'between zone {0} and zone {1}': '可用区 {0} 与可用区 {1} 之间',
  'between region {0} and region {1}': '地域 {0} 与地域 {1} 之间',
  'between node pool {0} and node pool {1}': '节点池 {0} 与节点池 {1} 之间',
  'tcp from {0} to {1} on {2}: {3}': '从 {0} 到 {2} 上的 {1} 的 tcp 探测：{3}',
  'tcp from a pod on {0} to {1} on {2}: {3}':
    '从 {0} 上的某个 Pod 到 {2} 上的 {1} 的 tcp 探测：{3}',
  'tcp-full from {0} to {1} on {2}: {3}': '从 {0} 到 {2} 上的 {1} 的 tcp-full 探测：{3}',
  'tcp-full from a pod on {0} to {1} on {2}: {3}':
    '从 {0} 上的某个 Pod 到 {2} 上的 {1} 的 tcp-full 探测：{3}',
  'tls from {0} to {1} on {2}: {3}': '从 {0} 到 {2} 上的 {1} 的 tls 探测：{3}',
  'tls from a pod on {0} to {1} on {2}: {3}':
    '从 {0} 上的某个 Pod 到 {2} 上的 {1} 的 tls 探测：{3}',
  'icmp from {0} to {1} on {2}: {3}': '从 {0} 到 {2} 上的 {1} 的 icmp 探测：{3}',
  'icmp from a pod on {0} to {1} on {2}: {3}':
    '从 {0} 上的某个 Pod 到 {2} 上的 {1} 的 icmp 探测：{3}',
  'icmp-full from {0} to {1} on {2}: {3}': '从 {0} 到 {2} 上的 {1} 的 icmp-full 探测：{3}',
  'icmp-full from a pod on {0} to {1} on {2}: {3}':
    '从 {0} 上的某个 Pod 到 {2} 上的 {1} 的 icmp-full 探测：{3}',
  'tcp from {0} to {1} on {2} ({3}): open': '从 {0} 到 {2} 上的 {1}（{3}）的 tcp 探测：端口开放',
  'on {0} it has no route to the pods of {1}': '{0} 上没有到 {1} 上 Pod 的路由',
  'on {0} its route to the pods of {1} goes by {2}, not by {3}':
    '{0} 上到 {1} 上 Pod 的路由走 {2}，而不是 {3}',
  'on {0} {1} has no neighbour entry for {2}, the next hop to {3}':
    '{0} 上的 {1} 没有 {2}（到 {3} 的下一跳）的邻居表项',
  'on {0} its neighbour entry for {1} is {2}; the overlay device of {3} is {4}':
    '{0} 上 {1} 的邻居表项为 {2}，而 {3} 的 overlay 设备为 {4}',
  'on {0} {1} has no forwarding entry for {2}, the device of {3}':
    '{0} 上的 {1} 没有 {2}（{3} 的设备）的转发表项',
  'on {0} its forwarding entry sends packets for {1} to {2}, which is not an address of {3}':
    '{0} 上的转发表项把发往 {1} 的报文送到 {2}，而该地址不属于 {3}',
  'Confirmed: {0} {1}': '已确认：{0} {1}',
  'Suspected: {0} {1}': '疑似：{0} {1}',
  'RKE2 and k3s need 10250/tcp between all nodes: {0}':
    'RKE2 和 k3s 要求所有节点之间放行 10250/tcp：{0}',
  'switched off by --no-probes': '已被 --no-probes 关闭',
  'On the node: nmcli device. A `cali*`, `flannel*` or `tunl*` device that is not "unmanaged" is the fault.':
    '在该节点上：nmcli device。若有 `cali*`、`flannel*` 或 `tunl*` 设备的状态不是 "unmanaged"，即为故障所在。',
  'not known: {0}': '缺少信息：{0}',
  'not known: {0}.': '缺少信息：{0}。',
  'the endpoints of that Service: {0}': '该 Service 的 endpoints：{0}',
  "Metrics Server's Deployment: {0}": 'Metrics Server 的 Deployment：{0}',
  'the pods that could serve the Metrics API: {0}': '可能提供 Metrics API 的 Pod：{0}',
  'paths between pods of different nodes: {0}': '不同节点上的 Pod 之间的路径：{0}',
  'which distribution it is: {0}': '集群的发行版：{0}',
  'when it was seen: {0}': '采集时间：{0}',
  '{0}: unknown, lacks {1}': '{0}：未知，缺少 {1}',
  its: '其',
  their: '其',
  table: '路由表',
  tables: '路由表',
  lies: '位于',
  lie: '位于',
  it: '该机器',
  them: '这些机器',
  all: '全部',
  passes: '转发',
  pass: '转发',
  does: '会',
  do: '会',
  taken: '已被占用',
  nothing: '空',
  'a path': '某个路径',
  'outer ': '外层',
  'inner ': '内层',
  on: '开启',
  off: '关闭',
  timeout: '超时',
  refused: '被拒绝',
  unreachable: '不可达',
  ' before they reach {0}': '在到达 {0} 之前',
  ' before they reach them': '在到达这些节点之前',
  cluster: '集群',
  'nothing to undo': '无需撤销',
  has: '有',
  have: '有',
  rejected: '拒绝',
  dropped: '丢弃',
  itself: '其自身',
  pending: '待批准',
  approved: '已批准',
  denied: '已拒绝',
  failed: '失败',
  '*Run* {0} *of* {1}: {2}.': '*诊断* {0} *集群* {1}：{2}。',
  '• {0} {1} · {2} · {3} · <{4}|thread>': '• {0} {1} · {2} · {3} · <{4}|线程>',
  '• `{0} language 中文` or `{1} language english` chooses what you read, with `here` behind it what this channel reads':
    '• `{0} language 中文` 或 `{1} language english` 选择你阅读的语言，后面加 `here` 则选择本频道的语言',
  'Which language? `{0} language 中文` or `{1} language english` is for what only you read and for threads that you open; with `here` behind it for this channel; `default` instead of a language forgets the choice.':
    '哪种语言？`{0} language 中文` 或 `{1} language english` 用于仅你可见的内容和由你发起的线程；后面加 `here` 则用于本频道；用 `default` 代替语言可清除所选语言。',
  'I speak English to you from now on, and in the threads that you open where the channel has no language of its own.':
    '从现在起我对你使用英文；频道未单独设置语言时，由你发起的线程也使用英文。',
  'I speak Chinese to you from now on, and in the threads that you open where the channel has no language of its own.':
    '从现在起我对你使用中文；频道未单独设置语言时，由你发起的线程也使用中文。',
  'Threads in this channel are in English from now on.': '从现在起，本频道的线程使用英文。',
  'Threads in this channel are in Chinese from now on.': '从现在起，本频道的线程使用中文。',
  'I speak to you as this channel or workspace does.': '我会对你使用本频道或工作区的语言。',
  'Threads in this channel are in the language of who asks, else of the workspace.':
    '本频道的线程使用发起者的语言，未设置时使用工作区的语言。',
  '{0} not asked ({1})': '{0} 未查询（{1}）',
  '{0} no answer in {1}': '{0} 在 {1}内无响应',
  '{0} {1}, then silence': '{0} 返回 {1} 后再无数据',
  '{0} not reachable from the worker': '从 worker 无法访问 {0}',
  '{0}, and no cause fits what was seen.': '{0}，且没有原因与所见现象相符。',
  '{0} (“{1}” in the text)': '{0}（文本中为 “{1}”）',
  'told beside the text: {0}': '文本之外的说明：{0}',
  'no answer within {0} ms': '{0} ms 内无响应',
  '{0}: no answer within {1} ms': '{0}：{1} ms 内无响应',
  'Every API server asked serves the Metrics API, but something is not as it should be, and no cause fits what was seen.':
    '所查询的 API Server 均可提供 Metrics API，但仍有异常，且没有原因与所见现象相符。',
  'no answer of its own was had from {0}.': '未从 {0} 得到其自身的响应。',
  'message too long': '报文过长',
  'their own node': '其所在节点',
  'their own server': '其所在 server',
  'network card': '网卡',
  'upgrade instead': '改为升级',
  'the rule itself': '规则本身',
  'policies of the CNI': 'CNI 的策略',
  'skip, upstream default': '跳过验证，上游默认',
  'Calico address detection': 'Calico 地址检测',
  'tx-checksum-ip-generic is on on {0} of {1}': '{1} 的 {0} 上 tx-checksum-ip-generic 已开启',
  'tx-checksum-ip-generic is off on {0} of {1}': '{1} 的 {0} 上 tx-checksum-ip-generic 已关闭',
  '“{0}” in the text': '文本中的 “{0}”',
  'port {0} in the text': '文本中的端口 {0}',
  '`words that tell it from what is named first`': '能将其与首要原因区分开的内容',
  '`{0}: not allowed to {1}`': '{0}（无权 {1}）',
  '`{0}: no probe Pod answered; on {1}: {2}`': '{0}（没有探测 Pod 返回结果；{1} 上：{2}）',
  '`whether {0} forwards packets`': '{0} 是否转发报文',
  'pod {0} on no node': '未调度的 Pod {0}',
  'pod {0} on {1}, ready': '{1} 上的 Pod {0}（就绪）',
  'pod {0} on {1}, not ready': '{1} 上的 Pod {0}（未就绪）',
  'pod {0} on no node, not ready': '未调度的 Pod {0}（未就绪）',
  '{0}: not reachable from the worker ({1})': '{0}：从 worker 无法访问（{1}）',
  '{0}: not reachable from the worker': '{0}：从 worker 无法访问',
  '{0}: not allowed to {1}': '{0}：无权 {1}',
  '{0}metrics-server{1} says: {2}': '{0}metrics-server{1} 的日志：{2}',
  'kubectl get --raw /api/v1/nodes/<node>/proxy/metrics/resource | grep `^node_`: zeros prove it; stat -fc %T /sys/fs/cgroup and uname -r tell why.':
    'kubectl get --raw /api/v1/nodes/<节点>/proxy/metrics/resource | grep `^node_`：值为零即可证实；stat -fc %T /sys/fs/cgroup 和 uname -r 可说明原因。',
  'pod {0} on {1}, ready and pod {2} on {3}, ready':
    '{1} 上的 Pod {0}（就绪）和 {3} 上的 Pod {2}（就绪）',
  'pod {0} on {1} (ready) and pod {2} on {3} (ready)':
    '{1} 上的 Pod {0}（就绪）和 {3} 上的 Pod {2}（就绪）',
  'pod {0} on {1}, ready and pod {2} on {3}, not ready':
    '{1} 上的 Pod {0}（就绪）和 {3} 上的 Pod {2}（未就绪）',
  'pod {0} on {1} (ready) and pod {2} on {3} (not ready)':
    '{1} 上的 Pod {0}（就绪）和 {3} 上的 Pod {2}（未就绪）',
  'pod {0} on {1}, not ready and pod {2} on {3}, ready':
    '{1} 上的 Pod {0}（未就绪）和 {3} 上的 Pod {2}（就绪）',
  'pod {0} on {1} (not ready) and pod {2} on {3} (ready)':
    '{1} 上的 Pod {0}（未就绪）和 {3} 上的 Pod {2}（就绪）',
  'pod {0} on {1}, not ready and pod {2} on {3}, not ready':
    '{1} 上的 Pod {0}（未就绪）和 {3} 上的 Pod {2}（未就绪）',
  'pod {0} on {1} (not ready) and pod {2} on {3} (not ready)':
    '{1} 上的 Pod {0}（未就绪）和 {3} 上的 Pod {2}（未就绪）',
  '{0} of {1} serves the Metrics API; no answer of its own was had from {2}.':
    '{0}/{1} 可提供 Metrics API；未从以下来源得到自身的响应：{2}。',
  '{0} of {1} serve the Metrics API; no answer of its own was had from {2}.':
    '{0}/{1} 可提供 Metrics API；未从以下来源得到自身的响应：{2}。',
  '{0} ({1}) has no metrics, and no cause fits what was seen.':
    '{0}（{1}）没有指标，且没有原因与所见现象相符。',
  '{0} ({1}) has no metrics, and the network was not tested ({2}).':
    '{0}（{1}）没有指标，且未测试网络（{2}）。',
  '{0} ({1}) have no metrics, and no cause fits what was seen.':
    '{0}（{1}）没有指标，且没有原因与所见现象相符。',
  '{0} ({1}) have no metrics, and the network was not tested ({2}).':
    '{0}（{1}）没有指标，且未测试网络（{2}）。',
  '{0} of {1} ({2}) cannot serve the Metrics API, and no cause fits what was seen.':
    '{0}/{1}（{2}）无法提供 Metrics API，且没有原因与所见现象相符。',
  '{0} of {1} ({2}) cannot serve the Metrics API, and the network was not tested ({3}).':
    '{0}/{1}（{2}）无法提供 Metrics API，且未测试网络（{3}）。',
  'Every API server asked serves the Metrics API, but something is not as it should be, and the network was not tested ({0}).':
    '所查询的 API Server 均可提供 Metrics API，但仍有异常，且未测试网络（{0}）。',
  '{0}/tcp between {1} and every other node and {2}/tcp between {3} and every other node':
    '{1} 与其他所有节点之间的 {0}/tcp 和 {3} 与其他所有节点之间的 {2}/tcp',
  '{0}/tcp between {1} and every other node and {2}/tcp between {3} and the rest':
    '{1} 与其他所有节点之间的 {0}/tcp 和 {3} 与其余节点之间的 {2}/tcp',
  '{0}/tcp between {1} and every other node, {2}/tcp between {3} and every other node and {4}/tcp between {5} and every other node':
    '{1} 与其他所有节点之间的 {0}/tcp、{3} 与其他所有节点之间的 {2}/tcp 和 {5} 与其他所有节点之间的 {4}/tcp',
  '{0}/tcp between {1} and the rest and {2}/tcp between {3} and every other node':
    '{1} 与其余节点之间的 {0}/tcp 和 {3} 与其他所有节点之间的 {2}/tcp',
  '{0}/tcp between {1} and the rest and {2}/tcp between {3} and the rest':
    '{1} 与其余节点之间的 {0}/tcp 和 {3} 与其余节点之间的 {2}/tcp',
  '{0}/tcp between {1} and the rest, {2}/tcp between {3} and the rest and {4}/tcp between {5} and the rest':
    '{1} 与其余节点之间的 {0}/tcp、{3} 与其余节点之间的 {2}/tcp 和 {5} 与其余节点之间的 {4}/tcp',
  'tcp timeout': 'tcp 超时',
  '{0} to {1}: tcp timeout': '{0} 到 {1}：tcp 超时',
  'tcp refused': 'tcp 被拒绝',
  '{0} to {1}: tcp refused': '{0} 到 {1}：tcp 被拒绝',
  'tcp unreachable': 'tcp 不可达',
  '{0} to {1}: tcp unreachable': '{0} 到 {1}：tcp 不可达',
  'tcp too-big': 'tcp 报文过大',
  '{0} to {1}: tcp too-big': '{0} 到 {1}：tcp 报文过大',
  'tcp stalled': 'tcp 建连后无响应',
  '{0} to {1}: tcp stalled': '{0} 到 {1}：tcp 建连后无响应',
  'tcp closed': 'tcp 被对端关闭',
  '{0} to {1}: tcp closed': '{0} 到 {1}：tcp 被对端关闭',
  'tcp tls-error': 'tcp TLS 失败',
  '{0} to {1}: tcp tls-error': '{0} 到 {1}：tcp TLS 失败',
  'tcp partial': 'tcp 部分丢包',
  '{0} to {1}: tcp partial': '{0} 到 {1}：tcp 部分丢包',
  'tcp-full timeout': 'tcp-full 超时',
  '{0} to {1}: tcp-full timeout': '{0} 到 {1}：tcp-full 超时',
  'tcp-full refused': 'tcp-full 被拒绝',
  '{0} to {1}: tcp-full refused': '{0} 到 {1}：tcp-full 被拒绝',
  'tcp-full unreachable': 'tcp-full 不可达',
  '{0} to {1}: tcp-full unreachable': '{0} 到 {1}：tcp-full 不可达',
  'tcp-full too-big': 'tcp-full 报文过大',
  '{0} to {1}: tcp-full too-big': '{0} 到 {1}：tcp-full 报文过大',
  'tcp-full stalled': 'tcp-full 建连后无响应',
  '{0} to {1}: tcp-full stalled': '{0} 到 {1}：tcp-full 建连后无响应',
  'tcp-full closed': 'tcp-full 被对端关闭',
  '{0} to {1}: tcp-full closed': '{0} 到 {1}：tcp-full 被对端关闭',
  'tcp-full tls-error': 'tcp-full TLS 失败',
  '{0} to {1}: tcp-full tls-error': '{0} 到 {1}：tcp-full TLS 失败',
  'tcp-full partial': 'tcp-full 部分丢包',
  '{0} to {1}: tcp-full partial': '{0} 到 {1}：tcp-full 部分丢包',
  'tls timeout': 'tls 超时',
  '{0} to {1}: tls timeout': '{0} 到 {1}：tls 超时',
  'tls refused': 'tls 被拒绝',
  '{0} to {1}: tls refused': '{0} 到 {1}：tls 被拒绝',
  'tls unreachable': 'tls 不可达',
  '{0} to {1}: tls unreachable': '{0} 到 {1}：tls 不可达',
  'tls too-big': 'tls 报文过大',
  '{0} to {1}: tls too-big': '{0} 到 {1}：tls 报文过大',
  'tls stalled': 'tls 建连后无响应',
  '{0} to {1}: tls stalled': '{0} 到 {1}：tls 建连后无响应',
  'tls closed': 'tls 被对端关闭',
  '{0} to {1}: tls closed': '{0} 到 {1}：tls 被对端关闭',
  'tls tls-error': 'tls TLS 失败',
  '{0} to {1}: tls tls-error': '{0} 到 {1}：tls TLS 失败',
  'tls partial': 'tls 部分丢包',
  '{0} to {1}: tls partial': '{0} 到 {1}：tls 部分丢包',
  'https from {0} to {1} on {2}: {3}': '从 {0} 到 {2} 上的 {1} 的 https 探测：{3}',
  'https from a pod on {0} to {1} on {2}: {3}':
    '从 {0} 上的 Pod 到 {2} 上的 {1} 的 https 探测：{3}',
  'https timeout': 'https 超时',
  '{0} to {1}: https timeout': '{0} 到 {1}：https 超时',
  'https refused': 'https 被拒绝',
  '{0} to {1}: https refused': '{0} 到 {1}：https 被拒绝',
  'https unreachable': 'https 不可达',
  '{0} to {1}: https unreachable': '{0} 到 {1}：https 不可达',
  'https too-big': 'https 报文过大',
  '{0} to {1}: https too-big': '{0} 到 {1}：https 报文过大',
  'https stalled': 'https 建连后无响应',
  '{0} to {1}: https stalled': '{0} 到 {1}：https 建连后无响应',
  'https closed': 'https 被对端关闭',
  '{0} to {1}: https closed': '{0} 到 {1}：https 被对端关闭',
  'https tls-error': 'https TLS 失败',
  '{0} to {1}: https tls-error': '{0} 到 {1}：https TLS 失败',
  'https partial': 'https 部分丢包',
  '{0} to {1}: https partial': '{0} 到 {1}：https 部分丢包',
  'icmp timeout': 'icmp 超时',
  '{0} to {1}: icmp timeout': '{0} 到 {1}：icmp 超时',
  'icmp refused': 'icmp 被拒绝',
  '{0} to {1}: icmp refused': '{0} 到 {1}：icmp 被拒绝',
  'icmp unreachable': 'icmp 不可达',
  '{0} to {1}: icmp unreachable': '{0} 到 {1}：icmp 不可达',
  'icmp too-big': 'icmp 报文过大',
  '{0} to {1}: icmp too-big': '{0} 到 {1}：icmp 报文过大',
  'icmp stalled': 'icmp 建连后无响应',
  '{0} to {1}: icmp stalled': '{0} 到 {1}：icmp 建连后无响应',
  'icmp closed': 'icmp 被对端关闭',
  '{0} to {1}: icmp closed': '{0} 到 {1}：icmp 被对端关闭',
  'icmp tls-error': 'icmp TLS 失败',
  '{0} to {1}: icmp tls-error': '{0} 到 {1}：icmp TLS 失败',
  'icmp partial': 'icmp 部分丢包',
  '{0} to {1}: icmp partial': '{0} 到 {1}：icmp 部分丢包',
  'icmp-full timeout': 'icmp-full 超时',
  '{0} to {1}: icmp-full timeout': '{0} 到 {1}：icmp-full 超时',
  'icmp-full refused': 'icmp-full 被拒绝',
  '{0} to {1}: icmp-full refused': '{0} 到 {1}：icmp-full 被拒绝',
  'icmp-full unreachable': 'icmp-full 不可达',
  '{0} to {1}: icmp-full unreachable': '{0} 到 {1}：icmp-full 不可达',
  'icmp-full too-big': 'icmp-full 报文过大',
  '{0} to {1}: icmp-full too-big': '{0} 到 {1}：icmp-full 报文过大',
  'icmp-full stalled': 'icmp-full 建连后无响应',
  '{0} to {1}: icmp-full stalled': '{0} 到 {1}：icmp-full 建连后无响应',
  'icmp-full closed': 'icmp-full 被对端关闭',
  '{0} to {1}: icmp-full closed': '{0} 到 {1}：icmp-full 被对端关闭',
  'icmp-full tls-error': 'icmp-full TLS 失败',
  '{0} to {1}: icmp-full tls-error': '{0} 到 {1}：icmp-full TLS 失败',
  'icmp-full partial': 'icmp-full 部分丢包',
  '{0} to {1}: icmp-full partial': '{0} 到 {1}：icmp-full 部分丢包',
  '{0}: not reachable from the worker ({1}) and {2}: not reachable from the worker ({3})':
    '{0}：从 worker 无法访问（{1}）；{2}：从 worker 无法访问（{3}）',
  '{0}: not reachable from the worker ({1}), {2}: not reachable from the worker ({3}) and {4}: not reachable from the worker ({5})':
    '{0}：从 worker 无法访问（{1}）；{2}：从 worker 无法访问（{3}）；{4}：从 worker 无法访问（{5}）',
  '{0}: not reachable from the worker ({1}) and {2}: not allowed to {3}':
    '{0}：从 worker 无法访问（{1}）；{2}：无权 {3}',
  '{0}: not allowed to {1} and {2}: not reachable from the worker ({3})':
    '{0}：无权 {1}；{2}：从 worker 无法访问（{3}）',
  '{0}: not allowed to {1} and {2}: not allowed to {3}': '{0}：无权 {1}；{2}：无权 {3}',
  '{0}: not allowed to {1}, {2}: not allowed to {3} and {4}: not allowed to {5}':
    '{0}：无权 {1}；{2}：无权 {3}；{4}：无权 {5}',
  'Read its log, then restart metrics-server.': '查看其日志，然后重启 metrics-server。',
  'See what the API server is waiting for, then restart it.':
    '查明 API Server 在等待什么，然后重启它。',
  'Read what the CNI agent says, then restart it.': '先查看 CNI agent 的日志，再重启它。',
  'a rule of chain {0} in table {1} ({2})': '表 {1} 中链 {0} 的一条规则（{2}）',
  'a rule of chain {0} in table {1} ({2}), "{3}",': '表 {1} 中链 {0} 的一条规则（{2}） “{3}”',
  'the rule with {0} of chain {1} in table {2} ({3})': '表 {2} 中链 {1} 的 {0} 规则（{3}）',
  'the rule with {0} of chain {1} in table {2} ({3}), "{4}",':
    '表 {2} 中链 {1} 的 {0} 规则（{3}） “{4}”',
  'rule {0} of chain {1} in table {2} ({3})': '表 {2} 中链 {1} 的第 {0} 条规则（{3}）',
  'rule {0} of chain {1} in table {2} ({3}), "{4}",':
    '表 {2} 中链 {1} 的第 {0} 条规则（{3}） “{4}”',
  'It is {0} on {1}.': '{1} 上的相关规则是：{0}。',
  'It is {0} on {1}, and {2}.': '{1} 上的相关规则是：{0}；{2}。',
  'By the listed rules it is {0} on {1}.': '按所列规则，应是 {1} 上的{0}。',
  'By the listed rules it is {0} on {1}, and {2}.': '按所列规则，应是 {1} 上的{0}；{2}。',
  "on {0} {1} dropped such packets before the kernel's own trace ({2} followed)":
    '{0} 上，{1}丢弃了此类报文，内核自身的跟踪可证实（跟踪了 {2}）',
  'on {0} {1} dropped them: its counter rose by {2} while {3} of {4} alone came':
    '{0} 上，{1}丢弃了这些报文：其计数器增加了 {2}，而同期仅来自 {4} 的就有 {3} 个',
  "on {0} {1} rejected such packets before the kernel's own trace ({2} followed)":
    '{0} 上，{1}拒绝了此类报文，内核自身的跟踪可证实（跟踪了 {2}）',
  'on {0} {1} rejected them: its counter rose by {2} while {3} of {4} alone came':
    '{0} 上，{1}拒绝了这些报文：其计数器增加了 {2}，而同期仅来自 {4} 的就有 {3} 个',
  'on {0} {1} is where the rules, read for such a packet, end; it counts nothing':
    '{0} 上，{1}是此类报文按规则推演的终点；它没有计数器',
  'RKE2 and k3s need 10250/tcp between all nodes: <https://docs.rke2.io/install/requirements>':
    'RKE2 和 k3s 要求所有节点之间开放 10250/tcp：<https://docs.rke2.io/install/requirements>',
  'kubelet-request-timeout exists since metrics-server 0.7 and may be 90 % of --metric-resolution at most; before, every scrape had that much time.':
    'kubelet-request-timeout 自 metrics-server 0.7 起提供，最大为 --metric-resolution 的 90 %；更早的版本中，每次抓取的时限等于 --metric-resolution。',
  'NetworkManager must leave flannel* and cali* alone: <https://docs.rke2.io/known_issues>':
    'NetworkManager 不得管理 flannel* 和 cali*:<https://docs.rke2.io/known_issues>',
  'Kernels before 5.7 and VMware vmxnet3 with RHEL 8.3 or 8.6 have this fault: <https://docs.rke2.io/known_issues>':
    '5.7 之前的内核，以及搭配 RHEL 8.3 或 8.6 的 VMware vmxnet3 存在此缺陷：<https://docs.rke2.io/known_issues>',
  "The udev rule is flannel's own advice: <https://github.com/flannel-io/flannel/blob/master/Documentation/troubleshooting.md#nat>":
    '该 udev 规则是 flannel 官方的建议：<https://github.com/flannel-io/flannel/blob/master/Documentation/troubleshooting.md#nat>',
  'Find what switched it off, or it will again: hardening scripts, systemd-networkd (IPForward), and Wicked on SLES, which resets it: <https://docs.rke2.io/known_issues>':
    '找出是谁关闭了转发，否则还会被关掉：加固脚本、systemd-networkd（IPForward），以及 SLES 上会将其重置的 Wicked:<https://docs.rke2.io/known_issues>',
  'RKE2 brings default-network-metrics-server-policy with profile: cis (since 1.26.14, 1.27.11, 1.28.7, 1.29.2); it selects app=rke2-metrics-server and the port named https: check both on the pod. <https://docs.rke2.io/security/hardening_guide>':
    'RKE2 在 profile: cis 下自带 default-network-metrics-server-policy（自 1.26.14、1.27.11、1.28.7、1.29.2 起）；它选择 app=rke2-metrics-server 和名为 https 的端口：请在 Pod 上核对这两项。<https://docs.rke2.io/security/hardening_guide>',
  'Ports that RKE2 needs: <https://docs.rke2.io/install/requirements>':
    'RKE2 所需端口：<https://docs.rke2.io/install/requirements>',
  'RKE2 advises against firewalld together with Canal: <https://docs.rke2.io/known_issues>':
    'RKE2 不建议 firewalld 与 Canal 同时使用：<https://docs.rke2.io/known_issues>',
  'Ports that RKE2 needs between nodes: <https://docs.rke2.io/install/requirements>':
    'RKE2 节点间所需端口：<https://docs.rke2.io/install/requirements>',
  'k3s advises to disable firewalld and ufw, or to open what it lists: <https://docs.k3s.io/installation/requirements>':
    'k3s 建议禁用 firewalld 和 ufw，或放行其列出的端口：<https://docs.k3s.io/installation/requirements>',
  'VMware NSX may swallow 8472/udp: <https://github.com/flannel-io/flannel/issues/2388>':
    'VMware NSX 可能会吞掉 8472/udp:<https://github.com/flannel-io/flannel/issues/2388>',
  'Under VMware with NSX, VXLAN inside VXLAN on the same port is lost: <https://github.com/projectcalico/calico/issues/4727>':
    '在使用 NSX 的 VMware 环境中，同一端口上的 VXLAN 套 VXLAN 会丢失：<https://github.com/projectcalico/calico/issues/4727>',
  '{0} advises to disable firewalld or to trust the pod and service ranges: <https://docs.{1}.io/{2}>':
    '{0} 建议禁用 firewalld，或信任 Pod 和 Service 网段：<https://docs.{1}.io/{2}>',
  'pod {0} on {1}, ready, pod {2} on {3}, ready and pod {4} on {5}, ready':
    '{1} 上的 Pod {0}（就绪）、{3} 上的 Pod {2}（就绪）和 {5} 上的 Pod {4}（就绪）',
  'pod {0} on {1}, ready, pod {2} on {3}, ready and pod {4} on {5}, not ready':
    '{1} 上的 Pod {0}（就绪）、{3} 上的 Pod {2}（就绪）和 {5} 上的 Pod {4}（未就绪）',
  'pod {0} on {1}, ready, pod {2} on {3}, not ready and pod {4} on {5}, ready':
    '{1} 上的 Pod {0}（就绪）、{3} 上的 Pod {2}（未就绪）和 {5} 上的 Pod {4}（就绪）',
  'pod {0} on {1}, ready, pod {2} on {3}, not ready and pod {4} on {5}, not ready':
    '{1} 上的 Pod {0}（就绪）、{3} 上的 Pod {2}（未就绪）和 {5} 上的 Pod {4}（未就绪）',
  'pod {0} on {1}, not ready, pod {2} on {3}, ready and pod {4} on {5}, ready':
    '{1} 上的 Pod {0}（未就绪）、{3} 上的 Pod {2}（就绪）和 {5} 上的 Pod {4}（就绪）',
  'pod {0} on {1}, not ready, pod {2} on {3}, ready and pod {4} on {5}, not ready':
    '{1} 上的 Pod {0}（未就绪）、{3} 上的 Pod {2}（就绪）和 {5} 上的 Pod {4}（未就绪）',
  'pod {0} on {1}, not ready, pod {2} on {3}, not ready and pod {4} on {5}, ready':
    '{1} 上的 Pod {0}（未就绪）、{3} 上的 Pod {2}（未就绪）和 {5} 上的 Pod {4}（就绪）',
  'pod {0} on {1}, not ready, pod {2} on {3}, not ready and pod {4} on {5}, not ready':
    '{1} 上的 Pod {0}（未就绪）、{3} 上的 Pod {2}（未就绪）和 {5} 上的 Pod {4}（未就绪）',
  'pod {0} on {1}, ready, pod {2} on {3}, ready, pod {4} on {5}, ready and pod {6} on {7}, ready':
    '{1} 上的 Pod {0}（就绪）、{3} 上的 Pod {2}（就绪）、{5} 上的 Pod {4}（就绪）和 {7} 上的 Pod {6}（就绪）',
  'pod {0} on {1}, ready, pod {2} on {3}, ready, pod {4} on {5}, ready and pod {6} on {7}, not ready':
    '{1} 上的 Pod {0}（就绪）、{3} 上的 Pod {2}（就绪）、{5} 上的 Pod {4}（就绪）和 {7} 上的 Pod {6}（未就绪）',
  'pod {0} on {1}, ready, pod {2} on {3}, ready, pod {4} on {5}, not ready and pod {6} on {7}, ready':
    '{1} 上的 Pod {0}（就绪）、{3} 上的 Pod {2}（就绪）、{5} 上的 Pod {4}（未就绪）和 {7} 上的 Pod {6}（就绪）',
  'pod {0} on {1}, ready, pod {2} on {3}, ready, pod {4} on {5}, not ready and pod {6} on {7}, not ready':
    '{1} 上的 Pod {0}（就绪）、{3} 上的 Pod {2}（就绪）、{5} 上的 Pod {4}（未就绪）和 {7} 上的 Pod {6}（未就绪）',
  'pod {0} on {1}, ready, pod {2} on {3}, not ready, pod {4} on {5}, ready and pod {6} on {7}, ready':
    '{1} 上的 Pod {0}（就绪）、{3} 上的 Pod {2}（未就绪）、{5} 上的 Pod {4}（就绪）和 {7} 上的 Pod {6}（就绪）',
  'pod {0} on {1}, ready, pod {2} on {3}, not ready, pod {4} on {5}, ready and pod {6} on {7}, not ready':
    '{1} 上的 Pod {0}（就绪）、{3} 上的 Pod {2}（未就绪）、{5} 上的 Pod {4}（就绪）和 {7} 上的 Pod {6}（未就绪）',
  'pod {0} on {1}, ready, pod {2} on {3}, not ready, pod {4} on {5}, not ready and pod {6} on {7}, ready':
    '{1} 上的 Pod {0}（就绪）、{3} 上的 Pod {2}（未就绪）、{5} 上的 Pod {4}（未就绪）和 {7} 上的 Pod {6}（就绪）',
  'pod {0} on {1}, ready, pod {2} on {3}, not ready, pod {4} on {5}, not ready and pod {6} on {7}, not ready':
    '{1} 上的 Pod {0}（就绪）、{3} 上的 Pod {2}（未就绪）、{5} 上的 Pod {4}（未就绪）和 {7} 上的 Pod {6}（未就绪）',
  'pod {0} on {1}, not ready, pod {2} on {3}, ready, pod {4} on {5}, ready and pod {6} on {7}, ready':
    '{1} 上的 Pod {0}（未就绪）、{3} 上的 Pod {2}（就绪）、{5} 上的 Pod {4}（就绪）和 {7} 上的 Pod {6}（就绪）',
  'pod {0} on {1}, not ready, pod {2} on {3}, ready, pod {4} on {5}, ready and pod {6} on {7}, not ready':
    '{1} 上的 Pod {0}（未就绪）、{3} 上的 Pod {2}（就绪）、{5} 上的 Pod {4}（就绪）和 {7} 上的 Pod {6}（未就绪）',
  'pod {0} on {1}, not ready, pod {2} on {3}, ready, pod {4} on {5}, not ready and pod {6} on {7}, ready':
    '{1} 上的 Pod {0}（未就绪）、{3} 上的 Pod {2}（就绪）、{5} 上的 Pod {4}（未就绪）和 {7} 上的 Pod {6}（就绪）',
  'pod {0} on {1}, not ready, pod {2} on {3}, ready, pod {4} on {5}, not ready and pod {6} on {7}, not ready':
    '{1} 上的 Pod {0}（未就绪）、{3} 上的 Pod {2}（就绪）、{5} 上的 Pod {4}（未就绪）和 {7} 上的 Pod {6}（未就绪）',
  'pod {0} on {1}, not ready, pod {2} on {3}, not ready, pod {4} on {5}, ready and pod {6} on {7}, ready':
    '{1} 上的 Pod {0}（未就绪）、{3} 上的 Pod {2}（未就绪）、{5} 上的 Pod {4}（就绪）和 {7} 上的 Pod {6}（就绪）',
  'pod {0} on {1}, not ready, pod {2} on {3}, not ready, pod {4} on {5}, ready and pod {6} on {7}, not ready':
    '{1} 上的 Pod {0}（未就绪）、{3} 上的 Pod {2}（未就绪）、{5} 上的 Pod {4}（就绪）和 {7} 上的 Pod {6}（未就绪）',
  'pod {0} on {1}, not ready, pod {2} on {3}, not ready, pod {4} on {5}, not ready and pod {6} on {7}, ready':
    '{1} 上的 Pod {0}（未就绪）、{3} 上的 Pod {2}（未就绪）、{5} 上的 Pod {4}（未就绪）和 {7} 上的 Pod {6}（就绪）',
  'pod {0} on {1}, not ready, pod {2} on {3}, not ready, pod {4} on {5}, not ready and pod {6} on {7}, not ready':
    '{1} 上的 Pod {0}（未就绪）、{3} 上的 Pod {2}（未就绪）、{5} 上的 Pod {4}（未就绪）和 {7} 上的 Pod {6}（未就绪）',
  '{0} {1} in {2} and {3} {4}, then silence': '{0} {1}（用时 {2}）和 {3} 返回 {4} 后再无数据',
  '{0} {1}, then silence and {2} {3} in {4}': '{0} 返回 {1} 后再无数据和 {2} {3}（用时 {4}）',
  '{0} {1}, then silence and {2} {3}, then silence':
    '{0} 返回 {1} 后再无数据和 {2} 返回 {3} 后再无数据',
  '{0} {1} in {2}, {3} {4} in {5} and {6} {7}, then silence':
    '{0} {1}（用时 {2}）、{3} {4}（用时 {5}）和 {6} 返回 {7} 后再无数据',
  '{0} {1} in {2}, {3} {4}, then silence and {5} {6} in {7}':
    '{0} {1}（用时 {2}）、{3} 返回 {4} 后再无数据和 {5} {6}（用时 {7}）',
  '{0} {1} in {2}, {3} {4}, then silence and {5} {6}, then silence':
    '{0} {1}（用时 {2}）、{3} 返回 {4} 后再无数据和 {5} 返回 {6} 后再无数据',
  '{0} {1}, then silence, {2} {3} in {4} and {5} {6} in {7}':
    '{0} 返回 {1} 后再无数据、{2} {3}（用时 {4}）和 {5} {6}（用时 {7}）',
  '{0} {1}, then silence, {2} {3} in {4} and {5} {6}, then silence':
    '{0} 返回 {1} 后再无数据、{2} {3}（用时 {4}）和 {5} 返回 {6} 后再无数据',
  '{0} {1}, then silence, {2} {3}, then silence and {4} {5} in {6}':
    '{0} 返回 {1} 后再无数据、{2} 返回 {3} 后再无数据和 {4} {5}（用时 {6}）',
  '{0} {1}, then silence, {2} {3}, then silence and {4} {5}, then silence':
    '{0} 返回 {1} 后再无数据、{2} 返回 {3} 后再无数据和 {4} 返回 {5} 后再无数据',
  'the policy of chain {0} in table {1} ({2}, {3})': '表 {1} 中链 {0} 的默认策略（{2}，{3}）',
  'on {0} {1}, "{2}", dropped such packets before the kernel\'s own trace ({3} followed)':
    '{0} 上，{1} “{2}” 丢弃了此类报文，内核自身的跟踪可证实（跟踪了 {3}）',
  'on {0} {1}, "{2}", dropped them: its counter rose by {3} while {4} of {5} alone came':
    '{0} 上，{1} “{2}” 丢弃了这些报文：其计数器增加了 {3}，而同期仅来自 {5} 的就有 {4} 个',
  'on {0} {1}, "{2}", rejected such packets before the kernel\'s own trace ({3} followed)':
    '{0} 上，{1} “{2}” 拒绝了此类报文，内核自身的跟踪可证实（跟踪了 {3}）',
  'on {0} {1}, "{2}", rejected them: its counter rose by {3} while {4} of {5} alone came':
    '{0} 上，{1} “{2}” 拒绝了这些报文：其计数器增加了 {3}，而同期仅来自 {5} 的就有 {4} 个',
  'on {0} {1}, "{2}", is where the rules, read for such a packet, end; it counts nothing':
    '{0} 上，{1} “{2}” 是此类报文按规则推演的终点；它没有计数器',
  '{0} (exit code {1})': '{0}（退出码 {1}）',
  '{0}: runs {1}, which is not supported': '{0}：运行 {1}，不受支持',
  '{0}: is a virtual node, which runs no host-network Pod': '{0}：是虚拟节点，不能运行主机网络 Pod',
  '{0}: is not Ready': '{0}：未 Ready',
  '{0}: has no InternalIP': '{0}：没有 InternalIP',
  'Two nodes publish the same address ({0}): packets for one end at the other.':
    '两个节点发布了相同的地址（{0}）：发往其中一个的报文到了另一个。',
  'A node is registered with an address that the others cannot use ({0}).':
    '某个节点注册的地址无法被其他节点使用（{0}）。',
  'The pod range {0} covers addresses of the nodes, so replies to them go into the overlay.':
    '节点地址落入 Pod 网段 {0}，因此发往节点的应答进入了 overlay。',
  'iptables on the host and in the components do not agree, so rules are missing or doubled.':
    '主机与组件中的 iptables 不一致，导致规则缺失或重复。',
  'iptables on the host and in the components do not agree ({0}), so rules are missing or doubled.':
    '主机与组件中的 iptables 不一致（{0}），导致规则缺失或重复。',
  'NetworkManager manages devices of the CNI ({0}).': 'NetworkManager 接管了 CNI 的设备（{0}）。',
  'metrics-server scrapes the wrong kubelet port ({0}).':
    'metrics-server 抓取的 kubelet 端口不正确（{0}）。',
  "The kubelet's housekeeping ({0}) is slower than the scrape, so pods have no numbers.":
    'kubelet 的 housekeeping 间隔（{0}）长于抓取周期，因此 Pod 没有数据。',
  'The errors are about nodes that just joined or left ({0}).':
    '这些错误涉及刚加入或刚离开的节点（{0}）。',
  'Another product owns the APIService v1beta1.metrics.k8s.io ({0}).':
    'APIService v1beta1.metrics.k8s.io 归其他产品所有（{0}）。',
  "The managed control plane may not open metrics-server's port {0}/tcp on the nodes.":
    '托管控制平面可能无权访问节点上的 metrics-server 端口 {0}/tcp。',
  "The managed control plane may not open metrics-server's port on the nodes.":
    '托管控制平面可能无权访问节点上的 metrics-server 端口。',
  "The front proxy's name “{0}” is not among requestheader-allowed-names.":
    'requestheader-allowed-names 中没有 front-proxy 的名称 “{0}”。',
  '“{0}” has no right to read metrics.k8s.io.': '“{0}” 无权读取 metrics.k8s.io。',
  'The caller has no right to read metrics.k8s.io.': '调用方无权读取 metrics.k8s.io。',
  'metrics-server cannot resolve the node name {0}.': 'metrics-server 无法解析节点名 {0}。',
  'tcp from {0} to {1} on {2}: {3}, so the network between the nodes carries it':
    '从 {0} 到 {2} 上的 {1} 的 tcp 探测：{3}，说明节点之间的网络可以承载',
  'tcp from {0} to {1} on {2}: {3}, from the host itself':
    '从 {0} 到 {2} 上的 {1} 的 tcp 探测：{3}，从主机自身发起',
  'tcp-full from {0} to {1} on {2}: {3}, so the network between the nodes carries it':
    '从 {0} 到 {2} 上的 {1} 的 tcp-full 探测：{3}，说明节点之间的网络可以承载',
  'tcp-full from {0} to {1} on {2}: {3}, from the host itself':
    '从 {0} 到 {2} 上的 {1} 的 tcp-full 探测：{3}，从主机自身发起',
  'tls from {0} to {1} on {2}: {3}, so the network between the nodes carries it':
    '从 {0} 到 {2} 上的 {1} 的 tls 探测：{3}，说明节点之间的网络可以承载',
  'tls from {0} to {1} on {2}: {3}, from the host itself':
    '从 {0} 到 {2} 上的 {1} 的 tls 探测：{3}，从主机自身发起',
  'https from {0} to {1} on {2}: {3}, so the network between the nodes carries it':
    '从 {0} 到 {2} 上的 {1} 的 https 探测：{3}，说明节点之间的网络可以承载',
  'https from {0} to {1} on {2}: {3}, from the host itself':
    '从 {0} 到 {2} 上的 {1} 的 https 探测：{3}，从主机自身发起',
  'icmp from {0} to {1} on {2}: {3}, so the network between the nodes carries it':
    '从 {0} 到 {2} 上的 {1} 的 icmp 探测：{3}，说明节点之间的网络可以承载',
  'icmp from {0} to {1} on {2}: {3}, from the host itself':
    '从 {0} 到 {2} 上的 {1} 的 icmp 探测：{3}，从主机自身发起',
  'icmp-full from {0} to {1} on {2}: {3}, so the network between the nodes carries it':
    '从 {0} 到 {2} 上的 {1} 的 icmp-full 探测：{3}，说明节点之间的网络可以承载',
  'icmp-full from {0} to {1} on {2}: {3}, from the host itself':
    '从 {0} 到 {2} 上的 {1} 的 icmp-full 探测：{3}，从主机自身发起',
  waits: '仍在等待',
  wait: '仍在等待',
  is: '',
  are: '',
  drops: '丢弃',
  drop: '丢弃',
  host: '主机',
  hosts: '主机',
  behind: '慢',
  empty: '为空',
  set: '已设置',
  'a rule': '某条规则',
  waiting: '等待中',
  'for the name of the front proxy': '因 front-proxy 的名称而',
  'for an unknown authority': '因 CA 未知而',
  'for an expired certificate': '因证书过期而',
  "the route to the other node's pods is missing": '缺少到对方节点上 Pod 的路由',
  'it has no usable forwarding entry for the other node, or a filter on the way out':
    '它没有到对方节点的可用转发条目，或者被出方向的包过滤规则拦截',
  'its agent is not ready': '其 agent 未就绪',
  'a neighbour entry is missing': '缺少邻居条目',
};
