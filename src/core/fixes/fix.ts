/** A way to mend, as data. Commands are text for people to run; the bot runs none of the node-side ones. */
export interface Fix {
  readonly title: string;
  /** Node names, or `cluster` for API-side changes. */
  readonly where: readonly string[];
  /** Best first. */
  readonly variants: readonly FixVariant[];
  readonly risk: string;
  /** For variants without commands of their own for it. */
  readonly undo: readonly string[];
  readonly verify: readonly string[];
  /** Sources and cautions, one sentence each. */
  readonly notes: readonly string[];
}

export interface FixVariant {
  /** `firewalld`, `ufw`, `nftables`, `iptables`, `cloud security group`, `kubectl`, `HelmChartConfig`, `ethtool`… */
  readonly tool: string;
  readonly commands: readonly string[];
  /** Commands that take these back, as they can be typed; without them see the fix's own `undo`. */
  readonly undo?: readonly string[] | undefined;
}
