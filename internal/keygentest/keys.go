package keygentest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
)

// keys are those of an account for the algorithms that few clients ask for: made when one does.
type keys struct {
	rsa   func() *rsa.PrivateKey
	ecdsa func() *ecdsa.PrivateKey
}

func newKeys() keys {
	return keys{
		rsa:   sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) }),
		ecdsa: sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }),
	}
}

// signText signs by one of the algorithms.
func (acc *account) signText(algorithm, text string) []byte {
	sum := sha256.Sum256([]byte(text))
	switch algorithm {
	case "ed25519":
		return ed25519.Sign(acc.Key, []byte(text))
	case "rsa-sha256":
		return must(rsa.SignPKCS1v15(rand.Reader, acc.keys.rsa(), crypto.SHA256, sum[:]))
	case "rsa-pss-sha256":
		return must(rsa.SignPSS(rand.Reader, acc.keys.rsa(), crypto.SHA256, sum[:], nil))
	case "ecdsa-p256":
		return must(ecdsa.SignASN1(rand.Reader, acc.keys.ecdsa(), sum[:]))
	}
	panic(fmt.Sprintf("keygentest: no algorithm %q", algorithm))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic("keygentest: " + err.Error())
	}
	return v
}

// algorithmOf is how files of licenses of a scheme are signed unless asked otherwise.
func algorithmOf(scheme string) string {
	switch {
	case strings.Contains(scheme, "PSS"):
		return "rsa-pss-sha256"
	case strings.HasPrefix(scheme, "RSA"):
		return "rsa-sha256"
	case strings.HasPrefix(scheme, "ECDSA"):
		return "ecdsa-p256"
	}
	return "ed25519"
}
