#!/bin/sh
# jsQR reads flawless QR codes of every version but one: 23, which a text of 1,004 to 1,091 bytes needs.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts qrcode@1.5.4 jsqr@1.4.0
cat > read.cjs <<'JS'
const QRCode = require('qrcode');
const jsQR = require('jsqr');

const unread = [];
for (let version = 1; version <= 40; version++) {
  const { modules } = QRCode.create('KEY-0123', { version, errorCorrectionLevel: 'L' });
  const scale = 3, border = 4 * scale, side = modules.size * scale + 2 * border;
  const rgba = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < modules.size * scale; y++)
    for (let x = 0; x < modules.size * scale; x++)
      if (modules.get(y / scale | 0, x / scale | 0)) rgba.fill(0, ((y + border) * side + x + border) * 4, ((y + border) * side + x + border) * 4 + 3);
  if (jsQR(rgba, side, side)?.data !== 'KEY-0123') unread.push(version);
}
console.log(`jsQR ${require('jsqr/package.json').version}, codes drawn by qrcode ${require('qrcode/package.json').version}`);
console.log('expected  all versions from 1 to 40 are read');
console.log(`seen      not read: ${unread.join() || 'none'}`);
process.exit(unread.join() === '23' ? 0 : 1);
JS
node read.cjs
