import type { Engine } from '../engine.ts';
import { attachContainer } from './attach.ts';
import {
  createContainer,
  initContainer,
  inspectContainer,
  listContainers,
  removeContainer,
  resizeContainer,
  signalContainer,
  startContainer,
  waitContainer,
} from './containers.ts';
import { infoFromLibpod, type LibpodInfo } from './convert.ts';
import { exitOf } from './events.ts';
import { execInContainer } from './exec.ts';
import { exitNote } from './monitor.ts';
import { podmanImages } from './images.ts';
import type { Transport } from './transport.ts';
import { podmanVolumes } from './volumes.ts';

/** What the engine object is made of. */
export interface PodmanParts {
  readonly transport: Transport;
  readonly address: () => string;
  readonly close: Engine['close'];
}

/** Podman as an {@link Engine}: every method is one function of this folder. */
export function podmanEngine({ transport, address, close }: PodmanParts): Engine {
  return {
    name: 'podman',
    info: async () => {
      const info = await transport.json<LibpodInfo>({
        doing: 'ask the engine about itself',
        method: 'GET',
        path: '/info',
      });
      return infoFromLibpod(info, address());
    },
    images: podmanImages(transport),
    volumes: podmanVolumes(transport),
    create: (spec, signal) => createContainer(transport, spec, signal),
    init: async (id, signal) => void (await initContainer(transport, id, signal)),
    start: (id, signal) => startContainer(transport, id, signal),
    attach: (id, options) => attachContainer(transport, id, options),
    // Its monitor reads, and drops it: sessions have no log.
    leave: async () => undefined,
    inspect: (id) => inspectContainer(transport, id),
    wait: (id, signal) => waitContainer(transport, id, signal),
    exitOf: (id, sinceMs) => exitOf(transport, id, sinceMs),
    exitNote,
    signal: (id, signal) => signalContainer(transport, id, signal),
    resize: (id, size) => resizeContainer(transport, id, size),
    exec: (id, spec) => execInContainer(transport, id, spec),
    remove: (id) => removeContainer(transport, id),
    list: (labels) => listContainers(transport, labels),
    close,
  };
}
