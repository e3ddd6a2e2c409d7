import type { Phase } from './spans.ts';

/** What each phase of a run is, in the order in which they begin. */
export const PHASES: Readonly<Record<Phase, string>> = {
  node: 'Node itself, before the first line of ct',
  parse: 'loading ct and reading the command line',
  config: 'reading the configuration',
  probe: 'looking at the host, the project and what was built here',
  plan: 'making the plan',
  claim: 'asking the service for a standby, and verifying it',
  engine: 'opening the engine; starts its service if there is none',
  create: 'the engine makes the container; on the first run also the image',
  init: 'the engine makes namespaces and mounts; the entry point is parked',
  start: 'attaching, starting, until the entry point waits at its gate',
  verify: 'comparing what runs there with the plan, from outside',
  network: 'giving the session its network, what of it was not ready yet',
  secrets: 'reading what was granted, and writing it into the session',
  'first byte': 'from the opening of the gate to the first byte of the program',
  program: 'from the opening of the gate to the end of its output: the program itself',
  exit: 'from there until the exit status is known',
  remove: 'giving back what the run held; the engine removes the container by itself',
  close: 'leaving the engine',
};
