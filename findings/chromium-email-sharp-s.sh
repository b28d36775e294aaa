#!/bin/sh
# Chromium rewrites what a visitor types into <input type=email>, by older rules than it uses for URLs:
# the value read for ann@faß.de is ann@fass.de, another domain.
set -eu
for chromium in chromium-headless-shell chromium google-chrome ''; do
	command -v "$chromium" >/dev/null && break
done
[ -n "$chromium" ] || { echo "needs Debian's chromium-headless-shell"; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > page.html <<'HTML'
<!doctype html><meta charset=utf-8><input type=email><pre></pre><script>
const field = document.querySelector('input');
const seen = ['faß.de', 'bücher.de'].map((domain) => {
  field.value = '';
  field.focus();
  document.execCommand('insertText', false, 'ann@' + domain);
  return field.value + ' ' + new URL('https://' + domain).host;
});
document.querySelector('pre').textContent = 'result ' + seen.join(', ') + ' end';
</script>
HTML
seen=$("$chromium" --headless --no-sandbox --disable-gpu --user-data-dir="$dir/profile" --dump-dom "file://$dir/page.html" 2>/dev/null |
	sed -n 's/.*<pre>result \(.*\) end<.*/\1/p')
"$chromium" --version
echo "expected  address and URL name the same host: ann@xn--fa-hia.de xn--fa-hia.de, ann@xn--bcher-kva.de xn--bcher-kva.de"
echo "seen      $seen"
[ "$seen" = "ann@fass.de xn--fa-hia.de, ann@xn--bcher-kva.de xn--bcher-kva.de" ]
