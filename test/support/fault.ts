import { CtError } from '../../src/base/errors.ts';

/** The error of ct's that `work` throws; any other passes. */
export function faultOf(work: () => unknown): CtError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof CtError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}
