import { findControlPlane } from './control-plane-binaries.ts';
import { findKubelet } from './kubelets/start-kubelets.ts';
import { whyNoLab } from './network.ts';
import { runCommand } from './run-command.ts';

/** What a whole lab cluster lacks on this machine, as a sentence; null when it can run. */
export async function whyNoCluster(): Promise<string | null> {
  const network = await whyNoLab();
  if (network !== null) return network;
  const controlPlane = await findControlPlane();
  if ('why' in controlPlane) return controlPlane.why;
  if ((await findKubelet()) === null)
    return 'no kubelet: run "npm run lab:control-plane" (10 to 15 minutes, once) or set LAB_KUBELET=/path';
  const runtime = await runCommand([
    'sh',
    '-c',
    'command -v containerd && { command -v crun || command -v runc; }',
  ]);
  return runtime.code === 0 ? null : 'no containerd or runc: run "npm run setup:lab"';
}
