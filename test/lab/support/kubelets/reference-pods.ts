import { REFERENCE_IMAGE } from '../images/definitions.ts';
import { createAll } from '../objects/cluster-objects.ts';
import type { NewObject } from '../objects/cni-objects.ts';
import type { ControlPlane, LabNode } from '../types.ts';

/** Two replicas prove that a path is dead for more than one Pod; more would only cost memory. */
const REFERENCE_PODS = 2;

/** Port of the echo server in {@link REFERENCE_IMAGE}. */
export const REFERENCE_PORT = 8080;

/** Plain TCP echo Pods of some user, in the namespace `default`, on the first two nodes. */
export async function createReferencePods(
  controlPlane: ControlPlane,
  nodes: readonly LabNode[],
): Promise<void> {
  await createAll(controlPlane, nodes.slice(0, REFERENCE_PODS).map(referencePod));
}

function referencePod(node: LabNode): NewObject {
  return {
    path: '/api/v1/namespaces/default/pods',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `echo-${node.index}`, namespace: 'default', labels: { app: 'echo' } },
      spec: {
        nodeName: node.name,
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name: 'echo',
            image: REFERENCE_IMAGE,
            imagePullPolicy: 'IfNotPresent',
            ports: [{ name: 'tcp', containerPort: REFERENCE_PORT }],
            readinessProbe: { tcpSocket: { port: 'tcp' }, periodSeconds: 1 },
          },
        ],
      },
    },
  };
}
