import { allowInbound, MAX_SOURCES_SPELLED, narrowSources, spell } from '../fixes/firewall-rule.ts';
import { cloudRules } from './cloud-rules.ts';
import {
  CLOUD_TOOLS,
  type CloudTool,
  type HostTool,
  type Opening,
  type PortRole,
  type PortRow,
  type RuleSet,
  type RuleTool,
} from './port-row.ts';

/** Who is in the cluster: single addresses or ranges. */
export interface ClusterAddresses {
  readonly servers: readonly string[];
  readonly agents: readonly string[];
  /** Ranges that pods get their addresses from. */
  readonly pods: readonly string[];
}

export interface RuleRequest {
  readonly rows: readonly PortRow[];
  readonly addresses: ClusterAddresses;
  readonly tool: RuleTool;
}

/**
 * Rules that open these rows to the cluster's own machines and to nobody else. Rows that are needed under a condition
 * alone stay shut unless they are handed in without it.
 * @throws RangeError where an address is none or stands for everyone, or where there are too many to be spelled
 */
export function ruleSets({ rows, addresses, tool }: RuleRequest): readonly RuleSet[] {
  // A machine that is alone is nobody's sender, and its address is read all the same.
  for (const given of [addresses.servers, addresses.agents, addresses.pods]) {
    if (given.length > 0) narrowSources(given, 'these ports');
  }
  const needed = rows.filter(({ onlyWhen }) => onlyWhen === null);
  return (['servers', 'agents'] as const).flatMap((on) => {
    const own = addresses[on];
    if (own.length === 0) return [];
    const openings = needed
      .filter(({ to }) => to === 'nodes' || to === on)
      .map((row): Opening => ({ row, from: senders(row.from, addresses, own) }))
      .filter(({ row, from }) => from.length > 0 && !staysOnTheNode(row, tool));
    for (const { row, from } of openings) checkSenders(from, spell(row));
    const { commands, undo } = isCloudTool(tool)
      ? cloudRules(tool, on, openings)
      : hostRules(tool, own, openings);
    return [{ on, addresses: own, commands, undo }];
  });
}

/** Whether rules are made in the cloud, not on the machine. */
function isCloudTool(tool: RuleTool): tool is CloudTool {
  return CLOUD_TOOLS.some((each) => each === tool);
}

/** What a node's own pods ask of it never reaches the cloud's network. */
function staysOnTheNode({ from }: PortRow, tool: RuleTool): boolean {
  return from === 'pods' && isCloudTool(tool);
}

function checkSenders(from: readonly string[], what: string): void {
  if (narrowSources(from, what).length > MAX_SOURCES_SPELLED) {
    throw new RangeError(
      `${from.length} addresses are too many for rules of their own: name ranges such as 10.0.0.0/24`,
    );
  }
}

/** A machine that is alone of its kind needs no rule for itself. */
function senders(
  role: PortRole,
  { servers, agents, pods }: ClusterAddresses,
  own: readonly string[],
): readonly string[] {
  const all = { servers, nodes: [...servers, ...agents], pods }[role];
  const alone = own.length === 1 && !own[0]?.includes('/') ? own[0] : null;
  return [...new Set(all)].filter((address) => address !== alone);
}

function hostRules(
  tool: HostTool,
  nodes: readonly string[],
  openings: readonly Opening[],
): Pick<RuleSet, 'commands' | 'undo'> {
  const variants = openings.map(({ row, from }) => {
    const { protocol, port, lastPort } = row;
    const fix = allowInbound({ nodes, protocol, port, lastPort, from, verify: [], notes: [] });
    const variant = fix.variants.find((each) => each.tool === tool);
    return {
      commands: [`# ${spell(row)}: ${row.why}`, ...(variant?.commands ?? [])],
      undo: variant?.undo ?? [],
    };
  });
  return {
    commands: asScript(variants.flatMap(({ commands }) => commands)),
    undo: asScript(variants.flatMap(({ undo }) => undo)),
  };
}

const RELOAD = /^(?:firewall-cmd --reload|ufw reload)$/;

/** One script of many fixes: lines for files become comments, hints stand once, a reload comes once and last. */
function asScript(lines: readonly string[]): readonly string[] {
  const reloads = [...new Set(lines.filter((line) => RELOAD.test(line)))];
  const body = lines
    .filter((line) => !RELOAD.test(line))
    .map((line) => (line.startsWith('-A ') ? `#   ${line}` : line));
  return [...new Set(body), ...reloads];
}
