import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** Go 1.20 and later put this before every x509 error of a TLS client. */
const TLS_PREFIX = 'tls: failed to verify certificate: ';

/** A socket error of Node.js in the words of Go's net package. */
export function goDialError(error: NodeJS.ErrnoException, host: string, port: number): string {
  const dial = `dial tcp ${isIP(host) === 6 ? `[${host}]` : host}:${port}: `;
  switch (error.code) {
    case 'ECONNREFUSED':
      return `${dial}connect: connection refused`;
    case 'EHOSTUNREACH':
      return `${dial}connect: no route to host`;
    case 'ENETUNREACH':
      return `${dial}connect: network is unreachable`;
    case 'EACCES':
    case 'EPERM':
      return `${dial}connect: operation not permitted`;
    case 'ETIMEDOUT':
      return `${dial}i/o timeout`;
    case 'ENOTFOUND':
      return `dial tcp: lookup ${host} on ${nameserver()}: no such host`;
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${host} on ${nameserver()}: read udp: i/o timeout`;
    case 'ECONNRESET':
      return error.message.includes('before secure TLS') ? 'EOF' : 'read: connection reset by peer';
    default:
      return error.message;
  }
}

let knownNameserver = '10.43.0.10:53';

/** Tells which resolver lookups go to; Go names it in the error. */
export function setNameserver(address: string): void {
  knownNameserver = `${address}:53`;
}

function nameserver(): string {
  return knownNameserver;
}

/**
 * What Go's crypto/x509 would say of a peer's certificate; null when it would accept it. Go looks at the
 * dates, then the name, then the chain (`Certificate.Verify`); Node.js looks at the chain first.
 */
export function goVerifyError(
  host: string,
  certificate: PeerCertificate,
  chainError: string | null,
  now: Date,
): string | null {
  const dates = dateError(certificate, now);
  if (dates !== null) return TLS_PREFIX + dates;
  if (checkServerIdentity(host, certificate) !== undefined) {
    return TLS_PREFIX + nameError(host, certificate.subjectaltname ?? '');
  }
  if (chainError === null) return null;
  return `${TLS_PREFIX}x509: certificate signed by unknown authority`;
}

function dateError(certificate: PeerCertificate, now: Date): string | null {
  const from = new Date(certificate.valid_from);
  const to = new Date(certificate.valid_to);
  const say = (relation: string, bound: Date): string =>
    `x509: certificate has expired or is not yet valid: current time ${seconds(now)} is ${relation} ${seconds(bound)}`;
  if (now < from) return say('before', from);
  if (now > to) return say('after', to);
  return null;
}

function seconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

function nameError(host: string, subjectAltName: string): string {
  const names = subjectAltName.split(', ');
  const ofKind = (kind: string): string[] =>
    names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  const addresses = ofKind('IP Address:');
  const dnsNames = ofKind('DNS:');
  if (isIP(host) !== 0) {
    if (addresses.length === 0) {
      return `x509: cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
    }
    return `x509: certificate is valid for ${addresses.join(', ')}, not ${host}`;
  }
  if (dnsNames.length === 0 && addresses.length === 0) {
    return 'x509: certificate relies on legacy Common Name field, use SANs instead';
  }
  if (dnsNames.length === 0) {
    return `x509: certificate is not valid for any names, but wanted to match ${host}`;
  }
  return `x509: certificate is valid for ${dnsNames.join(', ')}, not ${host}`;
}
