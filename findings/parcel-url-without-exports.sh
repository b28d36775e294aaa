#!/bin/sh
# Parcel bundles the script that new URL('./part.js', import.meta.url) names, and drops what it exports: it can be fetched, but
# an import() of that URL finds an empty module. The source, and other bundlers that copy the file, give the export.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts parcel@2.16.4
echo '{"private": true, "type": "module", "browserslist": "safari 16.0"}' > package.json
echo '<!doctype html><title>Page</title><script type="module" src="./main.js"></script>' > index.html
echo "const url = new URL('./part.js', import.meta.url).href; import(url).then((part) => console.log(part.answer()));" > main.js
echo "export const answer = () => 'the answer';" > part.js
echo "source    $(node --input-type=module -e 'import("'"file://$dir"'/part.js").then((part) => console.log(Object.keys(part).join()))')"
node_modules/.bin/parcel build index.html --dist-dir out --no-cache --no-source-maps >parcel.log 2>&1 || { cat parcel.log; exit 1; }
part=$(ls out/part.*.js)
cp "$part" built.mjs
seen=$(node --input-type=module -e 'import("'"file://$dir"'/built.mjs").then((part) => console.log("[" + Object.keys(part).join() + "]"))')
echo "parcel 2.16.4"
echo "expected  an import of the file that the URL leads to gives [answer]"
echo "seen      $seen, from: $(cat "$part")"
[ "$seen" = "[]" ]
