import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Messages, enums and services by full name: what each field, value or method is on the wire. */
type Table = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly label?: string;
  readonly typeName?: string;
}

interface MessageType {
  readonly name: string;
  readonly field?: readonly Field[];
  readonly nestedType?: readonly MessageType[];
}

interface ProtoFile {
  readonly package: string;
  readonly messageType?: readonly MessageType[];
  readonly enumType?: readonly {
    name: string;
    value: readonly { name: string; number?: number }[];
  }[];
  readonly service?: readonly { name: string; method: readonly Method[] }[];
}

interface Method {
  readonly name: string;
  readonly inputType: string;
  readonly outputType: string;
  readonly clientStreaming?: boolean;
  readonly serverStreaming?: boolean;
}

function fieldText({ number, type, label, typeName }: Field): string {
  const repeated = label === 'LABEL_REPEATED' ? ' repeated' : '';
  return `${number} ${type}${repeated}${typeName === undefined ? '' : ` ${typeName}`}`;
}

function methodText(method: Method): string {
  const input = `${method.inputType} ${method.clientStreaming ? 'stream ' : ''}`;
  return `${input}-> ${method.outputType}${method.serverStreaming ? ' stream' : ''}`;
}

function messageRows(prefix: string, message: MessageType): [string, Table[string]][] {
  const name = `${prefix}.${message.name}`;
  const fields = (message.field ?? []).map((field) => [field.name, fieldText(field)]);
  const nested = (message.nestedType ?? []).flatMap((inner) => messageRows(name, inner));
  return [[name, Object.fromEntries(fields) as Table[string]], ...nested];
}

function tableOf(files: readonly ProtoFile[]): Table {
  return Object.fromEntries(
    files
      .filter((file) => file.package.startsWith('containerd'))
      .flatMap((file) => [
        ...(file.messageType ?? []).flatMap((message) => messageRows(file.package, message)),
        ...(file.enumType ?? []).map(({ name, value }) => [
          `${file.package}.${name}`,
          Object.fromEntries(value.map((one) => [one.name, one.number ?? 0])),
        ]),
        ...(file.service ?? []).map(({ name, method }) => [
          `${file.package}.${name}`,
          Object.fromEntries(method.map((one) => [one.name, methodText(one)])),
        ]),
      ]),
  ) as Table;
}

/** google.rpc.Status, which ct has as a message of its own: the bytes are the same. */
const OWN_WORDS = ['containerd.services.introspection.v1.InitError', 'init_err'];

describe('our text of the protocol', () => {
  const built = spawnSync('node_modules/.bin/buf', ['build', 'proto', '-o', '-#format=json']);
  const ours = tableOf((JSON.parse(built.stdout.toString()) as { file: ProtoFile[] }).file);
  const theirs = JSON.parse(readFileSync('test/fixtures/containerd-1.6.20.json', 'utf8')) as Table;

  it('has every field, value and method as containerd 1.6.20 has it', () => {
    const wrong = Object.entries(ours).flatMap(([name, rows]) =>
      Object.entries(rows)
        .filter(([row, text]) => theirs[name]?.[row] !== text)
        .filter(([row]) => !OWN_WORDS.includes(name) && !OWN_WORDS.includes(row))
        .map(
          ([row, text]) => `${name} ${row}: ${text} here, ${theirs[name]?.[row] ?? 'none'} there`,
        ),
    );
    expect(wrong).toEqual([]);
    expect(Object.keys(ours).length).toBeGreaterThan(60);
  });
});
