package keygen

import "strings"

// CodeFileExpired is the code of a license or machine file whose time is over.
const CodeFileExpired = "FILE_EXPIRED"

// File returns the document in a license or machine file ("license", "machine"),
// as check-out makes them: data, included, and meta with issued, expiry and ttl.
// It needs no network. It fails with SIGNATURE_INVALID for a file that is not
// the account's, with FILE_EXPIRED once its time is over, with ARGUMENT_INVALID
// for what is no file or an encrypted one, and with CONFIG_INVALID without a
// Verifier (https://keygen.sh/docs/api/cryptography/#cryptographic-lic).
func (c *Client) File(kind, certificate string) (Node, error) {
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
	if algorithm != "base64+ed25519" {
		return nil, &Error{Code: CodeArgument, Detail: "certificate is of algorithm " + algorithm + ": check the file out without encrypt, for base64+ed25519"}
	}
	if !c.Verifier.Verify(decode(text(envelope, "sig")), []byte(kind+"/"+encoded)) {
		return nil, &Error{Code: CodeSignature, Detail: "the file is not signed by the account that data-public-key is of"}
	}
	document := c.Parse(decode(encoded))
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
