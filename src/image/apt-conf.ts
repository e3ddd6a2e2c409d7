/** What {@link renderAptConf} needs to know. */
export interface AptConfWish {
  /** `Key "value";` lines of the host's apt */
  readonly settings: readonly string[];
  /** Proxy variables of the host */
  readonly proxies: Readonly<Record<string, string>>;
  /** For apt inside a build: where the lent files are. Undefined for apt on the host itself */
  readonly inside:
    | { readonly directory: string; readonly hasSources: boolean; readonly hasBundle: boolean }
    | undefined;
}

/**
 * An apt.conf with which apt elsewhere reaches its archives as the host does.
 *
 * Source: apt.conf(5), apt-transport-https(1)
 */
export function renderAptConf({ settings, proxies, inside }: AptConfWish): string {
  // Paths of the host mean nothing inside; its certificates come as one bundle.
  const kept = inside === undefined ? settings : settings.filter((line) => !/ "\//u.test(line));
  const isSet = (key: string): boolean => kept.some((line) => line.startsWith(`${key} `));
  const proxy = (scheme: 'http' | 'https'): readonly string[] => {
    const value = proxies[`${scheme}_proxy`];
    const key = `Acquire::${scheme}::Proxy`;
    return value === undefined || isSet(key) || value.includes('"') ? [] : [`${key} "${value}";`];
  };
  const lines = [...kept, ...proxy('http'), ...proxy('https')];
  if (inside === undefined) return `${lines.join('\n')}\n`;
  const { directory } = inside;
  if (inside.hasBundle) lines.push(`Acquire::https::CaInfo "${directory}/ca.pem";`);
  if (inside.hasSources) {
    lines.push(`Dir::Etc::SourceList "${directory}/sources.list";`, 'Dir::Etc::SourceParts "-";');
  }
  // Files lent by the caller are readable by root inside only.
  lines.push('APT::Sandbox::User "root";');
  return `${lines.join('\n')}\n`;
}
