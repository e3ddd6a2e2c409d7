import type { TextSink } from './output/sink.ts';
import { markTourShown } from './tour-mark.ts';

/** One screen of 24 lines by 80 columns for somebody who has never used ct. */
export const TOUR = `
Welcome to ct: AI coding agents, each in a container of its own.

  ct run gemini              an agent in this directory, and nowhere else
  ct claude --resume         the same, shorter: what follows the name is the agent's
  ct agents                  which there are; the first run of one installs it
  ct agents import claude    your own settings for it, without the credentials
  ct sys agents-md           your rules for agents: CLAUDE.md, GEMINI.md, AGENTS.md

What it sees: this directory, at /projects/<its name>, and a home of its own that
stays. Not your home, your other projects or your keys.

  ct secrets set NAME        a key; one in your shell is asked about once
  ct network allow HOST      one more host to reach: only a short list is, at first
  ct run -n offline shell    no network, and a shell to look around

  ct ps, attach, stop        sessions that run
  ct review                  what changed here that this machine may execute
  ct sys doctor              what is missing on this host, and how to cure it

'ct help' lists all commands, 'ct tour' shows this again.

`;

/** Shows the tour to a user who has not seen it, and remembers that he has. */
export function showTour(stateDir: string, terminal: TextSink): void {
  terminal.write(TOUR);
  markTourShown(stateDir);
}
