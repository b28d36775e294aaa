#!/bin/sh
# A Go program for js/wasm that has ended leaves its timers running: each throws an error into the page when it fires.
set -eu
export GOTOOLCHAIN=go1.27.4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > main.go <<'GO'
package main

import (
	"syscall/js"
	"time"
)

func main() {
	time.AfterFunc(200*time.Millisecond, func() {})
	answer := make(chan bool)
	done := js.FuncOf(func(js.Value, []js.Value) any {
		close(answer)
		return nil
	})
	js.Global().Call("setTimeout", done, 10)
	<-answer
	done.Release()
}
GO
GOOS=js GOARCH=wasm go build -o program.wasm main.go
cat > page.cjs <<'JS'
const [glue, program] = process.argv.slice(2);
require(glue);
const seen = [];
process.on('uncaughtException', (error) => seen.push(`uncaught ${error.name}: ${error.message}`));
process.on('exit', () => console.log(seen.join(', ')));
const go = new Go();
WebAssembly.instantiate(require('fs').readFileSync(program), go.importObject)
  .then(({ instance }) => go.run(instance))
  .then(() => seen.push('run has ended'));
JS
seen=$(timeout 20 node page.cjs "$(go env GOROOT)/lib/wasm/wasm_exec.js" "$PWD/program.wasm")
go version
echo "expected  run has ended (and nothing else: on other systems the end of main ends timers, too)"
echo "seen      $seen"
[ "$seen" = "run has ended, uncaught Error: Go program has already exited" ]
