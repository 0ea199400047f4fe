/**
 * The images of the lab. None comes from a registry: each is a root file system made on this machine. The names
 * are those that real clusters use, so that Pod objects look real; our own image has a name of the lab alone.
 */

/** Sandbox image and the idle program of CNI agents; a shell and `/bin/pause`. */
export const PAUSE_IMAGE = 'docker.io/rancher/mirrored-pause:3.6';

/** Our own program; entrypoint `metrics-diag`. */
export const PROBE_IMAGE = 'lab.local/metrics-diag:lab';

/** The metrics-server stand-in; entrypoint `/metrics-server` as in the real image. RKE2 1.32 ships this name. */
export const METRICS_SERVER_IMAGE =
  'docker.io/rancher/hardened-k8s-metrics-server:v0.7.2-build20250110';

/** A plain TCP echo server, in place of a user's workload. */
export const REFERENCE_IMAGE = 'docker.io/library/echo:1.0.0';

/** Names under which the pause image is known too: one per CNI agent container. */
export const AGENT_IMAGES = {
  canalCalico: 'docker.io/rancher/hardened-calico:v3.29.3-build20250407',
  canalFlannel: 'docker.io/rancher/hardened-flannel:v0.26.7-build20250408',
  calicoNode: 'docker.io/rancher/mirrored-calico-node:v3.29.3',
  flannel: 'docker.io/flannel/flannel:v0.26.7',
  cilium: 'docker.io/rancher/mirrored-cilium-cilium:v1.17.3',
} as const;
