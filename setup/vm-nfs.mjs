// @ts-check
/** A home on NFS, for which the VM is its own server: lines of the script of the tests. */

/** The directory of the test account on NFS. */
const NFS_HOME = '/nfs/home';

/**
 * A server that starts waits for clients of before, a minute and a half: none were here. Ten is the least.
 * Source: nfs.conf(5) `[nfsd]`, nfsd(7) `nfsv4gracetime`, `s`
 */
export const NFS_FILES = {
  '/etc/nfs.conf.d/ct-test.conf': '[nfsd]\ngrace-time=10\nlease-time=10\n',
};

/**
 * @param {import('./account.mjs').Account} account
 * @returns {string[]}
 */
export function serveNfs({ uid, gid }) {
  const shared = '/srv/nfs';
  return [
    'systemctl start nfs-server',
    `mkdir -p /nfs ${shared}; install -d -m 0700 -o ${uid} -g ${gid} ${shared}/home`,
    // As most are: root of a client is nobody here.
    `exportfs -o rw,root_squash,no_subtree_check,fsid=0 127.0.0.1:${shared}`,
    'mount -t nfs4 -o vers=4.2,sec=sys 127.0.0.1:/ /nfs',
    `ls -d ${NFS_HOME}`,
  ];
}
