#!/bin/sh
# sirv sends a precompressed file to a client that refuses just that encoding with a weight of zero.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts sirv@3.0.2
cat > ask.mjs <<'JS'
import fs from 'node:fs';
import http from 'node:http';
import zlib from 'node:zlib';
import sirv from 'sirv';

fs.mkdirSync('site');
fs.writeFileSync('site/app.wasm', 'plain');
fs.writeFileSync('site/app.wasm.br', zlib.brotliCompressSync('plain'));
fs.writeFileSync('site/app.wasm.gz', zlib.gzipSync('plain'));
const server = http.createServer(sirv('site', { brotli: true, gzip: true })).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const ask = (accepted) => new Promise((resolve) => {
  const options = { port: server.address().port, host: '127.0.0.1', path: '/app.wasm', headers: { 'accept-encoding': accepted } };
  http.get(options, (response) => response.resume().on('end', () => resolve(response.headers['content-encoding'] ?? 'none')));
});
const seen = [await ask('br;q=0, gzip'), await ask('gzip;q=0'), await ask('identity')];
server.close();
console.log(`sirv ${JSON.parse(fs.readFileSync('node_modules/sirv/package.json')).version}`);
console.log('expected  "br;q=0, gzip" gets gzip; "gzip;q=0" gets none; "identity" gets none (RFC 9110, 12.5.3)');
console.log(`seen      "br;q=0, gzip" gets ${seen[0]}; "gzip;q=0" gets ${seen[1]}; "identity" gets ${seen[2]}`);
process.exit(seen.join() === 'br,gzip,none' ? 0 : 1);
JS
node ask.mjs
