import type { Matcher } from '../matcher.ts';

const PROVIDER = '(?:rke2-)?metrics-server';
const ANY_PROVIDER = '(?:rke2-)?metrics[- ]server';

/** Ways to say that something is not there, right before its name. */
const ABSENT =
  "(?:\\bno|without(?: an?)?|(?:can ?not|can't|could not|couldn't|did not|didn't|do not|don't|does not|doesn't|unable to) (?:find|see|have|run|contain|install|deploy)|(?:have|has|had|was|were)(?: not|n't) (?:yet )?(?:installed|deployed|set up|added)|never (?:had|set up|installed|deployed|added|rolled out)|nobody (?:ever )?(?:installed|deployed|set up)|forgot to (?:install|deploy|add)|\\bmissing|\\black(?:s|ing)?|没有?(?:安装|装|部署|找到|看到)?|未(?:安装|装|部署)|找不到|看不到|不存在|缺少)";
/** What stands behind the name makes it a part of metrics-server, or something said of it. */
const NOT_A_PART =
  "(?!'s|-)(?!\\s?(?:logs?\\b|errors?|issues?|problems?|metrics|restarts?|certs?|certificates?|flags?|args?|options?|crash|data|numbers|traffic|service\\b|endpoints?|apiservice|pods? (?:is|are|was|were) (?:ready|crash|restart|evict)|的(?! ?(?:pod|deploy|容器|工作负载))))";
const OTHERWISE_READ = /metrics-server" not found|\bno_proxy\b|image|allowed-names/i;
const FINDS_NOTHING =
  'nothing|\\bempty\\b|no (?:output|results?|lines?|match(?:es)?|rows?|hits?)|\\bblank\\b|comes? back with none|什么(?:都|也)没有|没有(?:任何)?(?:输出|结果|东西)|无(?:输出|结果)|为空|是空的?';

/** Whether metrics-server is there at all. */
export const PRESENCE: readonly Matcher[] = [
  {
    kind: 'provider-not-found',
    hints: [
      'metrics-server" not found',
      'no metrics-server',
      'not installed',
      'never deployed',
      'never installed',
      '没有安装',
      '未安装',
      '没装',
      'no resources found',
      'not deployed',
      'nothing installed',
      'was not deployed',
      '没有部署',
    ],
    all: [
      new RegExp(
        `(?:deployments?\\.apps|deployment|pods?) "?${PROVIDER}[\\w-]{0,40}"? not found`,
        'i',
      ),
    ],
    asIs: true,
  },
  {
    kind: 'provider-not-found',
    hints: [
      'no metrics-server',
      'not installed',
      'never',
      '没有安装',
      '未安装',
      '没装',
      'not deployed',
      '没有部署',
      'no rke2-metrics-server',
      'nobody installed',
      'without metrics-server',
    ],
    all: [
      new RegExp(
        `no ${PROVIDER} (?:pod|deployment|is|was|at all|anywhere|ever|exists)|${PROVIDER}[^\\n]{0,30}(?:is|was|has)? ?(?:not|never) (?:been )?(?:installed|deployed)|never (?:installed|deployed)[^\\n]{0,30}${PROVIDER}|nobody (?:ever )?installed|(?:没有|未|没)(?:安装|装|部署)[^\\n]{0,20}${PROVIDER}|${PROVIDER}[^\\n]{0,10}(?:没有|未|没)(?:安装|装|部署)|without ${PROVIDER}`,
        'i',
      ),
    ],
    not: [/not found/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'provider-not-found',
    hints: ['metrics-server', 'metrics server'],
    all: [new RegExp(`${ABSENT}\\s{0,2}(?:an? |any |the )?${ANY_PROVIDER}${NOT_A_PART}`, 'i')],
    not: [OTHERWISE_READ],
    loose: true,
    asIs: true,
  },
  {
    kind: 'provider-not-found',
    hints: ['metrics-server', 'metrics server'],
    all: [
      new RegExp(
        `${ANY_PROVIDER}(?: pods?| deployment)?\\s{0,2}(?:(?:is|was|has|does|do|are)\\s?(?:not|n't|never)\\s(?:been |even |yet )?(?:installed|deployed|exist|there\\b|present|in the (?:list|cluster|output)|part of|set up|running (?:anywhere|at all|in (?:this|the|any)))|(?:is|was) (?:nowhere|absent|missing(?=[\\s]{0,2}(?:$|[.,;!]|in |from (?:the|this) cluster)))|不存在|找不到|没找到|根本没有|没有?(?:安装|装|部署)|未(?:安装|装|部署))`,
        'i',
      ),
    ],
    not: [OTHERWISE_READ],
    loose: true,
    asIs: true,
  },
  {
    kind: 'provider-not-found',
    hints: ['grep'],
    all: [
      new RegExp(
        `grep [^\\n|;&]{0,12}(?:rke2-)?metrics[^\\n]{0,24}(?:${FINDS_NOTHING})|(?:${FINDS_NOTHING})[^\\n]{0,24}grep [^\\n|;&]{0,12}(?:rke2-)?metrics`,
        'i',
      ),
      /\b(?:pods?|po|deploy\w{0,7}|all|helm)\b/i,
    ],
    not: [/apiservices?[^\n]{0,24}grep/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'provider-disabled',
    hints: ['disable', 'skip', 'addons'],
    all: [
      new RegExp(
        `disable["']?[:=\\s][^\\n]{0,40}${PROVIDER}|--(?:disable|no-deploy)[= ][\\w,-]{0,40}metrics-server|metrics-server(?:\\.yaml)?\\.skip|\\| metrics-server\\s[^\\n]{0,40}\\| disabled`,
        'i',
      ),
    ],
    asIs: true,
  },
  {
    kind: 'provider-exists',
    hints: ['metrics-server'],
    all: [
      new RegExp(
        `${PROVIDER}(?:-[\\w-]{1,40})?\\s{1,30}\\d{1,2}\\/[1-9]\\d?\\s|${PROVIDER}[^\\n]{0,40}(?:still )?(?:runs\\b|is running|running fine|is deployed|is there|is ready|在跑|正常运行|运行正常)`,
        'i',
      ),
    ],
  },
  {
    kind: 'provider-ready',
    hints: ['metrics-server'],
    all: [
      new RegExp(
        `${PROVIDER}(?:-[\\w-]{1,40})?\\s{1,30}([1-9]\\d?)\\/\\1\\s|${PROVIDER}[^\\n]{0,60}(?:\\b1\\/1\\b|is ready|is running|runs\\b|running fine|healthy|its log is clean)`,
        'i',
      ),
    ],
    not: [/not ready|isn't ready/i],
  },
];
