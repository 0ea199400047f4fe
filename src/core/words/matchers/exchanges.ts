import type { Matcher } from '../matcher.ts';

/** What chat programs, proxies and Go print when an exchange fails. */
export const EXCHANGES: readonly Matcher[] = [
  {
    kind: 'timed-out',
    hints: ['timeout', 'timed out', 'deadline exceeded', 'request canceled'],
    all: [
      /i\/o timeout|connection timed out|operation timed out|connect(?:ion)? timeout|context deadline exceeded|client\.timeout exceeded|request canceled while waiting|connect: timed out|\(tcp\) timed out|curl: \(28\)/i,
    ],
    not: [/tls handshake timeout|lookup [^\n]{1,120}i\/o timeout|leaderelection|leader lease/i],
  },
  {
    kind: 'timed-out',
    hints: ['time out', 'times out', 'timed out', 'timeout', 'hang', '超时', '没有响应'],
    all: [
      /\b(?:time|times|timed|timing) ?out\b|\btimeouts?\b|\bhangs?\b|超时|没有响应/i,
      /metrics|kubelet|pod\b|api ?server|10250|node|节点|kubectl top|指标|采集/i,
    ],
    not: [
      /i\/o timeout|connection timed out|tls handshake|handshake|握手|leader|image|pull|webhooks? time|deadline/i,
    ],
    loose: true,
  },
  {
    kind: 'tls-handshake-timeout',
    hints: ['handshake', '握手'],
    all: [/tls handshake timeout/i],
    not: [/http: tls handshake error from/i],
  },
  {
    kind: 'tls-handshake-timeout',
    hints: ['handshake', '握手', 'client hello', 'clienthello'],
    all: [
      /handshake[^\n]{0,60}(?:hang|stall|never|times? out|timed out|stuck|does not (?:finish|complete))|(?:stops?|hangs?|stuck|stalls?) (?:after|at|in)[^\n]{0,20}(?:client ?hello|(?:tls )?handshake)|握手[^\n]{0,20}(?:超时|卡住|失败|不成功|完不成)/i,
    ],
    not: [/tls handshake timeout/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'connection-refused',
    hints: ['refused', 'refuse', '拒绝'],
    all: [/connection refused|econnrefused|curl: \(7\)/i],
  },
  {
    kind: 'connection-refused',
    hints: ['refused', 'refuses', '拒绝'],
    all: [
      /(?:is|are|gets?|was|being) refused|refuses (?:the )?connections?|拒绝连接|连接被拒/i,
      /kubelet|metrics|pod\b|port|10250|4443|端口|节点/i,
    ],
    not: [/connection refused/i],
    loose: true,
  },
  {
    kind: 'no-route',
    hints: [
      'no route to host',
      'ehostunreach',
      'host is unreachable',
      'prohibited',
      '没有到主机的路由',
    ],
    all: [
      /no route to host|ehostunreach|host is unreachable|(?:admin|host)[- ]?prohibited|没有到主机的路由/i,
    ],
    asIs: true,
  },
  {
    kind: 'connection-closed',
    hints: [
      'connection reset',
      'connection lost',
      'unexpected eof',
      'no cached connection',
      'broken pipe',
    ],
    all: [
      /connection reset by peer|http2: client connection lost|unexpected eof|http2: no cached connection|broken pipe/i,
    ],
    asIs: true,
  },
  {
    kind: 'name-not-resolved',
    hints: ['lookup', 'no such host', 'resolve', '解析'],
    all: [
      /lookup (?<value>[\w.-]{1,120})(?: on [^\s]{1,60})?:? ?(?:no such host|server misbehaving|[^\n]{0,80}(?:i\/o timeout|no such host|server misbehaving|connection refused|temporary failure))/i,
    ],
    asIs: true,
  },
  {
    kind: 'name-not-resolved',
    hints: ['no such host', 'resolve', '解析'],
    all: [
      /no such host|(?:can ?not|cannot|can't|could not|does not|doesn't|not|fails to) (?:be )?resolve[sd]?|(?:无法|不能|解析不了|不)(?:被)?解析|解析(?:失败|不了|不到|不出)/i,
      /node ?names?|host ?names?|kubelet|节点名|主机名|节点|scrap|\bnames? of|10250/i,
    ],
    not: [/lookup [\w.-]{1,120}/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'unauthorized',
    hints: ['401', 'unauthorized'],
    all: [/401 unauthorized|: ?401\b|\b401\b|\(unauthorized\)|\bunauthorized\b/i],
  },
  {
    kind: 'forbidden',
    hints: ['403', 'forbidden'],
    all: [/403 forbidden|: ?403\b|\b403\b/i],
    not: [
      /is forbidden: user|probe failed|cannot (?:get|list|watch) (?:path|resource)|html|proxy|代理|pull|image/i,
    ],
  },
  {
    kind: 'server-error',
    hints: ['500', 'internal server error'],
    all: [
      /500 internal server error|status(?: code)?:? ?\\?"?500|返回 ?500|http 500|\bhttp 500\b|answers? 500|\breturns? 500\b/i,
    ],
    not: [/probe failed|statuscode: 500|metric-storage-ready/i],
  },
  {
    kind: 'proxy-answered',
    hints: ['forbidden', 'bad gateway', 'eof', 'proxy authentication', 'service unavailable'],
    all: [
      /v1beta1(?:\?[^\s"]{1,40})?"?: (?<value>forbidden|bad gateway|eof|proxy authentication required|gateway time-?out|service unavailable|method not allowed)\b/i,
    ],
    not: [/proxy error from 127/i],
    leg: 'api-server-to-metrics-server',
  },
  {
    kind: 'proxy-answered',
    hints: ['html', 'squid', 'zscaler', 'proxyconnect', 'bluecoat'],
    all: [
      /(?<value><html|html (?:error )?page|html 页面|squid|zscaler|blue ?coat|proxyconnect tcp)/i,
      /metrics|proxy|代理|squid|zscaler|apis\//i,
    ],
    leg: 'api-server-to-metrics-server',
  },
];
