# The red team of `ct doctor --attack`: runs inside a throw-away session, as what an agent could be.
# ct sends this file, the files beside it and a list of attempts to `perl -`. Each attempt is a process
# of its own with a deadline and says in a few words what it saw; ct judges (src/attack/judge.ts).
# Nothing here does harm where a wall is missing: it opens and does not write, or writes a canary.
use strict;
use warnings;
no warnings qw(once portable);
use Config;
use Errno ();
use Fcntl;
use POSIX ();
use Socket;

our (%TRY, %NR);
my %numbers = (
    x86_64 => {
        read => 0, ioctl => 16, clone => 56, ptrace => 101, syslog => 103, personality => 135,
        pivot_root => 155, prctl => 157, chroot => 161, acct => 163, settimeofday => 164, mount => 165,
        umount2 => 166, swapon => 167, reboot => 169, iopl => 172, init_module => 175,
        quotactl => 179, lgetxattr => 192, add_key => 248, request_key => 249, keyctl => 250,
        mknodat => 259, unshare => 272, splice => 275, tee => 276, perf_event_open => 298,
        name_to_handle_at => 303, open_by_handle_at => 304, clock_adjtime => 305, setns => 308,
        process_vm_readv => 310, process_vm_writev => 311, kcmp => 312, finit_module => 313,
        kexec_load => 246, bpf => 321, userfaultfd => 323, modify_ldt => 154, capset => 126,
        migrate_pages => 256, move_pages => 279, set_mempolicy => 238, socket => 41,
        setsockopt => 54, vhangup => 153, fanotify_init => 300, lookup_dcookie => 212,
    },
    aarch64 => {
        lgetxattr => 9, ioctl => 29, mknodat => 33, umount2 => 39, mount => 40, pivot_root => 41,
        chroot => 51, vhangup => 58, quotactl => 60, read => 63, splice => 76, tee => 77, acct => 89,
        capset => 91, personality => 92, unshare => 97, kexec_load => 104, init_module => 105,
        syslog => 116, ptrace => 117, reboot => 142, prctl => 167, settimeofday => 170,
        socket => 198, setsockopt => 208, add_key => 217, request_key => 218, keyctl => 219,
        clone => 220, swapon => 224, set_mempolicy => 237, migrate_pages => 238, move_pages => 239,
        perf_event_open => 241, fanotify_init => 262, name_to_handle_at => 264,
        open_by_handle_at => 265, clock_adjtime => 266, setns => 268, process_vm_readv => 270,
        process_vm_writev => 271, kcmp => 272, finit_module => 273, bpf => 280,
        userfaultfd => 282, lookup_dcookie => 18,
    },
);
my ($arch) = $Config{archname} =~ /^(x86_64|aarch64)/;
%NR = (
    %{ $numbers{ $arch // '' } // {} },
    # The same on every architecture since Linux 5.
    pidfd_open => 434, pidfd_getfd => 438, io_uring_setup => 425, io_uring_enter => 426,
    io_uring_register => 427, open_tree => 428, move_mount => 429, fsopen => 430, fsconfig => 431,
    fsmount => 432, fspick => 433, clone3 => 435, mount_setattr => 442, memfd_secret => 447,
    listmount => 458,
);

# Descriptors that came with the session, looked at before any of ours exist.
our @INHERITED = map { my $to = readlink "/proc/self/fd/$_"; defined $to ? "$_ $to" : () } 0 .. 255;

# The name of the last error.
sub errno_name {
    my $number = 0 + $!;
    for my $name (qw(EAGAIN EOPNOTSUPP EDEADLK), sort keys %!) {
        no strict 'refs';
        return $name if "Errno"->can($name) && &{"Errno::$name"}() == $number;
    }
    return "errno$number";
}

# The result of a system call in one word: `ok`, or the name of its error.
sub outcome { return $_[0] == -1 ? errno_name() : 'ok' }

# Distinct words, in the order of their first coming.
sub distinct { my %seen; return join ' ', grep { !$seen{$_}++ } @_ }

sub say_json {
    my %pairs = @_;
    my @parts;
    for my $key (sort keys %pairs) {
        my $value = $pairs{$key};
        $value =~ s/([^ !#-\[\]-~])/sprintf '\\u%04x', ord $1/ge;
        push @parts, "\"$key\":\"$value\"";
    }
    syswrite STDOUT, '{' . join(',', @parts) . "}\n";
}

# Starts an attempt; the answer comes through a pipe, from a process that can be killed.
sub begin {
    my ($id, $name, @args) = @_;
    pipe my $answer, my $mouth or return { id => $id, seen => 'unknown: no pipe' };
    my $pid = fork // return { id => $id, seen => 'unknown: no process' };
    if ($pid == 0) {
        POSIX::setpgid(0, 0);
        close $answer;
        open STDIN, '<', '/dev/null';
        my $seen = $TRY{$name} ? eval { $TRY{$name}->(@args) } : "unknown: no program $name";
        ($seen) = "unknown: $@" =~ /^(.*)/ if !defined $seen;
        syswrite $mouth, $seen;
        POSIX::_exit(0);
    }
    close $mouth;
    return { id => $id, pid => $pid, answer => $answer };
}

sub finish {
    my ($attempt, $seconds) = @_;
    return $attempt->{seen} if defined $attempt->{seen};
    my ($seen, $late) = ('', 0);
    my $until = time + $seconds;
    while (1) {
        my $bits = '';
        vec($bits, fileno $attempt->{answer}, 1) = 1;
        my $left = $until - time;
        if ($left <= 0 || !select $bits, undef, undef, $left) { $late = 1; last }
        last if !sysread $attempt->{answer}, $seen, 4096, length $seen;
    }
    kill KILL => -$attempt->{pid}, $attempt->{pid} if $late;
    waitpid $attempt->{pid}, 0;
    my $signal = $? & 127;
    kill KILL => -$attempt->{pid};
    return "unknown: no answer within $seconds s" if $late;
    return signal_name($signal) if $signal && $seen eq '';
    return $seen eq '' ? 'unknown: no answer' : $seen;
}

sub signal_name { return 'SIG' . ((split ' ', $Config{sig_name})[ $_[0] ] // $_[0]) }

my $end = POSIX::SigSet->new(POSIX::SIGTERM);

# An attempt that is asked by SIGTERM to end. It is held back until the attempt listens (`listen_for_end`):
# one that came before would end it without an answer.
sub begin_held {
    POSIX::sigprocmask(POSIX::SIG_BLOCK, $end);
    my $attempt = begin(@_);
    POSIX::sigprocmask(POSIX::SIG_UNBLOCK, $end);
    return $attempt;
}

sub listen_for_end {
    $SIG{TERM} = shift;
    POSIX::sigprocmask(POSIX::SIG_UNBLOCK, $end);
    return;
}

# Reads `id <tab> program <tab> arguments` until a line with a dot. Attempts whose id begins with `~` go
# on in the background until the input ends: ct does something outside meanwhile.
sub main {
    my $list = shift;
    my @background;
    $| = 1;
    while (defined(my $line = <$list>)) {
        chomp $line;
        last if $line eq '.';
        my ($id, $name, @args) = map { s/%([0-9a-f]{2})/chr hex $1/ger } split /\t/, $line;
        if ($id =~ s/^~//) { push @background, begin_held($id, $name, @args) }
        else { say_json(id => $id, seen => finish(begin($id, $name, @args), 8)) }
    }
    say_json(id => '.', seen => 'ready');
    1 while defined(<$list>);
    kill TERM => $_->{pid} // () for @background;
    say_json(id => $_->{id}, seen => finish($_, 5)) for @background;
    return;
}
