// @ts-check
/** `npm start`: from a bare Debian to the gemini CLI running in a rootless container. */
import { RUN_PACKAGES } from './apt.mjs';
import { dropLogs } from './exec.mjs';
import { installCommand } from './install.mjs';
import { prepareMachine } from './machine.mjs';
import { ensureBuild, ensureNodeModules } from './project.mjs';
import { ensureSample, firstSession } from './sample.mjs';
import { sayFailure } from './say.mjs';

async function main() {
  process.umask(0o022);
  const { host, account } = await prepareMachine({ packages: RUN_PACKAGES, account: 'ct' });
  await ensureNodeModules();
  await ensureBuild();
  const command = await installCommand(host, account);
  const sample = await ensureSample(account);
  dropLogs();
  return firstSession(account, command, sample);
}

process.exitCode = 1;
try {
  process.exitCode = await main();
} catch (error) {
  sayFailure(error);
}
