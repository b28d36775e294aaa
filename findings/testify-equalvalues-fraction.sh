#!/bin/sh
# testify's EqualValues(1, 1.5) passes: a float is cut to the int it is compared with. The other way round it fails.
set -eu
export GOTOOLCHAIN=go1.27.4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > main.go <<'GO'
package main

import (
	"fmt"

	"github.com/stretchr/testify/assert"
)

type silent struct{}

func (silent) Errorf(string, ...any) {}

func main() {
	seconds := 1.5
	fmt.Println(assert.EqualValues(silent{}, 1, seconds), assert.EqualValues(silent{}, seconds, 1), assert.EqualValues(silent{}, int32(1), seconds))
}
GO
go mod init example.test/values >go.log 2>&1
{ go get github.com/stretchr/testify@v1.12.1 && go mod tidy; } >>go.log 2>&1 || { cat go.log; exit 1; }
seen=$(go run .)
echo "github.com/stretchr/testify v1.12.1, EqualValues(1, 1.5), EqualValues(1.5, 1), EqualValues(int32(1), 1.5)"
echo "expected  false false false: equal, or equal once converted to the larger type, as its documentation says"
echo "seen      $seen"
[ "$seen" = "true false false" ]
