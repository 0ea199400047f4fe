#!/usr/bin/env bash
# Builds the Kubernetes 1.20.2 servers that the lab runs, from Debian bookworm's own source package (the
# only Debian release whose source package is the full, vendored tree). Cached by version; a second call
# prints one line and ends.
#
#   bash scripts/build-control-plane.sh [TARGET...]     as root on Debian 12
#
# TARGET: kube-apiserver kube-controller-manager kubelet kube-scheduler (all four when none is given).
# Ten to fifteen minutes cold on two cores, most of it the first target.
#
#   LAB_KUBE_APISERVER=/path   use this kube-apiserver (any version); it is not built then
#   LAB_BUILD_DIR=/path        keep sources and build cache there (otherwise a temporary folder, removed at the end)
set -euo pipefail

version=1.20.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/metrics-diag/kubernetes-$version
targets=("$@")
[ $# -gt 0 ] || targets=(kube-apiserver kube-controller-manager kubelet kube-scheduler)

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*" >&2; }
fail() { printf 'build-control-plane: %s\n' "$*" >&2; exit 1; }

todo=()
for target in "${targets[@]}"; do
  case $target in
    kube-apiserver)
      if [ -n "${LAB_KUBE_APISERVER:-}" ]; then
        [ -x "$LAB_KUBE_APISERVER" ] || fail "LAB_KUBE_APISERVER=$LAB_KUBE_APISERVER is not an executable file"
        continue
      fi ;;
    kube-controller-manager | kubelet | kube-scheduler) ;;
    *) fail "unknown target '$target' (kube-apiserver, kube-controller-manager, kubelet, kube-scheduler)" ;;
  esac
  [ -x "$cache/$target" ] || todo+=("$target")
done
if [ ${#todo[@]} -eq 0 ]; then
  echo "Control plane: nothing to build, $cache holds ${targets[*]}${LAB_KUBE_APISERVER:+ (kube-apiserver: $LAB_KUBE_APISERVER)}"
  exit 0
fi

[ "$(id -u)" = 0 ] || fail 'installing the Go compiler needs root'
[ -r /etc/os-release ] && . /etc/os-release
[ "${VERSION_CODENAME:-}" = bookworm ] ||
  fail "needs Debian 12 (bookworm), this is ${PRETTY_NAME:-unknown}; give an API server by LAB_KUBE_APISERVER=/path instead"

if [ -n "${LAB_BUILD_DIR:-}" ]; then
  mkdir -p "$LAB_BUILD_DIR"
  work=$(cd "$LAB_BUILD_DIR" && pwd)
else
  work=$(mktemp -d "${TMPDIR:-/tmp}/metrics-diag-build.XXXXXX")
  trap 'rm -rf "$work"' EXIT
fi

# rsync: without it Kubernetes' code generators end as empty files. reflect2: see the cure below.
packages=(golang-1.19-go golang-1.19-src make rsync dpkg-dev patch xz-utils golang-github-modern-go-reflect2-dev)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${missing[*]}"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$work/apt.log" 2>&1 || {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$work/apt.log" 2>&1 ||
      { tail -n 5 "$work/apt.log" >&2; fail "could not install ${missing[*]}"; }
  }
fi

if [ ! -d "$work/src" ]; then
  say 'fetching the source package (34 MB)'
  # The machine's own package source with deb-src added, in an apt state of its own: the system's lists stay as they are.
  mkdir -p "$work/apt/parts" "$work/apt/lists/partial"
  sources=/etc/apt/sources.list.d/debian.sources
  if [ -r "$sources" ]; then
    awk 'BEGIN { RS = ""; ORS = "\n\n" } NR == 1' "$sources" |
      sed 's/^Types: .*/Types: deb-src/; s/^Suites: .*/Suites: bookworm/' >"$work/apt/parts/source.sources"
  else
    grep -E '^deb .*bookworm main' /etc/apt/sources.list | head -n 1 | sed 's/^deb /deb-src /' >"$work/apt/parts/source.list"
  fi
  own_state=(-o APT::Sandbox::User=root -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/apt/parts" -o "Dir::State::lists=$work/apt/lists")
  apt-get "${own_state[@]}" update -qq
  (cd "$work" && apt-get "${own_state[@]}" source --download-only -qq kubernetes 2>"$work/source.log") ||
    { tail -n 5 "$work/source.log" >&2; fail 'could not fetch the source package'; }
  rm -rf "$work/src.new"
  mkdir "$work/src.new"
  tar -xzf "$work"/kubernetes_1.20*.orig.tar.gz -C "$work/src.new" --strip-components=1
  tar -xJf "$work"/kubernetes_1.20*.debian.tar.xz -C "$work/src.new"
  cd "$work/src.new"
  while read -r name; do
    case $name in '' | '#'*) ;; *) patch -p1 -s -N -i "debian/patches/$name" || true ;; esac
  done <debian/patches/series
  # The vendored reflect2 1.0.1 crashes at run time when built with Go >= 1.18 ("fatal error: fault" in
  # runtime.mapiternext); Debian's 1.0.2 is the cure.
  vendored=vendor/github.com/modern-go/reflect2
  cured=/usr/share/gocode/src/github.com/modern-go/reflect2
  rm -f "$vendored"/*.go "$vendored"/*.s
  cp "$cured"/*.go "$vendored"/
  cp "$cured"/*.s "$vendored"/ 2>/dev/null || true
  rm -f "$vendored"/*_test.go
  mv "$work/src.new" "$work/src"
fi

cd "$work/src"
say "building ${todo[*]} (the long part)"
export GOROOT=/usr/lib/go-1.19 PATH="/usr/lib/go-1.19/bin:$PATH"
export GOPATH="$PWD/.go" GOCACHE="$work/gocache" HOME="$work/home"
export GOPROXY=off GOFLAGS=-mod=vendor CGO_ENABLED=0 FORCE_HOST_GO=y
# There is no git tree to read the version from.
export KUBE_GIT_VERSION=v$version KUBE_GIT_MAJOR=1 KUBE_GIT_MINOR=20 KUBE_GIT_COMMIT=debian KUBE_GIT_TREE_STATE=clean
mkdir -p "$HOME" .go/src/k8s.io
ln -sfn ../../.. .go/src/k8s.io/kubernetes
make WHAT="$(printf 'cmd/%s ' "${todo[@]}")" >"$work/make.log" 2>&1 || { tail -n 20 "$work/make.log" >&2; fail 'the build failed'; }

mkdir -p "$cache"
for target in "${todo[@]}"; do
  built=_output/local/bin/linux/$(go env GOARCH)/$target
  [ -f "$built" ] || built=_output/bin/$target
  # Under a temporary name first: a half-written binary must never look like a cached one.
  install -m 755 "$built" "$cache/.$target.new"
  mv "$cache/.$target.new" "$cache/$target"
  say "$target $(stat -c %s "$cache/$target") bytes"
done
echo "Control plane: built ${todo[*]} in $cache"
