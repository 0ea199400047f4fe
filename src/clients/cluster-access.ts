/**
 * How a process reaches one cluster: a kubeconfig (for people, and for workers outside the cluster), the
 * pod's own service account, or an address with files beside it.
 */
export type ClusterAccess =
  | {
      readonly kind: 'kubeconfig';
      /** Default: `KUBECONFIG`, else `~/.kube/config`. */
      readonly path?: string;
      /** Default: the kubeconfig's current context. */
      readonly context?: string;
    }
  | { readonly kind: 'in-cluster' }
  | {
      readonly kind: 'server';
      /** `https://host:port`; plain `http` only to a loopback address (`kubectl proxy`). */
      readonly server: string;
      /** PEM file; default: the system's authorities. */
      readonly caFile?: string;
      /** Bearer token file, read again every minute. */
      readonly tokenFile?: string;
      /** Name to verify the certificate against, in place of the address. */
      readonly tlsServerName?: string;
    };
