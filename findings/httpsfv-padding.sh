#!/bin/sh
# dunglas/httpsfv refuses a byte sequence without "=" at its end, which parsers of structured fields should take.
set -eu
export GOTOOLCHAIN=go1.27.4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > main.go <<'GO'
package main

import (
	"fmt"

	"github.com/dunglas/httpsfv"
)

func main() {
	for _, field := range []string{"sig1=:aGk=:", "sig1=:aGk:"} {
		_, err := httpsfv.UnmarshalDictionary([]string{field})
		fmt.Printf("%s %v; ", field, err == nil)
	}
}
GO
cat > other.mjs <<'JS'
import { parseDictionary } from 'structured-headers';
process.stdout.write(Buffer.from(parseDictionary('sig1=:aGk:').get('sig1')[0]).toString());
JS
go mod init example.test/fields >go.log 2>&1
go get github.com/dunglas/httpsfv@v1.1.2 >>go.log 2>&1 || { cat go.log; exit 1; }
npm install --silent --no-audit --no-fund --ignore-scripts structured-headers@2.1.0
seen=$(go run .)
other=$(node other.mjs)
echo "github.com/dunglas/httpsfv v1.1.2"
echo "expected  both are read (RFC 9651, 4.2.7: padding is made up where it lacks): sig1=:aGk=: true; sig1=:aGk: true;"
echo "seen      $seen"
echo "          (structured-headers 2.1.0 of npm reads \"$other\" from the second)"
[ "$seen" = "sig1=:aGk=: true; sig1=:aGk: false; " ] && [ "$other" = hi ]
