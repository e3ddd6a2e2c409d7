import type { Spans } from '../base/spans.ts';
import type { ProcessStreams } from '../engine/engine.ts';

/**
 * Times a program from the moment before its gate opens: to its first byte on stdout and to the end of
 * its streams, with which `exit` begins. Call it once bytes already flow to a reader: a listener alone
 * would take them. Returns what ends `exit`.
 */
export function timeProgram(spans: Spans, streams: ProcessStreams): () => void {
  const firstByte = spans.begin('first byte');
  const program = spans.begin('program');
  let exit = (): void => undefined;
  streams.stdout.once('data', firstByte);
  const over = (): void => {
    program();
    exit = spans.begin('exit');
  };
  void streams.ended.then(over, over);
  return () => exit();
}
