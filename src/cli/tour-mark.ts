import { recallText, rememberText } from '../host/remembered.ts';

const markOf = (stateDir: string): string => `${stateDir}/tour-was-shown`;

/** Whether this user has seen the tour. All that a run pays for it, and only on a terminal. */
export function wasTourShown(stateDir: string): boolean {
  return recallText(markOf(stateDir)) !== undefined;
}

/** Remembers that he has. */
export function markTourShown(stateDir: string): void {
  rememberText(markOf(stateDir), '');
}
