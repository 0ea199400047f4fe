import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { Fix } from './fix.ts';

/** The devices of Canal, Calico and flannel, as RKE2's documentation lists them. */
const DEVICES = [
  'flannel*',
  'cali*',
  'tunl*',
  'vxlan.calico',
  'vxlan-v6.calico',
  'wireguard.cali',
  'wg-v6.cali',
];

/** Tells NetworkManager to leave the CNI's devices alone. */
export function unmanageDevices(scope: {
  readonly nodes: readonly string[];
  readonly platform: Observed<Platform>;
}): Fix {
  const rke2 = scope.platform.state === 'known' && scope.platform.value === 'rke2';
  const file = `/etc/NetworkManager/conf.d/${rke2 ? 'rke2-canal' : 'cni'}.conf`;
  return {
    title: "Tell NetworkManager to leave the CNI's devices alone",
    where: scope.nodes,
    variants: [
      {
        tool: 'NetworkManager',
        commands: [
          `cat > ${file} <<'EOF'`,
          '[keyfile]',
          `unmanaged-devices=${DEVICES.map((name) => `interface-name:${name}`).join(';')}`,
          'EOF',
          'systemctl reload NetworkManager',
          'reboot   # the CNI makes its devices anew',
        ],
      },
    ],
    risk: 'the reboot takes the node away for some minutes: drain it first',
    undo: [`rm ${file} && systemctl reload NetworkManager`],
    verify: [
      "nmcli device | grep -E 'flannel|cali'   # all unmanaged",
      'Run the diagnosis again: it tries these paths again.',
    ],
    notes: ['https://docs.rke2.io/known_issues'],
  };
}
