import type { Fix, FixVariant } from './fix.ts';
import { VERIFY_METRICS_API } from './metrics-server-values.ts';

export interface CloudScope {
  readonly platform: 'eks' | 'gke' | 'aks';
  /** Port of the container (of the node, with hostNetwork). */
  readonly port: number;
}

/** Lets a managed control plane reach the port of metrics-server, or moves metrics-server to one that it reaches. */
export function openToControlPlane({ platform, port }: CloudScope): Fix {
  const { open, close, move } = TOOLS[platform](port);
  return {
    title: `Let the control plane reach ${port}/tcp on the nodes`,
    where: ['cluster'],
    variants: move === null ? [open] : [open, move],
    risk: `opens ${port}/tcp of the nodes to the control plane, to nobody else`,
    undo: [close],
    verify: [...VERIFY_METRICS_API],
    notes: [
      'It is the port of the container that counts, not that of the Service.',
      'Admission webhooks on other ports need rules of their own.',
    ],
  };
}

interface Tools {
  readonly open: FixVariant;
  readonly close: string;
  readonly move: FixVariant | null;
}

const TOOLS: Record<CloudScope['platform'], (port: number) => Tools> = {
  eks: (port) => {
    const rule = `--group-id <security group of the nodes> --protocol tcp --port ${port} --source-group <cluster security group>`;
    return {
      open: {
        tool: 'AWS security group',
        commands: [
          'aws eks describe-cluster --name <cluster> --query cluster.resourcesVpcConfig.clusterSecurityGroupId',
          `aws ec2 authorize-security-group-ingress ${rule}`,
        ],
      },
      close: `aws ec2 revoke-security-group-ingress ${rule}`,
      move: {
        tool: 'EKS add-on on a port that is open',
        commands: [
          `aws eks update-addon --cluster-name <cluster> --addon-name metrics-server --configuration-values '{"containerPort":10250}'   # the add-on's own default is 10251`,
        ],
      },
    };
  },
  gke: (port) => ({
    open: {
      tool: 'GCP firewall rule',
      commands: [
        "gcloud container clusters describe <cluster> --format='value(privateClusterConfig.masterIpv4CidrBlock,network)'",
        `gcloud compute firewall-rules create master-to-metrics-server --network <network> --direction INGRESS --source-ranges <master range> --target-tags <node tag> --allow tcp:${port}`,
      ],
    },
    close: 'gcloud compute firewall-rules delete master-to-metrics-server',
    move: null,
  }),
  aks: (port) => {
    const rule =
      '--resource-group <node resource group> --nsg-name <nsg> --name control-plane-to-metrics-server';
    return {
      open: {
        tool: 'Azure network security group',
        commands: [
          `az network nsg rule create ${rule} --priority 200 --direction Inbound --access Allow --protocol Tcp --source-address-prefixes <subnet of the API server> --destination-port-ranges ${port}`,
        ],
      },
      close: `az network nsg rule delete ${rule}`,
      move: null,
    };
  },
};
