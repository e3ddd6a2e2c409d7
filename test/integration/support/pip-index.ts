import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';

/** An index of Python packages on the loopback, with one package that has one program. */
export async function startPipIndex(): Promise<{ readonly url: string; close(): void }> {
  const wheel = zip({
    'ct_demo.py': 'def main():\n    print("ct-demo 1.0")\n',
    'ct_demo-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: ct-demo\nVersion: 1.0\n',
    'ct_demo-1.0.dist-info/WHEEL':
      'Wheel-Version: 1.0\nGenerator: ct\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    'ct_demo-1.0.dist-info/entry_points.txt': '[console_scripts]\nct-demo = ct_demo:main\n',
    'ct_demo-1.0.dist-info/RECORD':
      'ct_demo.py,,\nct_demo-1.0.dist-info/METADATA,,\nct_demo-1.0.dist-info/WHEEL,,\nct_demo-1.0.dist-info/entry_points.txt,,\nct_demo-1.0.dist-info/RECORD,,\n',
  });
  const name = 'ct_demo-1.0-py3-none-any.whl';
  const server = createServer(({ url }, answer) => {
    if (url === '/simple/ct-demo/') {
      answer.setHeader('content-type', 'text/html').end(`<a href="/${name}">${name}</a>`);
    } else if (url === `/${name}`) answer.end(wheel);
    else answer.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/simple`, close: () => void server.close() };
}

/** A zip of stored files. Source: PKWARE APPNOTE 4.3 */
function zip(files: Readonly<Record<string, string>>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const entry = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, path, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), common, rest, path);
    local.push(entry);
    offset += entry.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, Buffer.from('PK\u0005\u0006'), end]);
}
