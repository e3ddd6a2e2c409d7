import { expect, test } from 'vitest';
import { withoutNpm } from '../../setup/sample.mjs';

test("hides npm's own variables, but not the registry that the caller chose", () => {
  const env = {
    HOME: '/h',
    npm_lifecycle_event: 'start',
    npm_config_registry: 'https://r.example',
  };
  expect(withoutNpm(env)).toEqual({ HOME: '/h', npm_config_registry: 'https://r.example' });
});
