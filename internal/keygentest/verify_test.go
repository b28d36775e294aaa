package keygentest_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"keygenauth/internal/keygentest"
)

var signatureSyntax = regexp.MustCompile(
	`^keyid="([^"]+)", algorithm="ed25519", signature="([^"]+)", headers="\(request-target\) host date digest"$`)

// verify checks the signature of an answer the way a client does: from the URL it asked for and the bytes it got.
func verify(a answer, acc keygentest.Account) error {
	match := signatureSyntax.FindStringSubmatch(a.header.Get("Keygen-Signature"))
	if match == nil {
		return fmt.Errorf("signature header %q", a.header.Get("Keygen-Signature"))
	}
	if match[1] != acc.ID {
		return fmt.Errorf("signed by %s, not %s", match[1], acc.ID)
	}
	signature, err := base64.StdEncoding.DecodeString(match[2])
	if err != nil {
		return err
	}
	sum := sha256.Sum256(a.body)
	digest := "sha-256=" + base64.StdEncoding.EncodeToString(sum[:])
	date := a.header.Get("Date")
	switch {
	case a.header.Get("Digest") != digest, a.header.Get("Keygen-Digest") != digest:
		return fmt.Errorf("digests %q and %q of a body with %s", a.header.Get("Digest"), a.header.Get("Keygen-Digest"), digest)
	case date == "", a.header.Get("Keygen-Date") != date:
		return fmt.Errorf("dates %q and %q", date, a.header.Get("Keygen-Date"))
	}
	text := strings.Join([]string{
		"(request-target): " + strings.ToLower(a.req.Method) + " " + a.req.URL.RequestURI(),
		"host: " + a.req.URL.Hostname(),
		"date: " + date,
		"digest: " + digest,
	}, "\n")
	if !ed25519.Verify(publicKey(acc), []byte(text), signature) {
		return errors.New("signature does not verify")
	}
	return nil
}
