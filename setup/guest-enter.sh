#!/bin/sh
# Makes a root directory a machine of its own and runs a command there as process 1.
#   unshare --mount --pid --fork … sh guest-enter.sh ROOT HOSTNAME UID COMMAND…
# Rootless Podman needs a real mount root (a chroot isn't one), cgroup v2 for crun, and a /dev/shm and
# /run that it shares with nobody. All of it goes away with the mount namespace.
set -eu
root=$1 name=$2 uid=$3
shift 3

mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs "$root/run"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"
umount -R "$root/sys/fs/cgroup" 2>/dev/null || true
mount -t cgroup2 none "$root/sys/fs/cgroup"
hostname "$name"

mkdir -p "$root/.host"
cd "$root"
pivot_root . .host
umount -l /.host
rmdir /.host
mount --make-rshared /

# As on a machine with a log-in manager: a private run-time directory of the account.
mkdir -p /run/user
install -d -m 0700 -o "$uid" -g "$uid" "/run/user/$uid"
exec "$@"
