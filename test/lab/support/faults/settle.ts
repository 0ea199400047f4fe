import { scrapeNow } from '../kubelets/scrape-now.ts';
import { API_SERVICE_PATH } from '../objects/names.ts';
import type { FaultTarget } from '../types.ts';
import {
  type ApiObject,
  controlPlaneOf,
  isServing,
  kubeletsOf,
  readObject,
  untilMetricsPods,
} from './api-objects.ts';

const POLL_MS = 200;
const SILENT_MS = 24_000;
/** The availability check runs every 30 s when nothing moves, and takes 5 s. */
const NOTICED_MS = 60_000;

/** metrics-server has scraped all kubelets after the fault: its log says what it met, its answers lack what it missed. */
export async function scraped(target: FaultTarget): Promise<void> {
  const asked = await scrapeNow(controlPlaneOf(target), kubeletsOf(target));
  if (!asked) throw new Error('no metrics-server runs that could scrape');
}

/** metrics-server is ready and the APIService's condition tells how it answers. */
export async function conditionSays(target: FaultTarget, words: RegExp): Promise<void> {
  const controlPlane = controlPlaneOf(target);
  await untilMetricsPods(controlPlane, 'ready', isServing);
  await untilObject(target, API_SERVICE_PATH, `a condition with ${words.source}`, (object) =>
    words.test(JSON.stringify(object['status'] ?? null)),
  );
}

/** A kubelet's Lease is so old that its silence shows: two renewals missed (10 s each) and a margin. */
export async function heartbeatMissed(target: FaultTarget, nodeName: string): Promise<void> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${nodeName}`;
  await untilObject(target, path, 'a renewal missed twice', ({ spec }) => {
    return Date.now() - Date.parse(String(spec.renewTime)) > SILENT_MS;
  });
}

/** Polls an object until it is as wanted. @throws with its last status */
export async function untilObject(
  target: FaultTarget,
  path: string,
  what: string,
  seen: (object: ApiObject) => boolean,
): Promise<void> {
  const controlPlane = controlPlaneOf(target);
  const deadline = Date.now() + NOTICED_MS;
  for (;;) {
    const object = await readObject(controlPlane, path);
    if (seen(object)) return;
    if (Date.now() > deadline) {
      const last = JSON.stringify(object['status'] ?? null).slice(0, 1_000);
      throw new Error(`${path} had not ${what} after ${NOTICED_MS} ms: ${last}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
