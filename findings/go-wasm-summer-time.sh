#!/bin/sh
# In a Go program for js/wasm the local time zone has one offset all year, that of today: half of all dates are an hour off.
set -eu
export GOTOOLCHAIN=go1.27.4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > main.go <<'GO'
package main

import (
	"fmt"
	"syscall/js"
	"time"
)

// When a license ends, as Go and as JavaScript show it.
func main() {
	for _, end := range []string{"2027-01-15T12:00:00Z", "2027-07-15T12:00:00Z"} {
		t, err := time.Parse(time.RFC3339, end)
		if err != nil {
			panic(err)
		}
		date := js.Global().Get("Date").New(end)
		fmt.Printf("%s=%02d/%02d\n", end[:7], t.Local().Hour(), date.Call("getHours").Int())
	}
}
GO
GOOS=js GOARCH=wasm go build -o program.wasm main.go
seen=$(TZ=Europe/Berlin node "$(go env GOROOT)/lib/wasm/wasm_exec_node.js" "$PWD/program.wasm" | tr '\n' ' ')
go version
echo "expected  noon in UTC is 13 in Berlin in January and 14 in July, in Go as in JavaScript: 2027-01=13/13 2027-07=14/14"
echo "seen      $seen"
case $seen in
"2027-01=13/13 2027-07=13/14 " | "2027-01=14/13 2027-07=14/14 ") ;; # run in winter, run in summer
*) exit 1 ;;
esac
