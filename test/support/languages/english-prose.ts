/** Quoted words of clusters and tools, which are the same in every language: up to the end of their line or clause. */
const QUOTED =
  /(?:\S+ is forbidden: User|error trying to reach service:|dial tcp|x509:|tls:|Failed? to|failed to|unable to|the server |rpc error|no endpoints available|endpoints for service|Get \\?"|\d+\/\d+ nodes are available|not allowed to|无权 |(?:get|list|create|watch) [a-z.]+ (?:\S+ )?in ).*?(?=[。；（]|$)/gmu;

/** Commands, up to what is said of them. */
const COMMANDS =
  /\b(?:kubectl|iptables|nft|systemctl|curl|gcloud|aws|az|k0s|ip route|tr|grep) .*?(?=[。；，：（]|: |; |\? |$)/gmu;

/**
 * Runs of English words that are left in a Chinese text: three or more that no code mark, no code block, no address
 * and no quotation explains.
 */
export function englishProse(text: string): readonly string[] {
  const prose = text
    .replaceAll(/```[\s\S]*?(?:```|$)/gu, ' | ')
    .replaceAll(/`[^`]*`/gu, ' | ')
    .replaceAll(/“[^”]*”|"[^"]*"/gu, ' | ')
    .replaceAll(/https?:\/\/\S+/gu, ' | ')
    .replaceAll(COMMANDS, ' | ')
    .replaceAll(QUOTED, ' | ');
  return prose.match(/\b[A-Za-z][a-z']+(?: [a-z][a-z']+){2,}/gu) ?? [];
}
