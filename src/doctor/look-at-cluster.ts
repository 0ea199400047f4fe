import type { ApiAnswer, ClusterClient } from '../clients/cluster-client.ts';
import { createClusterClient } from '../clients/kubernetes.ts';
import { toClusterAccess } from '../config/cluster-access.ts';
import type { WorkerCluster, WorkerPlace } from '../config/role-config.ts';
import { missing } from '../core/evidence/observed.ts';
import { UserError } from '../errors.ts';
import { addressOf, findApiServers } from '../snapshot/readers/api-servers.ts';
import { at, text } from '../snapshot/readers/json-fields.ts';
import type { ReadContext } from '../snapshot/readers/reads.ts';
import { readRequester } from '../snapshot/readers/requester.ts';
import { type Finding, findings } from './finding.ts';
import { lookAtProbes } from './look-at-probes.ts';
import { lookAtReadRights } from './look-at-rights.ts';

/** One request of ours; an API server that serves answers within milliseconds. */
const LIMIT_MS = 5_000;
/** For all that is asked of one cluster. */
const ALL_MS = 60_000;

type Is = ReturnType<typeof findings>;

/** Whether a diagnosis of this cluster would see all that it looks for, and may probe. */
export async function lookAtCluster(
  cluster: WorkerCluster,
  place: WorkerPlace,
): Promise<readonly Finding[]> {
  const is = findings(`cluster ${cluster.name}`);
  let client: ClusterClient;
  try {
    client = await createClusterClient(toClusterAccess(cluster.access));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [
      is.wrong({
        what: error.message,
        why: 'This cluster cannot be diagnosed.',
        mend: [`# clusters[] -> ${cluster.name} -> access in the configuration file`],
      }),
    ];
  }
  try {
    return await look(client, { cluster, place, is });
  } finally {
    await client.close();
  }
}

async function look(
  client: ClusterClient,
  {
    cluster,
    place,
    is,
  }: { readonly cluster: WorkerCluster; readonly place: WorkerPlace; readonly is: Is },
): Promise<readonly Finding[]> {
  const context: ReadContext = {
    client,
    signal: AbortSignal.timeout(ALL_MS),
    deadlineAt: performance.now() + ALL_MS,
  };
  const reached = await lookAtServer(client, is);
  if (reached.state === 'wrong') return [reached];
  const requester = await readRequester(context);
  const username = requester.state === 'known' ? requester.value.username : null;
  const subject = { client, username, is };
  return [
    reached,
    ...(username === null ? [] : [is.ok(`we are ${username}`)]),
    ...(await lookAtEachServer(context, cluster, is)),
    ...(await lookAtReadRights(subject)),
    ...(await lookAtProbes(subject, cluster, place)),
  ];
}

async function lookAtServer(client: ClusterClient, is: Is): Promise<Finding> {
  // A review of our own rights, unlike /version, is answered to nobody whose credentials are not accepted.
  const version = await client.get('/version', { timeoutMs: LIMIT_MS });
  const why = 'This cluster cannot be diagnosed.';
  if (version.kind === 'failed') {
    return is.wrong({
      what: `the API server ${client.server} cannot be reached: ${version.message}`,
      why,
      mend: [
        `curl -kv --max-time 5 ${client.server}/version   # from this host`,
        ...tlsHint(version),
      ],
    });
  }
  if (version.status === 401) {
    return is.wrong({
      what: `the API server ${client.server} does not accept our credentials (401)`,
      why,
      mend: ['# a new token or client certificate for `access` in the configuration file'],
    });
  }
  const git = text(at(version.json)['gitVersion']);
  return is.ok(`the API server ${client.server} answers${git === '' ? '' : ` (${git})`}`);
}

function tlsHint({ errno }: Extract<ApiAnswer, { kind: 'failed' }>): readonly string[] {
  if (errno === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return ['# the certificate has other names: set access.tlsServerName to one of them'];
  }
  return errno !== null && /CERT|ISSUER|SIGNED/.test(errno)
    ? ['# another CA than ours: certificate-authority of the kubeconfig, or access.caFile']
    : [];
}

/** A diagnosis asks each API server on its own: one that cannot be reached from here is not judged. */
async function lookAtEachServer(
  context: ReadContext,
  cluster: WorkerCluster,
  is: Is,
): Promise<readonly Finding[]> {
  const nodes = Promise.resolve(missing('not-attempted', 'the doctor lists no nodes'));
  const targets = await findApiServers(context, nodes, cluster.apiServers ?? []);
  if (targets.state === 'missing') {
    return [
      is.worthALook({
        what: `the API servers of this cluster were not found: ${targets.detail}`,
        why: 'Only the usual address is asked then, and behind a load balancer one API server hides the others.',
        mend: ['# list them under apiServers of this cluster in the configuration file'],
      }),
    ];
  }
  return Promise.all(
    targets.value.map(async ({ name, url, tlsServerName }) => {
      const other = context.client.at(url, tlsServerName === null ? {} : { tlsServerName });
      const answer = await other.get('/version', { timeoutMs: LIMIT_MS });
      const which = `API server ${name ?? addressOf(url)}`;
      if (answer.kind === 'answered') return is.ok(`${which} can be asked on its own`);
      return is.wrong({
        what: `${which} cannot be asked on its own: ${answer.message}`,
        why: 'Whether it reaches metrics-server is not seen then, and a healthy API server hides one that is cut off.',
        mend: [
          `curl -kv --max-time 5 ${url}/version   # from this host; open the port to it`,
          ...tlsHint(answer),
          '# where it cannot be dialled (a tunnel), name reachable addresses under apiServers of this cluster',
        ],
      });
    }),
  );
}
