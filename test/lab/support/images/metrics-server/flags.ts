/** The flags of metrics-server v0.7 that change what it does here; others are accepted and not used. */
export interface Flags {
  readonly securePort: number;
  readonly certDir: string;
  readonly tlsCertFile: string | null;
  readonly tlsPrivateKeyFile: string | null;
  readonly kubeletPreferredAddressTypes: readonly string[];
  readonly kubeletUseNodeStatusPort: boolean;
  readonly kubeletPort: number;
  readonly kubeletInsecureTls: boolean;
  readonly kubeletCertificateAuthority: string | null;
  readonly metricResolutionMs: number;
  readonly kubeletRequestTimeoutMs: number;
  readonly requestheaderClientCaFile: string | null;
  readonly requestheaderAllowedNames: readonly string[] | null;
}

/** Known to the real program and without meaning in the stand-in. */
const IGNORED = new Set([
  'v',
  'logtostderr',
  'tls-cipher-suites',
  'tls-min-version',
  'bind-address',
]);

const KNOWN = new Set([
  'secure-port',
  'cert-dir',
  'tls-cert-file',
  'tls-private-key-file',
  'kubelet-preferred-address-types',
  'kubelet-use-node-status-port',
  'kubelet-port',
  'kubelet-insecure-tls',
  'kubelet-certificate-authority',
  'metric-resolution',
  'kubelet-request-timeout',
  'requestheader-client-ca-file',
  'requestheader-allowed-names',
]);

/** Reads the command line. @throws Error in cobra's words for an unknown flag or a bad value */
export function parseFlags(argv: readonly string[]): Flags {
  const given = new Map<string, string>();
  for (const word of argv) {
    const [, name, value] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) continue;
    if (!KNOWN.has(name) && !IGNORED.has(name)) throw new Error(`unknown flag: --${name}`);
    given.set(name, value ?? 'true');
  }
  const list = (name: string): string[] | null => given.get(name)?.split(',') ?? null;
  const metricResolutionMs = durationMs(
    'metric-resolution',
    given.get('metric-resolution') ?? '60s',
  );
  if (metricResolutionMs < 10_000) {
    throw new Error(
      `metric-resolution should be a time duration at least 10s, but value ${given.get('metric-resolution')} provided`,
    );
  }
  return {
    securePort: Number(given.get('secure-port') ?? 443),
    certDir: given.get('cert-dir') ?? 'apiserver.local.config/certificates',
    tlsCertFile: given.get('tls-cert-file') ?? null,
    tlsPrivateKeyFile: given.get('tls-private-key-file') ?? null,
    kubeletPreferredAddressTypes: list('kubelet-preferred-address-types') ?? [
      'Hostname',
      'InternalDNS',
      'InternalIP',
      'ExternalDNS',
      'ExternalIP',
    ],
    kubeletUseNodeStatusPort: given.get('kubelet-use-node-status-port') === 'true',
    kubeletPort: Number(given.get('kubelet-port') ?? 10_250),
    kubeletInsecureTls: given.get('kubelet-insecure-tls') === 'true',
    kubeletCertificateAuthority: given.get('kubelet-certificate-authority') ?? null,
    metricResolutionMs,
    kubeletRequestTimeoutMs: durationMs(
      'kubelet-request-timeout',
      given.get('kubelet-request-timeout') ?? '10s',
    ),
    requestheaderClientCaFile: given.get('requestheader-client-ca-file') ?? null,
    requestheaderAllowedNames: list('requestheader-allowed-names'),
  };
}

function durationMs(flag: string, text: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m)$/.exec(text) ?? [];
  if (amount === undefined) {
    throw new Error(
      `invalid argument "${text}" for "--${flag}" flag: time: invalid duration "${text}"`,
    );
  }
  return Number(amount) * (unit === 'ms' ? 1 : unit === 's' ? 1_000 : 60_000);
}
