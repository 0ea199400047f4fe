import type { NodeObject } from '../evidence/snapshot.ts';
import type { Fix, FixVariant } from './fix.ts';

export interface ModuleScope {
  readonly nodes: readonly string[];
  readonly objects: readonly NodeObject[];
}

/** Brings the modules that CNIs need back, the way of the distribution first. */
export function loadKernelModules({ nodes, objects }: ModuleScope): Fix {
  const images = objects.filter(({ name }) => nodes.includes(name)).map(({ osImage }) => osImage);
  const debian = images.some((image) => /ubuntu|debian|raspbian/i.test(image));
  const raspi = objects.some(({ name, kernel }) => nodes.includes(name) && /raspi/.test(kernel));
  const load: FixVariant = {
    tool: 'modprobe',
    commands: [
      'modprobe -a overlay br_netfilter vxlan ip_set xt_set xt_comment',
      "printf '%s\\n' br_netfilter vxlan ip_set xt_set > /etc/modules-load.d/cni.conf   # for the next boot",
    ],
  };
  const dnf: FixVariant = {
    tool: 'dnf',
    commands: [
      'dnf install -y kernel-modules-extra-$(uname -r)   # RHEL 10 and its kin moved them there',
      'reboot',
    ],
  };
  const apt: FixVariant = {
    tool: 'apt',
    commands: [
      raspi
        ? 'apt install -y linux-modules-extra-raspi'
        : 'apt install -y linux-modules-extra-$(uname -r)',
      'reboot',
    ],
  };
  return {
    title: 'Install and load the kernel modules of the CNI',
    where: nodes,
    variants: debian ? [apt, load, dnf] : [dnf, load, apt],
    risk: 'a reboot takes the node away for some minutes: drain it first',
    undo: ['rm -f /etc/modules-load.d/cni.conf; the packages do no harm.'],
    verify: ['The agent becomes Ready.', 'Run the diagnosis again: it tries these paths again.'],
    notes: [
      'A kernel that was upgraded without a reboot loads no modules either: uname -r beside ls /lib/modules.',
    ],
  };
}
