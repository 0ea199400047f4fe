import type { NetworkFacts, Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { Fix, FixVariant } from './fix.ts';

export interface OffloadScope {
  readonly network: Observed<NetworkFacts>;
  readonly platform: Observed<Platform>;
  /** Nodes at both ends of the broken paths: each sends. */
  readonly nodes: readonly string[];
}

/** Switches the checksum offload of the overlay device off, now and after a reboot. */
export function disableChecksumOffload({ network, platform, nodes }: OffloadScope): Fix {
  const facts = network.state === 'known' ? network.value : null;
  const device = facts?.device ?? '<overlay device>';
  const calico = facts?.cni === 'calico';
  const rke2 = platform.state === 'known' && platform.value === 'rke2';
  const ethtool: FixVariant = {
    tool: 'ethtool',
    commands: [
      `ethtool -K ${device} tx-checksum-ip-generic off`,
      '# for good: the device is made anew at every start of the CNI, so a udev rule sets it again',
      `cat > /etc/udev/rules.d/90-${device.split('.', 1)[0] ?? 'overlay'}.rules <<'EOF'`,
      `SUBSYSTEM=="net", ACTION=="add|change|move", ENV{INTERFACE}=="${device}", RUN+="/usr/sbin/ethtool -K ${device} tx-checksum-ip-generic off"`,
      'EOF',
      'udevadm control --reload',
    ],
  };
  const felix: FixVariant = {
    tool: 'kubectl (FelixConfiguration)',
    commands: [
      `kubectl patch felixconfiguration default --type=merge -p '{"spec":{"featureDetectOverride":"ChecksumOffloadBroken=true"}}'`,
    ],
  };
  return {
    title: `Switch checksum offload off on ${device}`,
    where: calico ? ['cluster'] : nodes,
    variants: calico ? [felix, ethtool] : [ethtool],
    risk: 'the CPU computes checksums of overlay packets: some percent of load at high traffic',
    undo: calico
      ? [
          `kubectl patch felixconfiguration default --type=json -p '[{"op":"remove","path":"/spec/featureDetectOverride"}]'`,
        ]
      : [
          `ethtool -K ${device} tx-checksum-ip-generic on`,
          `rm /etc/udev/rules.d/90-${device.split('.', 1)[0] ?? 'overlay'}.rules && udevadm control --reload`,
        ],
    verify: ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'],
    notes: [
      'Both ends send, so it goes on every node of the broken paths.',
      'Kernels before 5.7 and VMware vmxnet3 with RHEL 8.3 or 8.6 have this fault: https://docs.rke2.io/known_issues',
      "The udev rule is flannel's own advice: https://github.com/flannel-io/flannel/blob/master/Documentation/troubleshooting.md#nat",
      ...(rke2 && calico
        ? [
            "RKE2's Calico chart sets ChecksumOffloadBroken=true by itself: look for an override in a HelmChartConfig rke2-calico.",
          ]
        : []),
    ],
  };
}
