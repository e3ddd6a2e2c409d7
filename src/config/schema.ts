/** The configuration as the rest of ct sees it; the table that describes it lives here too. */
export interface Config {
  readonly engine: {
    /** Podman's socket; empty means: look for it */
    readonly socket: string;
    /** Seconds after which a podman service that ct started leaves */
    readonly idle_timeout: number;
  };
  readonly image: {
    readonly source: 'auto' | 'registry' | 'bootstrap' | 'archive';
    /** Fully qualified reference for `registry` */
    readonly registry: string;
    /** Path of an OCI or docker tar for `archive` */
    readonly archive: string;
  };
  readonly network: { readonly mode: 'permissive' | 'offline' };
  readonly logs: { readonly retention_days: number };
}
