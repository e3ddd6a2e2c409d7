import { NO_SOCKET, type Attempt } from '../attempt.ts';

type Row = readonly [
  number: number,
  title: string,
  sockets: readonly string[],
  cve?: readonly string[],
];

/** `family:type:protocol` by the numbers of linux/socket.h; `+` sets a bit above the lower 32. */
const ROWS: readonly Row[] = [
  [1, 'kernel crypto sockets (AF_ALG)', ['38:5:0'], ['CVE-2026-31431', 'CVE-2024-26824']],
  [2, 'AF_RXRPC sockets', ['33:2:2'], ['CVE-2026-43500']],
  [3, 'AF_RDS sockets', ['21:5:0'], ['CVE-2026-43494']],
  [4, 'AF_VSOCK, the way to the hypervisor', ['40:1:0', '40:2:0'], ['CVE-2025-21756']],
  [5, 'raw packets (AF_PACKET)', ['17:3:768', '17:2:768'], ['CVE-2020-14386']],
  [6, 'netfilter over netlink', ['16:3:12'], ['CVE-2024-1086', 'CVE-2023-32233']],
  [7, 'IPsec over netlink and AF_KEY', ['16:3:6', '15:3:2'], ['CVE-2026-43284']],
  [8, 'SCTP', ['2:1:132', '2:5:132', '10:1:132'], ['CVE-2026-64564']],
  [9, 'DCCP, UDP-Lite, L2TP, MPTCP, SMC', ['2:6:33', '2:2:136', '2:2:115', '2:1:262', '43:1:0']],
  [10, 'netlink for audit, uevents, generic', ['16:3:2', '16:3:9', '16:3:15', '16:3:16']],
  [11, 'AX.25, LLC, CAN, TIPC, Bluetooth', ['3:5:0', '26:2:0', '29:3:1', '30:5:0', '31:3:1']],
  [12, 'NFC, KCM, XDP, PPPoX, MCTP', ['39:5:1', '41:2:0', '44:3:0', '24:2:0', '45:2:0']],
  [13, 'raw IP sockets', ['2:3:1', '2:3:255', '10:3:58']],
  [14, 'AF_ALG with bits above the 32', ['38:5:0+', '16:3:12+'], ['CVE-2019-10063']],
];

/** Sockets that are neither Internet, Unix nor routing ones. */
export const socketAttempts: readonly Attempt[] = ROWS.map(
  ([number, title, sockets, cve = []]) => ({
    id: `SEC-06.${number}`,
    title,
    group: 'kernel',
    cve,
    stage: 'agent',
    run: ['socket', ...sockets],
    expect: 'no socket',
    held: NO_SOCKET,
  }),
);
