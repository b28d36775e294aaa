#!/bin/sh
# In a page that Next builds, new URL('./file', import.meta.url) is no whole URL where Turbopack made it: its href has no origin.
# fetch() takes it; new URL(that href), and a comparison of origins, do not. In a browser alone both are whole. Needs a Chromium.
set -eu
browser=$(command -v chromium-headless-shell || command -v chromium)
dir=$(mktemp -d); server=; trap 'rm -rf "$dir"; [ -z "$server" ] || kill "$server"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund next@16.4.6 react@19.3.1 react-dom@19.3.1
mkdir app
echo 'export default { output: "export" };' > next.config.mjs
echo 'export default function Layout({ children }) { return <html><body>{children}</body></html>; }' > app/layout.js
cat > app/page.js <<'PAGE'
"use client";
import { useEffect, useState } from "react";

export default function Page() {
  const [text, setText] = useState("");
  useEffect(() => setText("href=" + new URL("./data.wasm", import.meta.url).href), []);
  return <p>{text}</p>;
}
PAGE
printf '\0asm\1\0\0\0' > app/data.wasm
NEXT_TELEMETRY_DISABLED=1 node_modules/.bin/next build >next.log 2>&1 || { cat next.log; exit 1; }
python3 -u -m http.server --bind 127.0.0.1 --directory out 0 >server.log 2>/dev/null & server=$!
until grep -q port server.log; do sleep 0.2; done
origin=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' server.log)
seen=$("$browser" --headless --no-sandbox --disable-gpu --virtual-time-budget=20000 --dump-dom "$origin/" 2>/dev/null | grep -o 'href=[^<"]*' | tail -1)
echo "next 16.4.6"
echo "expected  href=$origin/_next/static/media/data....wasm"
echo "seen      $seen"
case $seen in href=/_next/static/media/data*.wasm) ;; *) exit 1 ;; esac
