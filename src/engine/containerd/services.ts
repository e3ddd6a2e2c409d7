import { ContainersDefinition } from '../../gen/containers.ts';
import { ContentDefinition } from '../../gen/content.ts';
import { DiffDefinition } from '../../gen/diff.ts';
import { ImagesDefinition } from '../../gen/images.ts';
import { LeasesDefinition } from '../../gen/leases.ts';
import { SnapshotsDefinition } from '../../gen/snapshots.ts';
import { TasksDefinition } from '../../gen/tasks.ts';
import { VersionDefinition } from '../../gen/version.ts';
import type { Codec, Method } from './transport.ts';

/** A service as it is generated. */
interface Definition {
  /** `package.Service` */
  readonly fullName: string;
  readonly methods: Readonly<
    Record<
      string,
      { readonly name: string; readonly requestType: unknown; readonly responseType: unknown }
    >
  >;
}

type MessageOf<C> = C extends Codec<infer T> ? T : never;

/** Its methods, each with all that a call needs. */
type MethodsOf<D extends Definition> = {
  readonly [Name in keyof D['methods']]: Method<
    MessageOf<D['methods'][Name]['requestType']>,
    MessageOf<D['methods'][Name]['responseType']>
  >;
};

function methodsOf<const D extends Definition>({ fullName, methods }: D): MethodsOf<D> {
  const all = Object.entries(methods).map(([key, { name, requestType, responseType }]) => [
    key,
    { path: `/${fullName}/${name}`, input: requestType, output: responseType },
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
