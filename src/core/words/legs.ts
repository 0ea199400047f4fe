import type { Leg } from './statement.ts';

/** Words that tell which connection is spoken of; where two fit the same spot the one further up decides. */
const CUES: readonly (readonly [Leg, RegExp])[] = [
  [
    'caller-to-metrics-server',
    /unable to authenticate(?: the request)?|authentication\.go|authenticate the request/gi,
  ],
  [
    'to-registry',
    /pull(?:ing)? (?:and unpack )?image|failed to pull|imagepull|sandbox image|registry[.-]|镜像|docker\.io|registry\.k8s\.io|failed to resolve reference/gi,
  ],
  [
    'api-server-to-kubelet',
    /\/containerlogs\/|\/exec\/|kubectl (?:logs|exec|attach)|port-?forward|logs?(?: and|\/| or)\s?exec/gi,
  ],
  [
    'api-server-to-metrics-server',
    /\/apis\/metrics\.k8s\.io|failing or missing response|error trying to reach service|v1beta1\.metrics\.k8s\.io|available_controller|faileddiscoverycheck|openapi spec|:(?:4443|10251)\b(?!\/metrics\b)|sending http(?:\/1\.1)? 50\d response|proxy error from|proxy via http_connect|apiservice|http_connect|(?:each|every|all) api ?servers?|(?:kube-)?api ?servers? (?:cannot|can't|fails?|times?|gets?|gives?|says?|logs?|returns?|to)|\bapi ?servers?(?!-)[^\n.,:;，。；]{0,30}(?:times? out|timed out|dial|reach)|api ?servers?(?!-)[^\n,，。:;；]{0,16}(?:访问|连接|连不上|请求|调用|无法|不能|到)|(?:访问|连接|连不上|请求)\s?metrics-server|control plane (?:gets|cannot|logs)/gi,
  ],
  [
    'metrics-server-to-kubelet',
    /failed to scrape|scrap(?:e|es|ing|er)\b|scraper\.go|unable to (?:fully )?(?:scrape|collect) metrics|unable to fetch metrics from (?:node|kubelet)|\/metrics\/resource|\/stats\/summary|kubelet_summary|kubelets?\b|抓取|采集|:1025[05]\/(?:metrics|stats)/gi,
  ],
  [
    'metrics-server-to-api-server',
    /extension-apiserver-authentication|:443\/api\/v1|:443\/version|:443\/apis\/(?:authorization|authentication|coordination)|kubernetes(?: ?service| 这个 ?service|\.default)|\b10\.(?:43|96)\.0\.1\b|\b(?:\d{1,3}\.){2}0\.1:443|unable to load configmap/gi,
  ],
  ['kubelet-to-pod', /(?:readiness|liveness|startup) probe/gi],
];

/** Where the words stand among cues: the nearest cue before them, else the nearest behind. */
export function legAt(text: string, start: number, end: number): Leg | null {
  let best: { readonly leg: Leg; readonly distance: number } | null = null;
  for (const [leg, cue] of CUES) {
    for (const match of text.matchAll(cue)) {
      const from = match.index;
      const to = from + match[0].length;
      const distance =
        to <= start ? start - to : from >= end ? (from - end) * BEHIND_COUNTS_LESS : 0;
      if (best === null || distance < best.distance) best = { leg, distance };
    }
  }
  return best?.leg ?? null;
}

/** An error names its request before itself; what follows it is mostly the next thing. */
const BEHIND_COUNTS_LESS = 3;

/** The only connection that a whole text speaks of, else null. */
export function onlyLeg(text: string): Leg | null {
  const told = CUES.filter(([, cue]) => text.search(cue) >= 0).map(([leg]) => leg);
  return told.length === 1 ? (told[0] ?? null) : null;
}
