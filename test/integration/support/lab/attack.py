"""Run inside a session: tries each way out and prints what came of it, as one JSON object."""

import errno
import json
import os
import socket
import ssl
import struct
import sys
import time
import urllib.error
import urllib.request


def outcome(error):
    if isinstance(error, socket.gaierror):
        return {-2: 'no-such-name', -3: 'try-again', -5: 'no-address'}.get(error.errno, str(error))
    if isinstance(error, (TimeoutError, socket.timeout)):
        return 'timeout'
    if isinstance(error, ssl.SSLError):
        return 'tls:' + str(error.reason)
    if isinstance(error, OSError) and error.errno:
        return errno.errorcode.get(error.errno, str(error.errno))
    return type(error).__name__ + ':' + str(error)


def connect(host, port, timeout=5):
    return socket.create_connection((host, port), timeout)


def talk(host, port, data=b'', half_close=False, size=65536, timeout=5):
    """What comes back on a TCP connection: 'closed' when the other side hangs up without a word."""
    with connect(host, port, timeout) as conn:
        conn.sendall(data)
        if half_close:
            conn.shutdown(socket.SHUT_WR)
        text = conn.recv(size)
        return text.decode('latin1') if text else 'closed'


def status(text):
    return text.split('\r\n')[0]


def http(host, head, body=b'', port=80):
    return status(talk(host, port, head.replace('\n', '\r\n').encode() + body))


def tls(address, name, host=None, alpn=None, port=443):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(alpn)
    with connect(address, port) as raw, context.wrap_socket(raw, server_hostname=name) as conn:
        if alpn:
            return conn.selected_alpn_protocol()
        conn.sendall(('GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' % (host or name)).encode())
        return status(conn.recv(65536).decode('latin1'))


def hello(name):
    """The bytes of a client's hello."""
    context = ssl.create_default_context()
    context.check_hostname = False
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    conn = context.wrap_bio(incoming, outgoing, server_hostname=name)
    try:
        conn.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def with_extension(data, kind):
    """A hello with one more extension, empty, all lengths corrected."""
    record, handshake = data[:5], data[5:]
    body = handshake[4:]
    at = 34
    at += 1 + body[at]
    at += 2 + struct.unpack('>H', body[at:at + 2])[0]
    at += 1 + body[at]
    length = struct.unpack('>H', body[at:at + 2])[0]
    extensions = body[at + 2:at + 2 + length] + struct.pack('>HH', kind, 0)
    body = body[:at] + struct.pack('>H', len(extensions)) + extensions
    handshake = handshake[:1] + struct.pack('>I', len(body))[1:] + body
    return record[:3] + struct.pack('>H', len(handshake)) + handshake


def split_hello(data, size):
    """The same hello in records of `size` bytes."""
    body = data[5:]
    pieces = [body[i:i + size] for i in range(0, len(body), size)]
    return b''.join(data[:3] + struct.pack('>H', len(piece)) + piece for piece in pieces)


def slowly(host, port, data, pause=0.0):
    with connect(host, port) as conn:
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in data:
            conn.sendall(bytes([byte]))
            if pause:
                time.sleep(pause)
        text = conn.recv(100)
        return 'answered' if text else 'closed'


def udp(address, port, data=b'x'):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(2)
        sock.sendto(data, (address, port))
        sock.sendto(data, (address, port))
        return 'answered:%d' % len(sock.recv(4096))


def question(name, kind=1, number=7, extra=b'', records=0):
    wire = b''.join(bytes([len(label)]) + label.encode('latin1') for label in name.split('.') if label)
    return struct.pack('>HHHHHH', number, 0x0100, 1, 0, 0, records) + wire + b'\0' + struct.pack('>HH', kind, 1) + extra


def asked(message, address='127.0.0.1'):
    """Response code and number of answers; the question must come back letter by letter."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(3)
        sock.sendto(message, (address, 53))
        reply = sock.recv(65536)
    number, flags, _, answers = struct.unpack('>HHHH', reply[:8])
    end = 12
    while end < len(message) and message[end]:
        end += 1 + message[end]
    same = reply[12:end + 5] == message[12:end + 5]
    return 'rcode=%d answers=%d tc=%d size<=%d%s' % (flags & 15, answers, (flags >> 9) & 1,
                                                  1232 if len(reply) <= 1232 else len(reply), '' if same else ' other question')


def asked_tcp(message, address='127.0.0.1'):
    with connect(address, 53) as conn:
        conn.sendall(struct.pack('>H', len(message)) + message)
        head = conn.recv(2)
        return 'rcode=%d' % (conn.recv(struct.unpack('>H', head)[0])[3] & 15) if len(head) == 2 else 'closed'


def made(family, kind, protocol=0):
    socket.socket(family, kind, protocol).close()
    return 'made'


def resolve(name):
    return sorted({entry[4][0] for entry in socket.getaddrinfo(name, None)})


def main():
    with open(sys.argv[1]) as file:
        source = file.read()
    tries = {}
    exec(compile(source, sys.argv[1], 'exec'), {**globals(), 'tries': tries})
    results = {}
    for name, work in tries.items():
        try:
            results[name] = work()
        except Exception as error:  # noqa: BLE001 - whatever happens is the result
            results[name] = outcome(error)
    print(json.dumps(results))


main()
