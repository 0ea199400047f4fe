/** Every packet asks about the same few addresses: each is read once. */
const numbers = new Map<string, number>();
const ranges = new Map<string, { readonly first: number; readonly size: number }>();

/** IPv4 text to an unsigned number. */
function toNumber(ip: string): number {
  const known = numbers.get(ip);
  if (known !== undefined) return known;
  const number = ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  numbers.set(ip, number);
  return number;
}

function toRange(cidr: string): { readonly first: number; readonly size: number } {
  const known = ranges.get(cidr);
  if (known !== undefined) return known;
  const [base = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const range = { first: Math.floor(toNumber(base) / size) * size, size };
  ranges.set(cidr, range);
  return range;
}

/** Whether `ip` lies in `cidr` (IPv4). */
export function inCidr(ip: string, cidr: string): boolean {
  const { first, size } = toRange(cidr);
  const number = toNumber(ip);
  return number >= first && number < first + size;
}

/** The `host`th address of the /24 that `ip` lies in. */
export function addressInRange(ip: string, host: number): string {
  return ip.replace(/\d+$/, String(host));
}
