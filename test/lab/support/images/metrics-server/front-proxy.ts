import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import type { ApiClient } from './api-client.ts';
import type { Flags } from './flags.ts';
import { logF } from './klog.ts';

const CONFIG_MAP = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';

/** Who may speak for others: read once at the start, as the real program does for flags. */
export interface Trust {
  readonly clientCas: readonly X509Certificate[];
  readonly requestHeaderCas: readonly X509Certificate[];
  /** Empty: every name is allowed. */
  readonly allowedNames: readonly string[];
  /** Both bundles in PEM, offered to clients in the TLS handshake. */
  readonly pem: readonly string[];
}

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

export type Authentication =
  | { readonly kind: 'user'; readonly user: User }
  /** The reason is logged; the caller only sees 401. */
  | { readonly kind: 'rejected'; readonly reason: string };

export const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** @throws Error in the words of k8s.io/apiserver when the ConfigMap cannot be read */
export async function readTrust(api: ApiClient, flags: Flags): Promise<Trust> {
  const { status, body } = await api.call('GET', CONFIG_MAP);
  if (status !== 200) {
    const message = (body as { message?: string }).message ?? `status ${status}`;
    if (status === 403) {
      logF(
        'W',
        'requestheader_controller.go:193',
        "Unable to get configmap/extension-apiserver-authentication in kube-system.  Usually fixed by 'kubectl create rolebinding -n kube-system ROLEBINDING_NAME --role=extension-apiserver-authentication-reader --serviceaccount=YOUR_NS:YOUR_SA'",
      );
    }
    throw new Error(`unable to load configmap based request-header-client-ca-file: ${message}`);
  }
  const data = (body as { data?: Readonly<Record<string, string>> }).data ?? {};
  const clientPem = data['client-ca-file'] ?? '';
  const requestHeaderPem =
    flags.requestheaderClientCaFile === null
      ? (data['requestheader-client-ca-file'] ?? '')
      : await readFile(flags.requestheaderClientCaFile, 'utf8');
  return {
    clientCas: certificates(clientPem),
    requestHeaderCas: certificates(requestHeaderPem),
    allowedNames: flags.requestheaderAllowedNames ?? names(data['requestheader-allowed-names']),
    pem: [clientPem, requestHeaderPem].filter((pem) => pem !== ''),
  };
}

/** Header first, then client certificate, then bearer token, then nobody: the order of k8s.io/apiserver. */
export async function authenticate(
  trust: Trust,
  api: ApiClient,
  certificate: X509Certificate | null,
  headers: IncomingHttpHeaders,
): Promise<Authentication> {
  const reasons = new Set<string>();
  const headerUser = oneHeader(headers['x-remote-user']);
  if (certificate !== null) {
    const header = verify(certificate, trust.requestHeaderCas);
    if (header === null) {
      const commonName = commonNameOf(certificate);
      if (trust.allowedNames.length > 0 && !trust.allowedNames.includes(commonName)) {
        reasons.add(`x509: subject with cn=${commonName} is not in the allowed list`);
      } else if (headerUser !== null) {
        const groups = (headers['x-remote-group'] ?? []) as string | string[];
        return user(headerUser, typeof groups === 'string' ? groups.split(', ') : groups);
      }
    } else {
      reasons.add(header);
    }
    const client = verify(certificate, trust.clientCas);
    if (client === null) {
      const groups = [...certificate.subject.matchAll(/^O=(.*)$/gm)].map(([, group = '']) => group);
      return user(commonNameOf(certificate), groups);
    }
    reasons.add(client);
  }
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (token !== undefined) {
    const reviewed = await reviewToken(api, token);
    return (
      reviewed ?? { kind: 'rejected', reason: '[invalid bearer token, Token has been invalidated]' }
    );
  }
  if (reasons.size === 1) return { kind: 'rejected', reason: [...reasons].join('') };
  if (reasons.size > 1) return { kind: 'rejected', reason: `[${[...reasons].join(', ')}]` };
  return { kind: 'user', user: ANONYMOUS };
}

function user(name: string, groups: readonly string[]): Authentication {
  return { kind: 'user', user: { name, groups: [...groups, 'system:authenticated'] } };
}

/** null when some CA signed the certificate, else k8s.io/apiserver's error. */
function verify(certificate: X509Certificate, cas: readonly X509Certificate[]): string | null {
  const now = Date.now();
  const signer = cas.find((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
  const prefix = `verifying certificate ${identify(certificate)} failed: x509: certificate `;
  if (Date.parse(certificate.validTo) < now || Date.parse(certificate.validFrom) > now) {
    return `${prefix}has expired or is not yet valid`;
  }
  if (signer !== undefined) return null;
  const namesake = cas.find((ca) => ca.subject === certificate.issuer);
  if (namesake === undefined) return `${prefix}signed by unknown authority`;
  const failure =
    namesake.publicKey.asymmetricKeyType === 'rsa'
      ? 'crypto/rsa: verification error'
      : 'x509: ECDSA verification failure';
  const name = commonNameOf(namesake);
  return `${prefix}signed by unknown authority (possibly because of ${JSON.stringify(failure)} while trying to verify candidate authority certificate ${JSON.stringify(name)})`;
}

/** Serial number in decimal; key identifiers are left empty, as for certificates without them. */
function identify(certificate: X509Certificate): string {
  return `SN=${BigInt(`0x${certificate.serialNumber}`)}, SKID=, AKID=`;
}

function commonNameOf(certificate: X509Certificate): string {
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '';
}

async function reviewToken(api: ApiClient, token: string): Promise<Authentication | null> {
  const { body } = await api.call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token },
  });
  const { status } = body as {
    status?: { authenticated?: boolean; user?: { username?: string; groups?: string[] } };
  };
  if (status?.authenticated !== true) return null;
  return user(status.user?.username ?? '', status.user?.groups ?? []);
}

/** The PEM bundle's certificates. */
function certificates(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

function names(json: string | undefined): string[] {
  const parsed: unknown = JSON.parse(json ?? '[]');
  return Array.isArray(parsed) ? parsed.map(String) : [];
}

function oneHeader(value: string | string[] | undefined): string | null {
  return (typeof value === 'string' ? value : value?.[0]) ?? null;
}
