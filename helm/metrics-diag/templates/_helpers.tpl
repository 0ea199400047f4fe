{{- define "metrics-diag.name" -}}{{ .Chart.Name }}{{- end -}}
{{- define "metrics-diag.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{- else -}}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{- end -}}
{{- end -}}
{{- define "metrics-diag.labels" -}}
app.kubernetes.io/name: {{ include "metrics-diag.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}
{{- define "metrics-diag.selector" -}}
app.kubernetes.io/name: {{ include "metrics-diag.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}
{{- define "metrics-diag.image" -}}
{{- if .Values.image.digest -}}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{- else -}}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{- end -}}
{{- end -}}
{{- define "metrics-diag.workerAccount" -}}{{ .Values.serviceAccount.workerName | default (printf "%s-worker" (include "metrics-diag.fullname" .)) }}{{- end -}}
{{- define "metrics-diag.botAccount" -}}{{ .Values.serviceAccount.botName | default (printf "%s-bot" (include "metrics-diag.fullname" .)) }}{{- end -}}
{{- /* Slack's HTTP mode has a port of its own; Socket Mode needs none. */ -}}
{{- define "metrics-diag.slackPort" -}}
{{- with .Values.config.slack -}}{{- if eq (.mode | default "socket") "http" -}}{{ .port | default 3000 }}{{- end -}}{{- end -}}
{{- end -}}
{{- define "metrics-diag.role" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "metrics-diag.fullname" .root }}-{{ .role }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "metrics-diag.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  replicas: {{ .values.replicas }}
  {{- with .values.strategy }}
  strategy: {{- toYaml . | nindent 4 }}
  {{- end }}
  selector:
    matchLabels: {{- include "metrics-diag.selector" (dict "root" .root "role" .role) | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "metrics-diag.labels" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .role }}
      annotations:
        checksum/config: {{ toYaml .root.Values.config | sha256sum }}
        {{- with .root.Values.podAnnotations }}{{ toYaml . | nindent 8 }}{{- end }}
    spec:
      serviceAccountName: {{ .account }}
      automountServiceAccountToken: {{ .mountToken }}
      terminationGracePeriodSeconds: 60
      {{- with .root.Values.imagePullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        seccompProfile: { type: RuntimeDefault }
      containers:
        - name: {{ .role }}
          image: {{ include "metrics-diag.image" .root | quote }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: [{{ .role }}]
          env:
            - { name: METRICS_DIAG_CONFIG, value: /etc/metrics-diag/metrics-diag.yaml }
            - { name: HTTP_HOST, value: "0.0.0.0" }
            - { name: HTTP_PORT, value: {{ .root.Values.service.port | quote }} }
            - name: METRICS_DIAG_PROBE_IMAGE
              value: {{ include "metrics-diag.image" .root | quote }}
            - name: NODE_NAME
              valueFrom: { fieldRef: { fieldPath: spec.nodeName } }
            - name: POD_NAME
              valueFrom: { fieldRef: { fieldPath: metadata.name } }
            - name: POD_NAMESPACE
              valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
            - name: POD_UID
              valueFrom: { fieldRef: { fieldPath: metadata.uid } }
            {{- with .root.Values.redis.url }}
            - { name: REDIS_URL, value: {{ . | quote }} }
            {{- end }}
            {{- with .values.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- if or .secret (not .root.Values.redis.url) }}
          envFrom:
            {{- if not .root.Values.redis.url }}
            - secretRef: { name: {{ .root.Values.redis.existingSecret }} }
            {{- end }}
            {{- with .secret }}
            - secretRef: { name: {{ . }} }
            {{- end }}
          {{- end }}
          ports:
            - { name: http, containerPort: {{ .root.Values.service.port }}, protocol: TCP }
            {{- if and (eq .role "bot") (include "metrics-diag.slackPort" .root) }}
            - { name: slack, containerPort: {{ include "metrics-diag.slackPort" .root }}, protocol: TCP }
            {{- end }}
          livenessProbe: { httpGet: { path: /livez, port: http }, periodSeconds: 10, timeoutSeconds: 3 }
          readinessProbe: { httpGet: { path: /readyz, port: http }, periodSeconds: 10, timeoutSeconds: 3 }
          resources: {{- toYaml .values.resources | nindent 12 }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          volumeMounts:
            - { name: config, mountPath: /etc/metrics-diag, readOnly: true }
            - { name: tmp, mountPath: /tmp }
            {{- with .values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: config
          configMap: { name: {{ include "metrics-diag.fullname" .root }} }
        - name: tmp
          emptyDir: {}
        {{- with .values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .root.Values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with .root.Values.topologySpreadConstraints }}
      topologySpreadConstraints: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .root.Values.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end -}}
