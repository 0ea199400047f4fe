import type { AnyCause } from './any-cause.ts';
import { apiserviceCaMismatch } from './apiservice-ca-mismatch.ts';
import { apiserviceMissing } from './apiservice-missing.ts';
import { imagePullFailed } from './image-pull-failed.ts';
import { kubeletTlsNoIpSan } from './kubelet-tls-no-ip-san.ts';
import { kubeletTlsUntrusted } from './kubelet-tls-untrusted.ts';
import { metricsServerCrashing } from './metrics-server-crashing.ts';
import { metricsServerNotInstalled } from './metrics-server-not-installed.ts';
import { metricsServerOom } from './metrics-server-oom.ts';
import { metricsServerScaledToZero } from './metrics-server-scaled-to-zero.ts';
import { metricsServerUnschedulable } from './metrics-server-unschedulable.ts';
import { servicePortMismatch } from './service-port-mismatch.ts';

/** Every cause that the engine asks, sorted by id. A new cause is a file beside this one and a line here. */
export const causes: readonly AnyCause[] = [
  apiserviceCaMismatch,
  apiserviceMissing,
  imagePullFailed,
  kubeletTlsNoIpSan,
  kubeletTlsUntrusted,
  metricsServerCrashing,
  metricsServerNotInstalled,
  metricsServerOom,
  metricsServerScaledToZero,
  metricsServerUnschedulable,
  servicePortMismatch,
];
