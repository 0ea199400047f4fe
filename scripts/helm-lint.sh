#!/usr/bin/env bash
# Lints and renders the chart with every values file of its ci folder, for an old and a new Kubernetes.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/find-helm.sh
chart=helm/metrics-diag
for values in "" $(ls $chart/ci/*-values.yaml); do
  flags=(); [ -z "$values" ] || flags=(-f "$values")
  "$helm" lint --strict "$chart" "${flags[@]}" >/dev/null || { "$helm" lint --strict "$chart" "${flags[@]}"; exit 1; }
  for version in 1.20.2 1.35.0; do
    objects=$("$helm" template metrics-diag "$chart" --namespace metrics-diag --kube-version "$version" --api-versions monitoring.coreos.com/v1 "${flags[@]}" | grep -c '^kind:')
    echo "helm: ${values:-default values}, Kubernetes $version: lints, renders $objects objects"
  done
done
# What the schema must refuse: a typo, a moving tag, a password in the open, no Redis at all.
for wrong in wroker.replicas=2 image.tag=latest redis.url=redis://:secret@redis:6379 redis.existingSecret= networkPolicy.redisPort=70000; do
  if "$helm" template metrics-diag "$chart" --set "$wrong" >/dev/null 2>&1; then echo "helm: --set $wrong was accepted" >&2; exit 1; fi
done
bash scripts/manifest.sh --check
