import { LABEL } from '../../plan/labels.ts';
import type { SessionContext } from '../context.ts';
import { isWaiting } from './claims.ts';

/**
 * Ends the standbys of this installation that no run has claimed, whoever prepared them: whoever wants all
 * sessions gone, or what they are made of, means these too. The service finds them gone.
 */
export async function endWaiting(context: SessionContext): Promise<void> {
  const engine = await context.engine();
  const instance = `${LABEL.instance}=${context.instance()}`;
  const waiting = (await engine.list([instance, `${LABEL.life}=standby`])).filter((container) =>
    isWaiting(container, context.paths.stateDir),
  );
  await Promise.all(waiting.map(({ id }) => engine.remove(id)));
}
