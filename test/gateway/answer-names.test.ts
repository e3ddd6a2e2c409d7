import { expect, it } from 'vitest';
import { answerNames } from '../../src/gateway/answer-names.ts';
import { Recorder } from '../../src/gateway/recorder.ts';
import { NameTable } from '../../src/network/names.ts';
import type { NetworkRecord } from '../../src/network/record.ts';
import { policyOf } from '../network/rules.ts';

/** abcd.test, A */
const QUESTION = Buffer.from('123401000001000000000000046162636404746573740000010001', 'hex');

async function logOf(policy: Parameters<typeof policyOf>[0]): Promise<readonly NetworkRecord[]> {
  const records: NetworkRecord[] = [];
  const recorder = new Recorder('s', (record) => void records.push(record));
  const respond = answerNames({
    policy: () => policyOf(policy),
    names: new NameTable(),
    recorder,
  });
  await respond(QUESTION, 'udp');
  await respond(QUESTION, 'udp');
  return records;
}

it('writes down a question that strict would refuse, once, where it is asked in shadow', async () => {
  expect(await logOf({ record: 'shadow' })).toMatchObject([
    { event: 'dns', name: 'abcd.test', verdict: 'allow', reason: 'recorded' },
  ]);
});

it('writes down what is refused, and no other question that is answered', async () => {
  expect(await logOf({})).toMatchObject([{ verdict: 'deny', reason: 'not_allowed' }]);
  expect(await logOf({ record: 'learn' })).toEqual([]);
  expect(await logOf({ record: 'shadow', allow: ['abcd.test'] })).toEqual([]);
});
