import type { ApiAnswer, ClusterClient } from '../clients/cluster-client.ts';
import type { WorkerCluster, WorkerPlace } from '../config/role-config.ts';
import type { PodPlan } from '../probes/plan.ts';
import { probePod } from '../probes/probe-pod.ts';
import { probeSettings } from '../runs/probe-settings.ts';
import { withoutSecrets } from '../scrub.ts';
import { at, text } from '../snapshot/readers/json-fields.ts';
import type { Finding, findings } from './finding.ts';
import { lookAtProbeRights } from './look-at-rights.ts';

const LIMIT_MS = 5_000;
const NOT_TESTED = 'No probe Pod can run, so the network is not tested.';

interface Subject {
  readonly client: ClusterClient;
  readonly username: string | null;
  readonly is: ReturnType<typeof findings>;
}

/** Image, rights, and whether the API server would admit a probe Pod: asked by a dry run, which stores nothing. */
export async function lookAtProbes(
  subject: Subject,
  cluster: WorkerCluster,
  place: WorkerPlace,
): Promise<readonly Finding[]> {
  const { is } = subject;
  const settings = probeSettings({ place }, cluster, new AbortController().signal);
  if ('state' in settings) {
    if (!cluster.probe.enabled)
      return [is.skipped('probes are switched off (probe.enabled: false)')];
    return [
      is.wrong({
        what: 'no image of the probe Pods is known',
        why: NOT_TESTED,
        mend: [
          `# clusters[] -> ${cluster.name} -> probe: { image: "REGISTRY/metrics-diag:VERSION" }`,
        ],
      }),
    ];
  }
  const { namespace, image } = settings;
  const rights = await lookAtProbeRights(subject, namespace);
  const manifest = probePod(
    { ...PLAN, localApi: settings.localApiServiceAccount !== null },
    { ...settings, attempt: 1 },
    Date.now(),
  );
  const answer = await subject.client.write(
    'POST',
    `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?dryRun=All`,
    manifest,
    { timeoutMs: LIMIT_MS },
  );
  return [is.ok(`probe Pods run ${image}`), ...rights, admission(answer, namespace, is)];
}

/** A node Pod as a run makes it, without any check to do. */
const PLAN: PodPlan = {
  v: 1,
  runId: 'doctor',
  wave: 1,
  kind: 'node',
  node: 'doctor',
  nodeAddress: null,
  batch: 0,
  deadlineMs: 1_000,
  checks: [],
  bursts: null,
  ownListener: null,
  listenPort: null,
  localApi: false,
  nodeFacts: false,
};

/** What the answer to the dry run says. */
export function admission(answer: ApiAnswer, namespace: string, is: Subject['is']): Finding {
  if (answer.kind === 'failed') {
    return is.skipped(
      `whether probe Pods are admitted in ${namespace} is not known: ${answer.message}`,
    );
  }
  if (answer.status < 300) {
    return is.ok(`a probe Pod would be admitted in namespace ${namespace} (dry run)`);
  }
  const label = `kubectl label namespace ${namespace} --overwrite pod-security.kubernetes.io/enforce=privileged`;
  const words = withoutSecrets(text(at(answer.json)['message']));
  if (answer.status === 404) {
    return is.wrong({
      what: `the namespace ${namespace} does not exist`,
      why: NOT_TESTED,
      mend: [`kubectl create namespace ${namespace}`, label],
    });
  }
  if (/violates PodSecurity/.test(words)) {
    return is.wrong({
      what: `PodSecurity of namespace ${namespace} does not admit probe Pods: ${words}`,
      why: `${NOT_TESTED} They stand in the host's network, which needs the level "privileged".`,
      mend: [label],
    });
  }
  if (/does not support dry run/.test(words)) {
    return is.skipped(
      `whether probe Pods are admitted in ${namespace} is not known: an admission webhook allows no dry run`,
    );
  }
  if (/cannot create resource "pods"/.test(words)) {
    return is.skipped(
      `whether probe Pods are admitted in ${namespace} is not known without the right to create them`,
    );
  }
  return is.wrong({
    what: `the API server does not admit a probe Pod in ${namespace}: ${words === '' ? `HTTP ${answer.status}` : words}`,
    why: NOT_TESTED,
    mend: [
      `kubectl get resourcequota,limitrange,serviceaccount -n ${namespace}`,
      'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations,validatingadmissionpolicies',
    ],
  });
}
