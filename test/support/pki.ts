import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/**
 * A certificate authority of a few lines, so that tests and the demo need no `openssl` on the machine.
 * Certificates are X.509 v3 (RFC 5280), ECDSA P-256 with SHA-256: about a millisecond each.
 */
export interface CertificateAuthority {
  readonly certPem: string;
  readonly subject: CertificateName;
  issue(request: CertificateRequest): IssuedCertificate;
}

export interface CertificateName {
  readonly commonName: string;
  readonly organization?: string;
}

export interface CertificateRequest extends CertificateName {
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly usages?: readonly ('server' | 'client')[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface IssuedCertificate {
  readonly certPem: string;
  readonly keyPem: string;
  readonly fingerprintSha256: string;
}

const DAY_MS = 86_400_000;
/** Backdated, so that a clock a little behind still accepts it. */
const BACKDATE_MS = 3_600_000;
const LEAF_LIFETIME_MS = 365 * DAY_MS;
const CA_LIFETIME_MS = 10 * LEAF_LIFETIME_MS;

/** DER object identifiers (RFC 5280, RFC 5480, RFC 5758). */
const OID = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectAltName: '2.5.29.17',
  subjectKeyId: '2.5.29.14',
  authorityKeyId: '2.5.29.35',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/** DER tags used here. */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), body]);
  const lengthBytes: number[] = [];
  for (let rest = length; rest > 0; rest >>= 8) lengthBytes.unshift(rest & 0xff);
  return Buffer.concat([Buffer.from([tag, 0x80 | lengthBytes.length, ...lengthBytes]), body]);
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const chunk = [arc & 0x7f];
    for (let high = arc >> 7; high > 0; high >>= 7) chunk.unshift((high & 0x7f) | 0x80);
    bytes.push(...chunk);
  }
  return tlv(TAG.oid, Buffer.from(bytes));
}

function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  // RFC 5280 4.1.2.5: UTCTime through 2049.
  return date.getUTCFullYear() < 2050
    ? tlv(TAG.utcTime, Buffer.from(`${digits.slice(2)}Z`))
    : tlv(TAG.generalizedTime, Buffer.from(`${digits}Z`));
}

function distinguishedName(name: CertificateName): Buffer {
  const attribute = (id: string, value: string): Buffer =>
    tlv(TAG.set, tlv(TAG.sequence, oid(id), tlv(TAG.utf8, Buffer.from(value))));
  return tlv(
    TAG.sequence,
    ...(name.organization === undefined ? [] : [attribute(OID.organization, name.organization)]),
    attribute(OID.commonName, name.commonName),
  );
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return tlv(
    TAG.sequence,
    oid(id),
    ...(critical ? [tlv(TAG.boolean, Buffer.from([0xff]))] : []),
    tlv(TAG.octetString, value),
  );
}

/** IPv4 or IPv6 text to the raw bytes of a SAN entry. */
function addressBytes(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const left = groups(head);
  const right = groups(tail);
  const all = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

interface Body {
  readonly subject: CertificateName;
  readonly issuer: CertificateName;
  readonly publicKey: KeyObject;
  readonly issuerKeyId: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Buffer[];
}

function keyId(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function signedCertificate(body: Body, signingKey: KeyObject): Buffer {
  const algorithm = tlv(TAG.sequence, oid(OID.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial[0] = (serial[0] ?? 0) & 0x7f || 0x01; // positive and without leading zero
  const tbs = tlv(
    TAG.sequence,
    tlv(0xa0, tlv(TAG.integer, Buffer.from([2]))), // version 3
    tlv(TAG.integer, serial),
    algorithm,
    distinguishedName(body.issuer),
    tlv(TAG.sequence, time(body.notBefore), time(body.notAfter)),
    distinguishedName(body.subject),
    body.publicKey.export({ type: 'spki', format: 'der' }),
    tlv(
      0xa3,
      tlv(
        TAG.sequence,
        ...body.extensions,
        extension(OID.subjectKeyId, tlv(TAG.octetString, keyId(body.publicKey))),
        extension(OID.authorityKeyId, tlv(TAG.sequence, tlv(0x80, body.issuerKeyId))),
      ),
    ),
  );
  const signature = sign('sha256', tbs, signingKey);
  return tlv(TAG.sequence, tbs, algorithm, tlv(TAG.bitString, Buffer.from([0]), signature));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** Makes a self-signed CA. */
export function createCa(name: CertificateName): CertificateAuthority {
  const now = Date.now();
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const caKeyId = keyId(publicKey);
  const der = signedCertificate(
    {
      subject: name,
      issuer: name,
      publicKey,
      issuerKeyId: caKeyId,
      notBefore: new Date(now - BACKDATE_MS),
      notAfter: new Date(now + CA_LIFETIME_MS),
      extensions: [
        extension(
          OID.basicConstraints,
          tlv(TAG.sequence, tlv(TAG.boolean, Buffer.from([0xff]))),
          true,
        ),
        // keyCertSign and cRLSign: bits 5 and 6, one unused bit
        extension(OID.keyUsage, tlv(TAG.bitString, Buffer.from([1, 0x06])), true),
      ],
    },
    privateKey,
  );
  return {
    certPem: pem('CERTIFICATE', der),
    subject: name,
    issue: (request) => issue(request, { issuer: name, caKeyId, signingKey: privateKey }),
  };
}

function issue(
  request: CertificateRequest,
  ca: {
    readonly issuer: CertificateName;
    readonly caKeyId: Buffer;
    readonly signingKey: KeyObject;
  },
): IssuedCertificate {
  const now = Date.now();
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = [
    ...(request.dnsNames ?? []).map((name) => tlv(0x82, Buffer.from(name))),
    ...(request.ipAddresses ?? []).map((address) => tlv(0x87, addressBytes(address))),
  ];
  const usages = (request.usages ?? ['server']).map((usage) =>
    oid(usage === 'server' ? OID.serverAuth : OID.clientAuth),
  );
  const der = signedCertificate(
    {
      subject: request,
      issuer: ca.issuer,
      publicKey,
      issuerKeyId: ca.caKeyId,
      notBefore: request.notBefore ?? new Date(now - BACKDATE_MS),
      notAfter: request.notAfter ?? new Date(now + LEAF_LIFETIME_MS),
      extensions: [
        extension(OID.basicConstraints, tlv(TAG.sequence), true),
        // digitalSignature: bit 0, seven unused bits
        extension(OID.keyUsage, tlv(TAG.bitString, Buffer.from([7, 0x80])), true),
        extension(OID.extendedKeyUsage, tlv(TAG.sequence, ...usages)),
        ...(names.length === 0 ? [] : [extension(OID.subjectAltName, tlv(TAG.sequence, ...names))]),
      ],
    },
    ca.signingKey,
  );
  return {
    certPem: pem('CERTIFICATE', der),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    fingerprintSha256: createHash('sha256').update(der).digest('hex'),
  };
}
