#!/bin/sh
# Waits until a session has ended, however it did, and takes the empty directories away that it needed as
# mount points. ct does so itself; this is for a ct that was killed, and for detached sessions.
# Arguments: pid of the session's PID 1, journal file, directories (inner before outer).
pid=$1
journal=$2
shift 2
tail --pid="$pid" -s 0.2 -f /dev/null || exit 0
rmdir -- "$@" 2>/dev/null
rm -f -- "$journal"
