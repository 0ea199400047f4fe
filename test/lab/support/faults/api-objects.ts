import { METRICS_SERVER } from '../objects/names.ts';
import type { ControlPlane, FaultTarget, LabKubelets } from '../types.ts';
import type { Undo } from './rules.ts';

/** An API object as JSON.parse gives it: the lab made it itself, so whoever reads a field knows its shape. */
export type ApiObject = Record<string, ReturnType<typeof JSON.parse>>;

const POLL_MS = 200;
/** The controller deletes the Pods of an old template within a second. */
const DELETION_MS = 5_000;
/** A kubelet's back-off and a pod's grace included. */
const EFFECT_TIMEOUT_MS = 90_000;

/** The control plane, or an error that says which fault wanted it. */
export function controlPlaneOf(target: FaultTarget): ControlPlane {
  if (!target.controlPlane) throw new Error('this fault needs a control plane');
  return target.controlPlane;
}

/** The kubelets, or an error. */
export function kubeletsOf(target: FaultTarget): LabKubelets {
  if (!target.kubelets) throw new Error('this fault needs kubelets');
  return target.kubelets;
}

export async function readObject(controlPlane: ControlPlane, path: string): Promise<ApiObject> {
  return (await controlPlane.request('GET', path)).body as ApiObject;
}

/** Reads, changes and writes an object, again when somebody wrote in between. */
export async function changeObject(
  controlPlane: ControlPlane,
  path: string,
  change: (object: ApiObject) => void,
): Promise<void> {
  for (;;) {
    const object = await readObject(controlPlane, path);
    change(object);
    const { status } = await controlPlane.request('PUT', path, object, [409]);
    if (status !== 409) return;
  }
}

/** Changes an object's spec (or another field). @returns the undo, which puts the old value back */
export async function withChanged(
  controlPlane: ControlPlane,
  path: string,
  change: (object: ApiObject) => void,
  field: 'spec' | 'rules' | 'data' = 'spec',
): Promise<Undo> {
  const before = structuredClone((await readObject(controlPlane, path))[field]);
  await changeObject(controlPlane, path, change);
  return () =>
    changeObject(controlPlane, path, (object) => {
      object[field] = before;
    });
}

/** Deletes an object. @returns the undo, which makes it again */
export async function withDeleted(controlPlane: ControlPlane, path: string): Promise<Undo> {
  const object = await readObject(controlPlane, path);
  await controlPlane.request('DELETE', path, { propagationPolicy: 'Background' });
  return async () => {
    delete object['status'];
    for (const field of ['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'selfLink']) {
      delete object['metadata'][field];
    }
    await controlPlane.request('POST', path.replace(/\/[^/]+$/, ''), object, [409]);
  };
}

export const METRICS_DEPLOYMENT = `/apis/apps/v1/namespaces/${METRICS_SERVER.namespace}/deployments/${METRICS_SERVER.name}`;
export const METRICS_SERVICE = `/api/v1/namespaces/${METRICS_SERVER.namespace}/services/${METRICS_SERVER.name}`;

const METRICS_PODS = `/api/v1/namespaces/${METRICS_SERVER.namespace}/pods`;

async function allMetricsPods(controlPlane: ControlPlane): Promise<readonly ApiObject[]> {
  const selector = encodeURIComponent(`app=${METRICS_SERVER.labels.app}`);
  const list = await readObject(controlPlane, `${METRICS_PODS}?labelSelector=${selector}`);
  return list['items'] as ApiObject[];
}

const isOnItsWayOut = (pod: ApiObject): boolean => pod['metadata'].deletionTimestamp !== undefined;

/** The metrics-server's Pods that are not being deleted. */
export async function metricsPods(controlPlane: ControlPlane): Promise<readonly ApiObject[]> {
  return (await allMetricsPods(controlPlane)).filter((pod) => !isOnItsWayOut(pod));
}

/** Deletes a Pod of metrics-server without waiting for its kubelet. */
export async function deleteNow(controlPlane: ControlPlane, name: string): Promise<void> {
  const options = { gracePeriodSeconds: 0 };
  await controlPlane.request('DELETE', `${METRICS_PODS}/${name}`, options, [404]);
}

/** Lets the Deployment's controller delete its old Pods and ends their good-byes. */
export async function dropPodsOnTheirWayOut(controlPlane: ControlPlane): Promise<void> {
  const deadline = Date.now() + DELETION_MS;
  for (;;) {
    const pods = await allMetricsPods(controlPlane);
    const going = pods.filter(isOnItsWayOut);
    await Promise.all(going.map((pod) => deleteNow(controlPlane, String(pod['metadata'].name))));
    if (going.length > 0 || pods.length === 0 || Date.now() > deadline) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Waits until the metrics-server's Pods are as `seen` wants them. @throws with their last state */
export async function untilMetricsPods(
  controlPlane: ControlPlane,
  what: string,
  seen: (pods: readonly ApiObject[]) => boolean,
): Promise<void> {
  const deadline = Date.now() + EFFECT_TIMEOUT_MS;
  for (;;) {
    const pods = await metricsPods(controlPlane);
    if (seen(pods)) return;
    if (Date.now() > deadline) {
      const states = JSON.stringify(pods.map((pod) => pod['status'])).slice(0, 1_000);
      throw new Error(`metrics-server was not ${what} in ${EFFECT_TIMEOUT_MS} ms: ${states}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Every container of every Pod, as its status says. */
export function containersOf(pods: readonly ApiObject[]): readonly ApiObject[] {
  return pods.flatMap((pod) => (pod['status'].containerStatuses ?? []) as ApiObject[]);
}

/** One Pod, ready. */
export function isServing(pods: readonly ApiObject[]): boolean {
  return (
    pods.length === 1 &&
    containersOf(pods).length > 0 &&
    containersOf(pods).every((each) => each['ready'] === true)
  );
}
