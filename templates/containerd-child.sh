#!/bin/sh
# What rootlesskit starts in the user namespace that it made: gives containerd a writable
# /run/containerd (its shims insist on that path), starts it, and ends it when nobody needs it.
# Arguments: state directory, configuration, socket, seconds without work (0: for ever),
# cgroup2 to mount a pure cgroup v2 over a hybrid layout, or keep.
set -eu
state=$1 config=$2 socket=$3 idle=$4 cgroup=$5

# Links that rootlesskit's copy of /run made.
rm -rf /run/containerd
mkdir /run/containerd
mount --bind "$state" /run/containerd
if [ "$cgroup" = cgroup2 ]; then mount -t cgroup2 none /sys/fs/cgroup; fi

# It does not outlive this script, and so neither rootlesskit: nobody would know its namespaces then.
setpriv --pdeathsig KILL containerd --config "$config" &
daemon=$!
trap 'kill "$daemon"' TERM INT HUP

# In use: a container that has a shim, or a client that is connected (the listener itself is in state 01).
in_use() {
  for bundle in "$state"/io.containerd.runtime.v2.task/*/*; do
    if [ -e "$bundle" ]; then return 0; fi
  done
  grep -q " 0001 03 [0-9]* $socket\$" /proc/net/unix
}

leave_when_idle() {
  trap 'kill "$nap"; exit 0' TERM
  unused=0
  while [ "$idle" -gt 0 ] && [ "$unused" -lt "$idle" ]; do
    # In the background and waited for, so that a signal is heard at once.
    sleep 5 &
    nap=$!
    wait "$nap"
    if in_use; then unused=0; else unused=$((unused + 5)); fi
  done
  if [ "$idle" -gt 0 ]; then kill "$daemon"; fi
}

# Beside it, so that its end is this script's at once: the next daemon waits for both.
leave_when_idle &
watcher=$!
status=0
wait "$daemon" || status=$?
# A signal to this script ends the waiting, not the daemon.
while kill -0 "$daemon" 2>/dev/null; do wait "$daemon" || status=$?; done
kill "$watcher" 2>/dev/null || true
exit "$status"
