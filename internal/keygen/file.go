package keygen

import (
	"maps"
	"strings"
)

// CodeFileExpired is the code of a license or machine file whose time is over.
const CodeFileExpired = "FILE_EXPIRED"

// File returns the document in a license or machine file ("license", "machine"),
// as check-out makes them: data, included, and meta with issued, expiry and ttl.
// It needs no network. An encrypted one is opened by a secret: the license's key,
// for a machine file followed by the fingerprint. It fails with SIGNATURE_INVALID
// for a file that is not the account's, with FILE_EXPIRED once its time is over,
// with ARGUMENT_INVALID for what is no file, one that is signed in another way, or
// that the secret does not open, and with CONFIG_INVALID without a Verifier
// (https://keygen.sh/docs/api/cryptography/#cryptographic-lic).
func (c *Client) File(kind, certificate, secret string) (Node, error) {
	if c.Verifier == nil {
		return nil, &Error{Code: CodeConfig, Detail: "data-public-key is missing: files are verified with it"}
	}
	label := strings.ToUpper(kind) + " FILE-----"
	body, begins := strings.CutPrefix(strings.TrimSpace(certificate), "-----BEGIN "+label)
	body, ends := strings.CutSuffix(body, "-----END "+label)
	envelope := c.Parse(decode(strings.Join(strings.Fields(body), "")))
	if !begins || !ends || envelope == nil {
		return nil, &Error{Code: CodeArgument, Detail: "certificate is not that of a " + kind + " file"}
	}
	encoded, algorithm := text(envelope, "enc"), text(envelope, "alg")
	sealed := algorithm == sealedFile
	if algorithm != plainFile && !sealed {
		return nil, &Error{Code: CodeArgument, Detail: "certificate is of algorithm " + algorithm + ", which is not verified here: check the file out for " + plainFile + ", or " + sealedFile + " where it is encrypted"}
	}
	if !c.Verifier.Verify(decode(text(envelope, "sig")), []byte(kind+"/"+encoded)) {
		return nil, &Error{Code: CodeSignature, Detail: "the file is not signed by the account that data-public-key is of"}
	}
	content := decode(encoded)
	if sealed {
		if content = c.unseal(encoded, secret); content == nil {
			return nil, &Error{Code: CodeArgument, Detail: "the file is encrypted: it opens by the key of its license, that of a machine by key and fingerprint"}
		}
	}
	document := c.Parse(content)
	if document == nil {
		return nil, &Error{Code: CodeSignature, Detail: "the file holds no document"}
	}
	meta := document.Get("meta")
	if issued, ok := c.ParseTime(text(meta, "issued")); !ok || issued > c.now()+maxAge {
		return nil, &Error{Code: CodeFileExpired, Detail: "the file was issued in the future: the clock of this device is wrong"}
	}
	if expiry, ok := c.ParseTime(text(meta, "expiry")); !meta.Get("expiry").IsNull() && (!ok || expiry <= c.now()) {
		return nil, &Error{Code: CodeFileExpired, Detail: "the file is no longer valid: check out a new one"}
	}
	return document, nil
}

// The algorithms of files that are verified here. The API makes them whatever a
// policy's scheme is, if it is asked to.
const (
	plainFile  = "base64+ed25519"
	sealedFile = "aes-256-gcm+ed25519"
)

// forFile returns the options of a check-out, with an algorithm.
func forFile(meta Attributes) Attributes {
	wanted := Attributes{"algorithm": plainFile}
	if meta["encrypt"] == true {
		wanted["algorithm"] = sealedFile
	}
	maps.Copy(wanted, meta)
	return wanted
}

// unseal returns what is in an encrypted file: ciphertext, nonce and tag, divided
// by dots. Nil where the secret does not open it.
func (c *Client) unseal(encoded, secret string) []byte {
	text, rest, _ := strings.Cut(encoded, ".")
	nonce, tag, _ := strings.Cut(rest, ".")
	return c.Verifier.Open(c.Verifier.Digest([]byte(secret)), decode(nonce), append(decode(text), decode(tag)...))
}
