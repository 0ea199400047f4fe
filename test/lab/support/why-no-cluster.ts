import { findControlPlane } from './control-plane-binaries.ts';
import { findKubelet } from './kubelets/start-kubelets.ts';
import { whyNoLab } from './network.ts';

/** What a whole lab cluster lacks on this machine, as a sentence; null when it can run. */
export async function whyNoCluster(): Promise<string | null> {
  const network = await whyNoLab();
  if (network !== null) return network;
  const controlPlane = await findControlPlane();
  if ('why' in controlPlane) return controlPlane.why;
  return (await findKubelet()) === null
    ? 'no kubelet: run "npm run lab:control-plane" (10 to 15 minutes, once) or set LAB_KUBELET=/path'
    : null;
}
