import type { EngineImages } from '../engine.ts';
import type { Backend } from './backend.ts';
import { inspectImage, listImages, requireImage, tagImage, untagImage } from './image-records.ts';
import type { Kept } from './unpack.ts';

/**
 * `Engine.images`. Every image is unpacked when it comes, with the owners where keep-id of `kept` has
 * them: the one shift that a session needs is paid then, and `prepare` only looks. What brings images in is
 * loaded when one comes: a run with an image that is there needs none of it.
 */
export function containerdImages(backend: Backend, kept: Kept): EngineImages {
  return {
    inspect: (reference) => inspectImage(backend, reference),
    list: (labels) => listImages(backend, labels),
    tag: (image, reference) => tagImage(backend, image, reference),
    remove: (reference) => untagImage(backend, reference),
    load: async (archive, options) => {
      const { loadArchive } = await import('./incoming.ts');
      return loadArchive(backend, archive, kept, options);
    },
    importRootfs: async (tar, reference, options) => {
      const { importRootfs } = await import('./incoming.ts');
      return importRootfs(backend, { tar, reference, kept }, options);
    },
    build: async (build, options) => {
      const { buildImage } = await import('./build.ts');
      return buildImage(backend, build, kept, options);
    },
    pull: async (reference, options) => {
      const { pullImage } = await import('./pull.ts');
      return pullImage(backend, reference, kept, options);
    },
    directoriesAmong: async (reference, paths) => {
      const { directoriesInImage } = await import('./image-directories.ts');
      return directoriesInImage(backend, reference, paths, kept);
    },
    prepare: async (reference, userns) => {
      await requireImage(backend, reference, userns);
    },
  };
}
