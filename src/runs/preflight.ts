import type { NetworkFacts, Platform } from '../core/evidence/facts.ts';
import { factsFrom } from '../core/evidence/facts-from.ts';
import { type Observed, valueOr } from '../core/evidence/observed.ts';
import type { NodeObject } from '../core/evidence/snapshot.ts';
import { judgePorts, type PortVerdict, withOwnPort } from '../core/ports/judge-ports.ts';
import {
  DISTROS,
  type Distro,
  ENCAPSULATIONS,
  type Encapsulation,
  PORT_CNIS,
  type PortCni,
  type PortRow,
} from '../core/ports/port-row.ts';
import { portTable } from '../core/ports/port-table.ts';
import { type PreflightCheck, preflightChecks } from '../core/ports/preflight-checks.ts';
import { addressOf } from '../probes/eligible-nodes.ts';
import { joinResults } from '../probes/join-results.ts';
import { type DialledPort, planPorts } from '../probes/plan-ports.ts';
import { diagnose } from './diagnose.ts';
import type { Progress } from './jobs.ts';
import { MAX_WAVES, type RunStages, type RunTarget } from './run-stages.ts';

/** What a preflight found. */
export interface Preflight {
  readonly cluster: string;
  /** Null where it could not be told: no table then. */
  readonly table: { readonly distro: Distro; readonly cni: PortCni } | null;
  readonly nodes: readonly { readonly name: string; readonly server: boolean }[];
  readonly ports: readonly PortVerdict[];
  /** What else a network needs, judged from the same evidence as ever. */
  readonly checks: readonly PreflightCheck[];
  /** What was not tried, in words. */
  readonly notProbed: readonly string[];
}

export interface PreflightWish {
  readonly distro: Distro | null;
  readonly cni: PortCni | null;
  readonly encapsulation: Encapsulation | null;
}

/**
 * A whole diagnosis, then one more wave of probe Pods that dial every port of this distribution and CNI. Pods are
 * deleted whatever happens.
 */
export async function preflight(
  stages: RunStages,
  target: RunTarget,
  { wish, progress }: { readonly wish: PreflightWish; readonly progress: Progress },
): Promise<Preflight> {
  const { evidence } = await diagnose(stages, target, { progress, fast: true });
  const facts = factsFrom(evidence);
  const nodes = valueOr(facts.nodes, []);
  const network = valueOr(facts.network, null);
  const table = tableOf(wish, valueOr(facts.platform, 'unknown'), network);
  const base = {
    cluster: target.cluster,
    nodes: nodes.map(({ name, controlPlane }) => ({ name, server: controlPlane })),
    checks: preflightChecks(facts),
  };
  const left = [...whyNot(evidence.probes.ran), ...evidence.probes.notProbed];
  if (table === null) return { ...base, table, ports: [], notProbed: left };
  const severalServers = nodes.filter(({ controlPlane }) => controlPlane).length > 1;
  const rows = withOwnPort(portTable({ ...table, severalServers }), network);
  const { plans, notProbed } = planPorts({
    runId: target.runId,
    wave: MAX_WAVES + 1,
    nodes,
    ports: dialledPorts(rows),
  });
  try {
    const runs = await stages.runPods(target, plans);
    const { reach, ran } = joinResults({ listeners: [], runs, notProbed: [] });
    const notDialled = plans.length === 0 || runs.length === 0 ? [] : whyNot(ran);
    return {
      ...base,
      table: { distro: table.distro, cni: table.cni },
      ports: judgePorts(rows, {
        nodes: nodes.flatMap(portNode),
        dialled: reach,
        links: valueOr(facts.links, []),
      }),
      notProbed: [...new Set([...left, ...notDialled, ...notProbed])],
    };
  } finally {
    await stages.cleanUp(target);
  }
}

/** Why no probe ran at all, where none did. */
function whyNot(ran: Observed<unknown>): readonly string[] {
  return ran.state === 'missing' ? [ran.detail] : [];
}

function portNode(node: NodeObject) {
  const address = addressOf(node);
  return address === null ? [] : [{ name: node.name, server: node.controlPlane, address }];
}

/** What was said comes first, then what the cluster shows. */
function tableOf(
  { distro, cni, encapsulation }: PreflightWish,
  platform: Platform,
  network: NetworkFacts | null,
): {
  readonly distro: Distro;
  readonly cni: PortCni;
  readonly encapsulation: Encapsulation | null;
} | null {
  const seenDistro = distro ?? DISTROS.find((each) => each === platform);
  const seenCni = cni ?? PORT_CNIS.find((each) => each === network?.cni);
  if (seenDistro === undefined || seenCni === undefined) return null;
  const carried = ENCAPSULATIONS.find((each) => each === network?.encapsulation);
  return { distro: seenDistro, cni: seenCni, encapsulation: encapsulation ?? carried ?? null };
}

/** The single TCP ports of the table; a range that is needed is short. */
export function dialledPorts(rows: readonly PortRow[]): readonly DialledPort[] {
  return rows
    .filter((row) => row.protocol === 'tcp' && row.onlyWhen === null && row.from !== 'pods')
    .flatMap(({ port, lastPort, from, to }) => {
      if (port === null) return [];
      const count = (lastPort ?? port) - port + 1;
      return Array.from({ length: count }, (_, i) => ({
        port: port + i,
        fromServers: from === 'servers',
        toServers: to === 'servers',
      }));
    });
}
