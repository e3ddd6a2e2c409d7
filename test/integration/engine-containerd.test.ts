import { describe } from 'vitest';
import { engineContract } from '../contract/engine.ts';
import { containerdImage } from './support/containerd-image.ts';
import { openTestEngine } from './support/engine-fixture.ts';

describe('containerd', () => {
  engineContract({
    product: 'containerd',
    open: () => openTestEngine('containerd'),
    image: containerdImage,
    skips: {},
  });
});
