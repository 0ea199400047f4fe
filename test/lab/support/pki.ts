import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun } from './run-command.ts';
import type { CertRequest, KeyPair, LabNetwork, Pki } from './types.ts';

const DEFAULT_DAYS = 365;
/** First address of the service range 10.43.0.0/16: the kubernetes Service. */
export const KUBERNETES_SERVICE_IP = '10.43.0.1';

/** Issues every certificate of a cluster with openssl (P-256, one process each, side by side). */
export async function createPki(
  network: Pick<LabNetwork, 'dir' | 'nodes' | 'servers'>,
): Promise<Pki> {
  const dir = path.join(network.dir, 'pki');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  // An own empty configuration: the system's one would mark every certificate as a CA.
  const config = path.join(dir, 'openssl.cnf');
  await writeFile(config, '[req]\ndistinguished_name = dn\n[dn]\n');
  const make = (request: CertRequest, signer: KeyPair | 'self'): Promise<KeyPair> =>
    issueWithOpenssl(dir, config, request, signer);

  const [ca, frontProxyCa, serviceAccountKey] = await Promise.all([
    make({ name: 'ca', commonName: 'rke2-server-ca@lab' }, 'self'),
    make({ name: 'front-proxy-ca', commonName: 'rke2-request-header-ca@lab' }, 'self'),
    makeServiceAccountKey(dir),
  ]);
  const issue = (request: CertRequest): Promise<KeyPair> => make(request, request.signer ?? ca);
  const [frontProxyClient, apiServer, apiServerKubeletClient, admin, controllerManager, scheduler] =
    await Promise.all([
      issue({ name: 'front-proxy-client', commonName: 'system:auth-proxy', signer: frontProxyCa }),
      issue({
        name: 'apiserver',
        commonName: 'kube-apiserver',
        dnsNames: [
          'localhost',
          'kubernetes',
          'kubernetes.default',
          'kubernetes.default.svc',
          'kubernetes.default.svc.cluster.local',
          ...network.servers.map(({ name }) => name),
        ],
        ips: ['127.0.0.1', KUBERNETES_SERVICE_IP, ...network.servers.map(({ ip }) => ip)],
      }),
      issue({
        name: 'apiserver-kubelet-client',
        commonName: 'kube-apiserver',
        organizations: ['system:masters'],
      }),
      issue({ name: 'admin', commonName: 'system:admin', organizations: ['system:masters'] }),
      issue({ name: 'controller-manager', commonName: 'system:kube-controller-manager' }),
      issue({ name: 'scheduler', commonName: 'system:kube-scheduler' }),
    ]);
  const kubelets = await Promise.all(
    network.nodes.map(async ({ name, ip }) => {
      const [client, serving] = await Promise.all([
        issue({
          name: `kubelet-${name}-client`,
          commonName: `system:node:${name}`,
          organizations: ['system:nodes'],
        }),
        issue({
          name: `kubelet-${name}-serving`,
          commonName: name,
          dnsNames: [name, 'localhost'],
          ips: [ip, '127.0.0.1'],
        }),
      ]);
      return [name, { client, serving }] as const;
    }),
  );
  return {
    dir,
    ca,
    frontProxyCa,
    frontProxyClient,
    apiServer,
    apiServerKubeletClient,
    admin,
    controllerManager,
    scheduler,
    serviceAccountKey: serviceAccountKey.key,
    serviceAccountPub: serviceAccountKey.pub,
    kubelets: new Map(kubelets),
    issue,
  };
}

async function makeServiceAccountKey(
  dir: string,
): Promise<{ readonly key: string; readonly pub: string }> {
  const key = path.join(dir, 'service-account.key');
  const pub = path.join(dir, 'service-account.pub');
  // RSA: kube-apiserver 1.20 signs service-account tokens with RS256 everywhere we use it.
  await mustRun(['openssl', 'genrsa', '-out', key, '2048']);
  await mustRun(['openssl', 'rsa', '-in', key, '-pubout', '-out', pub]);
  return { key, pub };
}

async function issueWithOpenssl(
  dir: string,
  config: string,
  request: CertRequest,
  signer: KeyPair | 'self',
): Promise<KeyPair> {
  const cert = path.join(dir, `${request.name}.crt`);
  const key = path.join(dir, `${request.name}.key`);
  const subject = [
    ...(request.organizations ?? []).map((name) => `/O=${name}`),
    `/CN=${request.commonName}`,
  ].join('');
  const names = [
    ...(request.dnsNames ?? []).map((name) => `DNS:${name}`),
    ...(request.ips ?? []).map((ip) => `IP:${ip}`),
  ];
  const extensions =
    signer === 'self'
      ? [
          'basicConstraints=critical,CA:TRUE',
          'keyUsage=critical,keyCertSign,cRLSign,digitalSignature',
        ]
      : [
          'basicConstraints=critical,CA:FALSE',
          'keyUsage=critical,digitalSignature,keyEncipherment',
          'extendedKeyUsage=serverAuth,clientAuth',
        ];
  if (names.length > 0) extensions.push(`subjectAltName=${names.join(',')}`);
  await mustRun([
    'openssl',
    'req',
    '-x509',
    '-config',
    config,
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-sha256',
    '-days',
    String(request.notAfterDays ?? DEFAULT_DAYS),
    '-subj',
    subject,
    ...(signer === 'self' ? [] : ['-CA', signer.cert, '-CAkey', signer.key]),
    ...extensions.flatMap((extension) => ['-addext', extension]),
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  return { cert, key };
}
