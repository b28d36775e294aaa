#!/bin/sh
# A usual pattern for license keys, [A-Z0-9-]+, checks nothing in Chromium: patterns are compiled with the flag v, where a
# lone hyphen is an error, and an attribute with an error is ignored. In happy-dom the same field is checked, so tests pass.
set -eu
for chromium in chromium-headless-shell chromium google-chrome ''; do
	command -v "$chromium" >/dev/null && break
done
[ -n "$chromium" ] || { echo "needs Debian's chromium-headless-shell"; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts happy-dom@21.0.4
cat > check.js <<'JS'
const check = (document) => ['[A-Z0-9-]+', '[A-Z0-9\\-]+'].map((pattern) => {
  const key = document.createElement('input');
  key.setAttribute('pattern', pattern);
  key.value = 'not a key!';
  return `${pattern} ${key.validity.patternMismatch}`;
}).join(', ');
JS
(cat check.js && cat <<'JS') > test.mjs
import { Window } from 'happy-dom';
const window = new Window();
console.log(check(window.document));
await window.happyDOM.close();
JS
(echo '<!doctype html><pre></pre><script>' && cat check.js && echo "document.querySelector('pre').textContent = check(document);</script>") > page.html
browser=$("$chromium" --headless --no-sandbox --disable-gpu --user-data-dir="$dir/profile" --dump-dom "file://$dir/page.html" 2>/dev/null |
	sed -n 's/.*<pre>\(.*\)<\/pre>.*/\1/p')
tests=$(node test.mjs)
echo "$("$chromium" --version), happy-dom 21.0.4: patternMismatch of \"not a key!\""
echo 'expected  [A-Z0-9-]+ true, [A-Z0-9\-]+ true in both'
echo "seen      browser: $browser; happy-dom: $tests"
[ "$browser" = '[A-Z0-9-]+ false, [A-Z0-9\-]+ true' ] && [ "$tests" = '[A-Z0-9-]+ true, [A-Z0-9\-]+ true' ]
