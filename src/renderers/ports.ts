import { spell } from '../core/fixes/firewall-rule.ts';
import type { Distro, PortCni, PortRow, RuleSet } from '../core/ports/port-row.ts';

/** The ports of one kind of cluster. */
export interface PortPage {
  readonly distro: Distro;
  readonly cni: PortCni;
  readonly rows: readonly PortRow[];
  /** Of the distribution and its firewall manager, one sentence each. */
  readonly notes: readonly string[];
}

const COLUMN_GAP = '  ';

/** The table as people read it; what is needed under a condition alone stands below. */
export function renderPortPage({ distro, cni, rows, notes }: PortPage): string {
  const always = rows.filter(({ onlyWhen }) => onlyWhen === null);
  const sometimes = rows.filter(({ onlyWhen }) => onlyWhen !== null);
  return [
    `Ports between the machines of ${distro} with ${cni}`,
    '',
    ...columns([['port', 'from', 'to', 'why', 'source'], ...always.map(cells)]),
    ...(sometimes.length === 0
      ? []
      : [
          '',
          'Only when',
          ...columns(
            sometimes.map((row) => [...cells(row).slice(0, 3), row.onlyWhen ?? '', row.source]),
          ),
        ]),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `• ${note}`)]),
  ].join('\n');
}

function cells(row: PortRow): readonly string[] {
  const to = row.from === 'pods' ? `their own ${row.to === 'nodes' ? 'node' : 'server'}` : row.to;
  return [spell(row), row.from, to, row.why, row.source];
}

/** Cells in columns as wide as their widest. */
export function columns(lines: readonly (readonly string[])[]): readonly string[] {
  const widths = (lines[0] ?? []).map((_, i) =>
    Math.max(...lines.map((line) => line[i]?.length ?? 0)),
  );
  return lines.map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join(COLUMN_GAP)
      .trimEnd(),
  );
}

/** One shell script: the table as comments, then a part for each kind of machine. */
export function renderRuleScript(
  page: PortPage,
  sets: readonly RuleSet[],
  way: 'add' | 'remove',
): string {
  const table = renderPortPage(page)
    .split('\n')
    .map((line) => `# ${line}`.trimEnd());
  const parts = sets.map(({ on, addresses, commands, undo }) =>
    [`# ===== the ${on}: ${addresses.join(' ')}`, ...(way === 'add' ? commands : undo)].join('\n'),
  );
  return `${[table.join('\n'), ...parts].join('\n\n')}\n`;
}
