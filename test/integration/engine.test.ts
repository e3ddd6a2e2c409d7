import { describe } from 'vitest';
import { engineContract } from '../contract/engine.ts';
import { openTestEngine } from './support/engine-fixture.ts';
import { testImage } from './support/image.ts';

describe('podman', () => {
  engineContract({
    product: 'podman',
    open: () => openTestEngine('podman'),
    image: testImage,
    skips: {},
  });
});
