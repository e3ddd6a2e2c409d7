import type { Transport } from './transport.ts';

/** One line of libpod's event stream, as far as it is read. */
interface LibpodEvent {
  readonly Action?: string;
  readonly Actor?: { readonly Attributes?: Readonly<Record<string, string>> };
}

/**
 * `Engine.exitOf`: the engine writes an event when a container ends, before it removes it, so the
 * exit status outlives the container.
 *
 * Source: podman-events(1), attribute containerExitCode
 */
export async function exitOf(
  transport: Transport,
  id: string,
  sinceMs: number,
): Promise<number | undefined> {
  let exit: number | undefined;
  await transport.lines(
    {
      doing: 'ask how the container ended',
      method: 'GET',
      path: '/events',
      query: {
        stream: false,
        since: Math.floor(sinceMs / 1000) - 1,
        filters: JSON.stringify({ container: [id], event: ['died'] }),
      },
    },
    (line) => {
      const event = JSON.parse(line) as LibpodEvent;
      const code = Number(event.Actor?.Attributes?.['containerExitCode'] ?? Number.NaN);
      if (event.Action === 'died' && Number.isInteger(code) && code >= 0) exit = code;
    },
  );
  return exit;
}
