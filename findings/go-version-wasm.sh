#!/bin/sh
# `go version -m` cannot read the list of modules that every Go program carries, once the program is WebAssembly.
set -eu
export GOTOOLCHAIN=go1.27.4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > go.mod <<'MOD'
module example.test/licensed

go 1.27
MOD
cat > main.go <<'GO'
package main

import "runtime/debug"

func main() {
	info, ok := debug.ReadBuildInfo()
	println(ok, info.Path)
}
GO
go build -o host .
GOOS=js GOARCH=wasm go build -o program.wasm .
host=$(go version -m host | sed -n 's/^[[:space:]]*path[[:space:]]*//p')
wasm=$(go version -m program.wasm 2>&1 || true)
own=$(node "$(go env GOROOT)/lib/wasm/wasm_exec_node.js" "$PWD/program.wasm" 2>&1)
go version
echo "expected  go version -m lists path and modules of host binary ($host) and of program.wasm alike"
echo "seen      $wasm"
echo "          (the list is inside: the program itself prints \"$own\")"
case "$host, $own, $wasm" in
"example.test/licensed, true example.test/licensed, "*"unrecognized file format"*) ;;
*) exit 1 ;;
esac
