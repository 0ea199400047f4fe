import type { CloudTool, Opening, RuleSet } from './port-row.ts';

type Commands = Pick<RuleSet, 'commands' | 'undo'>;
type Target = RuleSet['on'];
/** The senders of one family, since a rule of a cloud holds one family alone. */
interface Rule extends Opening {
  readonly v6: boolean;
  /** Unique among the rules of a target, and short: Azure and GCP name rules. */
  readonly name: string;
}

/** What a cloud calls our protocols. Numbers where names lead astray: OpenStack's `ipip` is 94, IPIP is 4. */
const IPIP = '4';
const ESP = '50';
const ECHO_REQUEST = { v4: 8, v6: 128 } as const;
/** Azure takes 100 to 4,096, each once in a group; both kinds of machines may share one. */
const FIRST_AZURE_PRIORITY = { servers: 200, agents: 300 } as const;

/** Rules of a security group (AWS, OpenStack), network security group (Azure) or VPC firewall (GCP). */
export function cloudRules(
  tool: CloudTool,
  target: Target,
  openings: readonly Opening[],
): Commands {
  const rules = openings.flatMap(({ row, from }) =>
    [false, true].flatMap((v6): Rule[] => {
      const senders = from.filter((address) => address.includes(':') === v6).map(asRange);
      if (senders.length === 0) return [];
      return [{ row, from: senders, v6, name: nameOf({ row, from }, target, v6) }];
    }),
  );
  return WRITERS[tool](target, rules);
}

function asRange(address: string): string {
  if (address.includes('/')) return address;
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

function nameOf({ row }: Opening, target: Target, v6: boolean): string {
  const port = row.port === null ? '' : `-${row.port}`;
  return `metrics-diag-${target}-${row.protocol}${port}-from-${row.from}${v6 ? '-v6' : ''}`;
}

function portRange({ row }: Rule, separator: '-' | ':'): string {
  return row.lastPort === null ? `${row.port}` : `${row.port}${separator}${row.lastPort}`;
}

/** A variable that the reader sets; the script stops with these words where it is not set. */
function variable(name: string, means: string): { readonly check: string; readonly use: string } {
  return { check: `: "\${${name}:?set it to ${means}}"`, use: `"$${name}"` };
}

const ofTarget = (target: Target, name: string, means: string) =>
  variable(`${target.toUpperCase()}_${name}`, `${means} of the ${target}`);

const WRITERS: Readonly<Record<CloudTool, (target: Target, rules: readonly Rule[]) => Commands>> = {
  aws: (target, rules) => {
    const group = ofTarget(target, 'GROUP', 'the id of the security group');
    const line = (verb: 'authorize' | 'revoke', rule: Rule): string =>
      `aws ec2 ${verb}-security-group-ingress --group-id ${group.use} --ip-permissions '${awsPermission(rule)}'`;
    return {
      commands: [group.check, ...rules.map((rule) => line('authorize', rule))],
      undo: [group.check, ...rules.map((rule) => line('revoke', rule))],
    };
  },
  azure: (target, rules) => {
    const resources = variable('RESOURCE_GROUP', 'the resource group');
    const group = ofTarget(target, 'NSG', 'the network security group');
    const where = `--resource-group ${resources.use} --nsg-name ${group.use}`;
    const checks = [resources.check, group.check];
    const first = FIRST_AZURE_PRIORITY[target];
    return {
      commands: [...checks, ...rules.map((rule, i) => azureRule(rule, where, first + i))],
      undo: [
        ...checks,
        ...rules
          .filter(({ row }) => row.protocol !== 'ipip')
          .map(({ name }) => `az network nsg rule delete ${where} --name ${name}`),
      ],
    };
  },
  gcp: (target, rules) => {
    const network = variable('NETWORK', 'the VPC network');
    const tag = ofTarget(target, 'TAG', 'the network tag');
    return {
      commands: [
        network.check,
        tag.check,
        ...rules.map(
          (rule) =>
            `gcloud compute firewall-rules create ${rule.name} --network ${network.use} --direction INGRESS --allow ${gcpProtocol(rule)} --source-ranges ${rule.from.join(',')} --target-tags ${tag.use}`,
        ),
      ],
      undo: rules.map(({ name }) => `gcloud compute firewall-rules delete ${name} --quiet`),
    };
  },
  openstack: (target, rules) => {
    const group = ofTarget(target, 'GROUP', 'the security group');
    return {
      commands: [
        group.check,
        ...rules.flatMap((rule) =>
          rule.from.map(
            (sender) =>
              `openstack security group rule create --ingress --ethertype ${rule.v6 ? 'IPv6' : 'IPv4'} ${openstackProtocol(rule)} --remote-ip ${sender} --description ${rule.name} ${group.use}`,
          ),
        ),
      ],
      // A rule is deleted by its id, which nobody knows before: found by the description.
      undo: [
        group.check,
        `for id in $(openstack security group rule list -f value -c ID ${group.use}); do openstack security group rule show -f value -c description "$id" | grep -q '^metrics-diag-' && openstack security group rule delete "$id"; done`,
      ],
    };
  },
};

function awsPermission(rule: Rule): string {
  const ranges = rule.v6
    ? `Ipv6Ranges=[${rule.from.map((range) => `{CidrIpv6=${range}}`).join(',')}]`
    : `IpRanges=[${rule.from.map((range) => `{CidrIp=${range}}`).join(',')}]`;
  return `${awsProtocol(rule)},${ranges}`;
}

function awsProtocol({ row, v6 }: Rule): string {
  switch (row.protocol) {
    case 'tcp':
    case 'udp':
      return `IpProtocol=${row.protocol},FromPort=${row.port},ToPort=${row.lastPort ?? row.port}`;
    case 'icmp-echo':
      return v6
        ? `IpProtocol=icmpv6,FromPort=${ECHO_REQUEST.v6},ToPort=0`
        : `IpProtocol=icmp,FromPort=${ECHO_REQUEST.v4},ToPort=0`;
    case 'ipip':
      return `IpProtocol=${IPIP}`;
    case 'esp':
      return `IpProtocol=${ESP}`;
  }
}

function azureRule(rule: Rule, where: string, priority: number): string {
  const { row, name, from } = rule;
  if (row.protocol === 'ipip') return '# Azure does not carry IPIP: let Calico use VXLAN';
  const protocol = { tcp: 'Tcp', udp: 'Udp', esp: 'Esp', 'icmp-echo': 'Icmp' }[row.protocol];
  const ports = row.port === null ? "'*'" : portRange(rule, '-');
  return `az network nsg rule create ${where} --name ${name} --priority ${priority} --direction Inbound --access Allow --protocol ${protocol} --source-address-prefixes ${from.join(' ')} --destination-port-ranges ${ports}`;
}

function gcpProtocol(rule: Rule): string {
  switch (rule.row.protocol) {
    case 'tcp':
    case 'udp':
      return `${rule.row.protocol}:${portRange(rule, '-')}`;
    case 'icmp-echo':
      return rule.v6 ? '58' : 'icmp';
    case 'ipip':
      return IPIP;
    case 'esp':
      return ESP;
  }
}

function openstackProtocol(rule: Rule): string {
  switch (rule.row.protocol) {
    case 'tcp':
    case 'udp':
      return `--protocol ${rule.row.protocol} --dst-port ${portRange(rule, ':')}`;
    case 'icmp-echo':
      return rule.v6
        ? `--protocol ipv6-icmp --icmp-type ${ECHO_REQUEST.v6}`
        : `--protocol icmp --icmp-type ${ECHO_REQUEST.v4}`;
    case 'ipip':
      return `--protocol ${IPIP}`;
    case 'esp':
      return `--protocol ${ESP}`;
  }
}
