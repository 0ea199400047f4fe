import type { Statement } from './statement.ts';
import type { ExplainContext } from './text-context.ts';

/** Line of what stands beside the text and not in it. */
export const BESIDE = 0;
/** Platforms whose control plane the vendor runs, outside of the pod network. */
const MANAGED: ReadonlySet<string> = new Set(['eks', 'gke', 'aks']);

/** What `--platform` says about the cluster: who runs its control plane. */
export function toldBeside({ platform }: ExplainContext): readonly Statement[] {
  const name = platform?.toLowerCase() ?? '';
  if (!MANAGED.has(name)) return [];
  return [
    {
      kind: 'managed-control-plane',
      leg: null,
      stance: 'stated',
      verbatim: true,
      host: null,
      port: null,
      node: null,
      value: name,
      quote: `--platform ${name}`,
      line: BESIDE,
    },
  ];
}
