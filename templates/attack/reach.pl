# What a session can talk to: networks, sockets of the host, other processes' memory.

# Interfaces and routes, read and not tried: no packet leaves because of this.
$TRY{interfaces} = sub {
    opendir my $dir, '/sys/class/net' or return 'unknown: no /sys/class/net';
    my @found = grep { !/^\.\.?$/ && $_ ne 'lo' } readdir $dir;
    return @found ? "there: @found" : 'loopback only';
};

$TRY{routes} = sub {
    my @found;
    for (['/proc/net/route', 0], ['/proc/net/ipv6_route', 9]) {
        my ($path, $column) = @$_;
        open my $file, '<', $path or next;
        push @found, grep { defined && $_ ne 'lo' && $_ ne 'Iface' } map { (split)[$column] } <$file>;
    }
    return @found ? "by: " . distinct(@found) : 'none';
};

# Connects to `host port`; a service that ct opened answers with a word.
$TRY{connect} = sub {
    my ($port, @hosts) = @_;
    my @seen;
    for my $host (@hosts) {
        # slirp4netns gives the host's loopback this address; elsewhere it would be somebody else's.
        if ($host eq 'alias') { -e '/sys/class/net/tap0' or next; $host = '10.0.2.2' }
        my $six = $host =~ /:/;
        my $address = Socket::inet_pton($six ? AF_INET6 : AF_INET, $host) // return "unknown: $host";
        socket my $socket, $six ? AF_INET6 : AF_INET, SOCK_STREAM, 0 or do { push @seen, errno_name(); next };
        my $flags = fcntl $socket, F_GETFL, 0;
        fcntl $socket, F_SETFL, $flags | O_NONBLOCK;
        my $there = $six ? Socket::pack_sockaddr_in6($port, $address) : sockaddr_in($port, $address);
        push @seen, knock($socket, $there, $host);
    }
    return distinct(@seen);
};

# A Unix socket of the host, by its abstract name.
$TRY{abstract} = sub {
    my ($name) = @_;
    my @seen;
    # Its exact length, and the whole field as older libraries fill it.
    for my $address (pack('S a*', AF_UNIX, "\0$name"), pack('S a108', AF_UNIX, "\0$name")) {
        socket my $socket, AF_UNIX, SOCK_STREAM, 0 or return 'unknown: no socket';
        push @seen, knock($socket, $address, 'abstract');
    }
    return distinct(@seen);
};

sub knock {
    my ($socket, $there, $name) = @_;
    if (!connect $socket, $there) {
        return errno_name() if !$!{EINPROGRESS};
        my $bits = '';
        vec($bits, fileno $socket, 1) = 1;
        select undef, my $ready = $bits, undef, 1.2 or return 'silence';
        my $error = unpack 'i', getsockopt $socket, SOL_SOCKET, SO_ERROR;
        if ($error) { $! = $error; return errno_name() }
    }
    my $bits = '';
    vec($bits, fileno $socket, 1) = 1;
    select my $ready = $bits, undef, undef, 1.0 or return "connected:$name";
    my $read = sysread $socket, my $text, 64;
    return $read ? "answered:$name" : 'closed';
}

# Names that a session of the host would list.
$TRY{abstract_names} = sub {
    my ($prefix) = @_;
    open my $file, '<', '/proc/net/unix' or return 'unknown: no list';
    my @found = grep { defined && /^@/ } map { (split)[7] } <$file>;
    return @found ? 'there: ' . scalar(@found) : 'none';
};

# Sockets in the file system: one that answers as an engine is the whole host.
$TRY{engine_sockets} = sub {
    my (@todo, @engines) = (grep { -d } qw(/run /tmp /var /home /opt /projects /etc /srv /mnt));
    my $count = 0;
    while (defined(my $dir = shift @todo)) {
        opendir my $handle, $dir or next;
        for my $name (readdir $handle) {
            next if $name eq '.' || $name eq '..' || $count++ > 60_000;
            my $path = "$dir/$name";
            my @stat = lstat $path or next;
            my $kind = $stat[2] & 0170000;
            if ($kind == 0040000) { push @todo, $path }
            elsif ($kind == 0140000) { push @engines, $path if speaks_http($path) }
        }
    }
    return @engines ? "answers: @engines" : 'none';
};

sub speaks_http {
    my ($path) = @_;
    socket my $socket, AF_UNIX, SOCK_STREAM, 0 or return;
    connect $socket, sockaddr_un($path) or return;
    syswrite $socket, "GET /_ping HTTP/1.0\r\n\r\n";
    my $bits = '';
    vec($bits, fileno $socket, 1) = 1;
    select my $ready = $bits, undef, undef, 0.5 or return 1;
    return 1;
}

# Well-known doors of a host: none may be there, whatever they lead to.
$TRY{absent} = sub {
    my @found = grep { lstat } @_;
    return @found ? "there: @found" : 'absent';
};

$TRY{environment} = sub {
    my @found = grep { exists $ENV{$_} } @_;
    return @found ? "set: @found" : 'absent';
};

# Names resolve where there is somebody to ask; without a route nobody is asked.
$TRY{resolve} = sub {
    my ($name) = @_;
    local $SIG{ALRM} = sub { die "late\n" };
    my @found = eval { alarm 7; my @all = gethostbyname $name; alarm 0; @all };
    return 'no answer' if $@;
    return @found > 4 ? 'resolved' : 'no answer';
};

# Changing the network: interfaces down, addresses, marks, other people's source addresses.
$TRY{network_admin} = sub {
    socket my $socket, AF_INET, SOCK_DGRAM, 0 or return 'unknown: no socket';
    my @seen;
    my $request = pack 'a16 s x22', 'lo', 0x1;
    push @seen, ioctl($socket, 0x8914, $request) ? 'flags' : errno_name();
    $request = pack 'a16 S n a4 x16', 'lo', AF_INET, 0, INADDR_LOOPBACK;
    push @seen, ioctl($socket, 0x8916, $request) ? 'address' : errno_name();
    for ([SOL_SOCKET, 36, 'mark'], [0, 19, 'transparent'], [SOL_SOCKET, 33, 'forced buffer']) {
        push @seen, setsockopt($socket, $_->[0], $_->[1], pack 'i', 1) ? $_->[2] : errno_name();
    }
    return distinct(@seen);
};

# The needle comes backwards, so that it isn't found in its own question.
$TRY{needle} = sub {
    my ($backwards, @paths) = @_;
    my $needle = reverse $backwards;
    my @found;
    opendir my $proc, '/proc' or return 'unknown: no /proc';
    my @files = map { ("/proc/$_/environ", "/proc/$_/cmdline") } grep { /^\d+$/ } readdir $proc;
    for my $path (@files, @paths) {
        open my $file, '<', $path or next;
        local $/;
        my $text = <$file> // '';
        push @found, $path if index($text, $needle) >= 0;
    }
    return @found ? "found: @found" : 'not found';
};

# The host's name, from whatever would tell it.
$TRY{host_name} = sub {
    my $name = reverse $_[0];
    my @found;
    push @found, 'uname' if (POSIX::uname())[1] eq $name;
    for my $path (qw(/etc/hostname /etc/hosts /proc/sys/kernel/hostname)) {
        open my $file, '<', $path or next;
        push @found, $path if grep { /\b\Q$name\E\b/ } <$file>;
    }
    return @found ? "found: @found" : 'not found';
};

# More processes than the limit: those that were made end at once.
$TRY{fork_many} = sub {
    my ($most) = @_;
    my @made;
    my $seen = 'no limit met';
    for (1 .. $most + 64) {
        my $pid = fork;
        if (!defined $pid) { $seen = errno_name(); last }
        if ($pid == 0) { select undef, undef, undef, 6; POSIX::_exit(0) }
        push @made, $pid;
    }
    kill KILL => @made;
    waitpid $_, 0 for @made;
    return $seen;
};

$TRY{fill} = sub {
    my ($dir, $bytes) = @_;
    my $path = "$dir/ct-attack-fill-$$";
    sysopen my $file, $path, O_WRONLY | O_CREAT | O_EXCL, 0600 or return errno_name();
    my ($written, $seen) = (0, 'no limit met');
    while ($written <= $bytes) {
        my $wrote = syswrite $file, "\0" x 65536;
        if (!defined $wrote) { $seen = errno_name(); last }
        $written += $wrote;
    }
    unlink $path;
    return $seen;
};

$TRY{open_many} = sub {
    my ($most) = @_;
    my @kept;
    for (0 .. $most) {
        my $fd = POSIX::open('/dev/null');
        if (!defined $fd) { my $seen = errno_name(); POSIX::close($_) for @kept; return $seen }
        push @kept, $fd;
    }
    return 'no limit met';
};
