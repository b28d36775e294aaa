#!/bin/sh
# serve gives the plain, the gzip and the brotli form of a file one strong ETag. A strong ETag promises the same bytes.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts serve@14.2.7
cat > ask.cjs <<'JS'
const { spawn } = require('child_process');
const fs = require('fs'), http = require('http');
fs.mkdirSync('site');
fs.writeFileSync('site/app.wasm', '\0asm'.repeat(5000));
const server = spawn(process.execPath, ['node_modules/serve/build/main.js', '--no-port-switching', '-l', 'tcp://127.0.0.1:0', 'site'], { stdio: ['ignore', 'pipe', 'inherit'] });
let said = '';
const port = new Promise((resolve) => server.stdout.on('data', (text) => {
  said += text;
  const found = /127\.0\.0\.1:(\d+)|localhost:(\d+)/.exec(said);
  if (found && +(found[1] ?? found[2])) resolve(+(found[1] ?? found[2]));
}));
const ask = async (accepted) => {
  const options = { port: await port, host: '127.0.0.1', path: '/app.wasm', agent: false, headers: { 'accept-encoding': accepted } };
  return new Promise((resolve) => http.get(options, (response) => {
    let bytes = 0;
    response.on('data', (chunk) => bytes += chunk.length).on('end', () => resolve({ bytes, encoding: response.headers['content-encoding'] ?? 'plain', etag: response.headers.etag }));
  }));
};
(async () => {
  const seen = [await ask('identity'), await ask('gzip'), await ask('br')];
  server.kill();
  console.log(`serve ${require('serve/package.json').version}`);
  console.log('expected  three ETags, or weak ones (W/"…"), for three forms (RFC 9110, 8.8.3.3)');
  console.log(`seen      ${seen.map(({ bytes, encoding, etag }) => `${encoding} ${bytes} bytes ${etag.slice(0, 9)}…"`).join('; ')}`);
  const one = new Set(seen.map(({ etag }) => etag)).size === 1 && seen[0].etag.startsWith('"');
  process.exit(one && new Set(seen.map(({ bytes }) => bytes)).size === 3 && seen.map(({ encoding }) => encoding).join() === 'plain,gzip,br' ? 0 : 1);
})();
JS
node ask.cjs
