#!/bin/sh
# The gate: first process of a session after its init. It waits until ct, from outside, has checked the
# session and attached its streams, and says 'open'; then it becomes the agent. ct removes the gate: it
# does so without starting a program.
# Before that word may come variables for the agent's own process (src/secrets/gate-lines.ts), and for a
# standby, which was made before anybody knew them, the words of its command:
#   =NAME  begins one    +text  a line of its value    !  ends it    *  no words yet    .  ends a word
# Exit status: 125 when it fails itself, 126 and 127 as a shell has them, else the agent's.
gate=/run/ct/gate

fail() {
  printf 'ct: %s\n' "$2" >&2
  exit "$1"
}

[ $# -gt 0 ] || fail 125 'the session has no command'
mkfifo -m 600 "$gate" || fail 125 'the gate cannot be made'
is_open=
newline='
'
while IFS= read -r line; do
  case $line in
    =*) name=${line#=} value= joint= ;;
    +*) value=$value$joint${line#+} joint=$newline ;;
    !) export "$name=$value" has_secret=1 ;;
    \*) set -- ;;
    .) set -- "$@" "$value" ;;
    open) is_open=1 && break ;;
  esac
done <"$gate"
[ "$is_open" ] || fail 125 'the gate was closed before it opened'
# A crash must not write to disk what only this process may know, nor hand it to a collector of crashes.
if [ "$has_secret" ]; then
  ulimit -c 0
  echo 0 2>/dev/null >/proc/self/coredump_filter
fi
unset gate is_open newline line name value joint has_secret
[ $# -gt 0 ] || fail 125 'the session got no command'

# Asked first, for words that a person understands; exec would give the same two statuses.
case $1 in
  */*)
    [ -e "$1" ] || fail 127 "$1: no such file in the session"
    if [ -d "$1" ] || [ ! -x "$1" ]; then fail 126 "$1: not a program that can be executed"; fi
    ;;
  *) command -v -- "$1" >/dev/null || fail 127 "$1: command not found in the session" ;;
esac
exec "$@"
