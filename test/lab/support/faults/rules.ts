import type { FaultOptions, FaultTarget, LabNetwork, LabNode } from '../types.ts';

/** Takes a fault back; asserts that nothing is left. */
export type Undo = () => Promise<void>;

/** Marks the lab's rules, so that a reader of `iptables -S` sees where they come from. */
const COMMENT = ['-m', 'comment', '--comment', 'lab-fault'] as const;

/** One iptables rule, put before all others of its chain. */
export type FilterRule = {
  readonly table?: 'filter' | 'raw';
  readonly chain: 'INPUT' | 'OUTPUT' | 'FORWARD' | 'PREROUTING';
  /** Matches and target. */
  readonly rule: readonly string[];
};

/** Inserts iptables rules in a namespace. @returns the undo, which fails when a rule is still there afterwards */
export async function addRules(
  network: LabNetwork,
  netns: string,
  rules: readonly FilterRule[],
): Promise<Undo> {
  const words = (
    { table, chain, rule }: FilterRule,
    verb: '-I' | '-D' | '-C',
  ): readonly string[] => {
    const target = rule.indexOf('-j');
    const matches = target < 0 ? rule : rule.slice(0, target);
    return [
      'iptables',
      '-w',
      '-t',
      table ?? 'filter',
      verb,
      chain,
      ...matches,
      ...COMMENT,
      ...rule.slice(matches.length),
    ];
  };
  for (const rule of rules) await network.exec(netns, words(rule, '-I'));
  return async () => {
    for (const rule of rules) {
      await network.exec(netns, words(rule, '-D'));
      const left = await network.tryExec(netns, words(rule, '-C'));
      if (left.code === 0) throw new Error(`${netns}: rule is still there: ${rule.rule.join(' ')}`);
    }
  };
}

/** Loads an nftables table. @returns the undo, which deletes it and fails when it is still there */
export async function addTable(
  network: LabNetwork,
  netns: string,
  family: 'ip' | 'bridge' | 'netdev',
  name: string,
  chains: string,
): Promise<Undo> {
  await network.exec(netns, ['nft', '-f', '-'], {
    stdin: `table ${family} ${name} {\n${chains}\n}\n`,
  });
  return async () => {
    await network.exec(netns, ['nft', 'delete', 'table', family, name]);
    const left = await network.tryExec(netns, ['nft', 'list', 'table', family, name]);
    if (left.code === 0) throw new Error(`${netns}: table ${family} ${name} is still there`);
  };
}

/** Runs undos in reverse order, all of them, and then reports the first that failed. */
export function undoAll(undos: readonly Undo[]): Undo {
  return async () => {
    const errors: unknown[] = [];
    for (const undo of [...undos].reverse())
      await undo().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  };
}

/** The node at which a fault is made: the option, else the metrics-server's. */
export function faultNode(target: FaultTarget, options: FaultOptions): LabNode {
  return target.network.node(options.node ?? target.metricsNode);
}

/** Another node than {@link faultNode}: the option, else the first other one. */
export function faultPeer(target: FaultTarget, options: FaultOptions): LabNode {
  if (options.peer !== undefined) return target.network.node(options.peer);
  const node = faultNode(target, options);
  const peer = target.network.nodes.find(({ name }) => name !== node.name);
  if (!peer) throw new Error('this fault needs a second node');
  return peer;
}

/** A node that is not the metrics-server's: the option, else the first such one. */
export function remoteNode(target: FaultTarget, options: FaultOptions): LabNode {
  if (options.node !== undefined) return target.network.node(options.node);
  return faultPeer(target, { node: target.metricsNode });
}

export const atNode = (target: FaultTarget, options: FaultOptions): readonly string[] => [
  faultNode(target, options).name,
];
export const atRemoteNode = (target: FaultTarget, options: FaultOptions): readonly string[] => [
  remoteNode(target, options).name,
];
export const nowhere = (): readonly string[] => [];
