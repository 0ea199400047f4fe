import type { Matcher } from '../matcher.ts';

/** Certificates, tokens and identities. */
export const CERTIFICATES: readonly Matcher[] = [
  {
    kind: 'x509-unknown-authority',
    hints: ['unknown auth', 'unknown ca', 'unknown certificate auth'],
    all: [
      /signed by unknown auth|unknown certificate authority|tls: unknown ca|signed by an unknown auth/i,
    ],
    asIs: true,
  },
  {
    kind: 'x509-unknown-authority',
    hints: [
      'self-signed',
      'self signed',
      'not trust',
      'untrusted',
      '自签',
      '不信任',
      '不受信任',
      '未知机构',
      '未知的证书颁发',
    ],
    all: [
      /self-? ?signed|(?:does not|doesn't|not) trust|untrusted|自签|不受?信任|未知(?:的)?(?:证书)?(?:颁发|签发)?机构/i,
      /kubelet|metrics-server|api ?server|apiservice|scrap|10250/i,
      /cert|证书|\bca\b|tls/i,
    ],
    not: [/generated self-signed cert|signed by unknown/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'x509-wrong-name',
    hints: [
      'ip san',
      'is valid for',
      'not valid for any names',
      'common name',
      'san',
      'hostname mismatch',
    ],
    all: [
      /(?:contain|have) any ip san|certificate is (?:not )?valid for (?:any )?(?<value>[^\n"]{1,160})|relies on legacy common name/i,
    ],
    asIs: true,
  },
  {
    kind: 'x509-wrong-name',
    hints: ['ip san', 'san', 'names only', '证书'],
    all: [
      /(?:no|lacks?|lacking|missing|without|has only|lack of)[^\n]{0,40}(?:ip sans?|\bsans?\b|ip address|subject alt)|证书[^\n]{0,30}(?:没有|缺少|不包含)[^\n]{0,20}(?:ip|san|地址)|(?:certs?|certificates?)[^\n]{0,40}(?:only (?:the )?(?:host ?names?|names|dns)|names only)/i,
      /cert|证书/i,
    ],
    not: [/any ip san/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'x509-expired',
    hints: ['expired', 'is after', '过期'],
    all: [
      /certificate has expired(?! or)|current time [^\s]{1,40} is after (?<value>[^\s",]{1,40})|expired or is not yet valid(?![^\n]{0,60}is before)/i,
    ],
    not: [/is before/i, /current time [^\s]{1,40} is before/i],
  },
  {
    kind: 'x509-expired',
    hints: ['expired', '过期'],
    all: [
      /\bexpired\b|过期/i,
      /cert|证书/i,
      /front-?proxy|proxy-?client|aggregat|kubelet|apiservice|metrics/i,
    ],
    not: [/has expired|expired or is not/i],
    loose: true,
  },
  {
    kind: 'front-proxy-cert-expired',
    hints: ['front-proxy', 'client-auth-proxy', 'auth-proxy'],
    all: [
      /(?:front-proxy-client|client-auth-proxy|auth-proxy)[^\n]{0,80}(?:<invalid>|expired|-\d{1,4}d\b|过期)/i,
    ],
  },
  {
    kind: 'x509-not-yet-valid',
    hints: ['is before', 'not yet valid', 'not valid yet', '尚未生效'],
    all: [
      /current time [^\s]{1,40} is before (?<value>[^\s",]{1,40})|(?<!expired or is )not yet valid|certificate is not valid yet|证书尚未生效|证书还没有?生效/i,
    ],
    asIs: true,
  },
  {
    kind: 'token-not-yet-valid',
    hints: ['not valid yet', 'nbf', 'issued in the future', 'used before issued'],
    all: [
      /token (?:is )?not (?:yet valid|valid yet)|\(nbf\)|issued in the future|used before issued/i,
    ],
    asIs: true,
  },
  {
    kind: 'tls-internal-error',
    hints: ['tls: internal error'],
    all: [/tls: internal error/i],
  },
  {
    kind: 'front-proxy-named',
    hints: [
      'front-proxy',
      'front proxy',
      'requestheader',
      'request-header',
      'proxy-client',
      'frontproxy',
    ],
    all: [
      /front-? ?proxy|requestheader-(?:client-)?ca|request-header-ca|kube-apiserver-requestheader|requestheader ca|proxy-client-cert/i,
    ],
  },
  {
    kind: 'cn-not-allowed',
    hints: ['allowed list', 'allowed-names', 'allowed names'],
    all: [/subject with cn=(?<value>[^\s,]{1,80}) is not in the allowed/i],
    leg: 'caller-to-metrics-server',
    asIs: true,
  },
  {
    kind: 'cn-not-allowed',
    hints: ['allowed-names', 'allowed names'],
    all: [
      /requestheader-allowed-names|allowed[- ]names/i,
      /(?:not|n't|missing|lacks?|does not contain|isn't)[^\n]{0,60}(?:in|listed|contain|cn|the)|不在|没有包含|缺少/i,
    ],
    not: [/subject with cn=|(?:keys|flags|client-ca-file)[^\n]{0,60}(?:missing|absent|empty)/i],
    leg: 'caller-to-metrics-server',
    loose: true,
    asIs: true,
  },
  {
    kind: 'user-forbidden',
    hints: ['is forbidden: user', 'forbidden: user'],
    all: [
      /(?:is )?forbidden: user "?(?<value>[^"\s]{1,120})"? cannot (?:list|get|watch|create)[^\n]{0,80}/i,
    ],
    not: [/system:anonymous|get path/i],
    leg: 'user-to-api-server',
    asIs: true,
  },
  {
    kind: 'anonymous-refused',
    hints: ['system:anonymous'],
    all: [
      /user "?system:anonymous"? cannot (?:list|get) (?:resource|nodes\.metrics|pods\.metrics|nodes|pods)/i,
    ],
    leg: 'caller-to-metrics-server',
    asIs: true,
  },
  {
    kind: 'server-alive',
    hints: ['system:anonymous'],
    all: [/user "?system:anonymous"? cannot get path/i],
    leg: 'api-server-to-metrics-server',
    asIs: true,
  },
  {
    kind: 'user-forbidden',
    hints: ['权限', 'rbac', 'clusterrole', 'not allowed', 'may not'],
    all: [
      /没有权限|权限不足|lacks? (?:the )?(?:rbac|right|permission)|no (?:rbac|right|permission)s?\b|not allowed to|may not (?:list|get|read)/i,
      /metrics\.k8s\.io|kubectl top|top (?:pods?|nodes?)/i,
    ],
    not: [/is forbidden: user/i],
    leg: 'user-to-api-server',
    loose: true,
    asIs: true,
  },
  {
    kind: 'identity-not-mapped',
    hints: ['aws-auth', 'iam', 'oidc', 'username'],
    all: [
      /aws-auth|\biam\b|oidc|username (?:claim|mapping|field|property)/i,
      /no username|without (?:a )?username|(?:missing|lacks?|lacking|not|n't|without|empty)[^\n]{0,60}(?:username|mapp)|username[^\n]{0,40}(?:missing|not mapped|empty|is not|isn't|absent)|(?:没有|缺少|未)[^\n]{0,20}(?:username|映射|用户名)|(?:401|unable to authenticate)/i,
    ],
    leg: 'caller-to-metrics-server',
    loose: true,
    asIs: true,
  },
  {
    kind: 'admin-works',
    hints: ['admin', 'creator', '管理员', 'master account'],
    all: [
      /(?:as|with|for|using|by)\s(?:the |an |our |a )?(?:cluster[- ]?)?(?:admin|creator|owner)[^\n]{0,60}(?:works?|fine|ok\b|succeed|numbers)|(?:works?|fine|ok) (?:for|as|with)[^\n]{0,20}admin|管理员[^\n]{0,20}(?:正常|可以|没问题)/i,
    ],
    loose: true,
  },
  {
    kind: 'certificates-rotated',
    hints: ['rotat', 'renew', '轮换', '续期', '重新签发'],
    all: [/(?:rotat|renew)[a-z]{0,5}|轮换|续期|重新签发/i, /cert|\bcas?\b|证书/i],
  },
  {
    kind: 'tls-verified',
    hints: ['insecureskiptlsverify', 'cabundle'],
    all: [/insecureskiptlsverify["']?: ?false|cabundle/i],
  },
  {
    kind: 'csr-pending',
    hints: ['kubelet-serving', 'csr'],
    all: [/kubernetes\.io\/kubelet-serving[^\n]{0,160}\bpending\b/i],
  },
  {
    kind: 'csr-pending',
    hints: ['csr', 'certificate signing request', 'certificatesigningrequest'],
    all: [
      /\bcsrs?\b|certificate ?signing ?requests?/i,
      /pending|never approved|not approved|unapproved|nobody approve|un-?approved|没有批准|未批准|没人批|待批准|等待批准/i,
    ],
    not: [/kubernetes\.io\/kubelet-serving[^\n]{0,160}pending/i],
    loose: true,
    asIs: true,
  },
];
