import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decide } from '../../src/sandbox/seccomp/policy.ts';
import { PROFILE_NAMES } from '../../src/sandbox/seccomp/use.ts';
import { ct, project } from './support/ct.ts';
import {
  arch,
  call,
  expected,
  numbers,
  policyNamed,
  probe,
  shown,
  withProfile,
  type Probe,
} from './support/seccomp.ts';

const ALL_ONES = 2n ** 64n - 1n;
/** Upper halves that the kernel does not see in an int: a set bit, the sign, an extended sign. */
const UPPER = [0n, 1n << 32n, 1n << 63n, 0xffff_ffff_0000_0000n];

/** Every call with arguments that are wrong everywhere, so that those let through do no harm. */
const everyCall: readonly Probe[] = Array.from({ length: 601 }, (_, nr) => ({
  nr,
  args: Array.from({ length: 6 }, () => ALL_ONES),
}));

/** Filtered arguments, each plain and with every upper half. */
const filtered: readonly Probe[] = [
  ...[0x5412, 0x541c, 0x5423, 0x5413].map((request) => call('ioctl', -1, request, 0)),
  ...[1, 2, 10, 16, 3, 17, 38, 40].map((family) => call('socket', family, 0x80001, 0)),
  ...[1, 2, 3, 4, 5, 6, 10].map((type) => call('socket', 2, type, 0)),
  ...[6, 17, 132, 33, 136, 262, 256].map((protocol) => call('socket', 10, 1, protocol)),
  ...[0, 4, 6, 9, 12, 15].map((protocol) => call('socket', 16, 3, protocol)),
  ...[1, 2, 16].map((family) => call('socketpair', family, 1, 0, 0)),
  ...[
    [6, 31],
    [6, 1],
    [0, 64],
    [41, 64],
    [0, 2],
    [1, 2],
  ].map(([level = 0, option = 0]) => call('setsockopt', -1, level, option, 0, 0)),
  ...[0, 1, 0x40, 0x41].flatMap((flags) => [
    call('sendto', -1, 0, 0, flags, 0, 0),
    call('recvmsg', -1, 0, flags),
  ]),
  ...[0x10000000, 0x20000, 0x40000000, 0x02000000].map((flags) => call('clone', flags | 17, 0)),
  ...[0, 0x400, 0x10000000, 0x80].map((flags) => call('unshare', flags)),
  ...[0, 0xffffffff, 0x0040000, 0x0400000].map((domain) => call('personality', domain)),
  ...[0o010600, 0o020600, 0o060600].map((mode) => call('mknodat', -1, 0, mode, 0)),
];
const withUpper: readonly Probe[] = filtered.flatMap(({ nr, args }) =>
  UPPER.map((upper) => ({ nr, args: args.map((arg) => arg | upper) })),
);

const probes = [...everyCall, ...withUpper];
let bare: readonly string[] = [];

beforeAll(async () => {
  bare = await probe('unconfined', probes);
});

describe.each(PROFILE_NAMES)('a session with the profile %s', (name) => {
  const policy = policyNamed(name);

  it('answers calls 0 to 600, and arguments with any upper half, as the profile declares', async () => {
    const seen = await probe(name, probes);
    const wrong = probes.flatMap((one, index) => {
      const may = expected(policy, one, bare[index] ?? '');
      const got = seen[index] ?? '';
      return may.includes(got) ? [] : [`${shown(one)}: ${got}, not ${may.join(' or ')}`];
    });
    expect(wrong).toEqual([]);
  });

  it('gives a socket of the declared families, types and protocols, and of no other', async () => {
    const cwd = project();
    writeFileSync(`${cwd}/sockets.pl`, socketMatrix(numbers.get('socket') ?? -1));
    const done = await ct(['run', ...withProfile(name), 'shell', '-c', 'perl sockets.pl'], { cwd });
    const lines = done.stdout.toString().trim().split('\n');
    expect(lines).toHaveLength(FAMILIES * TYPES.length * PROTOCOLS);
    const wrong = lines.filter((line) => {
      const [family = 0, type = 0, protocol = 0, errno = -1] = line.split(' ').map(Number);
      const args = [family, type, protocol].map(BigInt);
      const { outcome } = decide(policy, 'socket', args);
      return outcome.kind === 'errno' ? errno !== outcome.errno : false;
    });
    expect(wrong.slice(0, 20)).toEqual([]);
    const open = lines.filter((line) => line.endsWith(' 0')).map((line) => line.split(' ')[0]);
    expect([...new Set(open)].sort()).toEqual(['1', '10', '16', '2']);
  });

  it.runIf(arch === 'x86_64')('kills what calls by x32 or as a 32-bit program', async () => {
    const x32 = Array.from({ length: 601 }, (_, nr) => ({ nr: nr + 0x4000_0000, args: [] }));
    expect([...new Set(await probe(name, x32))]).toEqual(['signal 31']);
    const cwd = project();
    writeFileSync(`${cwd}/int80.pl`, INT80);
    const done = await ct(['run', ...withProfile(name), 'shell', '-c', 'perl int80.pl 0 460'], {
      cwd,
    });
    expect(done.stdout.toString().trim().split('\n')).toEqual(['461 signal 31']);
  });
});

it.runIf(arch === 'x86_64')(
  'a 32-bit call without a filter works, so the test above can fail',
  async () => {
    const cwd = project();
    writeFileSync(`${cwd}/int80.pl`, INT80);
    const args = ['run', ...withProfile('unconfined'), 'shell', '-c', 'perl int80.pl 20 20'];
    expect((await ct(args, { cwd })).stdout.toString()).toMatch(/^1 exit \d+\n$/u);
  },
);

const FAMILIES = 47;
const TYPES = [1, 2, 3, 4, 5, 6, 10];
const PROTOCOLS = 300;

/** Opens every kind of socket; a line each: family, type, protocol, error number or 0. */
function socketMatrix(nr: number): string {
  return `for my $f (0 .. ${FAMILIES - 1}) { for my $t (${TYPES.join(', ')}) { for my $p (0 .. ${PROTOCOLS - 1}) {
    my $fd = syscall(${nr}, $f, $t, $p);
    my $e = $fd < 0 ? $! + 0 : 0;
    if ($fd >= 0) { open my $s, '<&=', $fd; close $s }
    print "$f $t $p $e\\n";
  } } }`;
}

/**
 * Calls from the first argument to the second by \`int 0x80\`, with machine code in memory of its own: mov eax, nr; mov ebx, -1;
 * int 0x80; then exit_group(eax) the 64-bit way. Counts how the processes ended.
 */
const INT80 = `use strict; use warnings; require DynaLoader;
my %ends;
for my $nr ($ARGV[0] .. $ARGV[1]) {
  my $child = fork // die;
  if (!$child) {
    alarm 1;
    open STDIN, '<', '/dev/null';
    my $code = "\\xb8" . pack('V', $nr) . "\\xbb\\xff\\xff\\xff\\xff\\xcd\\x80\\x89\\xc7\\xb8" . pack('V', 231) . "\\x0f\\x05";
    my $at = syscall(9, 0, 4096, 7, 0x22, -1, 0);
    pipe my $r, my $w; syswrite $w, $code; syscall(0, fileno $r, $at, length $code);
    my $run = DynaLoader::dl_install_xsub('main::run', $at);
    main::run();
  }
  waitpid $child, 0;
  $ends{$? & 127 ? 'signal ' . ($? & 127) : 'exit ' . ($? >> 8)}++;
}
print "$ends{$_} $_\\n" for sort keys %ends;
`;
