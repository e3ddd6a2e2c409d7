import type { FigureName } from './result.ts';

/** What each figure is, for people. */
export const TITLES: Readonly<Record<FigureName, string>> = {
  'first byte': 'until the first byte',
  total: 'until its end',
  gone: 'until all of it is gone',
};
