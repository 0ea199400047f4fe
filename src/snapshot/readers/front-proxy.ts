import { X509Certificate } from 'node:crypto';
import type { CaCertificate, FrontProxyTrust } from '../../core/evidence/identity-facts.ts';
import { mapObserved, type Observed } from '../../core/evidence/observed.ts';
import { at, text } from './json-fields.ts';
import { type ReadContext, readObject } from './reads.ts';

/** Written by kube-apiserver for all extension API servers; certificates and names only. */
export const FRONT_PROXY_CONFIG_MAP = 'extension-apiserver-authentication';
const PATH = `/api/v1/namespaces/kube-system/configmaps/${FRONT_PROXY_CONFIG_MAP}`;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The front proxy's CA and names as extension API servers are told; `null` when there is no such ConfigMap. */
export async function readFrontProxyTrust(
  context: ReadContext,
): Promise<Observed<FrontProxyTrust | null>> {
  const read = await readObject(
    context,
    PATH,
    `get configmaps ${FRONT_PROXY_CONFIG_MAP} in kube-system`,
  );
  return mapObserved(read, (raw) => (raw === null ? null : frontProxyTrust(at(raw)['data'])));
}

/** Only the keys of the front proxy are read; the client CA beside them is left alone. */
export function frontProxyTrust(data: unknown): FrontProxyTrust {
  const fields = at(data);
  return {
    cas: (text(fields['requestheader-client-ca-file']).match(PEM) ?? []).flatMap(caCertificate),
    allowedNames: names(text(fields['requestheader-allowed-names'])),
  };
}

function caCertificate(pem: string): readonly CaCertificate[] {
  try {
    const certificate = new X509Certificate(pem);
    return [
      {
        subject: certificate.subject.replaceAll('\n', ', '),
        notBefore: iso(certificate.validFrom),
        notAfter: iso(certificate.validTo),
        fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      },
    ];
  } catch {
    return []; // a bundle that somebody edited by hand
  }
}

function iso(date: string): string {
  const at = new Date(date);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

function names(json: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(json === '' ? '[]' : json);
    return Array.isArray(parsed) ? parsed.map(String) : [];
  } catch {
    return [];
  }
}
