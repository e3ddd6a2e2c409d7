import type { Writable } from 'node:stream';
import { jsonLine, jsonPage } from './json-text.ts';
import type { Output } from './output.ts';

/** Results as one JSON document each. */
export function jsonOutput(stdout: Writable): Output {
  const write = (value: unknown): void => {
    stdout.write(jsonPage(value));
  };
  return {
    sessions: (sessions) => write({ sessions }),
    stopped: (stopped) => write({ stopped }),
    agents: (agents) => write({ agents }),
    providers: (providers) => write({ providers }),
    agentChanges: (agents) => write({ agents }),
    packages: (report) => write(report),
    updated: (report) => write(report),
    garbage: (report) => write(report),
    imported: (list) => write(list),
    rules: (files) => write({ files }),
    secrets: (list) => write({ secrets: list }),
    secretSources: (list) => write({ secrets: list }),
    rotated: (rotation) => write(rotation),
    doctor: (report) => write(report),
    networkChanged: (change) => write({ change }),
    networkRules: (listing) => write(listing),
    networkStatus: (networks) => write({ networks }),
    networkRecord: (record) => void stdout.write(jsonLine(record)),
    networkLesson: (lesson) => write(lesson),
    daemon: ({ status, isInstalled }) =>
      write({ running: status !== null, installed: isInstalled, ...status }),
    attack: (report) => write(report),
    bench: async (outcome) => write(outcome),
    seccompProfiles: (profiles) => write({ profiles }),
    seccompProfile: (profile) => write(profile),
    seccompDiff: ([first, second], differences) => write({ first, second, differences }),
    review: async (result) => write({ schema: 1, ...result }),
  };
}
