#!/usr/bin/env bash
# Writes deploy/kubernetes.yaml, the chart's default values as plain objects for `kubectl apply`; --check compares.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/find-helm.sh
render() {
  cat <<'HEAD'
# Made by scripts/manifest.sh from the chart (helm/metrics-diag): change the chart, not this file. To apply it:
#   kubectl create namespace metrics-diag
#   kubectl -n metrics-diag create secret generic metrics-diag-redis --from-literal=REDIS_URL=redis://HOST:6379
#   kubectl -n metrics-diag create secret generic metrics-diag-slack --from-literal=SLACK_BOT_TOKEN=xoxb-… --from-literal=SLACK_APP_TOKEN=xapp-…
#   sed 's#"metrics-diag:#"REGISTRY/metrics-diag:#' deploy/kubernetes.yaml | kubectl apply -f -
HEAD
  "$helm" template metrics-diag helm/metrics-diag --namespace metrics-diag --kube-version 1.32.0 \
    | sed -e '/^# Source: /d' -e '/helm\.sh\/chart: /d' -e 's/managed-by: Helm/managed-by: kubectl/'
}
if [ "${1:-}" = --check ]; then
  render | diff -u deploy/kubernetes.yaml - || { echo 'deploy/kubernetes.yaml is not what the chart renders: run scripts/manifest.sh' >&2; exit 1; }
  echo 'deploy/kubernetes.yaml: in step with the chart'
else
  mkdir -p deploy
  render > deploy/kubernetes.yaml
fi
