# Files: of the host, of the engine, of the kernel's own file systems, and those of the image.

# Opens for writing, without writing. Words: the errors met, or the paths that opened.
$TRY{open_to_write} = sub {
    my (@seen, $there);
    for my $path (@_) {
        my $fh;
        if (sysopen $fh, $path, O_WRONLY | O_NONBLOCK) { push @seen, "opened:$path" }
        else { push @seen, errno_name() }
    }
    return distinct(@seen);
};

# Makes files that are not there yet; takes back what it made.
$TRY{create} = sub {
    my @seen;
    for my $path (@_) {
        if (sysopen my $fh, $path, O_WRONLY | O_CREAT | O_EXCL, 0600) { unlink $path; push @seen, "made:$path" }
        else { push @seen, errno_name() }
    }
    return distinct(@seen);
};

$TRY{make_dir} = sub {
    my @seen;
    for my $path (@_) { push @seen, mkdir($path) ? "made:$path" : errno_name(); rmdir $path }
    return distinct(@seen);
};

# Every file below a directory, opened for writing; what may be written there by design is named.
$TRY{write_tree} = sub {
    my ($root, $allowed) = @_;
    my ($tried, @opened) = (0);
    my @todo = ($root);
    while (defined(my $dir = shift @todo)) {
        opendir my $handle, $dir or next;
        for my $name (readdir $handle) {
            next if $name eq '.' || $name eq '..' || $tried > 40_000;
            my $path = "$dir/$name";
            my @stat = lstat $path or next;
            if (($stat[2] & 0170000) == 0040000) { push @todo, $path; next }
            next if ($stat[2] & 0170000) != 0100000 || ($allowed && $path =~ $allowed);
            $tried++;
            push @opened, $path if sysopen my $fh, $path, O_WRONLY | O_NONBLOCK;
        }
    }
    return @opened ? 'opened:' . scalar(@opened) . " $opened[0]" : $tried ? 'read-only' : 'nothing there';
};

# Groups above its own: their names and figures are the host's.
$TRY{control_groups} = sub {
    open my $groups, '<', '/proc/self/cgroup' or return errno_name();
    my @paths = map { /^\d+:[^:]*:(.*)$/ } <$groups>;
    open my $mounts, '<', '/proc/self/mountinfo' or return errno_name();
    push @paths, map { /^(?:\S+ ){3}(\S+) .* - cgroup2? / } <$mounts>;
    my $foreign = distinct(grep { $_ ne '/' } @paths);
    return $foreign eq '' ? 'its own' : "sees:$foreign";
};

# What must show nothing: an empty file, an empty directory, or one that cannot be read.
$TRY{masked} = sub {
    my @shown;
    for my $path (@_) {
        my @stat = stat $path or next;
        if (-d _) {
            opendir my $handle, $path or next;
            push @shown, $path if grep { !/^\.\.?$/ } readdir $handle;
            next;
        }
        sysopen my $fh, $path, O_RDONLY | O_NONBLOCK or next;
        my $read = sysread $fh, my $text, 256;
        push @shown, $path if $read && $text !~ /^0{16} /;
    }
    return @shown ? "shows: @shown" : 'hidden';
};

# Mounts: writable ones must be planned, and none may honour set-user-id or devices.
$TRY{mounts} = sub {
    my %planned = map { $_ => 1 } @_;
    my $engine = qr{^/(?:proc|dev|dev/(?:pts|shm|mqueue|null|zero|full|random|urandom|tty|console)|proc/(?:keys|timer_list|kcore|sched_debug|latency_stats|config\.gz|key-users|kallsyms|interrupts|scsi)|sys/fs/cgroup|run/\.containerenv|etc/(?:hosts|hostname|resolv\.conf))$};
    open my $file, '<', '/proc/self/mountinfo' or return 'unknown: no mountinfo';
    my @wrong;
    for (<$file>) {
        my ($point, $own, $type) = (split / /)[4, 5], (split / - /)[1] =~ /^(\S+)/;
        $point =~ s/\\([0-7]{3})/chr oct $1/ge;
        next if $own !~ /\brw\b/;
        push @wrong, "writable:$point" if !$planned{$point} && $point !~ $engine;
        # The image's own programs have such bits; no_new_privs takes their meaning.
        push @wrong, "setuid:$point" if $own !~ /nosuid/ && $point !~ $engine && $point ne '/' && $point !~ m{^/dev/};
    }
    return @wrong ? "@wrong" : 'as planned';
};

# Device nodes beside the usual ones; disks, memory, and the ways to talk to the kernel.
$TRY{devices} = sub {
    my %usual = map { $_ => 1 } qw(null zero full random urandom tty console ptmx pts shm mqueue fd stdin stdout stderr core);
    opendir my $dev, '/dev' or return 'unknown: no /dev';
    my @found = grep { !/^\.\.?$/ && !$usual{$_} } readdir $dev;
    return @found ? "there: @found" : 'the usual';
};

$TRY{mknod} = sub {
    my @seen;
    for (@_) {
        my ($kind, $major, $minor) = split /:/;
        my $path = "/tmp/node-$$";
        my $mode = ($kind eq 'b' ? 0060000 : 0020000) | 0600;
        my $made = syscall $NR{mknodat}, -100, "$path\0", $mode, $major * 256 + $minor;
        push @seen, $made == -1 ? errno_name() : "made:$_";
        unlink $path;
    }
    return distinct(@seen);
};

# Descriptors that were open at the start: three, and none is a directory.
$TRY{descriptors} = sub {
    my @extra = grep { !/^[012] / } @INHERITED;
    # perl keeps a copy of the descriptor that it reads its program from.
    my ($stdin) = map { /^0 (.*)/ } @INHERITED;
    @extra = grep { !/ \Q$stdin\E$/ || $stdin !~ /^pipe:/ } @extra;
    push @extra, grep { m{^[012] /} && !m{ /dev/(?:pts/\d+|null|console)$} } @INHERITED;
    return @extra ? "open: @extra" : 'only three';
};

$TRY{descriptors_of} = sub {
    my ($pid) = @_;
    opendir my $dir, "/proc/$pid/fd" or return errno_name();
    my @found = grep { defined && m{^/} && !m{^/dev/(?:null|pts/\d+|console)$} && !m{^/run/ct/} }
        map { readlink "/proc/$pid/fd/$_" } grep { /^\d+$/ } readdir $dir;
    return @found ? "open: @found" : 'nothing of the host';
};

# CVE-2024-21626: a working directory that a leaked descriptor names lies outside.
$TRY{climb_from_descriptors} = sub {
    my ($canary) = @_;
    for my $pid ('self', 1) {
        for my $number (3 .. 63) {
            chdir "/proc/$pid/fd/$number" or next;
            my $up = '../' x 24;
            return "outside by /proc/$pid/fd/$number" if -e "$up$canary";
        }
    }
    return 'no way out';
};

# The canary of the host by every path that leads up.
$TRY{read_host} = sub {
    my ($canary) = @_;
    my @seen;
    for my $path ($canary, ('../' x 40) . $canary, map { "/proc/$_$canary" } qw(1/root self/root 1/cwd/../../../.. thread-self/root)) {
        if (sysopen my $fh, $path, O_RDONLY) { return "read:$path" }
        push @seen, errno_name();
    }
    return distinct(@seen);
};

# Links in the project that lead to the host, followed inside.
$TRY{read_by_link} = sub {
    my ($canary) = @_;
    my @seen;
    my ($soft, $hard) = ("ct-attack-soft-$$", "ct-attack-hard-$$");
    if (symlink $canary, $soft) { push @seen, (sysopen my $fh, $soft, O_RDONLY) ? 'read by link' : errno_name() }
    push @seen, link($canary, $hard) ? 'linked' : errno_name();
    unlink $soft, $hard;
    return distinct(@seen);
};

# `..` from a directory that is open while it lies elsewhere a moment later.
$TRY{climb_open_dir} = sub {
    my ($canary) = @_;
    mkdir("ct-attack-$$") && mkdir("ct-attack-$$/deep") or return 'unknown: no directory';
    chdir "ct-attack-$$/deep" or return 'unknown: cannot enter';
    rename "../../ct-attack-$$/deep", "../../ct-attack-moved-$$";
    my $found = -e (('../' x 30) . $canary);
    chdir '/';
    rmdir "$ENV{PWD}/ct-attack-$$";
    rmdir "$ENV{PWD}/ct-attack-moved-$$";
    return $found ? 'outside' : 'no way out';
};

# The engine's runtime by way of a program that it started (CVE-2019-5736).
$TRY{own_program} = sub { return $TRY{open_to_write}->('/proc/self/exe', '/proc/1/exe') };

# While ct starts programs in the session: whatever runs them must not open for writing. What opens is
# looked at for seals: a sealed copy in memory is no way to the file.
$TRY{watch_runtime} = sub {
    my ($seconds) = @_;
    my ($stop, %seen, %met) = (0);
    listen_for_end(sub { $stop = 1 });
    my $until = time + $seconds;
    while (!$stop && time < $until) {
        opendir my $proc, '/proc' or last;
        for my $pid (grep { /^\d+$/ && $_ != $$ } readdir $proc) {
            $met{$pid} = 1;
            if (sysopen my $fh, "/proc/$pid/exe", O_WRONLY | O_NONBLOCK) {
                my $seals = fcntl $fh, 1034, 0;
                $seen{ defined $seals && $seals & 8 ? 'sealed' : 'opened:' . (readlink "/proc/$pid/exe") } = 1;
            }
            else { $seen{ errno_name() } = 1 }
        }
        select undef, undef, undef, 0.0005;
    }
    delete @seen{qw(ENOENT ESRCH)};
    return %seen ? join ' ', sort keys %seen : 'unknown: nobody seen';
};

# A script whose interpreter is whatever starts it; ct executes it meanwhile.
$TRY{plant_self_exe} = sub {
    my ($path) = @_;
    sysopen my $file, $path, O_WRONLY | O_CREAT | O_TRUNC, 0755 or return 'unknown: no file';
    syswrite $file, "#!/proc/self/exe\n";
    return 'planted';
};
