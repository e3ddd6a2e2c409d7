/** How a page looks: light or dark as the reader's system is, and narrow enough for a telephone. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5d6570; --page: #fdfdfc; --line: #e3e5e8;
  --ct: #0b6bcb; --peer: #7a828c; --bad: #b3261e; --good: #2e7d32; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #a2a9b3; --page: #16181b;
  --line: #33373d; --ct: #6cb2ff; --peer: #8d959f; --bad: #ff8a80; --good: #81c784; } }
body { margin: 0 auto; max-width: 56rem; padding: 1.5rem 1rem 4rem; background: var(--page);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .25rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; color: var(--soft); font-weight: 600; }
p { margin: .25rem 0; } .soft { color: var(--soft); } .busy, .broken { color: var(--bad); }
.kept { color: var(--good); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; }
th, td { padding: .2rem .8rem .2rem 0; text-align: right; border-bottom: 1px solid var(--line);
  overflow-wrap: normal; white-space: nowrap; }
th { color: var(--soft); font-weight: 600; } th:first-child, td:first-child { text-align: left; }
svg { display: block; width: 100%; height: auto; margin: .25rem 0; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); } svg text.tick { fill: var(--soft); font-size: 11px; }
.grid { stroke: var(--line); } .even { stroke: var(--soft); stroke-dasharray: 4 3; }
.dot { fill-opacity: .45; } .ct { fill: var(--ct); stroke: none; } .peer { fill: var(--peer); stroke: none; }
line.ct { stroke: var(--ct); } line.peer { stroke: var(--peer); }
.median { stroke-width: 3; } .range { stroke-width: 1.5; opacity: .6; }
.trend { fill: none; stroke: var(--ct); stroke-width: 1.5; opacity: .5; }
`;
