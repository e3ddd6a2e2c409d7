#!/usr/bin/perl
# Runs the program of an uplink for as long as somebody holds the other end of standard input: when ct
# dies, however it dies, the uplink goes with it.
#
#   perl uplink-guard.pl PROGRAM ARGUMENTS…
use strict;
use warnings;

# Set before the fork: a program that fails at once must not be missed.
$SIG{CHLD} = sub { exit($? >> 8 || 1) if waitpid(-1, 1) > 0 };
my $child = fork // die "fork: $!\n";
if ($child == 0) {
  open(STDIN, '<', '/dev/null');
  exec { $ARGV[0] } @ARGV or do { print STDERR "$ARGV[0]: $!\n"; exit 127 };
}
while (1) {
  my $read = sysread(STDIN, my $byte, 1);
  last if defined $read && $read == 0;
  last if !defined $read && !$!{EINTR};
}
$SIG{CHLD} = 'IGNORE';
kill 'KILL', $child;
exit 0;
