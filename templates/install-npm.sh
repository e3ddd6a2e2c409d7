#!/bin/sh
# Installs an agent from npm into the packages volume, in a container of its own.
# Arguments: agent, package, version, command, id of this run.
# Whenever it is killed, <agent>/current is either the old installation or the new one, whole.
set -eu
umask 022

agent=$1 package=$2 version=$3 command=$4 run=$5
home=/opt/ct/packages/$agent
staging=$home/.staging-$run

# Settings of the host come in a file: their values may hold credentials, which a container's
# environment would put into the engine's database.
while IFS= read -r line; do export "${line?}"; done </run/ct-host/environment

mkdir -p "$home"
# What a killed run left; another one may be at work just now, so only what is old.
find "$home" -maxdepth 1 \( -name '.staging-*' -o -name '.current-*' \) -mmin +60 -exec rm -rf {} +
mkdir "$staging"
trap 'rm -rf "$staging"' EXIT
trap 'exit 143' TERM INT HUP

npm install --global --prefix "$staging" --no-fund --no-audit --no-update-notifier \
  --loglevel=notice "$package@$version"

[ -x "$staging/bin/$command" ] || {
  printf 'ct: %s@%s has no program called %s\n' "$package" "$version" "$command" >&2
  exit 3
}
installed=$(node -p 'require(process.argv[1]).version' "$staging/lib/node_modules/$package/package.json")
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
