#!/usr/bin/perl
# Enters a session's user and network namespace from outside, makes what only its owner can make there,
# and hands the sockets to the process that started it, over Node's own channel for child processes (a
# line of JSON with the descriptor beside it, SCM_RIGHTS). It takes ten milliseconds and is gone.
#
#   perl netns-helper.pl SETNS SENDMSG NFT
#
# Descriptor 4 is the session's user namespace, 5 its network namespace: opened once by the caller, so
# that no reused pid can lead elsewhere. SETNS and SENDMSG are system call numbers, NFT is the path of
# nft, whose output goes to standard output. What to do comes on standard input:
#   loopback-only          refuse a namespace with any interface beside lo
#   address A.B.C.D        this address on lo, and every IPv4 address is local ("AnyIP")
#   listen KEY ADDR PORT   a TCP listener           datagram KEY ADDR PORT   a UDP socket
#   streams KEY N          N unconnected TCP sockets for IPv4, and N for IPv6 as KEY6
#   table                  the rest of the input is for nft
#
# Exit status: 0 done; 11 refused (not a namespace of a session); 12 not permitted; 13 nft refused; 14 a socket, an address or a route could not be made.
#
# Source: setns(2), rtnetlink(7), unix(7), cmsg(3); nodejs lib/internal/child_process.js (NODE_HANDLE)
use strict;
use warnings;
use Socket;

my ($SETNS, $SENDMSG, $nft) = @ARGV;
open(my $channel, '+<&=', $ENV{NODE_CHANNEL_FD}) or fail(14, "there is nobody to hand sockets to: $!");
fcntl($channel, 2, 1);
my @wishes;
my $table = '';
while (my $line = <STDIN>) {
  chomp $line;
  if ($line eq 'table') { local $/; $table = <STDIN>; last }
  push @wishes, [split / /, $line];
}
my %wish = map { $_->[0] => $_ } @wishes;

sub fail { my ($status, $what) = @_; print STDERR "$what\n"; exit $status }

my @namespaces = ([user => 4], [net => 5]);
for (@namespaces) {
  my ($kind, $fd) = @$_;
  open(my $ns, '<&=', $fd) or fail(12, "the $kind namespace is not open: $!");
  my ($dev, $ino) = stat $ns;
  my ($own_dev, $own_ino) = stat "/proc/self/ns/$kind";
  fail(11, "this is the host's own $kind namespace")
    if !defined $ino || !defined $own_ino || ($dev == $own_dev && $ino == $own_ino);
  $_->[1] = $ns;
}
for (@namespaces) {
  my ($kind, $ns) = @$_;
  syscall($SETNS + 0, fileno($ns) + 0, 0) == 0 or fail(12, "enter the $kind namespace: $!");
}
# Root in there, which nft must be; outside this is a subordinate id of the user.
$( = 0; $) = '0 0'; $< = 0; $> = 0;
fail(12, "become root in there: $!") if $< != 0 || $> != 0;

if ($wish{'loopback-only'}) {
  open(my $dev, '<', '/proc/self/net/dev') or fail(14, "list the interfaces: $!");
  my @others = grep { $_ ne 'lo' } map { /^\s*(\S+):/ ? $1 : () } <$dev>;
  fail(11, "the session has a network interface: @others") if @others;
}

my $rules = load($table) if length $table;
link_state($wish{address}[1]);
my @sockets = map { sockets(@$_) } @wishes;
finish($rules) if defined $rules;
for my $socket (@sockets) {
  hand_over(@$socket);
  # Node says that it has it; to leave earlier would cost it the rest.
  sysread($channel, my $receipt, 4096) or fail(14, 'hand a socket over: nobody takes it');
}
exit 0;

# Starts nft; it works while the sockets are made.
sub load {
  my ($text) = @_;
  pipe(my $in, my $out) or fail(13, "pipe: $!");
  my $child = fork // fail(13, "fork: $!");
  if ($child == 0) {
    close $out;
    open(STDIN, '<&', $in) or exit 127;
    exec { $nft } $nft, '-n', '-f', '-' or do { print STDERR "$nft: $!\n"; exit 127 };
  }
  close $in;
  local $SIG{PIPE} = 'IGNORE';
  print $out $text;
  close $out;
  return $child;
}

sub finish {
  my ($child) = @_;
  waitpid $child, 0;
  fail(13, 'the rules were refused') if $? != 0;
}

# lo up; with an address: that one too, and a local route for every IPv4 destination.
sub link_state {
  my ($address) = @_;
  socket(my $nl, 16, SOCK_RAW, 0) or fail(14, "netlink: $!");
  rtnetlink($nl, 16, 0, pack('C x S l L L', 0, 0, 1, 1, 1));
  return unless defined $address;
  my $ip = inet_aton($address);
  my $replace = 0x400 | 0x100;
  rtnetlink($nl, 20, $replace, pack('C C C C l', AF_INET, 32, 0, 0, 1) . attr(2, $ip) . attr(1, $ip));
  rtnetlink($nl, 24, $replace,
    pack('C8 L', AF_INET, 0, 0, 0, 255, 3, 254, 2, 0) . attr(4, pack('l', 1)) . attr(7, $ip));
}

sub attr { my ($type, $value) = @_; return pack('S S', 4 + length $value, $type) . $value }

sub rtnetlink {
  my ($nl, $type, $flags, $body) = @_;
  my $request = pack('L S S L L', 16 + length $body, $type, 0x5 | $flags, 1, 0) . $body;
  my $reply;
  defined send($nl, $request, 0) && defined recv($nl, $reply, 8192, 0) or fail(14, "netlink: $!");
  my $error = unpack 'x16 l', $reply;
  if ($error != 0) { $! = -$error; fail(14, "netlink request $type: $!") }
}

sub sockets {
  my ($kind, $key, @rest) = @_;
  return [$key, 'net.Native', tcp(@rest)] if $kind eq 'listen';
  return [$key, 'dgram.Native', udp(@rest)] if $kind eq 'datagram';
  return () if $kind ne 'streams';
  return map { ([$key, 'net.Native', plain(AF_INET)], ["${key}6", 'net.Native', plain(AF_INET6)]) } 1 .. $rest[0];
}

sub plain { socket(my $s, $_[0], SOCK_STREAM, 0) or fail(14, "socket: $!"); return $s }

sub tcp {
  my ($address, $port) = @_;
  my $s = plain(AF_INET);
  setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
  bind($s, sockaddr_in($port, inet_aton($address))) && listen($s, 511)
    or fail(14, "listen on $address port $port: $!");
  return $s;
}

sub udp {
  my ($address, $port) = @_;
  socket(my $s, AF_INET, SOCK_DGRAM, 0) or fail(14, "socket: $!");
  bind($s, sockaddr_in($port, inet_aton($address))) or fail(14, "bind $address port $port: $!");
  return $s;
}

# One message, one descriptor: the kernel keeps it alive until the other side has read it.
sub hand_over {
  my ($key, $type, $socket) = @_;
  my $data = qq({"cmd":"NODE_HANDLE","type":"$type","msg":{"key":"$key"}}\n);
  my $control = pack('Q l l l x4', 20, SOL_SOCKET, SCM_RIGHTS, fileno $socket);
  my $iov = pack('P Q', $data, length $data);
  my $header = pack('Q L x4 P Q P Q l x4', 0, 0, $iov, 1, $control, length $control, 0);
  my $sent = syscall($SENDMSG + 0, fileno($channel) + 0, $header, 0);
  fail(14, "hand a socket over: $!") if $sent != length $data;
}
