import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import { valueOr } from '../evidence/observed.ts';
import type { DeploymentObject, HelmChartConfigObject } from '../evidence/snapshot.ts';
import type { Fix } from './fix.ts';
import { changeProvider, providerNotes, VERIFY_METRICS_API } from './metrics-server-values.ts';

/** Flags of metrics-server to set and to take away, and why. */
export interface FlagChange {
  readonly title: string;
  /** By flag, without dashes; an empty value is a bare flag. */
  readonly set?: Readonly<Record<string, string>>;
  readonly drop?: readonly string[];
  readonly risk: string;
  readonly notes: readonly string[];
}

/** What is known of the Deployment that is changed. */
export interface FlagFacts {
  readonly platform: Observed<Platform>;
  readonly deployments: Observed<readonly DeploymentObject[]>;
  readonly helmChartConfigs: Observed<readonly HelmChartConfigObject[]>;
}

/**
 * Changes flags where they stand: a list flag that is given twice adds up instead of replacing the first, so the
 * old one is replaced in its place. RKE2's chart takes the whole list as `defaultArgs`.
 */
export function changeFlags(change: FlagChange, facts: FlagFacts): Fix {
  const platform = valueOr(facts.platform, 'unknown');
  const deployment = valueOr(facts.deployments, [])[0];
  const name = deployment?.name ?? 'metrics-server';
  const namespace = deployment?.namespace ?? 'kube-system';
  const at = Math.max(0, deployment?.containers.findIndex(({ args }) => args.length > 0) ?? 0);
  const args = deployment?.containers[at]?.args ?? [];
  return {
    title: change.title,
    where: ['cluster'],
    variants: changeProvider({
      platform,
      namespace,
      deployment: name,
      chartValues: chartValues(change, args),
      patchType: 'json',
      patch: patchOf(change, args, `/spec/template/spec/containers/${at}/args`),
      existing:
        valueOr(facts.helmChartConfigs, []).find((each) => each.name === 'rke2-metrics-server') ??
        null,
    }),
    risk: change.risk,
    undo: platform === 'rke2' ? ['HelmChartConfig: remove the keys again'] : [],
    verify: VERIFY_METRICS_API,
    notes: [...change.notes, ...providerNotes(platform)],
  };
}

/** The value that a container's arguments give a flag: null when it is not there, empty when it stands bare. */
export function flagValue(args: readonly string[], flag: string): string | null {
  const given = args.findLast((arg) => nameOf(arg) === flag);
  return given === undefined ? null : given.replace(/^--?[^=]+=?/, '');
}

function nameOf(arg: string): string {
  return /^--?([^=]+)/.exec(arg)?.[1] ?? '';
}

function spelled(flag: string, value: string): string {
  return value === '' ? `--${flag}` : `--${flag}=${value}`;
}

interface Operation {
  readonly op: 'test' | 'replace' | 'add' | 'remove';
  readonly path: string;
  readonly value?: string | readonly string[];
}

/** Each place is tested before it is touched, so that a Deployment changed meanwhile is not spoilt. */
function patchOf(
  { set = {}, drop = [] }: FlagChange,
  args: readonly string[],
  path: string,
): readonly Operation[] {
  const wanted = Object.entries(set);
  if (args.length === 0) {
    return [{ op: 'add', path, value: wanted.map(([flag, value]) => spelled(flag, value)) }];
  }
  const replaced = wanted.flatMap(([flag, value]): Operation[] => {
    const index = args.findIndex((arg) => nameOf(arg) === flag);
    if (index < 0) return [{ op: 'add', path: `${path}/-`, value: spelled(flag, value) }];
    return [
      { op: 'test', path: `${path}/${index}`, value: args[index] ?? '' },
      { op: 'replace', path: `${path}/${index}`, value: spelled(flag, value) },
    ];
  });
  const dropped = args
    .map((arg, index) => ({ arg, index }))
    .filter(({ arg }) => drop.includes(nameOf(arg)))
    .toReversed() // from the end: a removal moves what stands behind it
    .flatMap(({ arg, index }): Operation[] => [
      { op: 'test', path: `${path}/${index}`, value: arg },
      { op: 'remove', path: `${path}/${index}` },
    ]);
  return [...replaced, ...dropped];
}

/** The chart writes `--secure-port` itself. */
const OF_THE_CHART = 'secure-port';

function chartValues({ set = {}, drop = [] }: FlagChange, args: readonly string[]): string[] {
  const wanted = Object.entries(set).map(([flag, value]) => spelled(flag, value));
  if (args.length === 0) return [`args: ${JSON.stringify(wanted)}`];
  const gone = new Set([...Object.keys(set), ...drop, OF_THE_CHART]);
  const kept = args.filter((arg) => !gone.has(nameOf(arg)));
  return ['defaultArgs:', ...[...kept, ...wanted].map((arg) => `  - ${arg}`)];
}
