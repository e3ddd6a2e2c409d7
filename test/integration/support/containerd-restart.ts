import { openTestEngine } from './engine-fixture.ts';

/** Why a session does not live through the death of containerd there. */
export const ENDS_TASKS =
  'containerd 1.7 ends, when it starts, tasks whose processes it cannot list: those without a control group';

/**
 * Whether the containerd of this host does that.
 *
 * Source: containerd runtime/v2/shim_load.go, "cleaning leaked shim process"; its issue 6860
 */
export async function endsTasksAtStart(): Promise<boolean> {
  const engine = await openTestEngine('containerd');
  const [major = 0, minor = 0] = (await engine.info()).version.split('.').map(Number);
  await engine.close();
  return major > 1 || minor >= 7;
}
