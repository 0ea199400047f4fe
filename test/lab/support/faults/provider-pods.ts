import { API_SERVICE_PATH } from '../objects/names.ts';
import type { Fault, FaultTarget } from '../types.ts';
import {
  type ApiObject,
  containersOf,
  controlPlaneOf,
  dropPodsOnTheirWayOut,
  isServing,
  METRICS_DEPLOYMENT,
  untilMetricsPods,
  withChanged,
} from './api-objects.ts';
import { addRules, nowhere, type Undo, undoAll } from './rules.ts';
import { conditionSays, scraped, untilObject } from './settle.ts';

type Change = (podSpec: ApiObject, container: ApiObject, deploymentSpec: ApiObject) => void;

/**
 * Changes the Deployment and waits until its Pods show it; the undo waits until they serve again. A kubelet in the
 * midst of a pull takes half a minute to let go of a Pod, so the old ones are not waited for.
 */
async function changeDeployment(
  target: FaultTarget,
  change: Change,
  what: string,
  seen: (pods: readonly ApiObject[]) => boolean,
): Promise<Undo> {
  const controlPlane = controlPlaneOf(target);
  const restore = await withChanged(controlPlane, METRICS_DEPLOYMENT, (deployment) => {
    const podSpec = deployment['spec'].template.spec as ApiObject;
    change(podSpec, podSpec['containers'][0] as ApiObject, deployment['spec'] as ApiObject);
  });
  await dropPodsOnTheirWayOut(controlPlane);
  const undo: Undo = async () => {
    await restore();
    await dropPodsOnTheirWayOut(controlPlane);
    await untilMetricsPods(controlPlane, 'serving again', isServing);
  };
  try {
    await untilMetricsPods(controlPlane, what, seen);
  } catch (error) {
    await undo().catch(() => undefined);
    throw error;
  }
  return undo;
}

const addArgs =
  (...args: readonly string[]): Change =>
  (_podSpec, container) => {
    container['args'] = [...(container['args'] as string[]), ...args];
  };

const waitingFor =
  (...reasons: readonly string[]) =>
  (pods: readonly ApiObject[]): boolean =>
    containersOf(pods).some((each) => reasons.includes(String(each['state'].waiting?.reason)));

const exited = (each: ApiObject): ApiObject | undefined =>
  (each['lastState'].terminated ?? each['state'].terminated) as ApiObject | undefined;

const hasCrashed = (pods: readonly ApiObject[]): boolean =>
  containersOf(pods).some((each) => each['restartCount'] >= 1 && exited(each) !== undefined);

const isRunningWith =
  (word: string) =>
  (pods: readonly ApiObject[]): boolean =>
    pods.length === 1 &&
    JSON.stringify(pods[0]?.['spec']).includes(word) &&
    containersOf(pods).some((each) => each['state'].running !== undefined);

/** The metrics-server's own Pods do not run as they should; changes of the Deployment, real Pods. */
export const PROVIDER_POD_FAULTS: readonly Fault[] = [
  {
    name: 'metrics-server-scaled-to-zero',
    describe: 'The Deployment of metrics-server wants 0 replicas',
    needs: 'kubelets',
    expects: { cause: 'metrics-server-scaled-to-zero', nodes: nowhere },
    apply: (target) =>
      changeDeployment(
        target,
        (_podSpec, _container, spec) => {
          spec['replicas'] = 0;
        },
        'gone',
        (pods) => pods.length === 0,
      ),
  },
  {
    name: 'metrics-server-crashing',
    describe: 'metrics-server ends at once, for it does not know one of its flags',
    needs: 'kubelets',
    expects: { cause: 'metrics-server-crashing', nodes: nowhere },
    apply: (target) => changeDeployment(target, addArgs('--no-such-flag'), 'crashing', hasCrashed),
  },
  {
    name: 'metrics-server-oom',
    describe: 'The memory limit of metrics-server is too small: the kernel kills it',
    needs: 'kubelets',
    expects: { cause: 'metrics-server-oom', nodes: nowhere },
    apply: (target) =>
      changeDeployment(
        target,
        (_podSpec, container) => {
          // What the container runtime needs to start it, and less than Node needs to run.
          const memory = '10Mi';
          container['resources'] = { requests: { memory }, limits: { memory } };
        },
        'OOMKilled',
        (pods) => containersOf(pods).some((each) => exited(each)?.['reason'] === 'OOMKilled'),
      ),
  },
  {
    name: 'image-pull-failed',
    describe: 'The image of metrics-server is nowhere to be had',
    needs: 'kubelets',
    expects: { cause: 'image-pull-failed', nodes: nowhere },
    apply: (target) =>
      changeDeployment(
        target,
        (_podSpec, container) => {
          // Never resolves: the reserved top-level domain.
          container['image'] = 'registry.invalid/metrics-server:v0.7.2';
        },
        'without its image',
        waitingFor('ErrImagePull', 'ImagePullBackOff'),
      ),
  },
  {
    name: 'metrics-server-unschedulable',
    describe: 'No node matches the node selector of metrics-server',
    needs: 'kubelets',
    expects: { cause: 'metrics-server-unschedulable', nodes: nowhere },
    apply: (target) =>
      changeDeployment(
        target,
        (podSpec) => {
          delete podSpec['nodeName'];
          podSpec['nodeSelector'] = { 'node-role.example.com/metrics': 'true' };
        },
        'unschedulable',
        (pods) => JSON.stringify(pods.map((pod) => pod['status'])).includes('Unschedulable'),
      ),
  },
  {
    name: 'metrics-server-config-missing',
    describe: 'The container of metrics-server wants a ConfigMap that is not there',
    needs: 'kubelets',
    expects: { cause: 'metrics-server-not-starting', nodes: nowhere },
    apply: (target) =>
      changeDeployment(
        target,
        (_podSpec, container) => {
          container['envFrom'] = [{ configMapRef: { name: 'metrics-server-settings' } }];
        },
        'without its ConfigMap',
        waitingFor('CreateContainerConfigError'),
      ),
  },
  {
    name: 'metrics-server-without-account',
    describe: 'The ServiceAccount that the pods of metrics-server want does not exist',
    needs: 'kubelets',
    expects: { cause: 'metrics-server-pods-refused', nodes: nowhere },
    apply: (target) =>
      changeDeployment(
        target,
        (podSpec) => {
          podSpec['serviceAccountName'] = 'metrics-server-gone';
          podSpec['serviceAccount'] = 'metrics-server-gone';
        },
        'gone',
        (pods) => pods.length === 0,
      ),
  },
  {
    name: 'readiness-probe-wrong',
    describe: "The kubelet's probe asks for a path that metrics-server does not serve",
    settle: (target) =>
      untilObject(target, API_SERVICE_PATH, 'a condition without addresses', (object) =>
        /no addresses|MissingEndpoints/.test(JSON.stringify(object['status'] ?? null)),
      ),
    needs: 'kubelets',
    expects: { cause: 'readiness-probe-wrong', nodes: nowhere },
    apply: (target) =>
      changeDeployment(
        target,
        (_podSpec, container) => {
          container['readinessProbe'] = {
            httpGet: { path: '/healthz-of-old', port: 10250, scheme: 'HTTPS' },
            periodSeconds: 2,
          };
        },
        'running and not ready',
        (pods) =>
          isRunningWith('healthz-of-old')(pods) &&
          containersOf(pods).every((each) => each['ready'] === false),
      ),
  },
  {
    name: 'metrics-server-not-listening',
    describe: 'The container of metrics-server runs, counts as ready and nobody listens in it',
    needs: 'kubelets',
    expects: {
      cause: null,
      orElse: ['metrics-server-crashing', 'service-port-mismatch'],
      nodes: nowhere,
    },
    apply: (target) =>
      changeDeployment(
        target,
        (_podSpec, container) => {
          container['command'] = ['/bin/pause'];
          container['livenessProbe'] = null;
          container['readinessProbe'] = null;
        },
        'idle',
        isRunningWith('/bin/pause'),
      ),
  },
  {
    name: 'port-conflict-hostnetwork',
    describe: "metrics-server runs with hostNetwork on the kubelet's port",
    needs: 'kubelets',
    expects: { cause: 'port-conflict-hostnetwork', nodes: nowhere },
    apply: (target) =>
      changeDeployment(
        target,
        (podSpec) => {
          podSpec['hostNetwork'] = true;
        },
        'crashing',
        hasCrashed,
      ),
  },
  {
    name: 'frontproxy-ca',
    describe:
      'metrics-server trusts another CA than the one that signed the front-proxy client certificate',
    settle: (target) => conditionSays(target, /401/),
    needs: 'kubelets',
    expects: { cause: 'frontproxy-ca', nodes: nowhere },
    apply: (target) =>
      changeDeployment(
        target,
        // Every Pod has the cluster's CA; the front proxy has one of its own.
        addArgs(
          '--requestheader-client-ca-file=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
        ),
        'started with another CA',
        isRunningWith('requestheader-client-ca-file'),
      ),
  },
  {
    name: 'frontproxy-allowed-names',
    describe: "metrics-server does not allow the front proxy's name (CN system:auth-proxy)",
    settle: (target) => conditionSays(target, /401/),
    needs: 'kubelets',
    expects: { cause: 'frontproxy-allowed-names', nodes: nowhere },
    apply: (target) =>
      changeDeployment(
        target,
        addArgs('--requestheader-allowed-names=front-proxy-client'),
        'started with other names',
        isRunningWith('requestheader-allowed-names'),
      ),
  },
  {
    name: 'kubelet-dns-lookup',
    describe: 'metrics-server dials kubelets by host names that no DNS knows',
    settle: scraped,
    needs: 'kubelets',
    expects: { cause: 'kubelet-dns-lookup', nodes: nowhere },
    apply: (target) =>
      changeDeployment(
        target,
        addArgs('--kubelet-preferred-address-types=Hostname'),
        'started with host names',
        isRunningWith('address-types=Hostname'),
      ),
  },
  {
    name: 'kubelet-dns-silent',
    describe: "metrics-server dials kubelets by host names, and the cluster's DNS does not answer",
    settle: scraped,
    needs: 'kubelets',
    // The log has a deadline and a URL with a host name: no proof of a hanging lookup, still less of a slow kubelet.
    expects: { cause: null, nodes: nowhere },
    async apply(target) {
      const [server] = target.network.servers;
      if (server === undefined) throw new Error('a lab needs at least one server');
      const silence = await addRules(target.network, server.name, [
        { chain: 'INPUT', rule: ['-p', 'udp', '--dport', '5353', '-j', 'DROP'] },
      ]);
      const rename = await changeDeployment(
        target,
        addArgs('--kubelet-preferred-address-types=Hostname'),
        'started with host names',
        isRunningWith('address-types=Hostname'),
      );
      return undoAll([silence, rename]);
    },
  },
  {
    name: 'kubelet-wrong-port',
    describe: 'metrics-server dials kubelets at a port where none listens (10255)',
    settle: scraped,
    needs: 'kubelets',
    expects: { cause: 'kubelet-wrong-port', nodes: nowhere },
    apply: (target) =>
      changeDeployment(
        target,
        addArgs('--kubelet-use-node-status-port=false', '--kubelet-port=10255'),
        'started with another port',
        isRunningWith('kubelet-port=10255'),
      ),
  },
];
