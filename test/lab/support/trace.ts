import type { LabNetwork } from './types.ts';

/**
 * Everything of the network's state that a fault may change, as sorted lines: links, addresses, routes,
 * permanent neighbours, FDB entries, packet filter rules. Equal before a fault and after its undo, or the undo
 * left something behind.
 */
export async function networkTrace(network: LabNetwork): Promise<readonly string[]> {
  const names = [network.switchNetns, ...network.nodes.map(({ netns }) => netns)];
  const commands: readonly (readonly string[])[] = [
    ['ip', '-o', '-d', 'link'],
    ['ip', '-o', 'addr'],
    ['ip', 'route'],
    ['ip', 'neigh', 'show', 'nud', 'permanent'],
    ['bridge', 'fdb', 'show'],
    ['nft', '-s', 'list', 'ruleset'],
  ];
  const outputs = await Promise.all(
    names.flatMap((netns) =>
      commands.map(async (argv) => {
        const text = await network.exec(netns, argv);
        const keep = argv[0] === 'nft' ? ruleLines(text) : text.split('\n').map(stable);
        return keep.filter((line) => line !== '').map((line) => `${netns}: ${line}`);
      }),
    ),
  );
  return outputs.flat().sort();
}

/** Rules only: iptables leaves its empty tables and chains behind, which do nothing. */
function ruleLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !/^(table |chain |type |#|}|$)/.test(line));
}

/** Without what changes by itself: interface indexes, learned FDB entries, remaining life times. */
function stable(line: string): string {
  if (/ (dynamic|extern_learn)\b/.test(line)) return '';
  // The switch learns MACs: such entries carry neither `permanent` nor `self`.
  if (/^[0-9a-f:]{17} /.test(line) && !line.includes('permanent')) return '';
  return (
    line
      .replace(/^\d+: /, '')
      .replace(/@if\d+/, '')
      .replaceAll(/ \w+_timer +[\d.]+/g, '')
      .replace(/link-netns \S+/, '')
      // A bridge takes these limits over from its ports, which come and go with Pods.
      .replaceAll(/ (?:tso|gso|gro)_(?:ipv4_)?max_(?:size|segs) \d+/g, '')
      // A pod bridge is without carrier as long as no Pod hangs on it.
      .replace(/<[^>]*>/, (flags) => (/[<,]UP[,>]/.test(flags) ? '<UP>' : '<>'))
      .replace(/ state \S+/, '')
      .replace(/ linkdown/, '')
      .trim()
  );
}

/** Lines that only one of two traces has, marked `-` and `+`. */
export function traceDifference(
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  const had = new Set(before);
  const has = new Set(after);
  return [
    ...before.filter((line) => !has.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !had.has(line)).map((line) => `+ ${line}`),
  ];
}
