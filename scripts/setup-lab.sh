#!/usr/bin/env bash
# Installs what the lab (test/lab, npm run lab) needs, then builds the control plane. Safe to run again: what is
# there already is left alone, and a second run takes about a second.
#
#   bash scripts/setup-lab.sh                      as root on Debian 12 (or a Debian or Ubuntu near it)
#   bash scripts/setup-lab.sh --packages-only      without the control plane (10 to 15 minutes the first time)
#
# No daemon is started: packages such as containerd and etcd-server would start one at installation.
set -euo pipefail
cd "$(dirname "$0")/.."

build=yes
for argument in "$@"; do
  case $argument in
    --packages-only) build=no ;;
    *) printf 'usage: %s [--packages-only]\n' "$0" >&2; exit 64 ;;
  esac
done

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*"; }
fail() { printf 'setup-lab: %s\n' "$*" >&2; exit 1; }

[ "$(uname -s)" = Linux ] || fail 'the lab needs Linux: network namespaces, VXLAN devices, containerd'

# package: the file by which we see that it is there, whoever installed it
needs=(
  'iproute2:ip' 'iptables:iptables' 'nftables:nft' 'util-linux:nsenter' 'openssl:openssl' 'iputils-ping:ping' 'ethtool:ethtool'
  'etcd-server:etcd' 'containerd:containerd' 'runc:runc' 'crun:crun' 'curl:curl' 'tar:tar' 'libc-bin:ldd'
  'busybox-static:/bin/busybox' 'redis-server:redis-server' 'containernetworking-plugins:/usr/lib/cni/bridge'
)
# The HTML report is tested in a browser. Ubuntu has it as a snap alone, which containers cannot install.
if grep -qx 'ID=debian' /etc/os-release 2>/dev/null; then needs+=('chromium:chromium'); fi
missing=()
for need in "${needs[@]}"; do
  package=${need%%:*} witness=${need#*:}
  if [ "$package" = busybox-static ] && [ -x "$witness" ] && ldd "$witness" >/dev/null 2>&1; then
    missing+=("$package") # a dynamic busybox cannot run in an image of its own
  elif ! PATH="$PATH:/usr/sbin:/sbin" command -v "$witness" >/dev/null 2>&1; then
    missing+=("$package")
  fi
done

if [ ${#missing[@]} -eq 0 ]; then
  say 'packages: all there'
else
  [ "$(id -u)" = 0 ] || fail "installing packages needs root: ${missing[*]}"
  command -v apt-get >/dev/null || fail "no apt-get here; please install: ${missing[*]}"
  say "packages: installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # Debian's switch against starting daemons at installation (invoke-rc.d: 101 = forbidden by policy).
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  log=$(mktemp)
  install() { apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" >"$log" 2>&1; }
  if ! install; then
    # A new machine has no package lists, an old one has stale ones.
    say 'packages: refreshing the package lists'
    apt-get update -qq >>"$log" 2>&1 || { tail -n 20 "$log" >&2; fail 'apt-get update failed'; }
    install || { tail -n 20 "$log" >&2; fail "could not install ${missing[*]}"; }
  fi
  rm -f "$log"
  if [ -e "$policy" ] && [ -n "$(trap -p EXIT)" ]; then rm -f "$policy"; trap - EXIT; fi
  say "packages: installed ${#missing[@]}"
fi

if [ "$build" = yes ]; then
  bash scripts/build-control-plane.sh
fi
say 'the lab is ready: npm run test:lab, or npm run lab -- --fault overlay-drop-input'
