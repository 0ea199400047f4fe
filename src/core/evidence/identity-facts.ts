import { NOT_IN_BUNDLE, type Observed } from './observed.ts';

/**
 * Facts about who trusts whom and whose clock says what: small shapes of public objects, never a key or a token.
 * Written by `src/snapshot`, read by `src/core`. Times are ISO 8601 UTC. Absent in bundles of older versions.
 */
export interface IdentityFacts {
  readonly kubeletServingRequests?: Observed<readonly KubeletServingRequest[]>;
  /** `null` when there is no such ConfigMap. */
  readonly frontProxyTrust?: Observed<FrontProxyTrust | null>;
  readonly nodeHeartbeats?: Observed<NodeHeartbeats>;
  /** The pods of the provider's namespace that the Metrics API has numbers for. */
  readonly podMetrics?: Observed<readonly PodMetricsItem[]>;
  /** Asked only when an API server refused us. */
  readonly requester?: Observed<Requester>;
}

/** The same facts, those that a bundle lacks marked as missing. */
export function identityFacts(snapshot: IdentityFacts): Required<IdentityFacts> {
  return {
    kubeletServingRequests: snapshot.kubeletServingRequests ?? NOT_IN_BUNDLE,
    frontProxyTrust: snapshot.frontProxyTrust ?? NOT_IN_BUNDLE,
    nodeHeartbeats: snapshot.nodeHeartbeats ?? NOT_IN_BUNDLE,
    podMetrics: snapshot.podMetrics ?? NOT_IN_BUNDLE,
    requester: snapshot.requester ?? NOT_IN_BUNDLE,
  };
}

/** A CertificateSigningRequest of signer `kubernetes.io/kubelet-serving`: a kubelet asks for its serving certificate. */
export interface KubeletServingRequest {
  readonly name: string;
  /** From the requester `system:node:NAME`; null when somebody else asked. */
  readonly node: string | null;
  readonly createdAt: string | null;
  /** `approved`: allowed, and the certificate is not there yet. `issued`: it is. */
  readonly state: 'pending' | 'approved' | 'issued' | 'denied' | 'failed';
}

/** What ConfigMap `kube-system/extension-apiserver-authentication` says of the front proxy: whom extension API servers believe. */
export interface FrontProxyTrust {
  /** `requestheader-client-ca-file`; empty when the key is absent: the aggregation layer is not configured. */
  readonly cas: readonly CaCertificate[];
  /** `requestheader-allowed-names`; empty allows every name. */
  readonly allowedNames: readonly string[];
}

export interface CaCertificate {
  readonly subject: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 of the DER, hex. */
  readonly fingerprint: string;
}

/** The kubelets' heartbeats, beside the API server's clock when it listed them. */
export interface NodeHeartbeats {
  /** The `Date` header of the answer, whole seconds; null when there was none. */
  readonly serverDate: string | null;
  /** `spec.renewTime` is written by the kubelet, with its node's clock, every 10 s. */
  readonly leases: readonly {
    readonly node: string;
    readonly renewTime: string | null;
    readonly durationSeconds: number;
  }[];
}

/** One item of PodMetricsList. */
export interface PodMetricsItem {
  readonly namespace: string;
  readonly name: string;
}

/** Who we are to the API server (SelfSubjectReview). An identity mapping may leave the name empty. */
export interface Requester {
  readonly username: string;
  readonly groups: readonly string[];
}
