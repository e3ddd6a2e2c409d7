# The project directory: what the host executes later, what it hides, and traps for ct itself.

# Makes or changes a file, with its directories; what it wrote is harmless and looked for outside.
$TRY{plant} = sub {
    my @seen;
    for my $path (@_) {
        my @parts = split m{/}, $path;
        mkdir join '/', @parts[0 .. $_] for 0 .. $#parts - 1;
        if (sysopen my $file, $path, O_WRONLY | O_CREAT | O_APPEND, 0755) {
            push @seen, defined syswrite($file, "ct-attack-planted\n") ? "wrote:$path" : errno_name();
        }
        else { push @seen, errno_name() }
    }
    return distinct(@seen);
};

# Replaces a protected file by another of the same name.
$TRY{replace} = sub {
    my @seen;
    for my $path (@_) {
        my $new = "ct-attack-new-$$";
        sysopen my $file, $new, O_WRONLY | O_CREAT | O_TRUNC, 0755 or return 'unknown: no file';
        syswrite $file, "ct-attack-planted\n";
        push @seen, rename($new, $path) ? "replaced:$path" : errno_name();
        unlink $new;
        push @seen, unlink($path) ? "removed:$path" : errno_name();
    }
    return distinct(@seen);
};

# Moves the parent of protected files aside and makes another in its place.
$TRY{swap_parent} = sub {
    my ($parent, $inner) = @_;
    my $aside = "ct-attack-aside-$$";
    rename $parent, $aside or return errno_name();
    my $seen = 'moved';
    if (mkdir $parent) {
        my @parts = split m{/}, "$parent/$inner";
        mkdir join '/', @parts[0 .. $_] for 1 .. $#parts - 1;
        if (sysopen my $file, "$parent/$inner", O_WRONLY | O_CREAT, 0755) {
            syswrite $file, "ct-attack-planted\n";
            $seen = "swapped:$parent";
        }
    }
    return $seen if $seen ne 'moved';
    rename $aside, $parent;
    return $seen;
};

# Words of a file that the session should not see.
$TRY{read_hidden} = sub {
    my ($backwards, @paths) = @_;
    my $needle = reverse $backwards;
    my @found;
    for my $path (@paths) {
        sysopen my $file, $path, O_RDONLY | O_NONBLOCK or next;
        local $/;
        push @found, $path if index(<$file> // '', $needle) >= 0;
    }
    return @found ? "read: @found" : 'hidden';
};

# A hidden file by other ways than its name: its directory moved, a second link, a handle on the parent.
$TRY{read_hidden_otherwise} = sub {
    my ($backwards, $dir, $name) = @_;
    my $needle = reverse $backwards;
    my $moved = "ct-attack-moved-$$";
    my @found;
    my $look = sub {
        my ($path) = @_;
        sysopen my $file, $path, O_RDONLY | O_NONBLOCK or return;
        local $/;
        push @found, $path if index(<$file> // '', $needle) >= 0;
    };
    if (link "$dir/$name", "ct-attack-second-$$") { $look->("ct-attack-second-$$"); unlink "ct-attack-second-$$" }
    if (rename "$dir/$name", "ct-attack-taken-$$") { $look->("ct-attack-taken-$$"); rename "ct-attack-taken-$$", "$dir/$name" }
    if (rename $dir, $moved) { $look->("$moved/$name"); rename $moved, $dir }
    return @found ? "read: @found" : 'hidden';
};

# Traps for whoever reads the project afterwards: a FIFO, a link to the host, names that drive terminals.
$TRY{set_traps} = sub {
    my ($canary_dir) = @_;
    POSIX::mkfifo($_, 0600) for 'package.json', 'Makefile';
    symlink "$canary_dir/secret", 'conftest.py';
    symlink $canary_dir, 'node_modules';
    symlink 'loop-a', 'loop-b';
    symlink 'loop-b', 'loop-a';
    for my $name ("\e]0;ct-attack\a.envrc", "\e[2J\e[31mct: all is well\n.sh", "\xe2\x80\xaetxt.exe") {
        sysopen my $file, $name, O_WRONLY | O_CREAT, 0755 or next;
        syswrite $file, "ct-attack-planted \e]52;c;Y3Q=\a\n";
    }
    return 'planted';
};
