#!/bin/sh
# What rootlesskit starts in the user namespace that it made: gives containerd a writable
# /run/containerd (its shims insist on that path), starts it, removes what it could not, and ends it when nobody
# needs it.
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

# Whether somebody serves a bundle: what listens ($listening) where containerd wrote it, or is about to.
has_shim() {
  at=
  for file in address bootstrap.json; do
    # Neither ends its line, which read takes for a failure.
    if [ -z "$at" ] && [ -e "$1/$file" ]; then read -r at <"$1/$file" || true; fi
  done
  at=${at#*unix://}
  at=${at%%\"*}
  if [ -n "$at" ]; then
    case $listening in *" $at"*) return 0 ;; esac
  fi
  case $(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ') in *" -id ${1##*/} "*) return 0 ;; esac
  return 1
}

# Behind a dead shim containerd gives itself five seconds for the bundle and its mount, and tries again only when it
# starts: until then they would stay, and keep it from leaving. Those without a shim twice in a row are of no use to it.
sweep() {
  alone=
  set -- "$state"/io.containerd.runtime.v2.task/*/*
  if [ -d "$1" ]; then listening=$(cat /proc/net/unix); fi
  for bundle in "$@"; do
    if [ ! -d "$bundle" ] || has_shim "$bundle"; then continue; fi
    case $before in
      *" $bundle "*)
        umount -l "$bundle/rootfs" 2>/dev/null || true
        rm -rf --one-file-system "$bundle" || true
        ;;
      *) alone="$alone $bundle " ;;
    esac
  done
  before=$alone
}

watch_over() {
  trap 'kill "$nap"; exit 0' TERM
  before=
  unused=0
  while [ "$idle" -eq 0 ] || [ "$unused" -lt "$idle" ]; do
    # In the background and waited for, so that a signal is heard at once.
    sleep 5 &
    nap=$!
    wait "$nap"
    # Without the script nobody waits for the daemon, whose pid may be another's by now.
    if ! kill -0 "$$" 2>/dev/null; then exit 0; fi
    sweep
    if in_use; then unused=0; else unused=$((unused + 5)); fi
  done
  kill "$daemon"
}

# Beside it, so that its end is this script's at once: the next daemon waits for both.
watch_over &
watcher=$!
status=0
wait "$daemon" || status=$?
# A signal to this script ends the waiting, not the daemon.
while kill -0 "$daemon" 2>/dev/null; do wait "$daemon" || status=$?; done
kill "$watcher" 2>/dev/null || true
exit "$status"
