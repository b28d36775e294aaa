#!/bin/sh
# Parcel turns new URL('./app.wasm', import.meta.url) into a bare name that only an inline import map in the page explains.
# Under a content security policy without inline scripts the program can no longer be found.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts parcel@2.16.4
echo '{"private": true, "type": "module"}' > package.json
echo '<!doctype html><title>Sign in</title><script type="module" src="./main.js"></script>' > index.html
echo "console.log(new URL('./app.wasm', import.meta.url).href);" > main.js
printf '\0asm\1\0\0\0' > app.wasm
node_modules/.bin/parcel build index.html --dist-dir out --no-cache --no-source-maps >parcel.log 2>&1 || { cat parcel.log; exit 1; }
script=$(cat out/*.js)
map=$(grep -o '<script type="\{0,1\}importmap"\{0,1\}>[^<]*' out/index.html || true)
echo "parcel 2.16.4"
echo "expected  the script finds the file from its own address, as the source does; the page has no inline script"
echo "seen      script: $script"
echo "          page:   $map"
case $script in *'import.meta.resolve("'[0-9A-Za-z]*'")'*) ;; *) exit 1 ;; esac
case $map in *'"imports":{"'*'":"/app.'*'.wasm"}'*) ;; *) exit 1 ;; esac
