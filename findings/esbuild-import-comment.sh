#!/bin/sh
# esbuild keeps the comments that other bundlers read in import() (webpackMode, @vite-ignore), but drops them when it minifies
# white space: a library that is published minified cannot tell a page's bundler anything.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund esbuild@0.28.2
echo 'import(/* webpackMode: "eager" */ "./other.js");' > in.js
plain=$(node_modules/.bin/esbuild in.js --bundle --format=esm --external:./other.js | tr -s ' \n' ' ')
small=$(node_modules/.bin/esbuild in.js --bundle --format=esm --external:./other.js --minify-whitespace)
echo "esbuild 0.28.2"
echo "expected  the comment stays in both"
echo "seen      plain: $plain"
echo "          small: $small"
case $plain in *webpackMode*) ;; *) exit 1 ;; esac
case $small in *webpackMode*) exit 1 ;; *'import("./other.js")'*) ;; *) exit 1 ;; esac
