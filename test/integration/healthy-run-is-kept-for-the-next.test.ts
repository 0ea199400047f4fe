import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectWorker, waitUntilReady } from '../../src/clients/redis.ts';
import { healthySummary } from '../../src/core/changes/healthy-summary.ts';
import type { Evidence } from '../../src/core/evidence/evidence.ts';
import { known } from '../../src/core/evidence/observed.ts';
import type { Report } from '../../src/core/report/report.ts';
import { baselinePath, loadBaseline, saveBaseline } from '../../src/delivery/baseline-file.ts';
import { createBaselineStore } from '../../src/runs/baseline-store.ts';
import { recordKey } from '../../src/runs/keys.ts';
import { requestRun } from '../../src/runs/request-run.ts';
import { evidence, foundingIncident, withSnapshot } from '../support/evidence-builder.ts';
import { asker, openRunBench, type RunBench, until } from '../support/runs/run-bench.ts';

const summary = healthySummary(evidence());

/** The founding incident, after prod01 got another kernel. */
function faultAfterChange(): Evidence {
  const broken = foundingIncident();
  const { nodes } = broken.snapshot;
  if (nodes.state === 'missing') throw new Error('the builder gives nodes');
  return withSnapshot(broken, {
    nodes: known(
      nodes.value.map((node) =>
        node.name === 'prod01' ? { ...node, kernel: '4.18.0-553' } : node,
      ),
      'test',
    ),
  });
}

describe('by a worker, in Redis', () => {
  let bench: RunBench;
  let connection: ReturnType<typeof connectWorker>;

  beforeEach(async () => {
    bench = await openRunBench();
    connection = connectWorker(bench.redis.url, () => undefined);
    await waitUntilReady(connection, 5_000);
    bench.startReports();
  }, 30_000);
  afterEach(async () => {
    connection?.disconnect();
    await bench?.close();
  });

  async function run(): Promise<Report> {
    const runId = await until('a run of its own', async () => {
      const asked = await requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') });
      return asked.joined ? null : asked.runId;
    });
    const report = await until('final report', async () => {
      const state = await bench.store.run(runId);
      return state?.report?.final === true ? state.report : null;
    });
    await until(
      'the end of the run',
      async () =>
        (await bench.queues.runs('prod').getJobCounts('active', 'completed')).active === 0,
    );
    return report;
  }

  it('tells what changed between the healthy run and the fault, also the second time', async () => {
    bench.startWorker({
      waves: 0,
      seen: [evidence(), faultAfterChange(), faultAfterChange()],
    });

    const healthy = await run();
    expect(healthy.verdict).toBe('healthy');
    expect(healthy.changes).toBeUndefined();

    for (const attempt of ['first', 'second']) {
      const broken = await run();
      expect(broken.verdict, attempt).toBe('broken');
      expect(broken.changes, attempt).toMatchObject({
        runId: healthy.runId,
        items: [
          {
            kind: 'kernel',
            text: 'the kernel of prod01 was 6.4.0-150600.23.7-default and is 4.18.0-553',
            causes: ['overlay-port-blocked'],
          },
        ],
      });
    }
  }, 60_000);

  it('has nothing to say without a healthy run, or where its record is damaged', async () => {
    bench.startWorker({ waves: 0, seen: [faultAfterChange(), evidence(), faultAfterChange()] });
    expect((await run()).changes).toBeUndefined();
    await run();
    await connection.set(recordKey('healthy', 'prod'), 'not deflated');
    const report = await run();
    expect(report.verdict).toBe('broken');
    expect(report.changes).toBeUndefined();
  }, 60_000);

  it('keeps one record per cluster, overwritten by the next, and gone some day', async () => {
    const store = createBaselineStore(connection);
    expect(await store.load('prod')).toBeNull();
    await store.save('prod', summary);
    await store.save('prod', { ...summary, runId: 'later' });
    expect(await store.load('prod')).toEqual({ ...summary, runId: 'later' });
    expect(await store.load('other')).toBeNull();
    expect(await connection.ttl(recordKey('healthy', 'prod'))).toBeGreaterThan(0);
  });

  it.each<[string, unknown]>([
    ['of another version', { ...summary, schema: 'metrics-diag/healthy/v9' }],
    ['that lacks a part', { ...summary, kubeletCertificates: undefined }],
    ['with a part of another shape', { ...summary, nodes: ['prod01'] }],
  ])('takes a record %s for none', async (_what, stored) => {
    const store = createBaselineStore(connection);
    await store.save('prod', stored as never);
    expect(await store.load('prod')).toBeNull();
  });

  it('keeps the largest cluster in little room', async () => {
    const store = createBaselineStore(connection);
    await store.save('prod', healthySummary(evidence({ nodes: 1_500, sample: 1 })));
    expect(await connection.strlen(recordKey('healthy', 'prod'))).toBeLessThan(64 * 1024);
  });
});

describe('in a file', () => {
  const cache = mkdtempSync(join(tmpdir(), 'metrics-diag-cache-'));
  afterAll(() => rmSync(cache, { recursive: true, force: true }));

  it('below XDG_CACHE_HOME, else ~/.cache, one per way into a cluster', async () => {
    const path = baselinePath('arn:aws:eks/prod', 'a', { XDG_CACHE_HOME: cache });
    expect(path).not.toBe(baselinePath('arn:aws:eks/prod', 'b', { XDG_CACHE_HOME: cache }));
    expect(baselinePath('prod', 'a', { HOME: '/home/x' })).toMatch(
      /^\/home\/x\/\.cache\/metrics-diag\/healthy\/prod-[0-9a-f]{16}\.json$/,
    );
    expect(baselinePath('prod', 'a', {})).toBeNull();
    expect(await loadBaseline(path)).toBeNull();
    expect(await saveBaseline(path, summary)).toBe(true);
    expect(await loadBaseline(path)).toEqual(summary);
    expect(readdirSync(join(cache, 'metrics-diag', 'healthy'))).toHaveLength(1);
  });

  it('a cache that cannot be used costs nothing', async () => {
    const file = join(cache, 'file');
    writeFileSync(file, '{');
    expect(await loadBaseline(file)).toBeNull();
    expect(await saveBaseline(join(file, 'below'), summary)).toBe(false);
    expect(await saveBaseline(null, summary)).toBe(false);
  });
});
