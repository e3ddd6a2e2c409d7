# Makes system calls and says what came of each: standard input has lines `id number a0 … a5`.
# Each call is made in a process of its own, which may die of it. Prints `id answer`: `ok`, `errno n`,
# `exit n` or `signal n`.
use strict;
use warnings;
$| = 1;
while (my $line = <STDIN>) {
  my ($id, $nr, @args) = split ' ', $line;
  pipe my $reader, my $writer or die;
  my $child = fork // die "fork: $!";
  if (!$child) {
    close $reader;
    open STDIN, '<', '/dev/null';
    $SIG{ALRM} = 'DEFAULT';
    alarm 1;
    my $done = syscall($nr + 0, map { $_ + 0 } @args);
    my $errno = $! + 0;
    syswrite $writer, $done == -1 ? "errno $errno" : 'ok';
    kill 'KILL', $$;
  }
  close $writer;
  my $said = <$reader> // '';
  waitpid $child, 0;
  $said ||= $? & 127 ? 'signal ' . ($? & 127) : 'exit ' . ($? >> 8);
  print "$id $said\n";
}
