#!/bin/sh
# Read by install-agent.sh and install-package.sh, which have `fail`.

# npm takes the newest whatever Node it asks for. Source: package.json(5), engines
newest_that_fits() {
  npm view --json "$1@latest" version engines.node >/tmp/ct-newest.json
  fits /tmp/ct-newest.json && return
  npm view --json "$1@>=0.0.0" version engines.node >/tmp/ct-all.json
  fits /tmp/ct-all.json || fail 6 "no version of $1 runs on Node $(node -p process.versions.node)"
}

# The highest of the versions in a file that runs on this Node, if there is one.
fits() {
  node -e '
    const { createRequire } = require("node:module");
    const places = ["/usr/share/nodejs/npm/", "/usr/lib/node_modules/npm/", "/usr/local/lib/node_modules/npm/", "/usr/share/nodejs/"];
    const semver = places.flatMap((place) => {
      try { return [createRequire(place)("semver")]; } catch { return []; }
    })[0];
    const answer = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8") || "[]");
    // Of a package that asks for no Node npm shows the version alone.
    const all = [answer].flat().map((one) => (typeof one === "string" ? { version: one } : one));
    const fitting = all.filter((one) => {
      const range = one["engines.node"];
      const runs = !range || semver === undefined || semver.satisfies(process.version, range);
      return runs && !one.version.includes("-");
    });
    const last = fitting.map((one) => one.version);
    if (semver !== undefined) last.sort(semver.compare);
    if (last.length === 0) process.exit(1);
    console.log(last.at(-1));
  ' "$1"
}
