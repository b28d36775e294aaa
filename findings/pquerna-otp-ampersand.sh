#!/bin/sh
# pquerna/otp leaves "&" and "+" of an issuer as they are in the otpauth URL that it makes: an authenticator app
# shows "Smith " for "Smith & Sons".
set -eu
export GOTOOLCHAIN=go1.27.4
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > main.go <<'GO'
package main

import (
	"fmt"
	"net/url"

	"github.com/pquerna/otp/totp"
)

func main() {
	for _, issuer := range []string{"Smith & Sons", "C++ Tools", "Plain Ltd"} {
		key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: "ann@example.com"})
		if err != nil {
			panic(err)
		}
		made, err := url.Parse(key.URL())
		if err != nil {
			panic(err)
		}
		fmt.Printf("%q %q; ", made.Query().Get("issuer"), key.Issuer())
	}
}
GO
go mod init example.test/otp >go.log 2>&1
go get github.com/pquerna/otp@v1.5.0 >>go.log 2>&1 || { cat go.log; exit 1; }
seen=$(go run .)
echo "github.com/pquerna/otp v1.5.0"
echo 'expected  the issuer that went in comes out, of the URL and of Key.Issuer: "Smith & Sons" twice, "C++ Tools" twice, "Plain Ltd" twice'
echo "seen      $seen"
[ "$seen" = '"Smith " "Smith "; "C   Tools" "C   Tools"; "Plain Ltd" "Plain Ltd"; ' ]
