import { printable } from '../../base/text.ts';

/**
 * Lines of a table: columns as wide as their widest cell, the last one free. Cells are made safe for
 * a terminal.
 */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) => row.map(printable));
  const columns = Math.max(0, ...safe.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...safe.map((row) => (row[column] ?? '').length)),
  );
  const lines = safe.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}
