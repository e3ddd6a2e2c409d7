# Rights: capabilities, no_new_privs, set-user-id programs, other processes.

sub status_of {
    my ($pid) = @_;
    open my $file, '<', "/proc/$pid/status" or die "no status: $!\n";
    return map { /^(\w+):\s*(.*?)\s*$/ } <$file>;
}

# `Field=value` that ought to be so in /proc/<pid>/status.
$TRY{status} = sub {
    my ($pid, @wanted) = @_;
    my %status = status_of($pid);
    my @wrong = grep { my ($field, $value) = split /=/; ($status{$field} // 'none') ne $value } @wanted;
    return @wrong ? join(' ', map { my ($field) = split /=/; "$field=" . ($status{$field} // 'none') } @wrong) : 'as planned';
};

# Every file below the image's program directories.
sub programs {
    my ($visit) = @_;
    my @todo = qw(/usr/bin /usr/sbin /usr/lib /usr/libexec /usr/local /opt /home);
    while (defined(my $dir = pop @todo)) {
        opendir my $handle, $dir or next;
        for my $name (readdir $handle) {
            next if $name eq '.' || $name eq '..';
            my @stat = lstat "$dir/$name" or next;
            if (($stat[2] & 0170000) == 0040000) { push @todo, "$dir/$name" }
            elsif (($stat[2] & 0170000) == 0100000) { $visit->("$dir/$name", $stat[2]) }
        }
    }
    return;
}

# The loader shows AT_SECURE and the ids of a program that gained nothing by its start; one that did
# gain something hides them.
sub gains {
    my ($path) = @_;
    my $pid = open(my $output, '-|') // die "no process\n";
    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        $ENV{LD_SHOW_AUXV} = 1;
        alarm 1;
        exec {$path} $path, '--version' or POSIX::_exit(99);
    }
    my $text = join '', <$output>;
    close $output;
    return $text =~ /AT_SECURE:\s+0\b/ && $text =~ /AT_EUID:\s+$>\b/ ? () : $path;
}

$TRY{setuid_programs} = sub {
    my @found;
    programs(sub { push @found, $_[0] if $_[1] & 06000 && $_[1] & 0111 });
    my @gaining = map { gains($_) } @found;
    return @gaining ? "gains: @gaining" : @found ? 'no gain' : 'none there';
};

$TRY{file_capabilities} = sub {
    my @found;
    programs(sub {
        my ($path, $value, $name) = ($_[0], "\0" x 64, "security.capability\0");
        my $file = "$path\0";
        push @found, $path if $_[1] & 0111
            && syscall($NR{lgetxattr}, $file, $name, $value, 64) > 0;
    });
    my @gaining = map { gains($_) } @found;
    return @gaining ? "gains: @gaining" : @found ? 'no gain' : 'none there';
};

$TRY{become_root} = sub {
    my @seen;
    for my $call (sub { POSIX::setuid(0) }, sub { POSIX::setgid(0) }) {
        push @seen, defined $call->() ? 'became root' : errno_name();
    }
    $! = 0;
    $) = '1000 0 42';
    push @seen, $! ? errno_name() : 'joined groups';
    return distinct(@seen);
};

# Takes back what a session was denied: every capability, in every way that a process can ask.
$TRY{take_capabilities} = sub {
    my ($header, $data) = (pack('Li', 0x20080522, 0), pack 'L6', (0xffffffff) x 6);
    my @seen = outcome(syscall $NR{capset}, $header, $data);
    push @seen, outcome(syscall $NR{prctl}, 47, 2, $_, 0, 0) for 1, 12, 21;
    return distinct(@seen);
};

$TRY{unset_no_new_privs} = sub { return outcome(syscall $NR{prctl}, 38, 0, 0, 0, 0) };

$TRY{schedule} = sub {
    my @seen;
    $! = 0;
    setpriority 0, 0, -20;
    push @seen, $! ? errno_name() : 'more than others';
    open my $file, '+<', '/proc/self/oom_score_adj' or return distinct(@seen, errno_name());
    push @seen, defined syswrite($file, '-1000') ? 'spared by the OOM killer' : errno_name();
    return distinct(@seen);
};

# Processes that are neither our init nor its offspring would be the host's; and our init is in the user
# namespace that we are in, where the host's can be called what it likes.
$TRY{processes} = sub {
    opendir my $proc, '/proc' or return 'unknown: no /proc';
    my @foreign;
    for my $pid (grep { /^\d+$/ } readdir $proc) {
        my %status = eval { status_of($pid) } or next;
        my $parent = $status{PPid};
        my ($at, $steps) = ($pid, 0);
        while ($at > 1 && $steps++ < 64) { my %up = eval { status_of($at) }; $at = $up{PPid} // 1 }
        push @foreign, "$pid:$status{Name}" if $at != 1 && $pid != 1;
    }
    my %init = status_of(1);
    my $is_ours = (readlink('/proc/1/ns/user') // '') eq readlink '/proc/self/ns/user';
    return $init{Name} eq 'catatonit' && $is_ours && !@foreign ? 'only its own' : "foreign: $init{Name} @foreign";
};

# A core file shows memory to whoever reads the host's core directory.
$TRY{limit} = sub {
    my ($name, $hard) = @_;
    open my $file, '<', '/proc/self/limits' or return 'unknown: no limits';
    for (<$file>) { return $1 <= $hard && $1 ne 'unlimited' ? 'bounded' : "hard limit $1" if /^\Q$name\E\s+\S+\s+(\S+)/ }
    return 'unknown: no such limit';
};
