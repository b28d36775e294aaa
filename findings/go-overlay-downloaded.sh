#!/bin/sh
# The flag -overlay replaces a file of the standard library, but not in a release that the go command has downloaded itself.
set -eu
export GOTOOLCHAIN=go1.27.4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > go.mod <<'MOD'
module example.test/overlay

go 1.26
MOD
cat > main.go <<'GO'
package main

import "unicode/utf8"

func main() { println(utf8.RuneLen('a')) }
GO
root=$(go env GOROOT)
# Another comment in the file, nothing else.
{ echo '// Changed.'; cat "$root/src/unicode/utf8/utf8.go"; } > other.txt
overlay() { printf '{"Replace":{"%s/src/unicode/utf8/utf8.go":"%s/other.txt"}}' "$1" "$dir" > overlay.json; }
overlay "$root"
downloaded=$(go run -overlay overlay.json . 2>&1 || true)
ln -s "$root" linked
overlay "$dir/linked"
linked=$(GOTOOLCHAIN=local GOROOT="$dir/linked" linked/bin/go run -overlay overlay.json . 2>&1 || true)
go version
case "$root" in "$(go env GOMODCACHE)"/*) ;; *) echo "not run: go1.27.4 is installed here, not downloaded"; exit 0 ;; esac
echo "expected  1, as with a release that was installed by hand"
echo "seen      $downloaded"
echo "          (the same files through a link: $linked)"
case "$downloaded, $linked" in
*"must not be replaced., 1") ;;
*) exit 1 ;;
esac
