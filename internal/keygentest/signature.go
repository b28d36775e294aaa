package keygentest

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

var signatureParameter = regexp.MustCompile(`^(keyid|algorithm)="([^"]*)"$`)

var algorithms = []string{"ed25519", "rsa-pss-sha256", "rsa-sha256", "ecdsa-p256"}

// judgeAcceptSignature settles how the answer is signed: by Ed25519 unless asked otherwise.
func (x *exchange) judgeAcceptSignature() error {
	header := x.req.Header.Get("Keygen-Accept-Signature")
	if header == "" || x.account == nil {
		return nil
	}
	for _, part := range strings.Split(header, ",") {
		match := signatureParameter.FindStringSubmatch(strings.TrimSpace(part))
		switch {
		case match == nil:
			return unacceptableSignature("signature header is malformed")
		case match[1] == "keyid" && match[2] != x.account.ID:
			return unacceptableSignature("signature key is not that of the account")
		case match[1] == "algorithm" && !slices.Contains(algorithms, match[2]):
			return unacceptableSignature("signature algorithm is not supported")
		case match[1] == "algorithm":
			x.algorithm = match[2]
		}
	}
	return nil
}

func unacceptableSignature(detail string) *problem {
	p := badRequest("", detail, nil)
	p.unsigned = true
	return p
}

// sign adds digest, date and signature. The Keygen- twins survive proxies that rewrite the standard headers.
func (x *exchange) sign(rep *reply) {
	date := rep.header.Get("Date")
	digest := digestOf(rep.body)
	text := signingText(x.req, date, digest)
	rep.header.Set("Keygen-Date", date)
	rep.header.Set("Digest", digest)
	rep.header.Set("Keygen-Digest", digest)
	rep.header.Set("Keygen-Signature", signatureHeader(x.account.ID, x.algorithm, x.account.signText(x.algorithm, text)))
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=" + base64.StdEncoding.EncodeToString(sum[:])
}

// signingText binds the answer to its request: the target as the client wrote it, and the host without port.
func signingText(r *http.Request, date, digest string) string {
	target := strings.TrimSuffix(requestTarget(r), "?")
	return fmt.Sprintf("(request-target): %s %s\nhost: %s\ndate: %s\ndigest: %s",
		strings.ToLower(r.Method), target, hostName(r.Host), date, digest)
}

func hostName(host string) string {
	name, _, err := net.SplitHostPort(host)
	switch {
	case err != nil:
		return host // no port
	case strings.Contains(name, ":"):
		return "[" + name + "]"
	default:
		return name
	}
}

func signatureHeader(keyID, algorithm string, signature []byte) string {
	return fmt.Sprintf(`keyid="%s", algorithm="%s", signature="%s", headers="(request-target) host date digest"`,
		keyID, algorithm, base64.StdEncoding.EncodeToString(signature))
}
