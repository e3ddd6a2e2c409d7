#!/bin/sh
# Installs one package of packages.toml into a directory of its own in the packages volume, in a container of
# its own. Arguments: manager, name, version (* for the newest that runs here), the directory.
# Nothing refers to the directory before ct has seen this script end well, so it may be killed at any point.
# Says what there is then:  ct-installed VERSION   ct-program NAME
set -eu
umask 022

manager=$1 name=$2 version=$3 entry=$4

fail() {
  printf 'ct: %s\n' "$2" >&2
  exit "$1"
}

. /run/ct-host/newest-for-node.sh

from_npm() {
  [ "$version" != '*' ] || version=$(newest_that_fits "$name")
  npm install --global --prefix "$entry" --no-fund --no-audit --no-update-notifier \
    --loglevel=notice "$name@$version"
  installed=$(node -p 'require(process.argv[1]).version' "$entry/lib/node_modules/$name/package.json")
}

# Each has an environment of its own: what two of them depend on may differ.
from_pip() {
  plain=${name%%\[*}
  python3 -m venv --without-pip "$entry"
  if [ -s /run/ct-host/pip.conf ]; then export PIP_CONFIG_FILE=/run/ct-host/pip.conf; fi
  wanted=$name
  [ "$version" = '*' ] || wanted=$name==$version
  python3 -m pip --python "$entry/bin/python" install --disable-pip-version-check --no-input \
    --progress-bar off "$wanted" || {
    index=$(python3 -m pip config get global.index-url 2>/dev/null) || index=https://pypi.org/simple
    fail 5 "pip asked $(printf '%s\n' "$index" | sed 's,//[^/@]*@,//,')"
  }
  # Only what belongs to the package itself is on the search path.
  mkdir "$entry/programs"
  installed=$("$entry/bin/python" - "$plain" "$entry" <<'PYTHON'
import os, sys
from importlib.metadata import distribution
found = distribution(sys.argv[1])
entry = sys.argv[2]
for file in found.files or []:
    path = os.path.realpath(found.locate_file(file))
    if os.path.dirname(path) == os.path.realpath(entry + "/bin") and os.access(path, os.X_OK):
        name = os.path.basename(path)
        os.symlink("../bin/" + name, entry + "/programs/" + name)
print(found.version)
PYTHON
  )
}

from_cargo() {
  CARGO_HOME=$(mktemp -d) CARGO_TARGET_DIR=$(mktemp -d)
  export CARGO_HOME CARGO_TARGET_DIR
  if [ "$version" = '*' ]; then set --; else set -- --version "$version"; fi
  cargo install --locked --root "$entry" "$@" "$name"
  installed=$(sed -n "s/^\"$name \([^ ]*\) .*/\1/p" "$entry/.crates.toml" | head -n 1)
}

from_gems() {
  if [ "$version" = '*' ]; then set --; else set -- --version "$version"; fi
  gem install --no-document --norc --install-dir "$entry/gems" --bindir "$entry/gem-bin" "$@" "$name"
  mkdir "$entry/bin"
  for program in "$entry/gem-bin"/*; do
    [ -e "$program" ] || continue
    printf '#!/bin/sh\nGEM_HOME=%s GEM_PATH=%s exec %s "$@"\n' \
      "$entry/gems" "$entry/gems" "$program" >"$entry/bin/${program##*/}"
    chmod 0755 "$entry/bin/${program##*/}"
  done
  installed=$(ls "$entry/gems/specifications" | sed -n "s/^$name-\([0-9].*\)\.gemspec$/\1/p" | head -n 1)
}

# The user's own lines; the name is what they are called in reports.
from_post_install() {
  mkdir -p "$entry/bin"
  CT_PREFIX=$entry
  export CT_PREFIX
  sh -eu /run/ct-host/command
  installed=done
}

# Settings of the host come in a file: their values may hold credentials, which a container's environment
# would put into the engine's database.
while IFS= read -r line; do export "${line?}"; done </run/ct-host/environment

HOME=$(mktemp -d)
export HOME
mkdir -p "$entry"

"from_$manager"

programs=$entry/bin
if [ "$manager" = pip ]; then programs=$entry/programs; fi
found=
for program in "$programs"/*; do
  [ -e "$program" ] || continue
  found=yes
  printf 'ct-program\t%s\n' "${program##*/}"
done
[ -n "$found" ] || [ "$manager" = post_install ] ||
  fail 3 "$name has no program: a library belongs into a project, not beside the agents"
printf 'ct-installed\t%s\n' "$installed"
