import type { Chain, Hook, RulePacket } from '../../core/rules/rule-set.ts';
import { type End, type Fate, walk } from '../../core/rules/walk.ts';
import type { PlannedFlow } from '../plan.ts';
import { routeTo } from './overlay-state.ts';

const PROTOCOLS = { tcp: 6, udp: 17, ipip: 4 } as const;

const HOOKS: Readonly<Record<PlannedFlow['leg'], readonly Hook[]>> = {
  out: ['output', 'postrouting'],
  in: ['ingress', 'prerouting', 'input'],
  through: ['ingress', 'prerouting', 'forward', 'postrouting'],
};

/** The packet of a flow as it passes this host: devices by the kernel's own look-up. */
export async function packetsOf(flow: PlannedFlow): Promise<readonly RulePacket[]> {
  const out = flow.leg === 'in' ? null : await routeTo(flow.destination);
  const sources = flow.leg === 'out' ? [out?.source ?? null] : flow.sources;
  return Promise.all(
    (sources.length === 0 ? [null] : sources).map(async (src): Promise<RulePacket> => {
      const back = flow.leg === 'out' || src === null ? null : await routeTo(src);
      return {
        family: flow.destination.includes(':') ? 'ip6' : 'ip',
        iif: back?.device ?? null,
        oif: out?.device ?? null,
        src: flow.leg === 'out' && flow.packet === 'outer' ? (flow.sources[0] ?? src) : src,
        dst: flow.destination,
        protocol: PROTOCOLS[flow.protocol],
        sport: null,
        dport: flow.port,
        toLocal: flow.leg === 'in',
        fromLocal: flow.leg === 'out',
      };
    }),
  );
}

/** The fate of a flow; where its sender may show up under several addresses, all of them must agree. */
export function walkFlow(
  chains: readonly Chain[],
  leg: PlannedFlow['leg'],
  packets: readonly RulePacket[],
): Fate {
  const fates = packets.map((packet) =>
    walk(
      chains,
      HOOKS[leg].map((hook) => ({ hook, packet })),
    ),
  );
  const ends = new Map<string, End>();
  for (const end of fates.flatMap((fate) => fate.ends)) {
    ends.set([end.chain.backend, end.chain.table, end.chain.name, end.rule?.place].join('\n'), end);
  }
  const verdicts = new Set(fates.map(({ verdict }) => verdict));
  const [only] = verdicts;
  const same = verdicts.size === 1 && (only !== 'ends' || ends.size === 1);
  return { verdict: same && only !== undefined ? only : 'unsure', ends: [...ends.values()] };
}
