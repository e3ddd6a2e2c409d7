import { setTimeout as sleep } from 'node:timers/promises';
import { grepFiles, searchProcesses, type Hit } from './sweep.ts';

/** What was seen while it lasted. */
export interface Watched {
  /** How often was looked */
  readonly looks: number;
  /** Each place with each form that was seen there, and in how many looks */
  readonly seen: readonly (Hit & { readonly looks: number })[];
}

/**
 * Looks again and again at what changes while a session runs: processes, and the files in `dirs`. Stops
 * when the function that it returns is called, after a last look.
 */
export function watchSurfaces(
  forms: readonly string[],
  dirs: readonly string[],
): () => Promise<Watched> {
  const seen = new Map<string, Hit & { looks: number }>();
  let isOver = false;
  const watching = (async () => {
    let looks = 0;
    for (let isLast = false; !isLast; looks++) {
      isLast = isOver;
      const hits = [
        ...searchProcesses(forms, 'cmdline'),
        ...searchProcesses(forms, 'environ'),
        ...(await grepFiles(dirs, forms)),
      ];
      for (const [key, hit] of new Map(hits.map((each) => [`${each.place} ${each.form}`, each]))) {
        seen.set(key, { ...hit, looks: (seen.get(key)?.looks ?? 0) + 1 });
      }
      await sleep(100);
    }
    return { looks, seen: [...seen.values()] };
  })();
  // A look may fail before anybody waits for them; who waits learns of it.
  watching.catch(() => undefined);
  return () => {
    isOver = true;
    return watching;
  };
}
