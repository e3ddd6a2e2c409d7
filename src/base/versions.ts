/** Whether a version such as `4.3.1`, `v20.18.0` or `6.1.0-18-amd64` is at least `wanted`. */
export function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const parts = version.replace(/^v/u, '').split(/[.-]/u).map(Number);
  for (const [index, part] of wanted.entries()) {
    const have = parts[index] ?? 0;
    if (have !== part) return have > part;
  }
  return true;
}
