import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ControlPlane } from '../types.ts';
import type { NodeFolder } from './node-config.ts';
import { field, text } from './node-objects.ts';

const run = promisify(execFile);

/** Looks up the first process of a Pod's container: its id from the Pod's status, its pid from containerd. */
export async function findContainerPid(
  controlPlane: ControlPlane,
  pod: { readonly namespace: string; readonly name: string; readonly container: string },
  filesOf: (nodeName: string) => NodeFolder,
): Promise<number> {
  const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`;
  const { body } = await controlPlane.request('GET', path);
  const statuses = field(field(body, 'status'), 'containerStatuses');
  const found = Array.isArray(statuses)
    ? statuses.find((status: unknown) => field(status, 'name') === pod.container)
    : undefined;
  const id = text(field(found, 'containerID')).replace('containerd://', '');
  const nodeName = field(field(body, 'spec'), 'nodeName');
  if (id === '' || typeof nodeName !== 'string')
    throw new Error(`${path} runs no ${pod.container}`);
  const socket = filesOf(nodeName).containerdSocket;
  const { stdout } = await run('ctr', ['--address', socket, '-n', 'k8s.io', 'tasks', 'list']);
  const pid = new RegExp(`^${id}\\s+(\\d+)\\s+RUNNING`, 'm').exec(stdout)?.[1];
  if (pid === undefined) throw new Error(`container ${pod.container} of ${path} is not running`);
  return Number(pid);
}
