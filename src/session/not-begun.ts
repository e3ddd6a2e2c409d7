import { CtError } from '../base/errors.ts';
import { EXIT } from '../base/exit.ts';
import { printable } from '../base/text.ts';

/** A program that an exec could not begin. */
export interface NotBegun {
  readonly program: string;
  readonly selector: string;
  /** As a shell has it */
  readonly status: number;
  /** In the words of whoever tried */
  readonly said: string;
}

/** The same as an error that says what to do; `undefined` for a status that no such program has. */
export function notBegun({ program, selector, status, said }: NotBegun): CtError | undefined {
  const name = printable(program);
  const engine = printable(said.trim());
  const details = { neverRan: true, exitStatus: status, program: name, engine };
  if (status === EXIT.notFound) {
    const hint = name.includes('/')
      ? 'a path is one inside the session; a script needs the interpreter of its first line too'
      : "what every session should have stands in packages.toml: see docs/packages.md, and 'ct sys packages'";
    return new CtError('not_found', `there is no program '${name}' in the session`, {
      hint,
      details,
    });
  }
  if (status !== EXIT.notExecutable) return undefined;
  return new CtError('permission_denied', `'${name}' cannot be executed in the session`, {
    hint: `look at it:  ct exec ${printable(selector)} -- ls -ld ${name}   (a script also runs as an argument of its interpreter)`,
    details,
  });
}
