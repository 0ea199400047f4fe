import type { Matcher } from '../matcher.ts';

const CONTROL_PLANE =
  '(?:control[- ]plane|masters?\\b|api ?servers?(?: subnet)?|cluster (?:sg|security[- ]group)|控制面|控制平面|管控|主控)';
const SHUT =
  "(?:block|den(?:y|ies|ied)|drop|clos|filter|not (?:open|allow|permit|admit)|isn't (?:open|allow)|no rule|forbid|拦|挡|禁|没有?放[行通开]|未放[行通开]|不通|没开)";
const CANNOT =
  "(?:can ?not|can't|could not|couldn't|unable to|may not|must not|is not allowed to|isn't allowed to|fails? to|无法|不能|访问不(?:了|到)|连不上|到不了)";

/** Managed control planes and the filters of clouds. */
export const CLOUDS: readonly Matcher[] = [
  {
    kind: 'managed-control-plane',
    hints: ['eks', 'gke', 'aks', 'managed', 'private cluster', '托管', 'oke', 'doks', 'lke'],
    all: [
      /\b(?:eks|gke|aks|oke|doks|lke)\b|-(?:eks|gke)[-.]|\bmanaged (?:control[- ]plane|kubernetes|cluster)|\bprivate cluster|托管(?:版|集群|控制面|的)/i,
    ],
    not: [/self-managed|not (?:eks|gke|aks|managed)|(?:unlike|on|as in) (?:our )?other/i],
    asIs: true,
  },
  {
    kind: 'security-group-narrow',
    hints: [
      'security group',
      'security-group',
      '安全组',
      'firewall',
      'master range',
      'control plane may',
      'master may',
      'nsg',
      'sg ',
      'master cidr',
      'cluster sg',
      'node sg',
    ],
    all: [
      /(?:security[- ]groups?|安全组|\bnsg\b|node sg|cluster sg|firewall rules?|master (?:range|cidr|may)|control[- ]plane)[^\n]{0,120}(?:only|allows?|opens?|nothing but|may|no rule|does not|doesn't|not (?:allow|open|include|in)|missing|blocked?|只(?:放|开|允许)|没有?放|未放)|(?:only|just) (?:lets?|allows?|admits?|permits?|opens?)[^\n]{0,40}(?:\bmaster|control[- ]plane|cluster (?:sg|security))|(?:only|nothing but)[^\n]{0,30}443[^\n]{0,30}(?:from|for) the (?:master|control plane|cluster security)/i,
    ],
    not: [/\budp\b|ipip|8472|4789|protocol 4|between the instances|fargate/i],
    loose: true,
    asIs: true,
  },
  {
    kind: 'webhooks-fail-too',
    hints: ['webhook'],
    all: [/webhooks?/i, /time ?out|timed out|fail|too\b|also|as well|超时|也/i],
    loose: true,
  },
  {
    // Who may not come in, and to which port.
    kind: 'security-group-narrow',
    hints: [
      'control plane',
      'control-plane',
      'master',
      'api server',
      'apiserver',
      'cluster s',
      '控制',
      '管控',
      '主控',
    ],
    all: [
      new RegExp(
        `${CONTROL_PLANE}[^\\n]{0,40}${CANNOT}[^\\n]{0,50}\\b\\d{4,5}\\b|${CONTROL_PLANE}[^\\n]{0,60}\\b\\d{4,5}\\b[^\\n]{0,40}${SHUT}|${SHUT}[^\\n]{0,60}${CONTROL_PLANE}[^\\n]{0,60}\\b\\d{4,5}\\b|\\b\\d{4,5}\\b[^\\n]{0,50}${SHUT}[^\\n]{0,40}${CONTROL_PLANE}`,
        'i',
      ),
    ],
    not: [
      /\budp\b|ipip|vxlan|8472|4789|protocol 4|fargate|kubelet|6443|dial tcp|https?:|security[- ]groups?[^\n]{0,120}(?:only|allows?|opens?)|安全组/i,
    ],
    loose: true,
    asIs: true,
  },
];
