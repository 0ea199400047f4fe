export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
}

/** nftables deletes by handle, which nobody knows before: the rule is found by its comment. */
export function deleteByComment({ family, table, chain }: NftChain, comment: string): string {
  const at = `${family} ${table} ${chain}`;
  return `nft -a list chain ${at} | sed -n 's|.* comment "${comment}" .*# handle ||p' | xargs -r -n 1 nft delete rule ${at} handle`;
}
