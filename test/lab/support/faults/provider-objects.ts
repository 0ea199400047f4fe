import { readFile } from 'node:fs/promises';
import { API_SERVICE_PATH, METRICS_SERVER } from '../objects/names.ts';
import type { Fault } from '../types.ts';
import {
  controlPlaneOf,
  kubeletsOf,
  METRICS_DEPLOYMENT,
  METRICS_SERVICE,
  metricsPods,
  untilMetricsPods,
  withChanged,
  withDeleted,
} from './api-objects.ts';
import { addRules, nowhere, type Undo, undoAll } from './rules.ts';
import { conditionSays, scraped, untilObject } from './settle.ts';

/** autoscaling/v1 keeps an HPA's conditions in an annotation. */
const WEB_HPA = '/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers/web';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** The objects between the aggregator and the metrics-server Pod say something wrong. */
export const PROVIDER_OBJECT_FAULTS: readonly Fault[] = [
  {
    name: 'apiservice-deleted',
    describe: 'The APIService v1beta1.metrics.k8s.io is gone',
    needs: 'control-plane',
    expects: { cause: 'apiservice-missing', nodes: nowhere },
    apply: (target) => withDeleted(controlPlaneOf(target), API_SERVICE_PATH),
  },
  {
    name: 'metrics-server-not-installed',
    describe: 'Neither Deployment nor Service nor APIService of metrics-server exists',
    needs: 'kubelets',
    expects: { cause: 'metrics-server-not-installed', nodes: nowhere },
    async apply(target) {
      const controlPlane = controlPlaneOf(target);
      const undos = [];
      for (const path of [METRICS_DEPLOYMENT, METRICS_SERVICE, API_SERVICE_PATH]) {
        undos.push(await withDeleted(controlPlane, path));
      }
      await untilMetricsPods(controlPlane, 'gone', (pods) => pods.length === 0);
      return undoAll(undos);
    },
  },
  {
    name: 'apiservice-wrong-ca',
    describe:
      "The APIService verifies TLS with a CA that did not sign metrics-server's certificate",
    needs: 'control-plane',
    expects: { cause: 'apiservice-ca-mismatch', nodes: nowhere },
    async apply(target) {
      const controlPlane = controlPlaneOf(target);
      const caBundle = (await readFile(controlPlane.pki.frontProxyCa.cert)).toString('base64');
      return withChanged(controlPlane, API_SERVICE_PATH, (object) => {
        object['spec'] = { ...object['spec'], insecureSkipTLSVerify: false, caBundle };
      });
    },
  },
  {
    name: 'apiservice-wrong-port',
    describe: 'The APIService names a port that the Service does not have',
    needs: 'control-plane',
    expects: { cause: 'service-port-mismatch', nodes: nowhere },
    apply: (target) =>
      withChanged(controlPlaneOf(target), API_SERVICE_PATH, (object) => {
        object['spec'].service.port = 8443;
      }),
  },
  {
    name: 'service-wrong-target-port',
    describe: 'The Service sends to a port at which metrics-server does not listen',
    needs: 'control-plane',
    expects: { cause: 'service-port-mismatch', nodes: nowhere },
    apply: (target) =>
      withChanged(controlPlaneOf(target), METRICS_SERVICE, (object) => {
        object['spec'].ports[0].targetPort = 4443;
      }),
  },
  {
    name: 'service-wrong-selector',
    describe: "The Service's selector fits no pod of metrics-server",
    settle: (target) => conditionSays(target, /no addresses|MissingEndpoints/),
    needs: 'kubelets',
    expects: { cause: 'service-selects-no-pods', nodes: nowhere },
    apply: (target) =>
      withChanged(controlPlaneOf(target), METRICS_SERVICE, (object) => {
        object['spec'].selector = { 'k8s-app': 'metrics-servr' };
      }),
  },
  {
    name: 'networkpolicy-denies',
    describe:
      'A default-deny NetworkPolicy, with the drops that a CNI would make of it before the Pod',
    needs: 'kubelets',
    expects: { cause: 'networkpolicy-denies', nodes: nowhere },
    async apply(target) {
      const controlPlane = controlPlaneOf(target);
      const [pod] = await metricsPods(controlPlane);
      if (!pod) throw new Error('no metrics-server Pod to shut in');
      const { namespace } = METRICS_SERVER;
      const policies = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
      const name = 'default-deny-ingress';
      await controlPlane.request('POST', policies, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name, namespace },
        spec: { podSelector: {}, policyTypes: ['Ingress'] },
      });
      // Traffic of the Pod's own node passes OUTPUT, never FORWARD: exempt, as with a real policy.
      const drop = await addRules(target.network, String(pod['spec'].nodeName), [
        {
          chain: 'FORWARD',
          rule: ['-d', String(pod['status'].podIP), '-p', 'tcp', '--syn', '-j', 'DROP'],
        },
        {
          chain: 'FORWARD',
          rule: [
            '-d',
            String(pod['status'].podIP),
            '-p',
            'tcp',
            '--dport',
            String(METRICS_SERVER.containerPort),
            '-j',
            'DROP',
          ],
        },
      ]);
      return undoAll([
        async () => {
          await controlPlane.request('DELETE', `${policies}/${name}`);
        },
        drop,
      ]);
    },
  },
  {
    name: 'kubelet-forbidden',
    describe: 'The ClusterRole of metrics-server lacks nodes/metrics: kubelets answer 403',
    settle: scraped,
    needs: 'kubelets',
    expects: { cause: 'kubelet-forbidden', nodes: nowhere },
    async apply(target) {
      const restore = await withChanged(
        controlPlaneOf(target),
        `${RBAC}/clusterroles/system:${METRICS_SERVER.name}`,
        (object) => {
          object['rules'] = [
            { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
          ];
        },
        'rules',
      );
      // A kubelet remembers a granted access for 5 minutes, a refused one for 30 s.
      const forget: Undo = async () => {
        await Promise.all(
          target.network.nodes.map(({ name }) =>
            kubeletsOf(target).restartKubeletWith(name, { certVariant: 'good' }),
          ),
        );
      };
      await forget();
      return undoAll([forget, restore]);
    },
  },
  {
    name: 'hpa-missing-requests',
    describe: 'The Deployment behind an HPA has no resource requests; the Metrics API is well',
    settle: (target) =>
      untilObject(target, WEB_HPA, 'the HPA without its metric', ({ metadata }) =>
        JSON.stringify(metadata.annotations).includes('missing request for cpu'),
      ),
    needs: 'kubelets',
    expects: { cause: 'hpa-missing-requests', nodes: nowhere },
    apply: (target) =>
      withChanged(
        controlPlaneOf(target),
        '/apis/apps/v1/namespaces/shop/deployments/web',
        (object) => {
          object['spec'].template.spec.containers[0].resources = {};
        },
      ),
  },
];
