import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { METRICS_SERVER } from '../objects/names.ts';
import type { ControlPlane, LabKubelets } from '../types.ts';
import { field, text } from './node-objects.ts';

/** A kubelet that does not answer holds a round up for 10 s, and a round may be under way already. */
const SCRAPED_MS = 30_000;
const POLL_MS = 100;
/** Bit of SIGUSR2 (12) in the masks of /proc/PID/status. */
const SIGUSR2_BIT = 1n << 11n;

/**
 * Has the metrics-server stand-in scrape every kubelet now, in place of up to 15 s later.
 * @returns false when no metrics-server runs that could
 */
export async function scrapeNow(
  controlPlane: ControlPlane,
  kubelets: LabKubelets,
): Promise<boolean> {
  const deadline = performance.now() + SCRAPED_MS;
  while (performance.now() < deadline) {
    const pid = await runningPid(controlPlane, kubelets);
    if (pid === null) return false;
    // Until the program listens to it the signal would be lost.
    if (await catchesSignal(pid)) return askAndWait(pid, deadline);
    await sleep(POLL_MS);
  }
  return false;
}

async function askAndWait(pid: number, deadline: number): Promise<boolean> {
  const askedAt = Date.now();
  process.kill(pid, 'SIGUSR2');
  while (performance.now() < deadline) {
    const servedAt = await readFile(`/proc/${pid}/root/tmp/lab-scraped`, 'utf8').catch(() => '0');
    if (Number(servedAt) >= askedAt) return true;
    if ((await statusOf(pid)) === '') return false;
    await sleep(POLL_MS);
  }
  throw new Error(`metrics-server has not scraped in ${SCRAPED_MS} ms`);
}

async function runningPid(
  controlPlane: ControlPlane,
  kubelets: LabKubelets,
): Promise<number | null> {
  const { namespace, labels } = METRICS_SERVER;
  const selector = encodeURIComponent(`app=${labels.app}`);
  const { body } = await controlPlane.request(
    'GET',
    `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`,
  );
  const items = field(body, 'items');
  const pod: unknown = (Array.isArray(items) ? items : []).find(
    (item: unknown) => field(field(item, 'metadata'), 'deletionTimestamp') === undefined,
  );
  if (pod === undefined) return null;
  const name = text(field(field(pod, 'metadata'), 'name'));
  return kubelets.containerPid({ namespace, name, container: 'metrics-server' }).catch(() => null);
}

async function catchesSignal(pid: number): Promise<boolean> {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(await statusOf(pid))?.[1] ?? '0';
  return (BigInt(`0x${mask}`) & SIGUSR2_BIT) !== 0n;
}

/** Empty once the process is gone. */
function statusOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
}
