import { spell } from '../core/fixes/firewall-rule.ts';
import type { PortVerdict } from '../core/ports/judge-ports.ts';
import type { Distro, PortCni } from '../core/ports/port-row.ts';
import type { PreflightCheck } from '../core/ports/preflight-checks.ts';
import { columns } from './ports.ts';
import { type Paint, painter, renderFix, type TerminalOptions } from './terminal.ts';
import { plain } from './words.ts';

/** What a preflight found, as far as it is shown. */
export interface PreflightView {
  readonly cluster: string;
  readonly table: { readonly distro: Distro; readonly cni: PortCni } | null;
  readonly nodes: readonly { readonly server: boolean }[];
  readonly ports: readonly PortVerdict[];
  readonly checks: readonly PreflightCheck[];
  readonly notProbed: readonly string[];
}

const MARKS: Readonly<Record<PreflightCheck['state'], string>> = {
  ok: '[x]',
  wrong: '[!]',
  'worth-a-look': '[?]',
  'not-seen': '[-]',
};
const MAX_PAIRS_SHOWN = 6;

/** The table of ports, the other checks, and the fixes last, just above the prompt. */
export function renderPreflight(found: PreflightView, { colour }: TerminalOptions): string {
  const paint = painter(colour);
  const fixes = [...found.ports, ...found.checks].flatMap((each) => each.fixes);
  const sections = [
    paint('bold', head(found)),
    columns(found.ports.map(portLine)).join('\n'),
    found.checks.map((check) => checkLine(check, paint)).join('\n'),
    found.notProbed.map((what) => `Not tried: ${plain(what)}`).join('\n'),
    fixes.map((fix) => renderFix(fix, paint)).join('\n\n'),
    paint('bold', summary(found)),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function head({ cluster, table, nodes }: PreflightView): string {
  const servers = nodes.filter(({ server }) => server).length;
  const who = `${nodes.length} nodes, ${servers} of them servers`;
  if (table === null) {
    return `Preflight of ${plain(cluster)}: ${who}; its distribution or CNI is not known, so no ports were tried (--distro, --cni)`;
  }
  return `Preflight of ${plain(cluster)}: ${table.distro} with ${table.cni}, ${who}`;
}

function portLine(verdict: PortVerdict): readonly string[] {
  const { row, state } = verdict;
  return [
    state === 'blocked' ? '[!]' : state === 'not-seen' ? '[-]' : '[x]',
    spell(row),
    `${row.from} to ${row.to}`,
    stateWords(verdict),
    row.why,
  ];
}

function stateWords({ state, tried, open, refusals }: PortVerdict): string {
  switch (state) {
    case 'open':
      return `open on ${open} of ${tried} paths`;
    case 'nobody-listens':
      return 'not filtered; nobody listens at these addresses';
    case 'not-seen':
      return 'not seen';
    case 'blocked': {
      const shown = refusals.slice(0, MAX_PAIRS_SHOWN);
      const more = refusals.length - shown.length;
      const pairs = shown.map(({ from, to, how }) => `${plain(from)} > ${plain(to)} (${how})`);
      return `BLOCKED ${pairs.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    }
  }
}

function checkLine({ subject, state, what }: PreflightCheck, paint: Paint): string {
  const mark = state === 'wrong' ? paint('red', MARKS[state]) : MARKS[state];
  return `${mark} ${subject}: ${plain(what)}`;
}

function summary({ ports, checks }: PreflightView): string {
  const shut = ports.filter(({ state }) => state === 'blocked').length;
  const wrong = checks.filter(({ state }) => state === 'wrong').length;
  const unseen = [...ports, ...checks].filter(({ state }) => state === 'not-seen').length;
  const noted = unseen === 0 ? '' : ` ${unseen} could not be seen.`;
  if (shut + wrong === 0) return `Nothing is in the way.${noted}`;
  return `${shut} ${shut === 1 ? 'port is' : 'ports are'} blocked, ${wrong} other ${wrong === 1 ? 'thing is' : 'things are'} wrong.${noted}`;
}
