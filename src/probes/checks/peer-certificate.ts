import type { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from '../../core/evidence/probe-results.ts';

/** Names beyond this are not carried: the answer has 4,096 bytes for everything. */
const MAX_NAMES = 20;

/** The facts of a certificate that causes ask about; nothing is verified here. */
export function readPeerCertificate(certificate: X509Certificate): PeerCertificate {
  const names = (certificate.subjectAltName ?? '').split(', ');
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    dnsNames: namesAfter(names, 'DNS:'),
    ipAddresses: namesAfter(names, 'IP Address:'),
    // `validToDate` exists from Node 22.10 on; the strings exist everywhere.
    notBefore: new Date(certificate.validFrom).toISOString(),
    notAfter: new Date(certificate.validTo).toISOString(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    selfSigned: isSelfSigned(certificate),
  };
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

function namesAfter(names: readonly string[], prefix: string): string[] {
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .slice(0, MAX_NAMES);
}

/** Node prints one relative distinguished name per line. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}
