#!/bin/sh
# Runs as root while the layer of packages is built. Arguments: Debian packages.
# A package that cannot be installed is said (`ct-failed NAME REASON`) and does not keep the others out.
set -eu

if [ -f /run/ct-host/apt.conf ]; then export APT_CONFIG=/run/ct-host/apt.conf; fi
export DEBIAN_FRONTEND=noninteractive
log=/tmp/ct-apt.log

command -v apt-get >/dev/null || {
  printf 'ct: the image is not Debian: it has no apt-get\n' >&2
  exit 1
}

# A base that ct made from packages has no sources of its own.
if ! grep -q '^deb' /run/ct-host/sources.list && [ ! -s /etc/apt/sources.list ] &&
  ! ls /etc/apt/sources.list.d/*.sources >/dev/null 2>&1; then
  printf 'deb http://deb.debian.org/debian trixie main\n' >/tmp/ct-sources.list
  set -- -o Dir::Etc::SourceList=/tmp/ct-sources.list -- "$@"
else
  set -- -- "$@"
fi
options=
while [ "$1" != -- ]; do
  options="$options $1"
  shift
done
shift

# shellcheck disable=SC2086 # the options are words of ours
apt() { apt-get $options "$@"; }

apt -o APT::Update::Error-Mode=any update
# What the image below has gets newer too: this is how its security updates come.
apt upgrade --yes --no-install-recommends >"$log"
cat "$log"
grep -q '^0 upgraded' "$log" || printf 'ct-upgraded\n'

install() {
  apt install --yes --no-install-recommends "$@" >"$log" 2>&1 && cat "$log"
}

reason() {
  grep '^E: ' "$log" | head -n 1 | cut -c4- | tr '\t' ' '
}

# All at once is quick; one by one is for finding out which one it is.
if [ "$#" -gt 0 ] && ! install "$@"; then
  cat "$log"
  for package in "$@"; do
    install "$package" || printf 'ct-failed\t%s\t%s\n' "$package" "$(reason)"
  done
fi

# With them npm compiles add-ons for this very Node, and need not fetch headers of it.
if [ -e /usr/include/node/node.h ]; then
  mkdir -p /usr/local/etc
  printf 'nodedir=/usr\n' >/usr/local/etc/npmrc
fi

apt clean
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log \
  /var/log/alternatives.log "$log" /tmp/ct-sources.list
