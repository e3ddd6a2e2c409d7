import { ContainersDefinition } from '../../gen/containers.ts';
import { ContentDefinition } from '../../gen/content.ts';
import { DiffDefinition } from '../../gen/diff.ts';
import { ImagesDefinition } from '../../gen/images.ts';
import { LeasesDefinition } from '../../gen/leases.ts';
import { SnapshotsDefinition } from '../../gen/snapshots.ts';
import { TasksDefinition } from '../../gen/tasks.ts';
import { VersionDefinition } from '../../gen/version.ts';
import type { Codec, Method } from './transport.ts';

/** A method as it is generated. */
interface Generated {
  readonly name: string;
  readonly requestType: unknown;
  readonly requestStream: boolean;
  readonly responseType: unknown;
  readonly responseStream: boolean;
}

/** A service as it is generated. */
interface Definition {
  /** `package.Service` */
  readonly fullName: string;
  readonly methods: Readonly<Record<string, Generated>>;
}

type MessageOf<C> = C extends Codec<infer T> ? T : never;

type MethodOf<G extends Generated> = Method<
  MessageOf<G['requestType']>,
  MessageOf<G['responseType']>,
  G['requestStream'],
  G['responseStream']
>;

/** Its methods, each with all that a call needs. */
type MethodsOf<D extends Definition> = {
  readonly [Name in keyof D['methods']]: MethodOf<D['methods'][Name]>;
};

function methodsOf<const D extends Definition>({ fullName, methods }: D): MethodsOf<D> {
  const all = Object.entries(methods).map(([key, method]) => [
    key,
    {
      path: `/${fullName}/${method.name}`,
      input: method.requestType,
      output: method.responseType,
      inputStream: method.requestStream,
      outputStream: method.responseStream,
    },
  ]);
  return Object.fromEntries(all) as MethodsOf<D>;
}

/** The services of containerd that ct calls. Source: proto/ */
export const Containers = methodsOf(ContainersDefinition);
export const Content = methodsOf(ContentDefinition);
export const Diff = methodsOf(DiffDefinition);
export const Images = methodsOf(ImagesDefinition);
export const Leases = methodsOf(LeasesDefinition);
export const Snapshots = methodsOf(SnapshotsDefinition);
export const Tasks = methodsOf(TasksDefinition);
export const Version = methodsOf(VersionDefinition);
