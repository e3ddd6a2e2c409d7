# Watches a session from the host and notes which system calls its seccomp filter refuses. ct starts it
# with this text on standard input when `--explain-denials` is given; it needs Perl and no module.
# Arguments: host pid of the session's PID 1, and the host's processor (x86_64 or aarch64).
#
# It traces PID 1's only child, which waits at its gate, and all that comes from it. The filter hands
# refused calls over (SECCOMP_RET_TRACE, with the error number as data); each is skipped and answered
# with that number, so programs see what they would see without a tracer. Nothing inside can reach it.
# Prints `ready`, and at the end one line for each kind of denial:
#   how-often kind call-number error-number entry program(hex) six arguments(hex)
# Sources: ptrace(2), seccomp(2), wait(2), signal(7)
use strict;
use warnings;

my ($init, $arch) = @ARGV;
my %calls = (
  # Numbers of three calls; length of the registers, in 64-bit words; where the call's number, its
  # answer and its arguments are among them.
  x86_64  => { ptrace => 101, prctl => 157, wait4 => 61, words => 27, nr => 15, answer => 10, args => [14, 13, 12, 7, 9, 8], pc => 16 },
  aarch64 => { ptrace => 117, prctl => 167, wait4 => 260, words => 34, nr => 8, answer => 0, args => [0 .. 5], pc => 32 },
);
my $cpu = $calls{$arch} or die "no such processor: $arch\n";

my ($GETREGSET, $SETREGSET, $SEIZE, $GETEVENTMSG, $GETSIGINFO, $LISTEN, $CONT) =
  (0x4204, 0x4205, 0x4206, 0x4201, 0x4202, 0x4208, 7);
my ($NT_PRSTATUS, $NT_ARM_SYSTEM_CALL) = (1, 0x404);
# Follow forks, vforks and clones; stop at exits and at what the filter hands over; and if this tracer
# is killed, what it traces dies as well.
my $OPTIONS = 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100000;
my ($EVENT_EXIT, $EVENT_SECCOMP, $EVENT_STOP) = (6, 7, 128);
my ($WALL, $SIGTRAP, $SIGSYS) = (0x40000000, 5, 31);
my $MAX_KINDS = 500;

my %seen;
$SIG{TERM} = sub { report(); exit 0 };
# Ends with ct, however that ends.
syscall($cpu->{prctl}, 1, 9, 0, 0, 0);

my $child = first_child();
trace($SEIZE, $child, 0, $OPTIONS) >= 0 or die "cannot trace the session: $!\n";
$| = 1;
print "ready\n";
# Perl's own waitpid loses the upper half of the status, which names the event.
my $status = pack 'l', 0;
while ((my $pid = syscall($cpu->{wait4}, -1, $status, $WALL, 0)) > 0) {
  stopped($pid, unpack 'l', $status);
}
report();

sub first_child {
  for (1 .. 2000) {
    if (open my $file, '<', "/proc/$init/task/$init/children") {
      my ($pid) = split ' ', (<$file> // '');
      return $pid if $pid;
    }
    select undef, undef, undef, 0.002;
  }
  die "the session has no process to trace\n";
}

sub stopped {
  my ($pid, $status) = @_;
  return if ($status & 0xff) != 0x7f;    # it ended
  my ($signal, $event) = (($status >> 8) & 0xff, $status >> 16);
  if ($event == $EVENT_SECCOMP) {
    refuse($pid);
  } elsif ($event == $EVENT_EXIT) {
    note_death($pid);
  } elsif ($event == $EVENT_STOP) {
    # A stop that a signal made for the whole group lasts until SIGCONT.
    return trace($LISTEN, $pid, 0, 0) if $signal != $SIGTRAP;
  } elsif (!$event) {
    note_trap($pid) if $signal == $SIGSYS;
    return trace($CONT, $pid, 0, $signal);
  }
  trace($CONT, $pid, 0, 0);
}

# In the filter's place: the call is skipped and answers the error that the filter gave along.
sub refuse {
  my ($pid) = @_;
  my $message = pack 'Q', 0;
  trace($GETEVENTMSG, $pid, 0, $message) >= 0 or return;
  my $errno = unpack 'Q', $message;
  my @words = registers($pid) or return;
  note($pid, 'refused', $words[$cpu->{nr}], $errno, 'native', @words[@{ $cpu->{args} }]);
  $words[$cpu->{answer}] = -$errno;
  if ($arch eq 'aarch64') {
    set_registers($pid, $NT_ARM_SYSTEM_CALL, pack 'l', -1);
  } else {
    $words[$cpu->{nr}] = -1;
  }
  set_registers($pid, $NT_PRSTATUS, pack 'q*', map { unpack 'q', pack 'Q', $_ } @words);
}

# The filter killed it: by SIGSYS that no handler saw, and the registers are those of the call.
sub note_death {
  my ($pid) = @_;
  my $message = pack 'Q', 0;
  trace($GETEVENTMSG, $pid, 0, $message) >= 0 or return;
  return if (unpack('Q', $message) & 0x7f) != $SIGSYS;
  my @words = registers($pid) or return;
  note($pid, 'killed', $words[$cpu->{nr}], 0, entry($pid, $words[$cpu->{pc}]), @words[@{ $cpu->{args} }]);
}

# The filter sent a SIGSYS that the program may handle.
sub note_trap {
  my ($pid) = @_;
  my $info = "\0" x 128;
  trace($GETSIGINFO, $pid, 0, $info) >= 0 or return;
  my (undef, undef, $code) = unpack 'l3', $info;
  return if $code != 1;                  # SYS_SECCOMP
  my @words = registers($pid) or return;
  note($pid, 'trapped', unpack('l', substr $info, 24, 4), 0, 'native', @words[@{ $cpu->{args} }]);
}

# How a 64-bit program on x86 came into the kernel: the instruction before the one it would go on with.
sub entry {
  my ($pid, $pc) = @_;
  return 'native' if $arch ne 'x86_64';
  open my $memory, '<:raw', "/proc/$pid/mem" or return 'native';
  sysseek $memory, $pc - 2, 0 or return 'native';
  sysread($memory, my $code, 2) or return 'native';
  return $code eq "\xcd\x80" || $code eq "\x0f\x34" ? 'i386' : 'native';
}

sub note {
  my ($pid, $kind, $nr, $errno, $entry, @args) = @_;
  my $name = '';
  if (open my $file, '<:raw', "/proc/$pid/comm") { chomp($name = <$file> // '') }
  my $key = "$kind $nr $errno $entry " . (unpack('H*', $name) || '-');
  if (my $known = $seen{$key}) { $known->{count} += 1; return }
  return if keys %seen >= $MAX_KINDS;
  $seen{$key} = { count => 1, order => scalar(keys %seen), args => join ' ', map { sprintf '%x', $_ } @args };
}

sub report {
  for my $key (sort { $seen{$a}{order} <=> $seen{$b}{order} } keys %seen) {
    print "$seen{$key}{count} $key $seen{$key}{args}\n";
  }
  %seen = ();
}

sub registers {
  my ($pid) = @_;
  my $buffer = "\0" x (8 * $cpu->{words});
  my $vector = pack 'QQ', unpack('Q', pack 'p', $buffer), length $buffer;
  return trace($GETREGSET, $pid, $NT_PRSTATUS, $vector) >= 0 ? unpack('Q*', $buffer) : ();
}

sub set_registers {
  my ($pid, $set, $buffer) = @_;
  my $vector = pack 'QQ', unpack('Q', pack 'p', $buffer), length $buffer;
  trace($SETREGSET, $pid, $set, $vector);
}

sub trace {
  my ($request, $pid, $address) = @_;
  # syscall() passes a text by its address and a number as it is. The kernel writes into the caller's own
  # text, of which a copy would not tell.
  return syscall($cpu->{ptrace}, $request + 0, $pid + 0, $address + 0, $_[3]);
}
