import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate and its key in PEM. */
export interface ServingPair {
  readonly cert: string;
  readonly key: string;
}

/** As k8s.io/apiserver generates one when no file is given: valid for a year. */
const VALID_MS = 365 * 24 * 3_600_000;

/** DER tags, ITU-T X.690. */
const SEQUENCE = 0x30;
const SET = 0x31;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const OBJECT_ID = 0x06;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const EXPLICIT_0 = 0xa0;
const EXPLICIT_3 = 0xa3;
const DNS_NAME = 0x82;

/** sha256WithRSAEncryption, 1.2.840.113549.1.1.11. */
const SHA256_RSA = Buffer.from('2a864886f70d01010b', 'hex');
const COMMON_NAME = Buffer.from('550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('551d11', 'hex');

/**
 * The certificate that metrics-server makes for itself without `--tls-cert-file`: subject
 * `localhost@<unix time>`, only name `localhost`, so that nobody can verify it against a Service name or a Pod address.
 */
export function selfSignedForLocalhost(now: Date): ServingPair {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const name = distinguishedName(`localhost@${Math.floor(now.getTime() / 1000)}`);
  const algorithm = der(SEQUENCE, der(OBJECT_ID, SHA256_RSA), Buffer.from('0500', 'hex'));
  const serial = randomBytes(8);
  serial[0] = 0x01; // positive, and never shortened
  const body = der(
    SEQUENCE,
    der(EXPLICIT_0, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serial),
    algorithm,
    name,
    der(SEQUENCE, utcTime(now), utcTime(new Date(now.getTime() + VALID_MS))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      EXPLICIT_3,
      der(
        SEQUENCE,
        der(
          SEQUENCE,
          der(OBJECT_ID, SUBJECT_ALT_NAME),
          der(OCTET_STRING, der(SEQUENCE, der(DNS_NAME, Buffer.from('localhost')))),
        ),
      ),
    ),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]);
  const certificate = der(SEQUENCE, body, algorithm, der(BIT_STRING, signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function distinguishedName(commonName: string): Buffer {
  return der(
    SEQUENCE,
    der(SET, der(SEQUENCE, der(OBJECT_ID, COMMON_NAME), der(UTF8_STRING, Buffer.from(commonName)))),
  );
}

function utcTime(time: Date): Buffer {
  const text = time.toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(UTC_TIME, Buffer.from(`${text}Z`));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content]);
}
