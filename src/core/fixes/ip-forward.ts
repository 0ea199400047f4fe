import type { Fix } from './fix.ts';

/** Lets the kernel forward again, now and after the next start. */
export function switchForwardingOn(nodes: readonly string[]): Fix {
  return {
    title: 'Let the kernel forward packets',
    where: nodes,
    variants: [
      {
        tool: 'sysctl',
        commands: [
          'sysctl -w net.ipv4.ip_forward=1',
          "printf 'net.ipv4.ip_forward=1\\nnet.ipv4.conf.all.forwarding=1\\n' > /etc/sysctl.d/90-forwarding.conf",
        ],
      },
    ],
    risk: 'the machine forwards between its networks, as every Kubernetes node must',
    undo: ['rm /etc/sysctl.d/90-forwarding.conf && sysctl -w net.ipv4.ip_forward=0'],
    verify: ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'],
    notes: [
      'Find what switched it off, or it will again: hardening scripts, systemd-networkd (IPForward), and Wicked on SLES, which resets it: https://docs.rke2.io/known_issues',
    ],
  };
}
