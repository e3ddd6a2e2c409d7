#!/bin/sh
# The networks of the lab, made inside the account's own user namespace (podman unshare unshare -n -m):
# this one is "the host", from where the gateway dials; a second one is everybody else.
#   enter.sh DIR NODE WORLD CT RUNTIME [hide-pasta]
# DIR gets what the world writes down; the gateway's owner has RUNTIME for itself and runs in the foreground until stdin ends.
set -eu
dir=$1 node=$2 world=$3 ct=$4 runtime=$5
ip link set lo up
unshare -n sleep 100000 &
other=$!
# The namespace is there when it is another one than ours.
while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
ip link add lab0 type veth peer name lab1 netns "$other"
ip addr add 198.51.100.1/24 dev lab0
ip -6 addr add 2001:db8:77::1/64 dev lab0 nodad
ip link set lab0 up
ip route add default via 198.51.100.254
ip -6 route add default via 2001:db8:77::fe
nsenter -t "$other" -n sh -eu -c '
  ip link set lo up; ip link set lab1 up
  for last in 10 11 12 20 21 22 53 254; do ip addr add 198.51.100.$last/24 dev lab1; done
  for further in 169.254.169.254 10.99.0.5 100.64.7.7; do ip addr add $further/32 dev lab1; done
  for last in 10 fe; do ip -6 addr add 2001:db8:77::$last/64 dev lab1 nodad; done
'
printf 'nameserver 198.51.100.53\noptions timeout:1 attempts:1\n' >"$dir/resolv.conf"
mount --bind "$dir/resolv.conf" /etc/resolv.conf
# What is not executable is not there: permissive sessions get slirp4netns then.
[ "${6:-}" != hide-pasta ] || mount --bind /dev/null "$(command -v pasta)"
nsenter -t "$other" -n "$node" "$world" "$dir" world >"$dir/world.out" 2>&1 &
world_pid=$!
"$node" "$world" "$dir" host >"$dir/host.out" 2>&1 &
host_pid=$!
# A server for git over ssh: as root of the account's own user namespace, which is nobody outside.
printf 'root:x:0:0::%s/home:/bin/sh\n' "$dir" >"$dir/passwd"
printf 'root:*:19000:0:99999:7:::\n' >"$dir/shadow"
nsenter -t "$other" -n unshare -m sh -c '
  mount --bind "$0/passwd" /etc/passwd; mount --bind "$0/shadow" /etc/shadow
  exec dropbear -F -E -s -p 22 -r "$0/ssh_host" -P ""' "$dir" >"$dir/sshd.out" 2>&1 &
sshd_pid=$!
while [ ! -e "$dir/world.ready" ] || [ ! -e "$dir/host.ready" ]; do
  kill -0 $world_pid && kill -0 $host_pid
  sleep 0.05
done
XDG_RUNTIME_DIR="$runtime" "$node" "$ct" internal serve --stay >"$dir/owner.out" 2>&1 &
echo $! >"$dir/owner.pid"
# Until whoever started this goes.
cat >/dev/null || true
kill "$other" $sshd_pid $world_pid $host_pid "$(cat "$dir/owner.pid")" 2>/dev/null || true
