import { aggregationLayerNotConfigured } from './aggregation-layer-not-configured.ts';
import type { AnyCause } from './any-cause.ts';
import { apiserverHttpProxy } from './apiserver-http-proxy.ts';
import { apiserverNotAnswering } from './apiserver-not-answering.ts';
import { apiserverStaleConnection } from './apiserver-stale-connection.ts';
import { apiserviceCaMismatch } from './apiservice-ca-mismatch.ts';
import { apiserviceConflict } from './apiservice-conflict.ts';
import { apiserviceMissing } from './apiservice-missing.ts';
import { clockSkew } from './clock-skew.ts';
import { cloudSgApiserverToPod } from './cloud-sg-apiserver-to-pod.ts';
import { cniAgentBroken } from './cni-agent-broken.ts';
import { controlplaneNotOnPodNetwork } from './controlplane-not-on-pod-network.ts';
import { duplicateNodeIp } from './duplicate-node-ip.ts';
import { egressSelectorMode } from './egress-selector-mode.ts';
import { forwardedTrafficFiltered } from './forwarded-traffic-filtered.ts';
import { frontproxyAllowedNames } from './frontproxy-allowed-names.ts';
import { frontproxyCa } from './frontproxy-ca.ts';
import { frontproxyCertExpired } from './frontproxy-cert-expired.ts';
import { hostFirewallPodToNode } from './host-firewall-pod-to-node.ts';
import { hpaMissingRequests } from './hpa-missing-requests.ts';
import { imagePullFailed } from './image-pull-failed.ts';
import { ipForwardingDisabled } from './ip-forwarding-disabled.ts';
import { iptablesIncompatible } from './iptables-incompatible.ts';
import { kernelModuleMissing } from './kernel-module-missing.ts';
import { konnectivityAgentMissing } from './konnectivity-agent-missing.ts';
import { kubeProxyRulesMissing } from './kube-proxy-rules-missing.ts';
import { kubeletCsrPending } from './kubelet-csr-pending.ts';
import { kubeletDnsLookup } from './kubelet-dns-lookup.ts';
import { kubeletForbidden } from './kubelet-forbidden.ts';
import { kubeletHousekeepingInterval } from './kubelet-housekeeping-interval.ts';
import { kubeletNotListening } from './kubelet-not-listening.ts';
import { kubeletPortBlocked } from './kubelet-port-blocked.ts';
import { kubeletStatsError } from './kubelet-stats-error.ts';
import { kubeletTlsExpired } from './kubelet-tls-expired.ts';
import { kubeletTlsNoIpSan } from './kubelet-tls-no-ip-san.ts';
import { kubeletTlsUntrusted } from './kubelet-tls-untrusted.ts';
import { kubeletUnauthorized } from './kubelet-unauthorized.ts';
import { kubeletWrongPort } from './kubelet-wrong-port.ts';
import { kubeletZeroNodeMetrics } from './kubelet-zero-node-metrics.ts';
import { metricsNotCollectedYet } from './metrics-not-collected-yet.ts';
import { metricsServerCrashing } from './metrics-server-crashing.ts';
import { metricsServerNotInstalled } from './metrics-server-not-installed.ts';
import { metricsServerNotServing } from './metrics-server-not-serving.ts';
import { metricsServerNotStarting } from './metrics-server-not-starting.ts';
import { metricsServerOom } from './metrics-server-oom.ts';
import { metricsServerPodsRefused } from './metrics-server-pods-refused.ts';
import { metricsServerScaledToZero } from './metrics-server-scaled-to-zero.ts';
import { metricsServerUnschedulable } from './metrics-server-unschedulable.ts';
import { mtuBlackhole } from './mtu-blackhole.ts';
import { networkmanagerInterferes } from './networkmanager-interferes.ts';
import { networkpolicyDenies } from './networkpolicy-denies.ts';
import { nmCloudSetupRouting } from './nm-cloud-setup-routing.ts';
import { nodeJustJoinedOrGone } from './node-just-joined-or-gone.ts';
import { overlayPortBlocked } from './overlay-port-blocked.ts';
import { podCidrOverlapsNodeNetwork } from './pod-cidr-overlaps-node-network.ts';
import { podNetnsLost } from './pod-netns-lost.ts';
import { podNetworkNotRouted } from './pod-network-not-routed.ts';
import { podToApiserverBlocked } from './pod-to-apiserver-blocked.ts';
import { portConflictHostnetwork } from './port-conflict-hostnetwork.ts';
import { probeUnauthorized } from './probe-unauthorized.ts';
import { readinessProbeWrong } from './readiness-probe-wrong.ts';
import { requesterIdentityMapping } from './requester-identity-mapping.ts';
import { scrapeTimeoutSlowNode } from './scrape-timeout-slow-node.ts';
import { servicePortMismatch } from './service-port-mismatch.ts';
import { serviceSelectsNoPods } from './service-selects-no-pods.ts';
import { underlayBroken } from './underlay-broken.ts';
import { userRbacForbidden } from './user-rbac-forbidden.ts';
import { vxlanChecksumOffload } from './vxlan-checksum-offload.ts';
import { wrongNodeIp } from './wrong-node-ip.ts';

/** Every cause that the engine asks, sorted by id. A new cause is a file beside this one and a line here. */
export const causes: readonly AnyCause[] = [
  aggregationLayerNotConfigured,
  apiserverHttpProxy,
  apiserverNotAnswering,
  apiserverStaleConnection,
  apiserviceCaMismatch,
  apiserviceConflict,
  apiserviceMissing,
  clockSkew,
  cloudSgApiserverToPod,
  cniAgentBroken,
  controlplaneNotOnPodNetwork,
  duplicateNodeIp,
  egressSelectorMode,
  forwardedTrafficFiltered,
  frontproxyAllowedNames,
  frontproxyCa,
  frontproxyCertExpired,
  hostFirewallPodToNode,
  hpaMissingRequests,
  imagePullFailed,
  ipForwardingDisabled,
  iptablesIncompatible,
  kernelModuleMissing,
  konnectivityAgentMissing,
  kubeProxyRulesMissing,
  kubeletCsrPending,
  kubeletDnsLookup,
  kubeletForbidden,
  kubeletHousekeepingInterval,
  kubeletNotListening,
  kubeletPortBlocked,
  kubeletStatsError,
  kubeletTlsExpired,
  kubeletTlsNoIpSan,
  kubeletTlsUntrusted,
  kubeletUnauthorized,
  kubeletWrongPort,
  kubeletZeroNodeMetrics,
  metricsNotCollectedYet,
  metricsServerCrashing,
  metricsServerNotInstalled,
  metricsServerNotServing,
  metricsServerNotStarting,
  metricsServerOom,
  metricsServerPodsRefused,
  metricsServerScaledToZero,
  metricsServerUnschedulable,
  mtuBlackhole,
  networkmanagerInterferes,
  networkpolicyDenies,
  nmCloudSetupRouting,
  nodeJustJoinedOrGone,
  overlayPortBlocked,
  podCidrOverlapsNodeNetwork,
  podNetnsLost,
  podNetworkNotRouted,
  podToApiserverBlocked,
  portConflictHostnetwork,
  probeUnauthorized,
  readinessProbeWrong,
  requesterIdentityMapping,
  scrapeTimeoutSlowNode,
  servicePortMismatch,
  serviceSelectsNoPods,
  underlayBroken,
  userRbacForbidden,
  vxlanChecksumOffload,
  wrongNodeIp,
];
