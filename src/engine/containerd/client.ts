import {
  exitNote,
  inspectContainer,
  listContainers,
  removeContainer,
  waitContainer,
} from './lifecycle.ts';
import type { Engine } from '../engine.ts';
import type { Backend } from './backend.ts';
import { createContainer } from './containers.ts';
import { execInContainer } from './exec.ts';
import { containerdImages } from './images.ts';
import { containerdInfo } from './info.ts';
import { leaveContainer } from './keeper-client.ts';
import { recordedExit } from './leases.ts';
import { attachContainer, initContainer, resizeTask, signalTask, startContainer } from './tasks.ts';
import type { Kept } from './unpack.ts';
import { directoryVolumes } from './volumes.ts';

/** containerd as an {@link Engine}: every method is one function of this folder. */
export function containerdEngine(backend: Backend, kept: Kept): Engine {
  return {
    name: 'containerd',
    info: () => containerdInfo(backend),
    images: containerdImages(backend, kept),
    volumes: directoryVolumes(backend.place),
    create: (spec, signal) => createContainer(backend, spec, signal),
    init: (id, signal) => initContainer(backend, id, signal),
    start: (id, signal) => startContainer(backend, id, signal),
    attach: (id, options) => attachContainer(backend, id, options),
    leave: (id) => leaveContainer(backend, id),
    inspect: (id) => inspectContainer(backend, id),
    wait: (id, signal) => waitContainer(backend, id, signal),
    exitOf: (id) => recordedExit(backend.transport, id),
    exitNote: (id) => exitNote(backend, id),
    signal: async (id, signal) => void (await signalTask(backend, id, signal)),
    resize: (id, size) => resizeTask(backend, id, size),
    exec: (id, spec) => execInContainer(backend, id, spec),
    remove: (id) => removeContainer(backend, id),
    list: (labels) => listContainers(backend, labels),
    close: async (options) => {
      for (const io of backend.opened.values()) io.close();
      backend.opened.clear();
      await Promise.all(backend.reaping.values());
      if (options?.isLeaving !== true) backend.transport.close();
    },
  };
}
