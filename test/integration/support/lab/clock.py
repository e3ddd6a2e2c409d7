"""Run inside a session while the host's clock jumps: what still works, and what is still limited."""

import os
import socket
import sys
import time

port = int(sys.argv[1])


def names(prefix):
    count = 0
    for i in range(200):
        try:
            socket.gethostbyname('%s%d.wild.test' % (prefix, i))
            count += 1
        except OSError:
            pass
    return '%d names' % count


def echoed(conn):
    conn.sendall(b'x')
    return conn.recv(1) == b'x'


conn = socket.create_connection(('echo.host.ct', port))
echoed(conn)
print(names('a'))
for offset in ('+3650d', '-3650d'):
    open('ready', 'w').close()
    while not os.path.exists('jumped' + offset):
        time.sleep(0.02)
    time.sleep(0.2)
    fresh = socket.create_connection(('echo.host.ct', port))
    print('%s: old %s new %s' % (offset, echoed(conn), echoed(fresh)))
    print('%s: %s' % (offset, names(offset[0:1].replace('+', 'b').replace('-', 'c'))))
    open('seen' + offset, 'w').close()
