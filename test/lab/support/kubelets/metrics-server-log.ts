import type { ControlPlane } from '../types.ts';
import { field } from './node-objects.ts';

/**
 * metrics-server's log as the API server gets it from the kubelet.
 *
 * @param since - RFC 3339; left out: all of it
 */
export async function metricsServerLog(
  controlPlane: ControlPlane,
  since?: string,
): Promise<string> {
  const pods = '/api/v1/namespaces/kube-system/pods';
  const list = await controlPlane.request('GET', `${pods}?labelSelector=app%3Drke2-metrics-server`);
  const items = field(list.body, 'items');
  const name = field(field(Array.isArray(items) ? items[0] : undefined, 'metadata'), 'name');
  const query = since === undefined ? '' : `?sinceTime=${since}`;
  return (await controlPlane.request('GET', `${pods}/${String(name)}/log${query}`)).text;
}
