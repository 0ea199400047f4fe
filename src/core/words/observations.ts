import type { StatementKind } from './statement.ts';

/** Halves of a sentence that say opposite things: "ping works but TCP does not". */
const CLAUSE_BREAK =
  /,? (?:but|while|whereas|although|though|yet|and yet|however)\b|[,;](?= )|[，,；;](?=\s{0,2}[\u4e00-\u9fff])|但是?|而(?!且)|却/i;

const FAILS =
  /\b(?:fail(?:s|ed|ing)?|time[sd]? out|timed out|timing out|timeouts?|hang(?:s|ing)?|die[sd]?|dead|lost|loss(?! of power)|drop(?:s|ped)?|unreachable|block(?:s|ed)?|refused|unable|nothing|never|none|vanish(?:es)?|stall(?:s|ed)?|stuck|swallow(?:s|ed)?)\b|(?:\b(?:not|n't|no|cannot|neither)\b|n't)[^\n]{0,20}(?:answer|repl|respon|work|reach|come|get|connect|talk|pass|go|ping|complet|arriv|through|back)|\b(?:cannot|can't|can not|could not|couldn't)\b|\b100% (?:packet )?loss|\b0 received|不通|超时|失败|丢(?:包|弃)|无法|不能|访问不了|访问不到|连不上|没有响应|不可达|不行|断/i;
const WORKS =
  /\b(?:work(?:s|ing|ed)?|ok(?:ay)?|fine|succeed(?:s|ed)?|success|answer(?:s|ed)?|reachable|repl(?:y|ies|ied)|pass(?:es|ed)?|go(?:es)? through|gets? through|responds?|connects?|opens?|healthy|come[s]? back|talk to each other|each other|(?<!not )reach(?:es)?|can (?:reach|ping|curl|connect|talk)|0% packet loss)\b|能通|正常|可以|通的|没问题|能 ?ping ?通|能访问|成功|通$|通[,，。]|都通|能(?:建立)?连接|可达/i;

const ACROSS =
  /\b(?:other|another|different|remote|the others?|across|cross-?node|between)\b[^\n]{0,24}(?:nodes?|masters?|servers?|machines?|hosts?|guests?|workers?|vms?|esxi|two)|\bfrom (?:the )?(?:other|others)\b|\bpods? (?:on|between)|across nodes|cross-?node|(?:其他|别的|另[一外]个?|不同|远端)的?(?:节点|机器|主机|master)|跨(?:节点|主机|机)|节点(?:之)?间|不在同一(?:个|台)?(?:节点|主机)|(?:node|prod|master|worker|server|cp)-?\w{0,4}\d[^\n]{0,40}(?:node|prod|master|worker|server|cp)-?\w{0,4}\d/i;
const POD =
  /\bpods?\b|coredns|busybox|container|nginx|容器|10\.4[24]\.|10\.244\.|overlay|vxlan|隧道|flannel|cni/i;
const NODE_ITSELF =
  /\bnode ips?\b|\bnodes? (?:themselves|to node|directly)|node-to-node|\bbetween (?:the )?(?:nodes|machines|hosts|servers) (?:directly|themselves|it|is|works?|ping)|\bthe (?:nodes|machines|hosts) (?:themselves|reach|can|ping)|\bmachines? themselves|(?:node|prod|master|worker|server)-?\w{0,3}\d and (?:node|prod|master|worker|server)-?\w{0,3}\d (?:do|reach|can)|节点 ?ip|宿主机之间|(?:宿主机|节点|机器|主机|服务器|物理机|master)(?:之间|间)?(?:都|可以|能)?(?:互相|相互|互)(?: ?ping|能|都|通|可|访问)?|物理网络|底层网络|节点本身|ssh\b|node'?s? (?:ip|address)|internal ?ip/i;
const PING = /\bping(?:s|ed|ing)?\b|\bicmp\b|\becho request/i;
const TCP = /\btcp\b|\bcurl\b|\bwget\b|\btelnet\b|\bnc\b|\bhttps?\b|\bconnections?\b/i;
const LARGE =
  /-s ?(?:1[2-9]\d\d|[2-9]\d{3})\b|\b(?:large|big(?:ger)?|full-?size|long|jumbo)\b[^\n]{0,16}(?:packets?|pings?|requests?|responses?|payloads?|answers?|frames?|segments?|ones?|lists?)|\banything (?:big|large|over|above|bigger)|\b1[34]\d\d[ -]?bytes?|大包|大报文|大数据包|大的包/i;
const SMALL =
  /-s ?[1-9]\d{0,2}\b|\b(?:small|short|tiny|little)\b[^\n]{0,16}(?:packets?|pings?|requests?|answers?|ones?)|小包|小报文|小请求|小数据包/i;
const OWN_NODE =
  /\b(?:own|same|its|that) (?:node|host|machine|server|esxi host)\b|\bfrom (?:the )?\w{0,12}\d{0,3} ?itself|\bon (?:the )?node (?:itself|that (?:runs|hosts))|\bthe (?:node|server|master|host)[^\n]{0,16}(?:that|which|where|it|who)[^\n]{0,30}(?:runs?|hosts?|is on|lives|sits|was also running|deployed)|同(?:一个?)?(?:节点|主机)|本(?:节点|机)|自己所在|所在的?节点/i;
const OTHER_PODS =
  /\b(?:another|other|different|a|unrelated|neighbou?r(?:ing)?)\b[^\n]{0,30}\bpods?\b|busybox|nginx|coredns|\bpods? in (?:other|another|the default|a different)|(?:其他|别的|另[一外]个?)[^\n]{0,12}(?:pod|容器)/i;
const ONLY_PROVIDER =
  /\bonly\b[^\n]{0,24}(?:metrics-server|this|that|the) ?(?:metrics-server)? ?pod|\bonly (?:the )?metrics-server|只有[^\n]{0,12}metrics-server/i;
const EVERY_POD =
  /\b(?:no|any|all|every|none of the)\b[^\n]{0,8}\bpods?\b|任何 ?pod|所有 ?pod|都不通|same is true for|pods? (?:on|between) (?:different|other)|only pods on the same|pods? [^\n]{0,20}(?:each other|talk)|overlay|vxlan|隧道|(?:跨|不同)(?:节点|主机)的? ?(?:pod|容器)|(?:pod|容器)(?:之间|间|网络)/i;
const ABOUT_PROVIDER = /metrics|kubectl top|\bit\b|指标/i;
const ONLY_THERE = /\bonly\b|只有|works? (?:on|from)|answers?|reach/i;
const NUMBERS_ONLY = /kubectl top|metrics\.k8s\.io|apiservice|\bhpa\b/i;

/** What a person says to have tried, clause by clause. */
export function observationsIn(
  sentence: string,
): readonly { readonly kind: StatementKind; readonly start: number; readonly end: number }[] {
  const found: { kind: StatementKind; start: number; end: number }[] = [];
  let at = 0;
  const acrossAnywhere = ACROSS.test(sentence);
  const aboutKubelet = /kubelet/i.test(sentence);
  for (const clause of clausesOf(sentence)) {
    const start = Math.max(at, sentence.indexOf(clause, at));
    const end = start + clause.length;
    at = end;
    for (const kind of kindsOf(clause, acrossAnywhere)) {
      // What is said of the kubelet has its own words.
      if (aboutKubelet && POD_PATHS.has(kind)) continue;
      found.push({ kind, start, end });
    }
  }
  return found;
}

const POD_PATHS: ReadonlySet<StatementKind> = new Set([
  'pods-unreachable',
  'tcp-fails',
  'tcp-connects',
  'own-node-only',
  'other-pods-reachable',
]);

/** A part without a verb of success or failure ("From prod02,") belongs to what follows it. */
function clausesOf(sentence: string): readonly string[] {
  const clauses: string[] = [];
  let held = '';
  for (const part of sentence.split(CLAUSE_BREAK)) {
    const whole = held === '' ? part : `${held},${part}`;
    if (FAILS.test(part) || WORKS.test(part)) {
      clauses.push(whole);
      held = '';
    } else {
      held = whole;
    }
  }
  return held === '' ? clauses : [...clauses, held];
}

function kindsOf(clause: string, acrossAnywhere: boolean): readonly StatementKind[] {
  const fails = FAILS.test(clause);
  const works = !fails && WORKS.test(clause);
  if (!fails && !works) return [];
  const across = ACROSS.test(clause);
  const pod = POD.test(clause);
  const own = OWN_NODE.test(clause);
  if (LARGE.test(clause)) return [fails ? 'large-packets-lost' : 'large-packets-pass'];
  if (SMALL.test(clause)) return works ? ['small-packets-pass'] : [];
  if (NODE_ITSELF.test(clause) && !(pod && PING.test(clause) && fails)) {
    return [fails ? 'nodes-unreachable' : 'nodes-reachable'];
  }
  if (ONLY_PROVIDER.test(clause) && fails) return ['only-provider-unreachable'];
  const kinds: StatementKind[] = [];
  if (PING.test(clause) && (across || pod || acrossAnywhere) && !own) {
    kinds.push(fails ? 'ping-fails' : 'ping-works');
  }
  if (TCP.test(clause) && !NUMBERS_ONLY.test(clause) && !own && (across || pod || acrossAnywhere)) {
    if (fails) kinds.push('tcp-fails');
    else if (/\btcp\b|\bnc\b|connect/i.test(clause)) kinds.push('tcp-connects');
  }
  if (own && works && (pod || ABOUT_PROVIDER.test(clause)) && ONLY_THERE.test(clause)) {
    kinds.push('own-node-only');
  }
  if (fails && across && pod && (EVERY_POD.test(clause) || OTHER_PODS.test(clause))) {
    kinds.push('pods-unreachable');
  }
  if (
    works &&
    OTHER_PODS.test(clause) &&
    (across || own || /everywhere|every node|正常|通/.test(clause))
  ) {
    kinds.push('other-pods-reachable');
  }
  return kinds;
}
