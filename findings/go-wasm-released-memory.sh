#!/bin/sh
# debug.FreeOSMemory of a js/wasm program reports that it gave memory back, though a WebAssembly memory cannot shrink.
set -eu
export GOTOOLCHAIN=go1.27.4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > main.go <<'GO'
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"syscall/js"
)

func size() int { return js.Global().Get("memory").Get("buffer").Get("byteLength").Int() }

func main() {
	block := make([]byte, 64<<20)
	for i := range block {
		block[i] = 1
	}
	runtime.KeepAlive(block)
	block = nil
	full := size()
	debug.FreeOSMemory()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Printf("released 64 MiB or more: %v, memory smaller: %v\n", stats.HeapReleased >= 64<<20, size() < full)
}
GO
GOOS=js GOARCH=wasm go build -o program.wasm main.go
cat > page.cjs <<'JS'
const [glue, program] = process.argv.slice(2);
require(glue);
const go = new Go();
WebAssembly.instantiate(require('fs').readFileSync(program), go.importObject).then(({ instance }) => {
  globalThis.memory = instance.exports.mem;
  return go.run(instance);
}).then(() => process.exit());
JS
seen=$(node page.cjs "$(go env GOROOT)/lib/wasm/wasm_exec.js" "$PWD/program.wasm")
go version
echo "expected  HeapReleased, \"physical memory returned to the OS\", says 0, as nothing can be returned: false, false"
echo "seen      $seen"
[ "$seen" = "released 64 MiB or more: true, memory smaller: false" ]
