#!/bin/sh
# Whether net/http of a js/wasm program reaches a server depends on how the command line spells Node.js.
# Started as "node" it dials a network inside the program; started by the full path of the same file it calls fetch.
set -eu
export GOTOOLCHAIN=go1.27.4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > main.go <<'GO'
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	response, err := http.Get(os.Args[1])
	if err != nil {
		fmt.Println("refused")
		return
	}
	fmt.Println(response.Status)
}
GO
GOOS=js GOARCH=wasm go build -o program.wasm main.go
cat > run.cjs <<'JS'
const { execFile } = require('child_process');
const program = process.argv.slice(2);
const server = require('http').createServer((_, response) => response.end()).listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}/`;
  const run = (node) => new Promise((resolve) => execFile(node, [...program, url], (_, stdout) => resolve(stdout.trim())));
  console.log(`node: ${await run('node')}, full path: ${await run(process.execPath)}`);
  server.close();
});
JS
seen=$(node run.cjs "$(go env GOROOT)/lib/wasm/wasm_exec_node.js" "$PWD/program.wasm")
echo "$(go version), Node.js $(node -v)"
echo "expected  the server answers both times, as Node.js has fetch: node: 200 OK, full path: 200 OK"
echo "seen      $seen"
[ "$seen" = "node: refused, full path: 200 OK" ]
