/** How this ct was started, for one that does another part of the work: program and first argument. */
export function ownProgram(): readonly [program: string, ct: string] {
  return [process.execPath, process.argv[1] ?? ''];
}
