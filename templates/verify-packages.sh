#!/bin/sh
# Looks at packages as a session would see them, in a container without a network that writes nothing.
# /run/ct-host/programs: a program a line, with its directory; /run/ct-host/debian: a Debian package a line.
# Says  ct-debian NAME VERSION   ct-runs NAME SAID   ct-broken NAME REASON
set -eu

while IFS= read -r package; do
  version=$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$package" 2>/dev/null) || continue
  case $version in
  'installed '*) printf 'ct-debian\t%s\t%s\n' "$package" "${version#installed }" ;;
  esac
done </run/ct-host/debian

HOME=$(mktemp -d)
export HOME
while IFS= read -r path; do
  status=0
  said=$(timeout --kill-after=2 20 "$path" --version </dev/null 2>&1) || status=$?
  first=$(printf '%s\n' "$said" | grep -m 1 . | tr '\t' ' ' | cut -c 1-200) || first=
  # Not every program knows --version; one that cannot be started says so by its status.
  # Source: sh(1), "Exit Status"; 128 + n for signals, 124 and 137 from timeout(1)
  case $status in
  126 | 127) printf 'ct-broken\t%s\tit does not start: %s\n' "$path" "$first" ;;
  132 | 134 | 135 | 136 | 139) printf 'ct-broken\t%s\tit crashes: %s\n' "$path" "$first" ;;
  *) printf 'ct-runs\t%s\t%s\n' "$path" "$first" ;;
  esac
done </run/ct-host/programs
