/** Where text goes: a stream, or something that opens one when the first text comes. */
export interface TextSink {
  write(text: string): unknown;
}
