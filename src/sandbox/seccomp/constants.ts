/**
 * Numbers that the profiles call by name; the same on x86_64 and aarch64.
 *
 * Source: the kernel's uapi headers socket.h, in.h, netlink.h, tcp.h, sched.h, stat.h, ioctls.h,
 * personality.h, x_tables.h
 */
export const CONSTANTS: Readonly<Record<string, number>> = {
  ...{ AF_UNIX: 1, AF_INET: 2, AF_INET6: 10, AF_NETLINK: 16 },
  ...{ SOCK_TYPE_MASK: 0xf, SOCK_STREAM: 1, SOCK_DGRAM: 2, SOCK_RAW: 3 },
  ...{ IPPROTO_IP: 0, IPPROTO_ICMP: 1, IPPROTO_TCP: 6, IPPROTO_UDP: 17, IPPROTO_ICMPV6: 58 },
  NETLINK_ROUTE: 0,
  ...{ SOL_IP: 0, SOL_TCP: 6, SOL_IPV6: 41, TCP_ULP: 31 },
  ...{ IPT_SO_SET_REPLACE: 64, ARPT_SO_SET_REPLACE: 96, EBT_SO_SET_ENTRIES: 128 },
  MSG_OOB: 1,
  ...{ TIOCSTI: 0x5412, TIOCLINUX: 0x541c, TIOCSETD: 0x5423 },
  // NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET; clone has no bit for NEWTIME.
  CLONE_NAMESPACES: 0x7e020000,
  // unshare has: 0x80, which for clone is part of the signal.
  UNSHARE_NAMESPACES: 0x7e020080,
  // The same without NEWUSER, NEWPID and NEWNET.
  ...{ CLONE_BEYOND_BROWSER: 0x0e020000, UNSHARE_BEYOND_BROWSER: 0x0e020080 },
  ...{ S_IFMT: 0xf000, S_IFIFO: 0x1000, S_IFREG: 0x8000, S_IFSOCK: 0xc000 },
  // Bits that hold every value in use. A denial looks at these only, which takes a third of the rules; a
  // value that they cannot tell from an allowed one is neither, so it answers the default's ENOSYS.
  ...{ FAMILY_BITS: 0x3f, PROTOCOL_BITS: 0x1ff, NETLINK_BITS: 0x1f, LEVEL_BITS: 0x1ff },
  ...{ TCP_OPTION_BITS: 0x3f, IP_OPTION_BITS: 0xff, PERSONALITY_FLAGS: 0xff0000 },
  ...{ PER_LINUX: 0, PER_QUERY: 0xffffffff, ADDR_NO_RANDOMIZE: 0x0040000 },
};

/**
 * Error numbers that a profile may answer with; the same on x86_64 and aarch64.
 *
 * Source: asm-generic/errno-base.h, errno.h
 */
export const ERRNOS: Readonly<Record<string, number>> = {
  ...{ EPERM: 1, EACCES: 13, EINVAL: 22, ENOSYS: 38, ENOPROTOOPT: 92, EPROTONOSUPPORT: 93 },
  ...{ ESOCKTNOSUPPORT: 94, EOPNOTSUPP: 95, EAFNOSUPPORT: 97 },
};

/** Name of an error number; the number itself when the table has none. */
export function errnoName(errno: number): string {
  return Object.entries(ERRNOS).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
}
