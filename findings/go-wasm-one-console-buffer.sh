#!/bin/sh
# In a browser the standard output and standard error of a Go program share one buffer, that only a line end empties
# and only console.log shows: a warning comes glued to an unfinished line of output, and the last unfinished line is lost.
set -eu
export GOTOOLCHAIN=go1.27.4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > main.go <<'GO'
package main

import "os"

func main() {
	os.Stdout.WriteString("signing in... ")
	os.Stderr.WriteString("clock is off\n")
	os.Stdout.WriteString("done")
}
GO
GOOS=js GOARCH=wasm go build -o program.wasm main.go
# wasm_exec.js as a page loads it, without the files of Node.js.
cat > page.cjs <<'JS'
const [glue, program] = process.argv.slice(2);
require(glue);
const seen = [], show = console.log;
for (const level of ['log', 'warn', 'error']) console[level] = (text) => seen.push(`${level} "${text}"`);
const go = new Go();
WebAssembly.instantiate(require('fs').readFileSync(program), go.importObject)
  .then(({ instance }) => go.run(instance))
  .then(() => { show(seen.join(', ')); process.exit(); });
JS
seen=$(node page.cjs "$(go env GOROOT)/lib/wasm/wasm_exec.js" "$PWD/program.wasm")
go version
echo 'expected  error "clock is off" apart from what goes to log, and "done" shown, since the program has ended'
echo "seen      $seen"
[ "$seen" = 'log "signing in... clock is off"' ]
