"""Run inside a session while its rules change: when something opens, when something is cut."""

import os
import socket
import time


def mark(name):
    open(name, 'w').close()


def tell(word, *more):
    print(word, time.monotonic(), *more, flush=True)


def wait_for_end(conn):
    try:
        conn.recv(1)
        return 'ended'
    except OSError as error:
        return type(error).__name__


def still_there(conn):
    conn.sendall(b'still')
    return conn.recv(5) == b'still'


keep = socket.create_connection(('www.example.test', 9002), 10)
mark('ready')
while True:
    try:
        socket.gethostbyname('other.test')
        break
    except OSError:
        time.sleep(0.02)
tell('allowed')
other = socket.create_connection(('other.test', 9002), 10)
still_there(other)
mark('open')
tell('removed', wait_for_end(other), still_there(keep))
mark('cut')
tell('blocked', wait_for_end(keep))
