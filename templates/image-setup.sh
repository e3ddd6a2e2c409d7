#!/bin/sh
# Runs as root while the image is built: packages, the agent's account, the places for mounts.
# Arguments: Debian packages that must be there. /run/ct-host holds npm, and apt settings of the host, if any.
set -eu

fail() {
  printf 'ct: %s\n' "$1" >&2
  exit 1
}

has_packages() {
  command -v dpkg-query >/dev/null || return 1
  for package in "$@"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || return 1
    [ "$state" = installed ] || return 1
  done
}

install_packages() {
  command -v apt-get >/dev/null || return 0 # not Debian: what matters is checked below
  export DEBIAN_FRONTEND=noninteractive
  if [ -f /run/ct-host/apt.conf ]; then export APT_CONFIG=/run/ct-host/apt.conf; fi
  apt-get update
  # An image that a power cut leaves half made is none: nothing has to be on the disk before the end.
  apt-get install --yes --no-install-recommends -o DPkg::Options::=--force-unsafe-io "$@"
  apt-get clean
  rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log /var/log/alternatives.log
}

# The one that came with ct, unless the base has its own. What is installed with --global goes where Debian's
# packages are not, and nobody can follow the advice to update it: the root file system is read-only.
unpack_npm() {
  to=/usr/local/lib/node_modules
  mkdir -p "$to" /usr/local/bin
  tar -xzf /run/ct-host/npm.tgz -C "$to"
  printf 'prefix=/usr/local\nupdate-notifier=false\n' >"$to/npm/npmrc"
  for name in npm npx; do ln -s "$to/npm/bin/$name-cli.js" "/usr/local/bin/$name"; done
}

# Another base may have the id (an image with a `node` user, for one) or the name.
make_account() {
  group=$(getent group 1000 | cut -d: -f1)
  if [ -z "$group" ]; then groupadd --gid 1000 ct
  elif [ "$group" != ct ]; then groupmod --new-name ct "$group"; fi
  user=$(getent passwd 1000 | cut -d: -f1)
  if [ -z "$user" ]; then
    useradd --uid 1000 --gid 1000 --home-dir /home/ct --no-create-home --shell /bin/bash ct
  else
    usermod --login ct --gid 1000 --home /home/ct --shell /bin/bash "$user"
  fi
  mkdir -p /home/ct
  chown 1000:1000 /home/ct
  chmod 0755 /home/ct
}

umask 022
if ! has_packages "$@"; then install_packages "$@"; fi
command -v npm >/dev/null || unpack_npm
for command in bash catatonit curl git less node npm ssh ps rg; do
  command -v "$command" >/dev/null || fail "the base image lacks '$command' and has no apt-get to install it"
done
[ -x /usr/bin/catatonit ] || fail 'the base image has no /usr/bin/catatonit'
make_account
mkdir -p /projects /opt/ct/packages /run/ct
chmod 0755 /projects /opt/ct /opt/ct/packages
# A new volume takes the owner of the directory that it is mounted over. In sessions the root file
# system and the volume are read-only, so nobody writes there.
chown 1000:1000 /opt/ct/packages
