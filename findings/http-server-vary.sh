#!/bin/sh
# http-server sends precompressed files without "Vary: Accept-Encoding", so a cache in front of it may hand them to anyone.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts http-server@14.1.1
cat > ask.cjs <<'JS'
const fs = require('fs'), http = require('http'), zlib = require('zlib');
fs.mkdirSync('site');
fs.writeFileSync('site/app.wasm', 'plain');
fs.writeFileSync('site/app.wasm.br', zlib.brotliCompressSync('plain'));
fs.writeFileSync('site/app.wasm.gz', zlib.gzipSync('plain'));
const { server } = require('http-server').createServer({ root: 'site', brotli: true, gzip: true });
server.listen(0, '127.0.0.1', async () => {
  const ask = (accepted) => new Promise((resolve) => {
    const options = { port: server.address().port, host: '127.0.0.1', path: '/app.wasm', agent: false, headers: { 'accept-encoding': accepted } };
    http.get(options, ({ headers, ...response }) => resolve(`${headers['content-encoding'] ?? 'plain'}, cache "${headers['cache-control']}", vary ${headers.vary}`));
  });
  const seen = [await ask('br'), await ask('gzip'), await ask('identity')];
  server.close();
  console.log(`http-server ${require('http-server/package.json').version}`);
  console.log('expected  all three, which may be cached for an hour, have "Vary: Accept-Encoding" (RFC 9110, 12.5.5)');
  console.log(`seen      ${seen.join('; ')}`);
  const encodings = seen.map((line) => line.split(',')[0]).join();
  process.exit(encodings === 'br,gzip,plain' && seen.every((line) => /max-age=3600.*vary undefined/.test(line)) ? 0 : 1);
});
JS
node --no-deprecation ask.cjs
