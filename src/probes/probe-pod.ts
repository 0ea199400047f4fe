import { encodePlan } from './codec.ts';
import { hash } from './eligible-nodes.ts';
import type { PodPlan } from './plan.ts';

export const PROBE_NAME_LABEL = 'app.kubernetes.io/name';
export const PROBE_NAME = 'metrics-diag-probe';
export const RUN_ID_LABEL = 'metrics-diag/run-id';
/** A run that is taken up again after a crash starts over; its Pods are told from those of the last attempt. */
export const ATTEMPT_LABEL = 'metrics-diag/attempt';
/** ISO 8601: after it a sweep may delete the Pod. */
export const DEADLINE_ANNOTATION = 'metrics-diag/deadline';
const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
const KIND_LABEL = 'metrics-diag/probe-kind';

/** How probe Pods are made; the same for all Pods of a cluster. */
export interface ProbePodOptions {
  /** Counts the attempts at the run, from 1. */
  readonly attempt: number;
  readonly namespace: string;
  /** The worker's own image unless configured. */
  readonly image: string;
  /** Starts `dist/probe.mjs` in that image. */
  readonly command: readonly string[];
  readonly imagePullPolicy: 'IfNotPresent' | 'Always' | 'Never';
  readonly imagePullSecrets: readonly string[];
  /** The worker's Pod; an owner only where it is in the same namespace (the garbage collector deletes the Pod otherwise). */
  readonly owner: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  } | null;
  /** May get and list nodes.metrics.k8s.io, nothing else; null switches the local-API-server check off. */
  readonly localApiServiceAccount: string | null;
  /** Account of deep Pods; they carry no token of it. */
  readonly deepServiceAccount?: string | null;
}

export const DEFAULT_PROBE_COMMAND: readonly string[] = ['node', '/app/dist/probe.mjs'];
export const DEFAULT_DEEP_COMMAND: readonly string[] = ['node', '/app/dist/deep-probe.mjs'];

/** nobody of distroless images; any non-zero user will do, since a listener opens no file. */
const LISTENER_UID = 65_532;
/** `activeDeadlineSeconds` counts from the kubelet's start of the Pod: a backstop, not the usual end. */
const DEADLINE_MARGIN_SECONDS = 30;
const MAX_LABEL_CHARS = 40;
/** The shortest life that the TokenRequest API grants. */
const TOKEN_SECONDS = 600;
/** Where local-api.ts reads. */
const LOCAL_API_FOLDER = '/var/run/metrics-diag/api';

/** A Pod manifest, as JSON for the API server. */
export interface PodManifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: { readonly name: string; readonly namespace: string } & Readonly<
    Record<string, unknown>
  >;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * The Pod for a plan. A node Pod stands in the host's network, as root without any capability but NET_RAW (for
 * ICMP) and, in deep mode alone, NET_ADMIN; a listener fits the `restricted` Pod Security Standard. Both are pinned to their node past the
 * scheduler, tolerate every taint, and end themselves.
 */
export function probePod(plan: PodPlan, options: ProbePodOptions, now: number): PodManifest {
  const lifeSeconds = Math.ceil(plan.deadlineMs / 1_000) + DEADLINE_MARGIN_SECONDS;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(plan, options.attempt),
      namespace: options.namespace,
      labels: {
        [PROBE_NAME_LABEL]: PROBE_NAME,
        [MANAGED_BY_LABEL]: 'metrics-diag',
        [RUN_ID_LABEL]: labelValue(plan.runId),
        [ATTEMPT_LABEL]: `${options.attempt}`,
        [KIND_LABEL]: plan.deep === undefined ? plan.kind : 'deep',
      },
      annotations: { [DEADLINE_ANNOTATION]: new Date(now + lifeSeconds * 1_000).toISOString() },
      ...ownerOf(options),
    },
    spec: {
      nodeName: plan.node,
      restartPolicy: 'Never',
      activeDeadlineSeconds: lifeSeconds,
      terminationGracePeriodSeconds: 1,
      enableServiceLinks: false,
      tolerations: [{ operator: 'Exists' }],
      ...(options.imagePullSecrets.length > 0
        ? { imagePullSecrets: options.imagePullSecrets.map((name) => ({ name })) }
        : {}),
      ...identityOf(plan, options),
      ...(plan.kind === 'node' ? { hostNetwork: true, dnsPolicy: 'Default' } : {}),
      securityContext: podSecurity(plan.kind),
      containers: [
        {
          name: 'probe',
          image: options.image,
          imagePullPolicy: options.imagePullPolicy,
          command: options.command,
          env: [{ name: 'PROBE_PLAN', value: encodePlan(plan) }],
          terminationMessagePolicy: 'File',
          resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '160Mi' } },
          securityContext: containerSecurity(plan),
          ...(plan.localApi
            ? { volumeMounts: [{ name: 'api', mountPath: LOCAL_API_FOLDER, readOnly: true }] }
            : {}),
        },
      ],
      ...(plan.localApi ? { volumes: [localApiVolume()] } : {}),
    },
  };
}

/** The same for the same plan and attempt: a creation that is tried again makes no second Pod. */
export function podName(plan: PodPlan, attempt: number): string {
  const run = `${labelValue(plan.runId)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(-12)}${hex(plan.runId)}`;
  const kind = plan.kind === 'node' ? `w${plan.wave}-${plan.batch}` : 'listener';
  const node = plan.node
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 16)
    .replace(/^-+|-+$/g, '');
  return `probe-${run}-${attempt}-${kind}-${node}-${hex(plan.node)}`;
}

/** A run id as a label value. */
export function labelValue(runId: string): string {
  return runId
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, MAX_LABEL_CHARS)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}

function hex(text: string): string {
  return hash(text).toString(16).padStart(8, '0').slice(0, 6);
}

function ownerOf({ owner, namespace }: ProbePodOptions): Readonly<Record<string, unknown>> {
  if (owner === null || owner.namespace !== namespace) return {};
  const { name, uid } = owner;
  return {
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid, blockOwnerDeletion: false }],
  };
}

function identityOf(plan: PodPlan, options: ProbePodOptions): Readonly<Record<string, unknown>> {
  const account =
    plan.deep !== undefined
      ? (options.deepServiceAccount ?? null)
      : plan.localApi
        ? options.localApiServiceAccount
        : null;
  return {
    automountServiceAccountToken: false,
    ...(account === null ? {} : { serviceAccountName: account }),
  };
}

function podSecurity(kind: PodPlan['kind']): Readonly<Record<string, unknown>> {
  const seccompProfile = { type: 'RuntimeDefault' };
  return kind === 'node'
    ? { runAsUser: 0, seccompProfile }
    : { runAsNonRoot: true, runAsUser: LISTENER_UID, runAsGroup: LISTENER_UID, seccompProfile };
}

function containerSecurity({ kind, deep }: PodPlan): Readonly<Record<string, unknown>> {
  const add = kind === 'node' ? ['NET_RAW', ...(deep === undefined ? [] : ['NET_ADMIN'])] : [];
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], ...(add.length > 0 ? { add } : {}) },
  };
}

function localApiVolume(): Readonly<Record<string, unknown>> {
  return {
    name: 'api',
    projected: {
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: TOKEN_SECONDS } },
        // Published in every namespace since Kubernetes 1.20; without it the check is not attempted.
        {
          configMap: {
            name: 'kube-root-ca.crt',
            items: [{ key: 'ca.crt', path: 'ca.crt' }],
            optional: true,
          },
        },
      ],
    },
  };
}
