# System calls that reach deep into the kernel: what a seccomp profile takes away (SECURITY §2.4).

# One argument of a system call from text: a number, `buf:<bytes>`, `str:<text>`, `fd:<path>`.
my @kept;
sub argument {
    my ($text) = @_;
    return 0 + $text if $text =~ /^-?\d+$/;
    return hex $text if $text =~ /^0x[0-9a-f]+$/;
    return "\0" x $1 if $text =~ /^buf:(\d+)$/;
    return "$1\0" if $text =~ /^str:(.*)$/s;
    if ($text =~ m{^fd:(/.*)$}s) {
        sysopen my $fh, $1, O_RDONLY or die "cannot open $1: $!\n";
        push @kept, $fh;
        return fileno $fh;
    }
    return $$ if $text eq 'self';
    return getppid if $text eq 'parent';
    die "what is the argument $text?\n";
}

# Calls `name arg arg`, `name arg`, … each in a process of its own; words that are not an error carry
# the name of their call.
$TRY{syscall} = sub {
    my @seen;
    for my $call (@_) {
        my ($name, @args) = split / /, $call;
        defined $NR{$name} or next;
        my $seen = in_child(sub { return outcome(syscall $NR{$name}, map { argument($_) } @args) });
        push @seen, $seen =~ /^(?:EPERM|ENOSYS|EACCES)$/ ? $seen : "$name:$seen";
    }
    return @seen ? distinct(@seen) : 'unknown: no such call on this architecture';
};

# What a piece of code says, in a process of its own, so that its death is seen too.
sub in_child {
    my ($code) = @_;
    pipe my $answer, my $mouth or die "no pipe\n";
    my $pid = fork // die "no process: $!\n";
    if ($pid == 0) {
        my $seen = eval { $code->() } // "unknown: $@";
        syswrite $mouth, $seen;
        POSIX::_exit(0);
    }
    close $mouth;
    my $seen = join '', <$answer>;
    waitpid $pid, 0;
    return $? & 127 ? signal_name($? & 127) : $seen;
}

# Sockets `family:type:protocol`; a family given as `38+` has bits above the 32 that the kernel looks at.
$TRY{socket} = sub {
    my @seen;
    for (@_) {
        my ($family, $type, $protocol, $garbage) = /^(\d+):(\d+):(\d+)(\+?)$/ or die "what is $_?\n";
        $family |= 1 << 32 if $garbage;
        my $made = syscall $NR{socket}, 0 + $family, 0 + $type, 0 + $protocol;
        push @seen, $made == -1 ? errno_name() : "opened:$_";
        POSIX::close($made) if $made != -1;
    }
    return distinct(@seen);
};

# An upper-layer protocol (kTLS) on a connection over our own loopback.
$TRY{tcp_ulp} = sub {
    my ($name, $garbage) = @_;
    socket my $server, AF_INET, SOCK_STREAM, 0 or return 'unknown: no socket';
    bind $server, sockaddr_in(0, INADDR_LOOPBACK) or return 'unknown: cannot bind';
    listen $server, 1 or return 'unknown: cannot listen';
    socket my $client, AF_INET, SOCK_STREAM, 0 or return 'unknown: no socket';
    connect $client, getsockname $server or return 'unknown: no loopback';
    my ($level, $option) = (6, 31);
    $_ |= 1 << 32 for $garbage ? ($level, $option) : ();
    return outcome(syscall $NR{setsockopt}, fileno $client, $level, $option, $name, length $name);
};

# Urgent data on a Unix socket (CVE-2025-38236).
$TRY{msg_oob} = sub {
    socketpair my $one, my $two, AF_UNIX, SOCK_STREAM, 0 or return 'unknown: no pair';
    return defined send($one, 'x', MSG_OOB) ? 'ok' : errno_name();
};

# Dirty Pipe on a file of our own that is open for reading only: is its page cache changed?
$TRY{dirty_pipe} = sub {
    my $path = "/tmp/pipe-$$";
    sysopen my $new, $path, O_WRONLY | O_CREAT | O_EXCL, 0444 or return 'unknown: no file';
    syswrite $new, 'AAAA';
    close $new;
    open my $file, '<', $path or return 'unknown: cannot read';
    pipe my $out, my $in or return 'unknown: no pipe';
    fcntl $in, 1031, 8192;
    syswrite $in, 'x' x 8192;
    sysread $out, my $drained, 8192;
    my $moved = syscall $NR{splice}, fileno $file, 0, fileno $in, 0, 1, 0;
    my $seen = $moved == -1 ? errno_name() : 'unchanged';
    syswrite $in, 'BB' if $moved != -1;
    open my $again, '<', $path or return 'unknown: cannot read again';
    my $text = join '', <$again>;
    unlink $path;
    return $text eq 'AAAA' ? $seen : 'changed';
};

# An ioctl on a terminal of our own that controls this process, as the agent's does.
$TRY{tty_ioctl} = sub {
    my ($request, $argument, $garbage) = @_;
    sysopen my $master, '/dev/ptmx', O_RDWR | O_NOCTTY or return 'unknown: no terminal';
    my $unlocked = my $number = pack 'i', 0;
    ioctl $master, 0x40045431, $unlocked or return 'unknown: locked';
    ioctl $master, 0x80045430, $number or return 'unknown: no number';
    return in_child(sub {
        POSIX::setsid();
        sysopen my $slave, '/dev/pts/' . unpack('i', $number), O_RDWR or return 'unknown: not opened';
        open my $own, '<', '/dev/tty' or return 'unknown: not controlling';
        my $code = hex $request;
        $code |= 1 << 32 if $garbage;
        my $data = $argument eq 'int' ? "\0" x 4 : $argument;
        return outcome(syscall $NR{ioctl}, fileno $slave, $code, $data);
    });
};

# A process in a new namespace, by clone, with bits above the 32 that the kernel looks at if wanted.
$TRY{clone} = sub {
    my @seen;
    for (@_) {
        my ($flags, $garbage) = /^(0x[0-9a-f]+)(\+?)$/ or die "what is $_?\n";
        $flags = hex $flags;
        $flags |= 1 << 32 if $garbage;
        my $pid = syscall $NR{clone}, $flags | 17, 0, 0, 0, 0;
        POSIX::_exit(0) if $pid == 0;
        push @seen, $pid == -1 ? errno_name() : "made:$_";
        waitpid $pid, 0 if $pid > 0;
    }
    return distinct(@seen);
};

$TRY{clone3} = sub {
    my ($flags) = @_;
    my $arguments = pack 'Q11', hex $flags, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0;
    my $pid = syscall $NR{clone3}, $arguments, length $arguments;
    POSIX::_exit(0) if $pid == 0;
    waitpid $pid, 0 if $pid > 0;
    return $pid == -1 ? errno_name() : 'made';
};

# The 32-bit way into the kernel from a program of thirty bytes: exit 7 when it answered.
$TRY{int80} = sub {
    my $code = pack 'H*', 'b814000000' . 'cd80' . '85c0' . '780c'
        . 'bf07000000' . 'b83c000000' . '0f05' . 'bf00000000' . 'b83c000000' . '0f05';
    my $size = 120 + length $code;
    my $elf = "\x7fELF" . pack('C5x7', 2, 1, 1, 0, 0)
        . pack('S2LQ3LS6', 2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 1, 64, 0, 0)
        . pack('L2Q6', 1, 5, 0, 0x400000, 0x400000, $size, $size, 0x1000) . $code;
    my $path = "/tmp/int80-$$";
    sysopen my $file, $path, O_WRONLY | O_CREAT | O_EXCL, 0700 or return 'unknown: no file';
    syswrite $file, $elf;
    close $file;
    my $pid = fork // return 'unknown: no process';
    if ($pid == 0) { exec {$path} $path or POSIX::_exit(99) }
    waitpid $pid, 0;
    unlink $path;
    return signal_name($? & 127) if $? & 127;
    return $? >> 8 == 7 ? 'answered' : $? >> 8 == 0 ? 'refused' : 'unknown: did not start';
};

$TRY{x32} = sub { return in_child(sub { return outcome(syscall 0x40000000 | 39) }) };
