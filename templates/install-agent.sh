#!/bin/sh
# Installs an agent into the packages volume, in a container of its own.
# Arguments: agent, command, id of this run, then how:
#   npm PACKAGE VERSION [PACKAGE@VERSION…]   the rest are installed beside it
#   archive URL VERSION SHA256               a gzipped tar with the program somewhere in it
# Whenever it is killed, <agent>/current is either the old installation or the new one, whole; and it is
# the new one only when its program has said its version.
set -eu
umask 022

agent=$1 command=$2 run=$3 kind=$4 source=$5 version=$6
shift 6
home=/opt/ct/packages/$agent
staging=$home/.staging-$run

fail() {
  printf 'ct: %s\n' "$2" >&2
  exit "$1"
}

. /run/ct-host/newest-for-node.sh

from_npm() {
  [ "$version" != '*' ] || version=$(newest_that_fits "$source")
  npm install --global --prefix "$staging" --no-fund --no-audit --no-update-notifier \
    --loglevel=notice "$source@$version" "$@"
  [ -x "$staging/bin/$command" ] || fail 3 "$source@$version has no program called $command"
  installed=$(node -p 'require(process.argv[1]).version' "$staging/lib/node_modules/$source/package.json")
}

from_archive() {
  archive=/tmp/ct-archive.$run
  curl --fail --silent --show-error --location --proto '=https' --proto-redir '=https' \
    --max-filesize 2000000000 --output "$archive" "$source"
  printf '%s  %s\n' "$1" "$archive" | sha256sum --check --status || {
    found=$(sha256sum "$archive" | cut -d' ' -f1)
    rm -f "$archive"
    fail 5 "$source has the SHA-256 $found, and not $1: it is not what was vouched for"
  }
  mkdir -p "$staging/unpacked" "$staging/bin"
  tar -xzf "$archive" -C "$staging/unpacked" --no-same-owner --no-same-permissions
  rm -f "$archive"
  program=$(find "$staging/unpacked" -type f -name "$command" | head -n 1)
  [ -n "$program" ] || fail 3 "$source has no program called $command"
  chmod 0755 "$program"
  ln -s "../${program#"$staging/"}" "$staging/bin/$command"
  installed=$version
}

# Settings of the host come in a file: their values may hold credentials, which a container's
# environment would put into the engine's database.
while IFS= read -r line; do export "${line?}"; done </run/ct-host/environment

# Packages try their program while they install, and programs unpack themselves into their home.
HOME=$(mktemp -d)
export HOME
mkdir -p "$home"
# What a killed run left; another one may be at work just now, so only what is old.
find "$home" -maxdepth 1 \( -name '.staging-*' -o -name '.current-*' \) -mmin +60 -exec rm -rf {} +
mkdir "$staging"
trap 'rm -rf "$staging" "$HOME"' EXIT
trap 'exit 143' TERM INT HUP

"from_$kind" "$@"

# The old one stays in place until the new one has shown that it starts.
said=$(PATH="$staging/bin:$PATH" timeout 90 "$staging/bin/$command" --version </dev/null 2>&1) || {
  printf '%s\n' "$said"
  fail 4 "$command $installed does not start here: $(printf '%s\n' "$said" | grep -im1 error || printf '%s' "$said" | tail -n 1)"
}

# One takes its place at a time: an installation whose ct was killed goes on by itself, and would take
# for old what another one has just put here.
exec 9<"$home"
flock 9

target=$installed
# The same version again may be in use by a running session: it gets a place of its own.
[ ! -e "$home/$target" ] || target=$installed+$run
previous=$(readlink "$home/current" || true)

mv -T "$staging" "$home/$target"
ln -s "$target" "$home/.current-$run"
mv -T "$home/.current-$run" "$home/current"

# The previous one stays for sessions that started from it; older ones go.
for old in "$home"/*; do
  case ${old##*/} in current | "$target" | "$previous") ;; *) rm -rf "$old" ;; esac
done
printf 'ct-installed %s\n' "$installed"
