#!/bin/sh
# From Go 1.27 on encoding/json writes and reads maps whose keys are floats, against its own documentation and Go 1.26.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
)

func main() {
	written, err := json.Marshal(map[float64]string{1.5: "a", 20: "b"})
	fmt.Printf("%s %T; ", written, err)
	var read map[float64]string
	err = json.Unmarshal([]byte(`{"1.50":"a"}`), &read)
	fmt.Printf("%v %T", read, err)
}
GO
old=$(GOTOOLCHAIN=go1.26.8 go run main.go)
new=$(GOTOOLCHAIN=go1.27.4 go run main.go)
rule=$(GOTOOLCHAIN=go1.27.4 go doc encoding/json.Marshal | grep -c "map's key type must either be a" || true)
echo "encoding/json of Go 1.26.8 and 1.27.4"
echo "expected  an error in both: keys must be strings, integers or a TextMarshaler, says the documentation of 1.27, too ($rule time)"
echo "seen      1.26: $old"
echo "          1.27: $new"
[ "$old" = ' *json.UnsupportedTypeError; map[] *json.UnmarshalTypeError' ] &&
	[ "$new" = '{"1.5":"a","20":"b"} <nil>; map[1.5:a] <nil>' ] && [ "$rule" = 1 ]
