import { registeredNodes, type SimNode, type World } from '../world.ts';
import { CLUSTER_AGE_MS, type KubeObject, metadata } from './kube-object.ts';

/** Who is trusted, and who asks to be: the front proxy's CA and names, and requests for certificates. */
export function authenticationObjects(world: World): KubeObject[] {
  return [frontProxyTrust(world), ...servingRequests(world), ...otherRequests(world)];
}

/** RKE2's and k3s's name for the front proxy; kubeadm has `front-proxy-client`. */
const PROXY_NAMES: Readonly<Record<string, string>> = {
  rke2: 'system:auth-proxy',
  k3s: 'system:auth-proxy',
};

/** A certificate authority of its own, good from 2020 to 2045; its key was thrown away. */
const FRONT_PROXY_CA = `-----BEGIN CERTIFICATE-----
MIIBUjCB+aADAgECAgEBMAoGCCqGSM49BAMCMBkxFzAVBgNVBAMMDmZyb250LXBy
b3h5LWNhMB4XDTIwMDEwMTAwMDAwMFoXDTQ1MDEwMTAwMDAwMFowGTEXMBUGA1UE
AwwOZnJvbnQtcHJveHktY2EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASo+lMH
mCGh4t7CrHknlQbNF7bbUlu8d6uGyMa3+lt4PbtgEnnDvOC6mCCATXSZyPVUn/25
VzPOmzksrK2o1/z8ozIwMDAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBQukXmD
d1KjNJseShkADjBG57wfCjAKBggqhkjOPQQDAgNIADBFAiEA08t3M/LJQckUWksZ
XrFHHOVUcAbaPFSPWLuih/LHv9QCIGKD9B5STmvBRX6EomF2WLsCgEjFyiEXIm5P
0DAyAWJI
-----END CERTIFICATE-----
`;

function frontProxyTrust(world: World): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata('extension-apiserver-authentication', world.nowMs - CLUSTER_AGE_MS, {
      namespace: 'kube-system',
    }),
    data: {
      'requestheader-allowed-names': JSON.stringify([
        PROXY_NAMES[world.platform.name] ?? 'front-proxy-client',
      ]),
      'requestheader-client-ca-file': FRONT_PROXY_CA,
      'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
      'requestheader-username-headers': '["X-Remote-User"]',
    },
  };
}

function request(
  world: World,
  name: string,
  spec: { readonly signerName: string; readonly username: string },
): KubeObject {
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: metadata(name, world.nowMs - world.faultAgeMs),
    spec: { ...spec, request: '', usages: ['digital signature', 'server auth'] },
    status: {},
  };
}

function servingRequests(world: World): KubeObject[] {
  return registeredNodes(world)
    .filter(({ kubelet }) => kubelet === 'no-certificate')
    .map((node) => servingRequest(world, node));
}

function servingRequest(world: World, { name }: SimNode): KubeObject {
  return request(world, `csr-${name}`, {
    signerName: 'kubernetes.io/kubelet-serving',
    username: `system:node:${name}`,
  });
}

/** Requests that wait and hurt nobody: a person's, and the renewal of a kubelet whose certificate still serves. */
function otherRequests(world: World): KubeObject[] {
  const { pendingRequests } = world.litter;
  const serving = registeredNodes(world).find(({ kubelet }) => kubelet === 'serving');
  return [
    ...(pendingRequests > 0
      ? [
          request(world, 'csr-of-jane', {
            signerName: 'kubernetes.io/kube-apiserver-client',
            username: 'jane',
          }),
        ]
      : []),
    ...(pendingRequests > 1 && serving !== undefined ? [servingRequest(world, serving)] : []),
  ];
}
