#!/bin/sh
# Git's credential helper in sessions: hands out the token that ct put into the private tmpfs, for https
# and for its own host only. Source: gitcredentials(7), git-credential(1)
[ "$1" = get ] || exit 0
protocol= host=
while IFS='=' read -r key value; do
  case $key in
    protocol) protocol=$value ;;
    host) host=$value ;;
  esac
done
[ "$protocol" = https ] || exit 0
# A host becomes a file name: nothing but what hosts are made of, and no way up.
case $host in
  '' | .* | *..* | *[!a-z0-9.-]*) exit 0 ;;
esac
file=/run/secrets/git/$host
[ -r "$file" ] || exit 0
{
  read -r user && read -r token || exit 0
} <"$file"
printf 'username=%s\npassword=%s\n' "$user" "$token"
