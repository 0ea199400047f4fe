import type { Catalogue } from '../translate.ts';

export const doors: Catalogue = {
  'It was cancelled.': '该次诊断已取消。',
  'Cannot read the bundle {0} ({1}): check the path and its permissions.':
    '无法读取证据包 {0}（{1}）：请检查路径及其权限。',
  '{0} is not a bundle of this program (schema metrics-diag/evidence/v1): make one with --save-bundle.':
    '{0} 不是本程序的证据包（schema metrics-diag/evidence/v1）：请用 --save-bundle 生成。',
  '{0} is neither JSON nor gzipped JSON: it may be cut; ask for the file again.':
    '{0} 既不是 JSON，也不是 gzip 压缩的 JSON：文件可能不完整，请重新索取。',
  'This channel is archived, so only you see this. Ask again in a live channel.':
    '本频道已归档，因此仅你可见。请到未归档的频道中重新发起。',
  'Only you see this, since I may not write in this conversation. Invite me with `/invite {0}` and ask again for a thread that all can read.':
    '由于我无权在此会话中发言，此消息仅你可见。请用 `/invite {0}` 邀请我，然后重新发起，即可得到所有人可见的线程。',
  'No longer holds: later answers changed the verdict. The first message has the present one.':
    '已失效：后续响应改变了结论。最新结论见首条消息。',
  'No longer holds: the alert fires again, and this thread goes on.':
    '已失效：告警再次触发，本线程继续。',
  'Slack did not take a message ({0}).': 'Slack 未接受消息（{0}）。',
  'None has ever been seen': '从未发现过该集群的 worker',
  'The last one was seen at {0}': '最近一次出现于 {0}',
  'No worker for {0} has taken this run yet. {1}. Start one, or look at its log; the run waits for it.':
    '{0} 的 worker 尚未接手此次诊断。{1}。请启动一个 worker，或查看其日志；诊断会一直等待。',
  'is no audit entry': '不是审计记录',
  'carries number {0}: lines are missing or moved': '的编号为 {0}：有行缺失或被移动',
  'does not follow from the line before it': '与上一行不衔接',
  'Line {0} {1}.': '第 {0} 行{1}。',
  'the API servers were not asked': '未查询 API Server',
  'switched off in the configuration (probe.enabled)': '已在配置中关闭（probe.enabled）',
  'no probe image is known: set probe.image (or --probe-image)':
    '未指定探测镜像：请设置 probe.image（或 --probe-image）',
  'the configuration does not allow deep mode (probe.deep.enabled)':
    '配置不允许深度模式（probe.deep.enabled）',
  'Chain: being read': '链路：正在读取',
  'Paths: not probed yet': '路径：尚未探测',
  'Counters: not read yet': '计数器：尚未读取',
  'Paths: probe Pods start on {0} nodes': '路径：正在 {0} 个节点上启动探测 Pod',
  'Paths: {0} the probe image for the first time': '路径：{0}探测镜像（首次）',
  'node pulls': '个节点正在拉取',
  'nodes pull': '个节点正在拉取',
  '{0} asked': '{0} 查询中',
  '{0} {1} in {2} ms': '{0} {1}（耗时 {2} 毫秒）',
  '{0} not reachable from here': '{0} 从此处无法访问',
  '{0} no answer': '{0} 无响应',
  '{0} no answer yet': '{0} 尚无响应',
  'API servers: {0} of {1} {2} metrics.k8s.io so far ({3})':
    'API Server：目前 {1} 个中 {0} 个{2} metrics.k8s.io（{3}）',
  'not yet': '尚未进行',
  'Counters: read with the probes': '计数器：随探测一并读取',
  'The request could not be stored: Redis does not answer. Try again in a minute.':
    '无法保存请求：Redis 无响应。请一分钟后重试。',
  'No worker took this run for 15 minutes, so it was dropped; ask again.':
    '15 分钟内没有 worker 接手此次诊断，已放弃；请重新发起。',
  'API servers: not asked yet, the worker is at its limit of {0} diagnoses at once':
    'API Server：尚未查询，worker 已达到同时进行 {0} 次诊断的上限',
  'The worker was interrupted {0} times in this run; look at its log and restarts, then ask again.':
    'worker 在此次诊断中被中断了 {0} 次；请查看其日志和重启记录，然后重新发起。',
  "Run {0} failed inside metrics-diag; the worker's log has the details under this run id.":
    '诊断 {0} 在 metrics-diag 内部失败；worker 日志中有此诊断 ID 的详细信息。',
  'This worker has no cluster named {0}; add it to its configuration.':
    '此 worker 没有名为 {0} 的集群；请将其加入配置。',
  "Run {0} was interrupted too often; look at the worker's log and restarts, then ask again.":
    '诊断 {0} 中断次数过多；请查看 worker 的日志和重启记录，然后重新发起。',
  'Acknowledged: no rule of alerts.startOn acts on these alerts.':
    '已收到：alerts.startOn 中没有规则处理这些告警。',
  'No alert names a configured cluster in its label "{0}" (external_labels in Prometheus; or alerts.clusterLabel, alerts.clusterRules and alerts.defaultCluster here).':
    '没有告警在标签 "{0}" 中给出已配置的集群（Prometheus 的 external_labels；或此处的 alerts.clusterLabel、alerts.clusterRules 和 alerts.defaultCluster）。',
  '{0} alert(s) name no configured cluster and were left out.':
    '{0} 条告警未给出已配置的集群，已忽略。',
  'The notification could not be stored; retry.': '无法保存该通知；请重试。',
  'a new group; a run is asked for.': '新的告警组；已发起诊断。',
  'new alerts of an open group.': '未关闭的告警组有新告警。',
  'joined the thread of an open group.': '已并入未关闭告警组的线程。',
  'the group was closed too early; its thread is open again.': '告警组关闭过早；其线程已重新打开。',
  'resolved; a last check closes the thread.': '已恢复；最后一次检查后关闭线程。',
  'heard before; nothing to do.': '此前已收到；无需处理。',
  'Another notification of this group is taken.': '正在处理该告警组的另一条通知。',
  '🔕 maintenance until {0}: {1}': '🔕 维护至 {0}：{1}',
  '🔕 quiet hours until {0}': '🔕 免打扰时段至 {0}',
  '{0}; 1 alert group is held back': '{0}；1 个告警组暂不通知',
  '{0}; {1} alert groups are held back': '{0}；{1} 个告警组暂不通知',
  '☑️ accepted as known: {0}, {1}': '☑️ 已接受的已知问题：{0}，{1}',
  "This is not Alertmanager's webhook format, version 4 (look at: {0}). Remove a custom payload from the receiver.":
    '这不是 Alertmanager webhook 格式版本 4（请检查：{0}）。请从接收器中移除自定义 payload。',
  'This is the format of old dashboard alerts. Use Grafana Alerting (version 9 or newer) with a webhook contact point.':
    '这是旧版仪表盘告警的格式。请使用 Grafana Alerting（9 或更高版本）和 webhook 联络点。',
  'This looks like a notification of Alertmanager (it has no orgId): send it to /webhooks/alertmanager.':
    '这看起来是 Alertmanager 的通知（没有 orgId）：请发送到 /webhooks/alertmanager。',
  "This is not the format of Grafana's webhook contact point (look at: {0}). Remove a custom payload from it.":
    '这不是 Grafana webhook 联络点的格式（请检查：{0}）。请移除其中的自定义 payload。',
  'alert without a name': '未命名的告警',
  'Diagnose this': '诊断此消息',
  'Which cluster is the message about?': '这条消息涉及哪个集群？',
  'The message names none, or several. The answer comes into its thread.':
    '消息中没有给出集群，或给出了多个。结果会发到该消息的线程中。',
  'I take one cluster at a time: `{0} {1}`. `{2} help` shows all that I understand.':
    '我一次只处理一个集群：`{0} {1}`。输入 `{2} help` 查看我能理解的全部命令。',
  'I find out why the Kubernetes Metrics API of a cluster is broken, and what to type to mend it.':
    '我负责查明集群的 Kubernetes Metrics API 为何故障，并给出修复命令。',
  '• `{0} {1}` diagnoses the cluster and answers in a thread here':
    '• `{0} {1}` 诊断该集群，并在此处的线程中回复',
  '• `{0} {1} deep` also reads packet filters on the nodes at fault, for those who may':
    '• `{0} {1} deep` 另外读取故障节点上的包过滤规则（仅限有权限者）',
  '• `{0} options` asks for cluster, depth, nodes and channel in a form':
    '• `{0} options` 打开表单，选择集群、深度、节点和频道',
  '• `{0}` alone takes the default cluster of this channel, if it has one':
    '• 单独输入 `{0}` 则诊断本频道的默认集群（如已设置）',
  '• `{0} clusters` lists the clusters that I know': '• `{0} clusters` 列出我所知的集群',
  '• `{0} history {1}` lists its last runs, `{2} show <run>` says what one of them found':
    '• `{0} history {1}` 列出该集群最近的诊断，`{2} show <run>` 查看某次诊断的结果',
  '• `{0} cancel <run>` stops a run that has no verdict yet':
    '• `{0} cancel <run>` 停止尚无结论的诊断',
  '• `{0} schedule {1} every 6h` checks it that often and tells this channel when the verdict changes; `{2} schedule` lists, `{3} schedule {4} off` ends it':
    '• `{0} schedule {1} every 6h` 按此间隔检查该集群，结论变化时通知本频道；`{2} schedule` 列出定时检查，`{3} schedule {4} off` 停止检查',
  '• `{0} mute {1} 2h [reason]` keeps its alerts and scheduled checks silent for so long, `{2} unmute {3}` ends that':
    '• `{0} mute {1} 2h [reason]` 在此时长内静默该集群的告警和定时检查，`{2} unmute {3}` 解除静默',
  '• `{0} explain <pasted text>` says what logs, kubectl output or an error mean; only you see the answer':
    '• `{0} explain <pasted text>` 解释日志、kubectl 输出或报错的含义；结果仅你可见',
  '• `{0} help` shows this': '• `{0} help` 显示此帮助',
  'I know one cluster:': '我知道一个集群：',
  'I know {0} clusters:': '我知道 {0} 个集群：',
  '• {0} (also {1}): {2}': '• {0}（别名 {1}）：{2}',
  'never diagnosed, or not for a week': '从未诊断，或一周内未诊断',
  'Run {0} is no longer kept: runs stay for a week. Run again for fresh evidence.':
    '诊断 {0} 已不再保留：诊断只保留一周。请重新诊断以获取新的证据。',
  'Run {0} has no verdict yet; its evidence comes with it.':
    '诊断 {0} 尚无结论；证据会随结论一并提供。',
  '{0} asked for the evidence before you: it is in the thread.':
    '{0} 已先于你索取了证据：证据在线程中。',
  'The evidence comes into the thread when the last API servers have answered, within 45 s.':
    '最后几个 API Server 响应后（45 秒内），证据会发到线程中。',
  'Paste the text behind the word: `{0} explain <logs, kubectl output, an error message>`, or use *Explain this* in the menu of a message. Only you see the answer.':
    '请在命令后粘贴文本：`{0} explain <logs, kubectl output, an error message>`，或使用消息菜单中的 *Explain this* 。结果仅你可见。',
  'Run {0} is no longer kept: runs stay for a week.': '诊断 {0} 已不再保留：诊断只保留一周。',
  'Run {0} has no verdict yet.': '诊断 {0} 尚无结论。',
  'For how long? `{0} mute <cluster> 2h [reason]` takes minutes (`m`), hours (`h`) or days (`d`), from {1} to {2}; `{3} unmute <cluster>` ends it.':
    '静默多久？`{0} mute <cluster> 2h [reason]` 支持分钟（`m`）、小时（`h`）或天（`d`），范围从 {1}到 {2}；`{3} unmute <cluster>` 解除静默。',
  'Which cluster? `{0} unmute <cluster>` lets its alerts and scheduled checks speak again.':
    '哪个集群？`{0} unmute <cluster>` 恢复该集群的告警和定时检查通知。',
  '{0} is not possible: a mute lasts from {1} to {2}.':
    '{0}超出允许范围：静默时长须在 {1}到 {2}之间。',
  '{0} is muted until {1}: its alerts and scheduled checks open no thread. Runs go on and stand in `history`, who asks gets an answer, and threads that are open are brought to their end. What still holds then is said then.':
    '{0} 已静默至 {1}：其告警和定时检查不会新开线程。诊断照常进行并记入 `history`，主动发起的诊断照常回复，已打开的线程会继续到结束。静默结束时仍存在的问题届时通知。',
  '{0} is not muted.': '{0} 未处于静默状态。',
  '{0} is no longer muted (it was by {1}); what was held back and still holds is said now.':
    '{0} 的静默已解除（由 {1} 设置）；静默期间暂不通知且仍存在的问题现在通知。',
  '🔕 muted by {0} until {1}': '🔕 由 {0} 静默至 {1}',
  '🔕 muted by {0} until {1}: {2}': '🔕 由 {0} 静默至 {1}：{2}',
  'Which cluster? `{0} history <cluster>` lists its last runs.':
    '哪个集群？`{0} history <cluster>` 列出其最近的诊断。',
  'Which run? `{0} show <run>` takes the id that stands under a verdict, or a cluster for its last run.':
    '哪次诊断？`{0} show <run>` 接受结论下方的 ID；也可用集群名查看其最近一次诊断。',
  'Which run? `{0} cancel <run>` takes the id that stands under its first message, or a cluster for the run that is under way.':
    '哪次诊断？`{0} cancel <run>` 接受首条消息下方的 ID；也可用集群名取消其正在进行的诊断。',
  '{0} has had no run within a week. `{1} <cluster>` starts one.':
    '{0} 一周内没有诊断。用 `{1} <cluster>` 发起。',
  'The last run of {0}:': '{0} 最近一次诊断：',
  'The last {0} runs of {1}, newest first:': '{1} 最近 {0} 次诊断（从新到旧）：',
  'I know no run {0}. Runs are kept for a week; `{1} history <cluster>` lists them.':
    '没有找到诊断 {0}。诊断只保留一周；用 `{1} history <cluster>` 列出。',
  'Requested {0}, {1}.': '请求时间：{0}，{1}。',
  'The verdict took {0} s.': '得出结论用时 {0} 秒。',
  '• Confirmed {0}: {1}': '• 已确认 {0}：{1}',
  '• Suspected {0}: {1}': '• 疑似 {0}：{1}',
  '<{0}|Its thread> has the evidence and the fixes.': '证据和修复方法见 <{0}|该诊断的线程>。',
  'Cancelled by {0}.': '由 {0} 取消。',
  'No run of {0} is under way, so there is nothing to cancel.':
    '{0} 没有正在进行的诊断，无需取消。',
  'Run {0} is cancelled: it stops at its next step, its probe Pods are removed, and its thread says that it was you.':
    '诊断 {0} 已取消：它会在下一步停止，其探测 Pod 会被删除，线程中会注明由你取消。',
  'Run {0} was cancelled already; its thread says by whom.':
    '诊断 {0} 此前已被取消；取消者见其线程。',
  'Run {0} has ended already, so there is nothing to cancel.': '诊断 {0} 已结束，无需取消。',
  'asked by {0}': '请求者：{0}',
  'asked by {0} about a message': '请求者：{0}（针对某条消息）',
  'run again by {0}': '重新诊断者：{0}',
  'started by the alert {0}': '由告警 {0} 触发',
  'verifies run {0} for {1}': '为 {1} 验证诊断 {0}',
  'scheduled by {0}': '由 {0} 设置的定时检查',
  'asked by a program': '由程序发起',
  '`{0} schedule {1} every 6h` checks {2} that often and tells this channel when the verdict changes; `{3} schedule {4} off` ends it.':
    '`{0} schedule {1} every 6h` 按此间隔检查 {2}，结论变化时通知本频道；`{3} schedule {4} off` 停止检查。',
  'I do not understand {0} as an interval: `{1} schedule <cluster> every 6h` takes minutes (`m`), hours (`h`) or days (`d`), from {2} to {3}.':
    '无法识别间隔 {0}：`{1} schedule <cluster> every 6h` 支持分钟（`m`）、小时（`h`）或天（`d`），范围从 {2}到 {3}。',
  'Every {0} is too often: a diagnosis makes Pods on the nodes. The shortest interval is {1}.':
    '每 {0}一次过于频繁：每次诊断都会在节点上创建 Pod。最短间隔为 {1}。',
  'Every {0} is too seldom: runs are remembered for a week. The longest interval is {1}.':
    '每 {0}一次间隔过长：诊断只保留一周。最长间隔为 {1}。',
  'There are {0} schedules already, which is the most; `{1} schedule` lists them.':
    '定时检查已有 {0} 个，达到上限；用 `{1} schedule` 列出。',
  '{0} is checked every {1} from now on, and this channel hears of it when the verdict changes. {2} `{3} schedule <cluster> off` ends it.':
    '从现在起每 {1}检查一次 {0}，结论变化时通知本频道。{2}用 `{3} schedule <cluster> off` 停止检查。',
  'A run is already under way; what it finds counts as the first check.':
    '已有诊断正在进行；其结果计为首次检查。',
  'The first check is under way.': '首次检查正在进行。',
  'Checks of {0} for this channel are off.': '已停止面向本频道的 {0} 定时检查。',
  'No checks of {0} are scheduled for this channel.': '本频道没有 {0} 的定时检查。',
  'No checks of {0} are scheduled for this channel, but for {1}: type it there.':
    '本频道没有 {0} 的定时检查，但 {1} 有：请到该频道输入此命令。',
  'No checks are scheduled. `{0} schedule <cluster> every 6h` adds one.':
    '没有定时检查。用 `{0} schedule <cluster> every 6h` 添加。',
  'One check is scheduled:': '共有 1 项定时检查：',
  '{0} checks are scheduled:': '共有 {0} 项定时检查：',
  'checked every {0} for <#{1}>, scheduled by {2}': '每 {0}检查一次，通知 <#{1}>，由 {2} 设置',
  '{0}; next at {1}': '{0}；下次检查：{1}',
  '`{0}` may only be asked about in {1}.': '`{0}` 只能在 {1} 中诊断。',
  'You are not on the list of people who may ask about `{0}`. Whoever keeps the metrics-diag configuration can add you (`clusters[].allow`).':
    '你不在可诊断 `{0}` 的人员名单中。metrics-diag 配置的维护者可以添加你（`clusters[].allow`）。',
  'Slack did not say who belongs to the group that may ask about `{0}`. Try again in a minute.':
    '未能从 Slack 获知可诊断 `{0}` 的用户组成员。请一分钟后重试。',
  'Deep mode of `{0}` may only be asked for in {1}.': '`{0}` 的深度模式只能在 {1} 中使用。',
  'You are not on the list of people who may ask for deep mode of `{0}`, whose probes carry NET_ADMIN. Whoever keeps the metrics-diag configuration can add you (`clusters[].allow.deep`); without `deep` you may ask.':
    '你不在可对 `{0}` 使用深度模式的人员名单中，该模式的探测 Pod 带有 NET_ADMIN 权限。metrics-diag 配置的维护者可以添加你（`clusters[].allow.deep`）；不带 `deep` 则可以发起诊断。',
  'Slack did not say who belongs to the group that may ask for deep mode of `{0}`. Try again in a minute.':
    '未能从 Slack 获知可对 `{0}` 使用深度模式的用户组成员。请一分钟后重试。',
  'Runs of `{0}` may only be cancelled in {1}.': '`{0}` 的诊断只能在 {1} 中取消。',
  'You are not on the list of people who may cancel runs of `{0}`. Whoever keeps the metrics-diag configuration can add you (`clusters[].allow.cancel`).':
    '你不在可取消 `{0}` 诊断的人员名单中。metrics-diag 配置的维护者可以添加你（`clusters[].allow.cancel`）。',
  'Slack did not say who belongs to the group that may cancel runs of `{0}`. Try again in a minute.':
    '未能从 Slack 获知可取消 `{0}` 诊断的用户组成员。请一分钟后重试。',
  'Checks of `{0}` may only be scheduled in {1}.': '`{0}` 的定时检查只能在 {1} 中设置。',
  'You are not on the list of people who may schedule checks of `{0}`. Whoever keeps the metrics-diag configuration can add you (`clusters[].allow.schedule`).':
    '你不在可设置 `{0}` 定时检查的人员名单中。metrics-diag 配置的维护者可以添加你（`clusters[].allow.schedule`）。',
  'Slack did not say who belongs to the group that may schedule checks of `{0}`. Try again in a minute.':
    '未能从 Slack 获知可设置 `{0}` 定时检查的用户组成员。请一分钟后重试。',
  '`{0}` may only be muted in {1}.': '`{0}` 只能在 {1} 中静默。',
  'You are not on the list of people who may mute `{0}`. Whoever keeps the metrics-diag configuration can add you (`clusters[].allow.mute`).':
    '你不在可静默 `{0}` 的人员名单中。metrics-diag 配置的维护者可以添加你（`clusters[].allow.mute`）。',
  'Slack did not say who belongs to the group that may mute `{0}`. Try again in a minute.':
    '未能从 Slack 获知可静默 `{0}` 的用户组成员。请一分钟后重试。',
  'Storing your request takes too long, Redis may be slow. If no thread appears within a minute, ask again.':
    '保存请求耗时过长，Redis 可能较慢。如果一分钟内没有出现线程，请重新发起。',
  'Your request could not be stored, so no run was started: Redis does not answer. Try again in a minute; if it lasts, whoever runs metrics-diag should look at its Redis.':
    '无法保存你的请求，因此未发起诊断：Redis 无响应。请一分钟后重试；如持续出现，请 metrics-diag 的运维人员检查其 Redis。',
  'A run of {0} is already under way (run {1}); its answer comes to this channel too.':
    '{0} 的诊断已在进行中（诊断 {1}）；结果也会发到本频道。',
  'A run of {0} is already under way (run {1}); its answer comes here too.':
    '{0} 的诊断已在进行中（诊断 {1}）；结果也会发到这里。',
  'A run of {0} is already under way (run {1}), see <{2}|its thread>.':
    '{0} 的诊断已在进行中（诊断 {1}），见 <{2}|其线程>。',
  'A run of {0} is already under way (run {1}), see its thread in this channel.':
    '{0} 的诊断已在进行中（诊断 {1}），见本频道中的线程。',
  'It was not asked to go deep: ask again when it has ended.':
    '该诊断未启用深度模式：请待其结束后重新发起。',
  'I know no cluster {0}. I know: {1}.': '没有集群 {0}。已知集群：{1}。',
  'I know no cluster {0}. Did you mean `{1} {2}`? I know: {3}.':
    '没有集群 {0}。你是想输入 `{1} {2}` 吗？已知集群：{3}。',
  '🔎 under way': '🔎 进行中',
  'Run {0} is no longer kept: runs stay for a week. Run again for a fresh verdict.':
    '诊断 {0} 已不再保留：诊断只保留一周。请重新诊断以获取新的结论。',
  'Nothing failed in run {0} that could be tried again.': '诊断 {0} 中没有可以重新测试的失败项。',
  'This run has no thread here that the result could go into. Run again instead.':
    '该诊断在此处没有可供发布结果的线程。请改为重新诊断。',
  '{0} is verifying this already: the result comes into the thread.':
    '{0} 正在验证：结果会发到线程中。',
};
