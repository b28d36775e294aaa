#!/bin/sh
# kitsu 11, a JSON:API client, cannot be loaded in the way that its README and its "exports" offer to CommonJS.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts kitsu@11.1.0
cat > load.cjs <<'JS'
const manifest = JSON.parse(require('fs').readFileSync('node_modules/kitsu/package.json'));
const readme = require('fs').readFileSync('node_modules/kitsu/README.md', 'utf8');
const offered = manifest.exports['.'].require;
console.log(`kitsu ${manifest.version}, Node.js ${process.version}`);
console.log(`expected  require('kitsu') works: the README says so, and the package has "require": "${offered}" for it`);
let seen = 'it works';
try { require('kitsu'); } catch (error) { seen = error.message.split('\n')[0]; }
console.log(`seen      ${seen}`);
import('kitsu').then(({ default: Kitsu }) => {
  console.log(`          (import gives ${typeof Kitsu}: the package has "type": "${manifest.type}", so its CommonJS files are read as modules)`);
  const held = offered && /require\(["']kitsu["']\)/.test(readme) && /require is not defined/.test(seen) && typeof Kitsu === 'function';
  process.exit(held ? 0 : 1);
});
JS
node load.cjs
