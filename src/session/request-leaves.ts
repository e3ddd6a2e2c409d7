import { setImmediate as nextTurn } from 'node:timers/promises';

/** The event loop learns that a connection is there, then that it may be written to; one more for a library between. */
const TURNS = 3;

/**
 * Resolves when a request that was just made is on its way to the engine. Whoever begins to load code or to read
 * files right after a request keeps it here for as long as that takes, and the engine idle.
 */
export async function requestLeaves(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await nextTurn();
}
