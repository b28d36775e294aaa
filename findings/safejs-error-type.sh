#!/bin/sh
# safejs has an Error type that "wraps a JavaScript error", but what JavaScript throws never arrives as one.
set -eu
export GOTOOLCHAIN=go1.27.4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > main.go <<'GO'
package main

import (
	"errors"
	"fmt"
	"syscall/js"

	"github.com/hack-pad/safejs"
)

func main() {
	parse := safejs.Safe(js.Global().Get("JSON").Get("parse"))
	_, err := parse.Invoke("{")
	var safe safejs.Error
	var plain js.Error
	fmt.Printf("safejs.Error %v, js.Error %v", errors.As(err, &safe), errors.As(err, &plain))
}
GO
go mod init example.test/errors >go.log 2>&1
go get github.com/hack-pad/safejs@v0.1.1 >>go.log 2>&1 || { cat go.log; exit 1; }
GOOS=js GOARCH=wasm go build -o program.wasm .
seen=$(node "$(go env GOROOT)/lib/wasm/wasm_exec_node.js" "$PWD/program.wasm")
echo "github.com/hack-pad/safejs v0.1.1, $(go env GOVERSION): what errors.As finds in the error of JSON.parse"
echo "expected  its own type: safejs.Error true"
echo "seen      $seen"
[ "$seen" = "safejs.Error false, js.Error true" ]
