#!/bin/sh
# kitsu-core forgets that a relationship is empty: "data": null becomes the same as no "data", so that
# a license without an owner looks like a license whose owner was not asked for.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts kitsu-core@11.1.0
cat > read.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { deserialise } from 'kitsu-core';

const links = { related: '/v1/licenses/1/owner' };
const read = async (owner) => {
  const { data } = await deserialise({ data: { type: 'licenses', id: '1', relationships: { owner } } });
  return JSON.stringify(data.owner);
};
const empty = await read({ links, data: null });
const unknown = await read({ links });
const bare = await read({ data: null });
console.log(`kitsu-core ${JSON.parse(readFileSync('node_modules/kitsu-core/package.json')).version}`);
console.log(`expected  "data": null stays (JSON:API 1.1, resource linkage: an empty to-one relationship): {"links":…,"data":null}`);
console.log(`seen      with links ${empty}, alone ${bare}; and without "data" ${unknown}`);
process.exit(empty === unknown && !empty.includes('data') ? 0 : 1);
JS
node read.mjs
