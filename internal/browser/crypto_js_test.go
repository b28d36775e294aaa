package browser_test

import (
	"encoding/base64"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
)

// publicKey returns a promise of a CryptoKey.
func publicKey(t *testing.T, digits string) browser.Value {
	t.Helper()
	return eval(t, `crypto.subtle.importKey("raw", Uint8Array.from("`+digits+`".match(/../g), (byte) => parseInt(byte, 16)), "Ed25519", false, ["verify"])`)
}

// TestVerify uses the first two test vectors of RFC 8032, section 7.1.
func TestVerify(t *testing.T) {
	noFuncsLeft(t)
	for _, test := range []struct{ key, text, signature string }{
		{"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
		{"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
	} {
		text, err := hex.DecodeString(test.text)
		require.NoError(t, err)
		signature, err := hex.DecodeString(test.signature)
		require.NoError(t, err)
		promise := browser.Crypto{Key: publicKey(t, test.key)}
		assert.True(t, promise.Verify(signature, text))
		key, err := browser.Await(publicKey(t, test.key))
		require.NoError(t, err)
		verifier := browser.Crypto{Key: key}
		assert.True(t, verifier.Verify(signature, text))
		assert.False(t, verifier.Verify(signature, append(text, 0)), "another text")
		for i := range signature {
			signature[i] ^= 1
			assert.False(t, verifier.Verify(signature, text), "byte %d", i)
			signature[i] ^= 1
		}
		for _, other := range [][]byte{nil, signature[:63], append([]byte{0}, signature...)} {
			assert.False(t, verifier.Verify(other, text))
		}
	}
	assert.False(t, browser.Crypto{}.Verify(make([]byte, 64), nil), "no key")
	assert.False(t, browser.Crypto{Key: eval(t, `Promise.reject(new Error("none"))`)}.Verify(make([]byte, 64), nil))
}

func TestDigest(t *testing.T) {
	noFuncsLeft(t)
	for text, want := range map[string]string{
		"":    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"abc": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
	} {
		sum := browser.Crypto{}.Digest([]byte(text))
		assert.Equal(t, want, base64.StdEncoding.EncodeToString(sum), text)
	}
	replace(t, `crypto`, `subtle`, `{ value: undefined }`) // as in pages that are not secure
	assert.Nil(t, browser.Crypto{}.Digest([]byte("abc")))
	assert.False(t, browser.Crypto{Key: eval(t, `{}`)}.Verify(nil, nil))
}

func TestNonce(t *testing.T) {
	assert.Positive(t, browser.Crypto{}.Nonce())
	assert.Less(t, browser.Crypto{}.Nonce(), int64(1)<<48, "JavaScript has it exactly")
	assert.NotEqual(t, browser.Crypto{}.Nonce(), browser.Crypto{}.Nonce())
}
