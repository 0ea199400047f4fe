import { createReadStream, readFileSync } from 'node:fs';
import { parseIptables } from '../../core/rules/parse-iptables.ts';
import { parseNft, tablesOfIptables } from '../../core/rules/parse-nft.ts';
import type { Backend, Chain } from '../../core/rules/rule-set.ts';
import { runTool } from './run-tool.ts';

/** All rules of a network namespace at one moment. */
export interface RuleReading {
  readonly at: number;
  readonly chains: readonly Chain[];
  /** What could not be read; while it is not empty, "passes" cannot be said. */
  readonly missing: readonly string[];
}

/**
 * Reads nftables, and both kinds of iptables. Tables that iptables wrote into nftables are taken from
 * iptables-save, which spells their matches. Nothing is asked of a kernel part that is not loaded, since asking
 * would load it.
 */
export async function readRules(families: ReadonlySet<'ip' | 'ip6'>): Promise<RuleReading> {
  const startedAt = Date.now();
  const [hasNft, legacy] = [await nftIsLoaded(), legacyFamilies(families)];
  const [nft, ...saved] = await Promise.all([
    hasNft ? runTool('nft', ['-j', 'list', 'ruleset']) : null,
    ...(hasNft ? [...families].map((family) => saveOf('iptables-nft', family)) : []),
    ...legacy.map((family) => saveOf('iptables-legacy', family)),
  ]);
  const problems: string[] = [];
  const iptables = (saved ?? []).flatMap(({ chains, problem }) => {
    if (problem !== null) problems.push(problem);
    return chains;
  });
  let native: readonly Chain[] = [];
  if (nft?.state === 'missing') problems.push(nft.detail);
  if (nft?.state === 'known') {
    const parsed = parseNft(nft.text);
    if (parsed === null) problems.push('nft printed what is no rule set');
    native = withoutTablesOf(iptables, parsed ?? []);
  }
  const at = Math.round((startedAt + Date.now()) / 2);
  return { at, chains: [...native, ...iptables], missing: problems };
}

async function saveOf(
  backend: Exclude<Backend, 'nft'>,
  family: 'ip' | 'ip6',
): Promise<{ readonly chains: readonly Chain[]; readonly problem: string | null }> {
  const program = `${family === 'ip' ? 'iptables' : 'ip6tables'}${backend === 'iptables-nft' ? '-nft' : '-legacy'}-save`;
  const read = await runTool(program, ['-c']);
  return read.state === 'missing'
    ? { chains: [], problem: read.detail }
    : { chains: parseIptables(read.text, { backend, family }), problem: null };
}

/** The nftables listing without the tables that iptables-save could spell. */
function withoutTablesOf(iptables: readonly Chain[], native: readonly Chain[]): readonly Chain[] {
  const spelled = new Set(
    iptables
      .filter(({ backend }) => backend === 'iptables-nft')
      .map(({ family, table }) => `${family} ${table}`),
  );
  const own = tablesOfIptables(native);
  return native.filter(({ family, table }) => {
    const name = `${family} ${table}`;
    return !(own.has(name) && spelled.has(name));
  });
}

/** A symbol of nf_tables, built in or a module: the kernel would load the module for whoever asks with NET_ADMIN. */
const NFT_SYMBOL = 'nf_tables_newtable';

async function nftIsLoaded(): Promise<boolean> {
  let tail = '';
  try {
    for await (const chunk of createReadStream('/proc/kallsyms', 'latin1')) {
      const text = tail + String(chunk);
      if (text.includes(NFT_SYMBOL)) return true;
      tail = text.slice(-NFT_SYMBOL.length);
    }
    return false;
  } catch {
    // Where symbols are hidden, nearly every kernel in use has it loaded: kube-proxy, the CNI or the host use it.
    return true;
  }
}

/** The kernel lists the tables of legacy iptables that exist; asking for others would make them. */
function legacyFamilies(families: ReadonlySet<'ip' | 'ip6'>): readonly ('ip' | 'ip6')[] {
  return [...families].filter((family) => {
    try {
      return readFileSync(`/proc/net/${family}_tables_names`, 'utf8').trim() !== '';
    } catch {
      return false;
    }
  });
}
