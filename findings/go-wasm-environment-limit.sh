#!/bin/sh
# A Go program or test for js/wasm does not start in Node.js where the environment is large, as in many CI jobs:
# all variables are copied into 8 KiB in front of its data.
set -eu
export GOTOOLCHAIN=go1.27.4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo 'package main; func main() { println("started") }' > main.go
GOOS=js GOARCH=wasm go build -o program.wasm main.go
glue=$(go env GOROOT)/lib/wasm/wasm_exec_node.js
node=$(command -v node)
run() { env -i PATH="$PATH" NOTE="$(printf "%$1s" x)" "$node" "$glue" "$PWD/program.wasm" 2>&1 | grep -o -m 1 -E 'started|total length .* exceeds limit' || true; }
small=$(run 4000)
large=$(run 12000)
go build -o host main.go
host=$(env -i NOTE="$(printf '%12000s' x)" ./host 2>&1)
go version
echo "expected  started with a variable of 4,000 bytes and with one of 12,000, like the same program on the host ($host)"
echo "seen      4,000: $small; 12,000: $large"
case "$host, $small, $large" in
"started, started, total length "*" exceeds limit") ;;
*) exit 1 ;;
esac
