import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { stageOf } from '../../../src/core/evidence/burst-stage.ts';
import type { Evidence } from '../../../src/core/evidence/evidence.ts';
import { loadBundle } from '../../../src/delivery/bundle.ts';
import { applyFaults, type Fault } from '../../sim/faults.ts';
import { healthyWorld } from '../../sim/healthy-world.ts';
import { faultsOf } from '../../sim/scenarios.ts';
import { diagnoseModel } from '../../support/diagnose-model.ts';

/** Some 50 ms of work each, which a busy machine may stretch. */
vi.setConfig({ testTimeout: 600_000 });

interface Pair {
  readonly bundle: string;
  readonly faults: readonly Fault[];
  /** What the lab does otherwise than a real cluster, by its own construction. */
  readonly except?: RegExp;
  /** Compared at least: both plan the same checks, so a pair without any cannot pass. */
  readonly least: number;
}

const PATHS = 100;

/**
 * Recorded on the lab beside the model's world of the same fault: three servers, metrics-server on prod01. The lab
 * spoils the checksums of TCP alone (`test/lab/support/faults/overlay-packets.ts`), a NIC those of UDP as well; its
 * stand-in for a policy drops TCP alone, CNIs drop pings, too. The bundle of the wrong CA holds no probes.
 */
const PAIRS: readonly Pair[] = [
  { bundle: 'overlay-drop-input', faults: faultsOf('founding-incident'), least: PATHS },
  { bundle: 'outer-checksum', faults: badChecksums('outer'), except: /^burst/, least: PATHS },
  { bundle: 'inner-checksum', faults: badChecksums('inner'), except: /^burst/, least: PATHS },
  { bundle: 'mtu-blackhole', faults: faultsOf('mtu-blackhole-pooled'), least: PATHS },
  {
    bundle: 'networkpolicy-denies',
    faults: faultsOf('network-policy-default-deny'),
    except: /^icmp.*> provider/,
    least: PATHS,
  },
  {
    bundle: 'kubelet-port-blocked',
    faults: [{ kind: 'kubelet-port-blocked', nodes: ['prod02'], action: 'drop' }],
    least: PATHS,
  },
  { bundle: 'apiservice-wrong-ca', faults: faultsOf('apiservice-ca-mismatch'), least: 3 },
];

function badChecksums(layer: 'outer' | 'inner'): readonly Fault[] {
  return [{ kind: 'checksum-offload', layer, nodes: ['prod01'] }];
}

/** How each path ended, where each burst did, and what each API server answered. */
function seen(evidence: Evidence): Map<string, string> {
  const ends = new Map<string, Set<string>>();
  const put = (what: string, end: string): unknown =>
    ends.set(what, (ends.get(what) ?? new Set()).add(end));
  for (const { from, to, check, result } of evidence.probes.reach) {
    if (result.state === 'missing') continue;
    put(`${check} ${from.kind} ${from.node} > ${to.kind} ${to.node}`, result.value.outcome);
  }
  for (const burst of evidence.probes.bursts) {
    put(`burst ${burst.from} > ${burst.to}`, stageOf(burst));
  }
  const { apiServers } = evidence.snapshot;
  for (const { name, metricsApi } of apiServers.state === 'known' ? apiServers.value : []) {
    if (metricsApi.state === 'known') put(`API server ${name}`, String(metricsApi.value.status));
  }
  return new Map([...ends].map(([what, words]) => [what, [...words].toSorted().join(', ')]));
}

it.each(PAIRS)('the model shows what the lab showed: $bundle', async (pair) => {
  const { bundle, faults, except, least } = pair;
  const path = new URL(`../../fixtures/bundles/${bundle}.json.gz`, import.meta.url);
  const lab = seen(await loadBundle(fileURLToPath(path)));
  const model = seen((await diagnoseModel(applyFaults(healthyWorld(), faults))).evidence);
  const both = [...lab.keys()].filter((what) => model.has(what) && except?.test(what) !== true);
  const of = (ends: ReadonlyMap<string, string>): object =>
    Object.fromEntries(both.map((what) => [what, ends.get(what)]));

  expect(both.length).toBeGreaterThanOrEqual(least);
  expect(of(model)).toEqual(of(lab));
});
