import { rm, writeFile } from 'node:fs/promises';
import { restoreOverlayPeers } from '../network.ts';
import { cniAgent } from '../objects/cni-objects.ts';
import type { Fault, FaultTarget, LabNode } from '../types.ts';
import { type ApiObject, controlPlaneOf, kubeletsOf, readObject } from './api-objects.ts';
import {
  atNode,
  atRemoteNode,
  faultNode,
  faultPeer,
  remoteNode,
  type Undo,
  undoAll,
} from './rules.ts';
import { heartbeatMissed, scraped } from './settle.ts';

const POLL_MS = 200;
const READINESS_TIMEOUT_MS = 30_000;

/** Makes the CNI agent's Pod of a node unready (its readiness looks for a file), and waits until the API says so. */
async function makeAgentUnready(target: FaultTarget, node: LabNode): Promise<Undo> {
  const controlPlane = controlPlaneOf(target);
  const { namespace, selector } = cniAgent(target.network.flavour);
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
  const find = async (): Promise<ApiObject> => {
    const { items } = (await readObject(controlPlane, path)) as { items?: ApiObject[] };
    const pod = items?.find((each) => each['spec'].nodeName === node.name);
    if (!pod) throw new Error(`no CNI agent Pod on ${node.name}`);
    return pod;
  };
  const pod = await find();
  const container = String(pod['spec'].containers[0].name);
  const pid = await kubeletsOf(target).containerPid({
    namespace,
    name: String(pod['metadata'].name),
    container,
  });
  const file = `/proc/${pid}/root/tmp/not-ready`;
  const until = async (ready: boolean): Promise<void> => {
    const deadline = Date.now() + READINESS_TIMEOUT_MS;
    for (;;) {
      const statuses = (await find())['status'].containerStatuses as ApiObject[];
      if (statuses.some((each) => each['name'] === container && each['ready'] === ready)) return;
      if (Date.now() > deadline)
        throw new Error(`${container} on ${node.name}: not ready=${ready}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  await writeFile(file, '');
  await until(false);
  return async () => {
    await rm(file);
    await until(true);
  };
}

/** Takes away what the agent of a node would have written for its peers. */
async function withdrawOverlay(target: FaultTarget, node: LabNode): Promise<Undo> {
  const peers = target.network.nodes.filter(({ name }) => name !== node.name);
  const { device } = node.overlay;
  await target.network.exec(node.name, ['ip', '-batch', '-'], {
    stdin: peers
      .map(
        (peer) =>
          `route del ${peer.podBlock} dev ${device}\nneigh del ${peer.overlay.ip} dev ${device}\n`,
      )
      .join(''),
  });
  await target.network.exec(node.name, ['bridge', '-batch', '-'], {
    stdin: peers
      .map((peer) => `fdb del ${peer.overlay.mac} dev ${device} dst ${peer.ip} self\n`)
      .join(''),
  });
  return () => restoreOverlayPeers(target.network, node);
}

/** Annotations in which a node publishes its tunnel end, by flavour. */
function tunnelAnnotations(flavour: string, ip: string): Readonly<Record<string, string>> {
  const calico = { 'projectcalico.org/IPv4Address': `${ip}/24` };
  const flannel = { 'flannel.alpha.coreos.com/public-ip': ip };
  if (flavour === 'calico') return calico;
  return flavour === 'canal' ? { ...flannel, ...calico } : flannel;
}

/** Faults of what runs on the nodes besides the metrics-server: kubelets and CNI agents. */
export const NODE_AGENT_FAULTS: readonly Fault[] = [
  {
    name: 'overlay-withdrawn',
    describe: "One node has no routes, neighbours and FDB entries for its peers' Pods",
    needs: 'network',
    expects: { cause: 'cni-agent-broken', nodes: atNode },
    apply: (target, options) => withdrawOverlay(target, faultNode(target, options)),
  },
  {
    name: 'cni-agent-broken',
    describe: "One node's CNI agent is not ready and its routes and FDB entries are gone",
    needs: 'kubelets',
    expects: { cause: 'cni-agent-broken', nodes: atNode },
    async apply(target, options) {
      const node = faultNode(target, options);
      const unready = await makeAgentUnready(target, node);
      return undoAll([unready, await withdrawOverlay(target, node)]);
    },
  },
  {
    name: 'cni-agent-not-ready',
    describe:
      "One node's CNI agent is not ready, but its data plane is whole: nothing is broken by it",
    needs: 'kubelets',
    expects: { cause: null, nodes: () => [] },
    apply: (target, options) => makeAgentUnready(target, faultNode(target, options)),
  },
  {
    name: 'duplicate-node-ip',
    describe: "One node publishes another node's address as its tunnel end; all peers send there",
    needs: 'control-plane',
    expects: {
      cause: 'duplicate-node-ip',
      nodes: (target, options) => [
        faultNode(target, options).name,
        faultPeer(target, options).name,
      ],
    },
    async apply(target, options) {
      const { network } = target;
      const controlPlane = controlPlaneOf(target);
      const node = faultNode(target, options);
      const peer = faultPeer(target, options);
      const publish = async (ip: string): Promise<void> => {
        await controlPlane.request('PATCH', `/api/v1/nodes/${node.name}`, {
          metadata: { annotations: tunnelAnnotations(network.flavour, ip) },
        });
      };
      const others = network.nodes.filter(({ name }) => name !== node.name);
      await publish(peer.ip);
      for (const other of others) {
        await network.exec(other.name, [
          'bridge',
          'fdb',
          'replace',
          node.overlay.mac,
          'dev',
          other.overlay.device,
          'dst',
          peer.ip,
          'self',
          'permanent',
        ]);
      }
      return undoAll([
        () => publish(node.ip),
        ...others.map((other) => () => restoreOverlayPeers(network, other)),
      ]);
    },
  },
  ...(
    [
      ['kubelet-tls-no-ip-san', 'no-ip-san', 'has names and no IP address'],
      ['kubelet-tls-untrusted', 'foreign-ca', 'is signed by another CA'],
    ] as const
  ).map(
    ([name, certVariant, what]): Fault => ({
      name,
      describe: `The serving certificate of one kubelet ${what}`,
      settle: scraped,
      needs: 'kubelets',
      expects: { cause: name, nodes: atRemoteNode },
      async apply(target, options) {
        const node = remoteNode(target, options);
        await kubeletsOf(target).restartKubeletWith(node.name, { certVariant });
        return () => kubeletsOf(target).restartKubeletWith(node.name, { certVariant: 'good' });
      },
    }),
  ),
  {
    name: 'kubelet-stopped',
    describe: 'The kubelet of one node is stopped: nobody listens at 10250, its containers go on',
    // Refused connections are a REJECT as well, until the kubelet's heartbeat is missed.
    settle: async (target, options) => {
      await scraped(target);
      await heartbeatMissed(target, remoteNode(target, options).name);
    },
    needs: 'kubelets',
    expects: { cause: 'kubelet-not-listening', nodes: atRemoteNode },
    async apply(target, options) {
      const node = remoteNode(target, options);
      await kubeletsOf(target).stopKubelet(node.name);
      return () => kubeletsOf(target).restartKubeletWith(node.name, { certVariant: 'good' });
    },
  },
];
