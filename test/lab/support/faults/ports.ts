import type { Fault, FaultTarget } from '../types.ts';
import {
  containersOf,
  controlPlaneOf,
  deleteNow,
  metricsPods,
  untilMetricsPods,
} from './api-objects.ts';
import { addRules, atNode, atRemoteNode, faultNode, nowhere, remoteNode } from './rules.ts';
import { scraped } from './settle.ts';

const KUBELET_PORT = '10250';
const API_PORT = '6443';

/** Deletes the metrics-server's Pod, and waits until the next one runs without being ready. */
async function startMetricsServerAgain(target: FaultTarget): Promise<void> {
  const controlPlane = controlPlaneOf(target);
  const old = (await metricsPods(controlPlane)).map((pod) => String(pod['metadata'].name));
  await Promise.all(old.map((name) => deleteNow(controlPlane, name)));
  await untilMetricsPods(
    controlPlane,
    'started again',
    (pods) =>
      containersOf(pods).length > 0 &&
      pods.every((pod) => !old.includes(String(pod['metadata'].name))),
  );
}

/** Filters on the TCP ports that the Metrics API's path uses besides the overlay. */
export const PORT_FAULTS: readonly Fault[] = [
  {
    name: 'kubelet-port-blocked',
    describe:
      'tcp/10250 of one node is closed to all other machines (default: a node without metrics-server)',
    settle: scraped,
    needs: 'network',
    expects: { cause: 'kubelet-port-blocked', nodes: atRemoteNode },
    apply: (target, options) => {
      const node = remoteNode(target, options);
      return addRules(target.network, node.name, [
        {
          chain: 'INPUT',
          rule: ['-i', node.uplink, '-p', 'tcp', '--dport', KUBELET_PORT, '-j', 'DROP'],
        },
      ]);
    },
  },
  {
    name: 'pod-to-own-node-blocked',
    describe:
      "One node's host firewall rejects its own Pods at tcp/10250 (firewalld's kind of REJECT)",
    settle: scraped,
    needs: 'network',
    expects: { cause: 'host-firewall-pod-to-node', nodes: atNode },
    apply: (target, options) => {
      const node = faultNode(target, options);
      return addRules(target.network, node.name, [
        {
          chain: 'INPUT',
          rule: [
            '-i',
            node.cniDevice,
            '-p',
            'tcp',
            '--dport',
            KUBELET_PORT,
            '-j',
            'REJECT',
            '--reject-with',
            'icmp-host-prohibited',
          ],
        },
      ]);
    },
  },
  {
    name: 'pod-to-api-server-blocked',
    describe:
      'One node drops what its Pods send to the API server (tcp/6443, behind the kubernetes Service)',
    needs: 'network',
    expects: { cause: 'pod-to-apiserver-blocked', nodes: atNode },
    async apply(target, options) {
      const node = faultNode(target, options);
      const rule = ['-i', node.cniDevice, '-p', 'tcp', '--dport', API_PORT, '-j', 'DROP'];
      // INPUT on a server (its own API server answers), FORWARD on a worker.
      const undo = await addRules(target.network, node.name, [
        { chain: 'INPUT', rule },
        { chain: 'FORWARD', rule },
      ]);
      // A metrics-server that runs goes on with what it knows; one that starts cannot.
      if (target.kubelets) await startMetricsServerAgain(target);
      return undo;
    },
  },
  {
    name: 'api-server-port-blocked',
    describe: 'tcp/6443 of one server is closed to all other machines, the worker included',
    needs: 'network',
    expects: { cause: null, nodes: nowhere },
    apply: (target, options) => {
      const node = target.network.node(options.node ?? target.network.servers.at(-1)?.name ?? '');
      return addRules(target.network, node.name, [
        {
          chain: 'INPUT',
          rule: ['-i', node.uplink, '-p', 'tcp', '--dport', API_PORT, '-j', 'DROP'],
        },
      ]);
    },
  },
  {
    name: 'forwarded-10250-dropped',
    describe:
      "One node drops forwarded tcp/10250 (nobody's NetworkPolicy): only the metrics-server's port suffers",
    needs: 'network',
    expects: { cause: 'forwarded-traffic-filtered', nodes: atNode },
    apply: (target, options) =>
      addRules(target.network, faultNode(target, options).name, [
        { chain: 'FORWARD', rule: ['-p', 'tcp', '--dport', KUBELET_PORT, '-j', 'DROP'] },
      ]),
  },
];
